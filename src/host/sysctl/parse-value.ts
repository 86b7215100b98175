/**
 * Reading what is written to a setting.
 * Source: Linux 6.1 kernel/sysctl.c, proc_get_long(), do_proc_dointvec().
 */

/**
 * The first whole number of a text, decimal, 0x hexadecimal or 0 octal, as far as it ends at white space.
 * @returns null when there is none or it does not fit into 32 bits: the kernel answers EINVAL.
 */
export function parseInt32(text: string): number | null {
  const match = /^\s*(-?)(0[xX][0-9a-fA-F]+|\d+)(?=\s|$)/.exec(text);
  if (match === null) return null;
  const digits = match[2] as string;
  const octal = /^0[0-7]+$/.test(digits);
  if (/^0\d/.test(digits) && !octal) return null;
  const value = octal ? Number.parseInt(digits, 8) : Number(digits);
  const signed = match[1] === '-' ? -value : value;
  return signed >= -2147483648 && signed <= 2147483647 ? signed : null;
}
