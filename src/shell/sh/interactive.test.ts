/** Lines at a terminal: records, jobs, signals, typing ahead; and copies of a run in the middle of a script. */
import { describe, expect, it } from 'vitest';
import { copyPlain } from '../../engine/index.ts';
import { createFakeNode } from '../testing/fake-node.test-kit.ts';

const stages = (node: ReturnType<typeof createFakeNode>): string[] => node.records.map((record) => record.stage);

describe('a terminal', () => {
  it('tells when a line begins and ends', () => {
    const node = createFakeNode();
    expect(node.line('echo hi')).toBe('hi\n');
    expect(stages(node)).toEqual(['sh:start', 'sh:done']);
    expect(node.records[0]?.args).toEqual({ tty: 'tty1', line: 'echo hi' });
    expect(node.records[1]?.args).toEqual({ tty: 'tty1', code: 0 });
    expect(node.line('nosuch')).toBe('bash: nosuch: command not found\n');
    expect(node.code()).toBe(127);
    node.line('');
    expect(stages(node).length).toBe(6);
  });

  it('keeps variables, functions, directory and history', () => {
    const node = createFakeNode();
    node.line('x=5; f() { echo "f $1"; }; cd /etc; alias g="f aliased"');
    expect(node.line('echo $x; f 1; pwd; g')).toBe('5\nf 1\n/etc\nf aliased\n');
    expect(node.line('history 1')).toBe('    3  history 1\n');
  });

  it.each([
    ['nosuch | cat', 'bash: nosuch: command not found\n'],
    ['(nosuch)', 'bash: nosuch: command not found\n'],
    ['echo $(nosuch)', 'bash: nosuch: command not found\n\n'],
    ['(cd /nosuch)', 'bash: cd: /nosuch: No such file or directory\n'],
    ['echo hi | cat > /nosuch/x', 'bash: /nosuch/x: No such file or directory\n'],
    ['bash -c nosuch', 'bash: line 1: nosuch: command not found\n'],
    ['printf "\\nnosuch\\n" > s.sh; bash s.sh | cat', 's.sh: line 2: nosuch: command not found\n'],
  ])('names lines of scripts, not of what is typed, in subshells too: %s', (line, printed) => {
    expect(createFakeNode().line(line)).toBe(printed);
  });

  it('waits for the rest of a command', () => {
    const node = createFakeNode();
    expect(node.line('for i in 1 2; do')).toBe('');
    expect(stages(node)).toEqual(['sh:start', 'sh:more']);
    node.line('echo $i');
    expect(node.line('done')).toBe('1\n2\n');
    expect(node.line('cat > /tmp/a <<EOF\nline $((1+1))\nEOF')).toBe('');
    expect(node.line('cat /tmp/a')).toBe('line 2\n');
  });

  it('keeps what is typed ahead', () => {
    const node = createFakeNode();
    node.type('sleep 1; echo first');
    node.type('echo second');
    expect(node.printed).toBe('');
    node.settle();
    expect(node.printed).toBe('first\nsecond\n');
    expect(stages(node)).toEqual(['sh:start', 'sh:done', 'sh:start', 'sh:done']);
  });

  it('runs jobs in the background', () => {
    const node = createFakeNode();
    node.type('sleep 2 &');
    expect(node.printed).toMatch(/^\[1\] \d+\n$/);
    node.type('jobs');
    expect(node.printed).toContain('[1]+  Running                 sleep 2 &\n');
    node.settle();
    expect(node.line('echo x')).toBe('x\n[1]+  Done                    sleep 2\n');
    node.type('sleep 100 &');
    node.printed = '';
    node.type('kill %1');
    node.settle(20);
    expect(node.line('true')).toBe('[1]+  Terminated              sleep 100\n');
  });

  it('ends the line at Ctrl-C', () => {
    const node = createFakeNode();
    node.type('while true; do sleep 1; echo tick; done; echo never');
    node.settle(5);
    node.interrupt();
    node.settle();
    expect(node.printed.endsWith('^C\n')).toBe(true);
    expect(node.code()).toBe(130);
    expect(node.state.user.procs.size).toBe(1);
    expect(node.line('echo $?')).toBe('130\n');
  });

  it('reads from the terminal, also in a script', () => {
    const node = createFakeNode();
    node.line('printf \'read -p "name? " n\\necho "<$n>"\\n\' > a.sh');
    node.type('sh a.sh');
    node.settle();
    node.type('rs1');
    node.settle();
    expect(node.printed).toBe('name? <rs1>\n');
    node.type('cat > b');
    node.type('one');
    node.settle();
    node.type(null);
    node.settle();
    expect(node.line('cat b')).toBe('one\n');
  });

  it('opens a shell in the shell and leaves it', () => {
    const node = createFakeNode();
    node.line('export X=1; bash');
    expect(node.line('echo $X; Y=2')).toBe('1\n');
    expect(node.line('exit')).toBe('exit\n');
    expect(node.line('echo "[$Y]"')).toBe('[]\n');
    node.line('exit');
    expect(node.state.user.ttys.size).toBe(0);
  });

  it('streams through a pipe and ends the writer when the reader has gone', () => {
    const node = createFakeNode('rs1', {
      talk: (net, proc, wake) => {
        if (wake.kind === 'signal') return;
        net.write(proc.stdout, `line ${net.now / 1_000_000_000}\n`);
        net.sleep(proc.pid, 'on', 1_000_000_000 as never);
      },
    });
    node.line('echo "watch it"');
    node.printed = '';
    node.type('while true; do date +%S; sleep 1; done | grep 0[1-3] | head -2');
    node.settle(60);
    expect(node.printed.startsWith('01\n')).toBe(true);
    node.settle();
    expect(node.printed).toBe('01\n02\n');
    expect(node.state.user.procs.size).toBe(1);
  });
});

/** The state as it would come back from a file. */
function throughJson<T>(state: T): T {
  const text = JSON.stringify(state, (_, value: unknown) => (value instanceof Map ? { map: [...value] } : value));
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, 'map')
      ? new Map((value as { map: [unknown, unknown][] }).map)
      : value,
  ) as T;
}

describe('a run saved in the middle of a script', () => {
  const script =
    'f() { local n=$1; for i in 1 2 3; do sleep 1; x=$(sleep 0.5; echo "$n-$i"); echo "$x" | while read l; do sleep 0.1; echo "got $l"; done; done; }; f a; f b & wait; echo end $?';

  it('goes on the same way from every event', () => {
    const straight = createFakeNode();
    straight.type(script);
    straight.settle();
    expect(straight.printed).toContain('got a-3');
    const walked = createFakeNode();
    walked.type(script);
    const ends = new Set<string>();
    for (let step = 0; walked.event(); step++) {
      if (step % 3 !== 0) continue;
      const twin = createFakeNode();
      twin.state = copyPlain(throughJson(walked.state));
      twin.printed = walked.printed;
      twin.settle();
      ends.add(twin.printed);
    }
    expect([...ends]).toEqual([straight.printed]);
    expect(walked.printed).toBe(straight.printed);
  });
});
