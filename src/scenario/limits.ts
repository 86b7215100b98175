/**
 * How large a scenario may be. A file beyond a limit is refused with a message; a lab of this size
 * still runs in a browser tab.
 */
export const LIMITS = {
  /** UTF-16 units of text: 1 MiB of ASCII */
  text: 1_048_576,
  /** uses of YAML anchors in one file */
  aliases: 100,
  /** levels of nesting; the format itself needs six, brackets in commands are counted too */
  depth: 200,
  nodes: 1100,
  links: 2400,
  interfaces: 64,
  ports: 1100,
  timeline: 2000,
  remarks: 200,
  pins: 100,
  /** characters of one command */
  command: 4096,
  /** characters of one node's setup */
  setup: 65_536,
  title: 200,
  about: 8000,
  /** the run may last this long: a day */
  untilNs: 86_400_000_000_000,
  problems: 20,
} as const;
