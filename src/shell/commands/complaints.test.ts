/**
 * What the tools for text, files and numbers say when they are used wrongly: recorded from GNU coreutils 9.1,
 * grep 3.8, sed 4.9, findutils 4.9 and bash 5.2 as Debian 12 has them. The usage of sed is cut behind its first line.
 */
import { describe, expect, it } from 'vitest';
import recorded from '../fixtures/gnu/complaints.json' with { type: 'json' };
import { createFakeNode, type FakeNode } from '../testing/fake-node.test-kit.ts';

/** In a directory that holds the file f and the directory d, with two lines to read. */
function typed(node: FakeNode, line: string): { out: string; code: number } {
  node.script('mkdir -p /tmp/w/d');
  return node.script(`cd /tmp/w; printf 'b\\na\\n' > f; printf 'b:2\\na:1\\n' | { ${line}\n}`);
}

describe('complaints', () => {
  it.each(recorded)('$line', ({ line, out, code }) => {
    const said = typed(createFakeNode(), line);
    expect({ ...said, out: said.out.replaceAll('bash: -c: ', 'bash: ') }).toEqual({ out, code });
  });
});

describe('complaints beside output', () => {
  it.each([
    ['tee d', 'tee: d: Is a directory\nb:2\na:1\n', 1],
    ['tee nodir/x', 'tee: nodir/x: No such file or directory\nb:2\na:1\n', 1],
    ["tr 'a\\' b", 'tr: warning: an unescaped backslash at end of string is not portable\nb:2\nb:1\n', 0],
    ['xargs nosuch', 'xargs: nosuch: No such file or directory\n', 127],
    ['env a=1 nosuch', 'env: ‘nosuch’: No such file or directory\n', 127],
    ['nohup nosuch', "nohup: failed to run command 'nosuch': No such file or directory\n", 127],
    ['nice -n 5 nosuch', 'nice: ‘nosuch’: No such file or directory\n', 127],
  ])('%s', (line, out, code) => {
    const said = typed(createFakeNode(), line);
    expect({ lines: said.out.split('\n').sort(), code: said.code }).toEqual({ lines: out.split('\n').sort(), code });
  });
});

describe('what the real tool has and the lab has not', () => {
  it.each([
    ['free -t', 'free: not modelled in this lab: -t\n', 1],
    ['uptime -p', 'uptime: not modelled in this lab: -p\n', 1],
    ['ps -C httpd', 'ps: not modelled in this lab: -C\n', 1],
    ['dmesg -w', 'dmesg: not modelled in this lab: -w\n', 1],
    ['sort -R f', 'sort: not modelled in this lab: -R\n', 2],
    ['sort --parallel=2 f', 'sort: not modelled in this lab: --parallel\n', 2],
    ['seq -f %g 3', 'seq: not modelled in this lab: -f\n', 1],
    ['date -d tomorrow', 'date: not modelled in this lab: -d\n', 1],
    ['grep --include=x a f', 'grep: not modelled in this lab: --include\n', 2],
    ['sed :a f', 'sed: not modelled in this lab: the command :\n', 1],
    ['sed s/a/b/w f', 'sed: not modelled in this lab: the flag w of s\n', 1],
    ['cp -l f g', 'cp: not modelled in this lab: -l\n', 1],
    ['xargs -a f', 'xargs: not modelled in this lab: -a\n', 1],
  ])('%s', (line, out, code) => {
    expect(typed(createFakeNode(), line)).toEqual({ out, code });
  });
});

describe('options', () => {
  it('read nothing when a tool will refuse its words: what comes by a pipe is left to the next one', () => {
    expect(createFakeNode().script('printf "a\\nb\\n" | { iptables-restore --nosuch; cat; }')).toEqual({
      out: "iptables-restore: unrecognized option '--nosuch'\nTry `iptables-restore -h' for more information.\na\nb\n",
      code: 0,
    });
  });

  it('of grep -s leave the input of a loop alone', () => {
    expect(typed(createFakeNode(), 'while read x; do grep -s a f nofile; echo $x; done').out).toBe('f:a\nb:2\nf:a\na:1\n');
  });

  it.each([
    ['sort --reverse --key=1 f', 'b\na\n'],
    ['sort --rev f', 'b\na\n'],
    ['head --lines 1 f', 'b\n'],
    ['head -c -3 f', 'b'],
    ['cut -d: -f1 --complement', '2\n1\n'],
    ['uniq -w 0 f', 'b\n'],
    ['grep -1 -e a f', 'b\na\n'],
    ["sed 's/[/]/x/;s/[[:alpha:]]/y/' f", 'y\ny\n'],
    ['printf "%s-" a; seq -s, 3 -1 1', 'a-3,2,1\n'],
    [
      'cp -v f g; cp -n d/x g; mv -n f g; ls; rm -v g',
      "'f' -> 'g'\ncp: cannot stat 'd/x': No such file or directory\nd\nf\ng\nremoved 'g'\n",
    ],
    ['xargs -n 1 echo', 'b:2\na:1\n'],
    ['echo \'a "b c" d\' | xargs -n1', 'a\nb c\nd\n'],
    ["xargs -n1 sh -c 'exit 255'; echo $?", 'xargs: sh: exited with status 255; aborting\n124\n'],
  ])('%s', (line, out) => {
    expect(typed(createFakeNode(), line).out).toBe(out);
  });
});
