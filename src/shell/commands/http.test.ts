/** How curl and wget end before a packet is sent. Messages and exit codes of curl 7.88.1 and Wget 1.21.3. */
import { describe, expect, it } from 'vitest';
import { createFakeNode } from '../testing/fake-node.test-kit.ts';

const HINT = "curl: try 'curl --help' or 'curl --manual' for more information\n";

describe('curl and wget', () => {
  it.each([
    ['curl http://nosuch.example/', 'curl: (6) Could not resolve host: nosuch.example\n', 6],
    ['curl -s http://nosuch.example/', '', 6],
    ['curl -sS http://nosuch.example/', 'curl: (6) Could not resolve host: nosuch.example\n', 6],
    ['curl ftp://10.0.0.1/', 'curl: (1) Protocol "ftp" not supported or disabled in libcurl\n', 1],
    ['curl --nosuch', `curl: option --nosuch: is unknown\n${HINT}`, 2],
    ['curl -m', `curl: option -m: requires parameter\n${HINT}`, 2],
    ['curl', HINT, 2],
    ['curl -L http://10.0.0.1/', 'curl: not modelled in this lab: -L\n', 1],
    ['wget -q http://nosuch.example/', '', 4],
    ['wget', "wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n", 1],
  ])('%s', (line, out, code) => {
    expect(createFakeNode().script(line)).toEqual({ out, code });
  });
});
