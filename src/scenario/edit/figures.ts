/**
 * What a file says word for word, for the fields of a form: with its comments, in its own units.
 * Comes from: the text of the file.  Goes to: the forms of the page.
 */
import { Draft } from './draft.ts';

export interface Figures {
  /** a node's setup with its comments and empty lines; '' if it has none */
  setup(node: string): string;
  /** whether the file says how many ports a switch has */
  portsOf(node: string): string;
  mac(node: string, iface: string): string;
  mtu(node: string, iface: string): string;
  link(link: number, key: 'delay' | 'rate' | 'loss'): string;
  command(index: number, key: 'at' | 'run'): string;
  lab(key: 'until' | 'seed'): string;
}

/** '' for everything that the file leaves out. */
export function readFigures(text: string): Figures {
  const draft = new Draft(text);
  const at = (...path: (string | number)[]): string => {
    const value = draft.value(path);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return {
    setup: (node) => at('nodes', node, 'setup'),
    portsOf: (node) => at('nodes', node, 'ports'),
    mac: (node, iface) => at('nodes', node, 'interfaces', iface, 'mac'),
    mtu: (node, iface) => at('nodes', node, 'interfaces', iface, 'mtu'),
    link: (link, key) => (Array.isArray(draft.value(['links', link])) ? '' : at('links', link, key)),
    command: (index, key) => at('timeline', index, key),
    lab: (key) => at(key),
  };
}
