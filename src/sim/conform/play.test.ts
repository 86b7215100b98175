import { describe, expect, it } from 'vitest';
import { isRow } from './play.ts';

describe('commands in a row', () => {
  it.each(['ip link set eth0 down; ip link set eth0 up', 'ping -c 1 10.0.0.1; sleep 1; arp -n'])('are started one by one: %s', (line) =>
    expect(isRow(line)).toBe(true),
  );

  it.each([
    'ip link show',
    'for i in 1 2 3; do curl -s 10.0.0.100; done',
    'if true; then ip a; fi',
    'cd /etc; cat hosts',
    'X=1; ip a',
    'set -e; ip a',
    'echo "a; b"; ip a',
    'ip a; ip r | head -1',
    'ip a; echo $?',
  ])('stay with one shell where it has a part in them: %s', (line) => expect(isRow(line)).toBe(false));
});
