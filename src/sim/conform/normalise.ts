/**
 * Takes out of a command's output what may differ between two plays of the same case.
 * Comes from: compare.ts.  Goes to: texts that are equal when Linux and the lab agree.
 */

const TIMES: readonly (readonly [RegExp, string])[] = [
  // ping and arping
  [/time=[\d.]+ ms/g, 'time=T ms'],
  [/rtt min\/avg.*/g, 'rtt'],
  [/time \d+ms/g, 'time Tms'],
  // the expiry column of ipvsadm -L -c
  [/^(TCP|UDP|IP) +\d\d:\d\d /gm, '$1 MM:SS '],
  [/\s\d+(?:\.\d+)?ms/g, ' Tms'],
  // traceroute
  [/\s\d+\.\d{3} ms/g, ' T ms'],
  // timers of conntrack -L
  [/^((?:tcp|udp|icmp) +\d+ )\d+ /gm, '$1T '],
  // an echo request's identifier is the number of ping's process
  [/ id=\d+/g, ' id=N'],
  [/, id \d+, seq/g, ', id N, seq'],
  // the other end of a virtual cable in JSON: text outputs were recorded without it
  [/\s*"link_index": ?\d+,/g, ''],
  [/,\s*"link_netnsid": ?\d+/g, ''],
  // ip -s neigh
  [/(used|age) \d+(?:sec|\/\d+\/\d+)/g, '$1 T'],
  [/ref \d+ /g, ''],
];

/** Commands whose lines come in the order of a hash table or of the machine's processes. */
const UNORDERED = /ipvsadm .*-(\w*c|-conn)|ip (-\S+ )*neigh|arp -|proc\/net\/arp|conntrack -[LD]|ps |sysctl -a|sysctl net.ipv4.vs/;

export function normaliseOutput(command: string, output: string): string {
  let text = output;
  for (const [pattern, by] of TIMES) text = text.replace(pattern, by);
  return UNORDERED.test(command) ? splitLines(text).toSorted().join('\n') : text;
}

/** Lines without their ends; a newline at the end begins no further line. */
export function splitLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}
