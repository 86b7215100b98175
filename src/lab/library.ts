/**
 * The labs that come with the page: every file in scenarios/.
 * Goes to: the list of labs.
 */
import type { Both } from './branch.ts';

export interface LibraryEntry {
  readonly id: string;
  readonly file: string;
  readonly title: Both;
  readonly text: string;
}

const files = import.meta.glob<string>('../../scenarios/*.yaml', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** In the order in which they are best looked at; the first is there at the first visit. Others follow by name. */
const ORDER = ['dr-lab', 'dr-broken-arp', 'dr-lab-gateway-last', 'arp-flux', 'nat-demo', 'tun-lab', 'fullnat-lab'];

function rankOf(id: string): number {
  const rank = ORDER.indexOf(id);
  return rank < 0 ? ORDER.length : rank;
}

export const library: readonly LibraryEntry[] = Object.entries(files)
  .map(([path, text]) => {
    const file = path.slice(path.lastIndexOf('/') + 1);
    return { id: file.replace(/\.yaml$/, ''), file, title: titleIn(text, file), text };
  })
  .toSorted((a, b) => rankOf(a.id) - rankOf(b.id) || (a.file < b.file ? -1 : 1));

/** Where a lab of one's own begins: the list ends with it. */
export const emptyLab: LibraryEntry = (() => {
  const title = { en: 'My lab', zh: '我的实验' };
  const about = {
    en: 'Built on the map: nodes, cables and commands are written into the file below as they are drawn.',
    zh: '在图上搭建：节点、网线和命令在绘制的同时写入下方的文件。',
  };
  const text = [
    'lvs-lab: 1',
    `title: { en: ${title.en}, zh: ${title.zh} }`,
    'about:',
    `  en: '${about.en}'`,
    `  zh: '${about.zh}'`,
    'nodes: {}',
    '',
  ].join('\n');
  return { id: 'my-lab', file: 'my-lab.yaml', title, text };
})();

/** Reads only the title: the file is parsed when it is opened. */
function titleIn(text: string, file: string): Both {
  const block = /^title:[^\S\n]*(.*(?:\n[^\S\n]+.*)*)/m.exec(text)?.[1] ?? '';
  // { en: …, zh: … } in one line, or a line for each
  const value = block.startsWith('{') ? '("[^"]*"|\'[^\']*\'|[^,}\\n]+)' : '([^\\n]+)';
  const plain = unquote(block.split('\n')[0] ?? '');
  const en = new RegExp(`\\ben:[^\\S\\n]*${value}`).exec(block)?.[1];
  const zh = new RegExp(`\\bzh:[^\\S\\n]*${value}`).exec(block)?.[1];
  const fallback = plain === '' ? file : plain;
  return { en: unquote(en ?? fallback), zh: unquote(zh ?? fallback) };
}

function unquote(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, '$2');
}

export function firstLab(): LibraryEntry | null {
  return library[0] ?? null;
}
