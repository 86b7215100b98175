import { describe, expect, it } from 'vitest';
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from '../wire/index.ts';
import { TCP_STATES, TCP_TABLE, TCP_TABLE_SECURE, tcpNextState, tcpStateActive, type TcpDirection } from './proto-tcp.ts';
import type { ConnState } from './state.ts';

const FLAGS = { S: TCP_SYN, A: TCP_ACK, F: TCP_FIN, R: TCP_RST, P: TCP_PSH } as const;

function bits(text: string): number {
  return [...text].reduce((sum, letter) => sum | FLAGS[letter as keyof typeof FLAGS], 0);
}

describe('what a connection goes through', () => {
  // direction and flags of each packet, state after it
  it.each([
    [
      'DR, closed by the client',
      [
        ['inputOnly', 'S', 'SYN_RECV'],
        ['inputOnly', 'A', 'ESTABLISHED'],
        ['inputOnly', 'PA', 'ESTABLISHED'],
        ['inputOnly', 'FA', 'FIN_WAIT'],
        ['inputOnly', 'A', 'FIN_WAIT'],
      ],
    ],
    [
      'DR, reset by the client',
      [
        ['inputOnly', 'S', 'SYN_RECV'],
        ['inputOnly', 'A', 'ESTABLISHED'],
        ['inputOnly', 'R', 'CLOSE'],
      ],
    ],
    [
      'NAT, closed by the client',
      [
        ['input', 'S', 'SYN_RECV'],
        ['output', 'SA', 'SYN_RECV'],
        ['input', 'A', 'ESTABLISHED'],
        ['input', 'FA', 'CLOSE_WAIT'],
        ['output', 'FA', 'TIME_WAIT'],
        ['input', 'A', 'TIME_WAIT'],
      ],
    ],
    [
      'NAT, closed by the server',
      [
        ['input', 'S', 'SYN_RECV'],
        ['output', 'SA', 'SYN_RECV'],
        ['input', 'A', 'ESTABLISHED'],
        ['output', 'FA', 'FIN_WAIT'],
        ['input', 'FA', 'TIME_WAIT'],
      ],
    ],
    [
      'NAT, closed port',
      [
        ['input', 'S', 'SYN_RECV'],
        ['output', 'RA', 'CLOSE'],
      ],
    ],
    [
      'a segment without flags',
      [
        ['input', 'S', 'SYN_RECV'],
        ['input', 'P', 'CLOSE'],
      ],
    ],
  ] as const)('%s', (_name, packets) => {
    let state: ConnState = 'NONE';
    for (const [direction, flags, expected] of packets) {
      state = tcpNextState(TCP_TABLE, direction as TcpDirection, state, bits(flags));
      expect({ direction, flags, state }).toEqual({ direction, flags, state: expected });
    }
  });
});

describe('secure_tcp', () => {
  it("does not believe a client's ACK before the server has answered", () => {
    const afterSyn = tcpNextState(TCP_TABLE_SECURE, 'input', 'NONE', TCP_SYN);
    expect([afterSyn, tcpNextState(TCP_TABLE_SECURE, 'input', afterSyn, TCP_ACK)]).toEqual(['SYN_RECV', 'SYN_RECV']);
    expect(tcpNextState(TCP_TABLE_SECURE, 'output', afterSyn, TCP_SYN | TCP_ACK)).toBe('SYNACK');
  });

  it('differs from the ordinary table in 15 places only', () => {
    const differences: string[] = [];
    for (const direction of ['input', 'output', 'inputOnly'] as const) {
      for (const event of ['syn', 'fin', 'ack', 'rst'] as const) {
        for (const from of TCP_STATES) {
          const to = TCP_TABLE_SECURE[direction][event][from];
          if (to !== TCP_TABLE[direction][event][from]) differences.push(`${direction} ${from}+${event}=${to}`);
        }
      }
    }
    expect(differences).toEqual([
      'input SYNACK+syn=SYNACK',
      'input SYNACK+fin=SYNACK',
      'input SYN_RECV+ack=SYN_RECV',
      'input SYNACK+ack=SYNACK',
      'input SYNACK+rst=CLOSE',
      'output SYN_RECV+syn=SYNACK',
      'output SYNACK+syn=SYNACK',
      'inputOnly NONE+syn=SYNACK',
      'inputOnly FIN_WAIT+syn=SYNACK',
      'inputOnly TIME_WAIT+syn=SYNACK',
      'inputOnly CLOSE+syn=SYNACK',
      'inputOnly CLOSE_WAIT+syn=SYNACK',
      'inputOnly LAST_ACK+syn=SYNACK',
      'inputOnly LISTEN+syn=SYNACK',
      'inputOnly SYNACK+syn=SYNACK',
    ]);
  });
});

it('counts four states as active', () => {
  expect(TCP_STATES.filter(tcpStateActive)).toEqual(['ESTABLISHED', 'SYN_SENT', 'SYN_RECV', 'SYNACK']);
});
