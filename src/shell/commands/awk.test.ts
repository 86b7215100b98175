/** awk as people use it in one line: what GNU awk prints for the same text. */
import { describe, expect, it } from 'vitest';
import { createFakeNode } from '../testing/fake-node.test-kit.ts';

const LIST = '10.1.0.1 80 up\\n10.1.0.2 443 down\\n10.1.0.10 80 up\\n';
const SHOP = 'a,2\\nb,3\\na,5\\n';

const CASES: readonly (readonly [text: string, words: string, printed: string])[] = [
  [LIST, "'{print $1}'", '10.1.0.1\n10.1.0.2\n10.1.0.10\n'],
  [LIST, "'NR==2'", '10.1.0.2 443 down\n'],
  [LIST, "'NR==2{print $NF, $(NF-1), NF}'", 'down 443 3\n'],
  [LIST, "'/up/{n++} END{print n, NR}'", '2 3\n'],
  [LIST, '\'!/up/{print FNR": "$0}\'', '2: 10.1.0.2 443 down\n'],
  [LIST, "'$2 > 100 {print $1}'", '10.1.0.2\n'],
  [LIST, "'$2 == 80 && $3 ~ /^u/ {s += $2} END {print s}'", '160\n'],
  [LIST, "'NR==1,/down/{print $3}'", 'up\ndown\n'],
  [LIST, "-F. '{print $4+0}'", '1\n2\n10\n'],
  [LIST, "-F'[ .]' '{print $4, $5}'", '1 80\n2 443\n10 80\n'],
  [LIST, '-v min=100 \'$2 >= min {print "big", $2; next} {print "small"}\'', 'small\nbig 443\nsmall\n'],
  [LIST, '\'BEGIN{OFS="-"} {$1=$1; print}\'', '10.1.0.1-80-up\n10.1.0.2-443-down\n10.1.0.10-80-up\n'],
  [LIST, '\'{printf "%-10s|%5d|%s\\n", $1, $2, $3}\'', '10.1.0.1  |   80|up\n10.1.0.2  |  443|down\n10.1.0.10 |   80|up\n'],
  [LIST, '\'{gsub(/1/, "X"); print $1}\'', 'X0.X.0.X\nX0.X.0.2\nX0.X.0.X0\n'],
  [LIST, '\'{sub(/[0-9]+/, "<&>"); print}\' | head -1', '<10>.1.0.1 80 up\n'],
  [LIST, '\'END{print substr($1, 4, 3), index($1, "0."), length($1)}\'', '1.0 2 9\n'],
  [LIST, '\'{n = split($1, a, "."); print n, a[4]}\'', '4 1\n4 2\n4 10\n'],
  [LIST, "'match($1, /0\\.[0-9]+$/){print RSTART, RLENGTH}'", '6 3\n6 3\n6 4\n'],
  [LIST, '\'{print toupper($3), ($2 > 100 ? "tls" : "plain")}\'', 'UP plain\nDOWN tls\nUP plain\n'],
  [SHOP, "-F, '{c[$1] += $2} END{for (k in c) print k, c[k]}' | sort", 'a 7\nb 3\n'],
  [SHOP, "-F, '!seen[$1]++ {print $2}'", '2\n3\n'],
  [SHOP, "-F, '{i = 0; while (i < $2) i++; do i--; while (i > 1); print i}'", '1\n1\n1\n'],
  [SHOP, '-F, \'{for (i = NF; i > 0; i--) printf "%s%s", $i, (i > 1 ? " " : "\\n")}\'', '2 a\n3 b\n5 a\n'],
  ['x\\n', "'BEGIN{print 1/4, 7%3, 2^10, 1e6, 0.1+0.2, -3%2}'", '0.25 1 1024 1000000 0.3 -1\n'],
  ['x\\n', '\'BEGIN{print (10 < 9), ("10" < "9"), "a" "b" 1+2}\'', '0 1 ab3\n'],
  ['x\\n', '\'BEGIN{printf "%x %o %c %5.2f|%05d|%%\\n", 255, 8, 65, 3.14159, 42}\'', 'ff 10 A  3.14|00042|%\n'],
  ['x\\n', '\'BEGIN{print (1 <= 1), (2 <= 1), match("abc", /x/), RSTART, RLENGTH}\'', '1 0 0 0 -1\n'],
  ['x\\n', "'BEGIN{x[1]; x[2]; delete x[1]; print (1 in x), (2 in x), length(x)}'", '0 1 1\n'],
];

describe('awk', () => {
  it.each(CASES)('%s | awk %s', (text, words, printed) => {
    const node = createFakeNode();
    expect(node.script(`printf '${text}' | awk ${words}`).out).toBe(printed);
  });

  it('ends with the code of exit', () => {
    const printed = createFakeNode().script(`printf '1\\n2\\n' | awk 'NR==2{exit 3} {print NR} END{print "end"}'`);
    expect(printed).toEqual({ out: '1\nend\n', code: 3 });
  });

  it('reads its program from a file, and variables between files', () => {
    const node = createFakeNode();
    node.line("echo '{print n, $1}' > /tmp/p.awk; echo a > /tmp/1; echo b > /tmp/2");
    expect(node.script('awk -f /tmp/p.awk n=1 /tmp/1 n=2 /tmp/2').out).toBe('1 a\n2 b\n');
  });

  it('says what it cannot read, and where a program is broken', () => {
    const node = createFakeNode();
    expect(node.script("awk '{print $1' /etc/hosts").code).toBe(2);
    expect(node.script("awk 'BEGIN{print 1/0}'")).toEqual({ out: 'awk: cmd. line:1: fatal: division by zero attempted\n', code: 2 });
    expect(node.script("awk '{print}' /no/such").out).toContain('/no/such');
  });
});
