/** telnet against a real world: a client, a router, and web servers behind it. Words of netkit telnet 0.17. */
import { describe, expect, it } from 'vitest';
import { Desk, shipped, type Answer } from './desk.test-kit.ts';

function typed(line: string): Answer {
  return new Desk({ ...shipped('dr-lab'), timeline: [] }).type('client', line);
}

const OPEN = "Trying 172.18.20.124...\nConnected to 172.18.20.124.\nEscape character is '^]'.\n";
const CLOSED = 'Connection closed by foreign host.\n';

describe('telnet', () => {
  it('speaks with a web server line by line; lines end with CR LF on the way', () => {
    const { out, code } = typed("(printf 'GET / HTTP/1.0\\n\\n'; sleep 1) | telnet 172.18.20.124 80 2>&1");
    expect(out).toContain(`${OPEN}HTTP/1.`);
    expect(out.endsWith(`rs1 172.18.20.124\n${CLOSED}`)).toBe(true);
    expect(code).toBe(1);
  });

  it.each<[string, string, number]>([
    ['telnet 172.18.20.124 http < /dev/null 2>&1', OPEN + CLOSED, 1],
    ['telnet 172.18.20.124 81 2>&1', 'Trying 172.18.20.124...\ntelnet: connect to address 172.18.20.124: Connection refused\n', 1],
    ['telnet 172.18.20.124 2>&1', 'Trying 172.18.20.124...\ntelnet: connect to address 172.18.20.124: Connection refused\n', 1],
    ['telnet 172.18.20.99 80 2>&1', 'Trying 172.18.20.99...\ntelnet: connect to address 172.18.20.99: No route to host\n', 1],
    ['telnet nosuch 80 2>&1', 'telnet: nosuch: Name or service not known\nnosuch: Unknown host\n', 1],
    ['telnet rs1 99999 2>&1', 'telnet: rs1: Servname not supported for ai_socktype\n', 1],
    ['telnet -a x 2>&1', 'telnet: not modelled in this lab: -a\n', 1],
  ])('%s', (line, out, code) => {
    expect(typed(line)).toEqual({ out, code });
  });
});

describe('what is typed while a connection is open at the terminal', () => {
  it.each([
    ['telnet', 1],
    ['nc', 0],
  ])('%s sends it to the other host, where it is shown', (client, ended) => {
    const desk = new Desk({ ...shipped('dr-lab'), timeline: [] });
    desk.type('rs1', '(timeout 2 nc -l -p 8080 > /tmp/heard) &');
    expect(desk.type('client', `${client} 172.18.20.124 8080\nhello\nworld`).code).toBe(ended);
    expect(desk.type('rs1', "tr -d '\\r' < /tmp/heard").out).toMatch(/^hello\nworld\n/);
  });

  it('is typed ahead of the next prompt when the program reads a pipe', () => {
    const desk = new Desk({ ...shipped('dr-lab'), timeline: [] });
    desk.type('rs1', '(timeout 2 nc -l -p 8080 > /tmp/heard) &');
    desk.type('client', 'echo piped | nc 172.18.20.124 8080\necho typed');
    desk.pass(3000);
    expect(desk.type('rs1', 'cat /tmp/heard').out).toMatch(/^piped\n(?!typed)/);
  });
});
