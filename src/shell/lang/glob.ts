/** Pathname expansion: patterns against the file system of a node. */
import type { NodeNet } from '../../world/index.ts';
import { fileKind, listDir, resolvePath } from '../fs/files.ts';
import { hasGlob, patternSource, toRegex } from './pattern.ts';

const MATCHES_MAX = 5_000;

/** @returns the paths that match, sorted; none when nothing does */
export function globPaths(net: NodeNet, cwd: string, pattern: string): string[] {
  const absolute = pattern.startsWith('/');
  const parts = pattern.split('/').filter((part) => part !== '');
  let found: string[] = [absolute ? '/' : ''];
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    const next: string[] = [];
    for (const base of found) {
      for (const name of namesFor(net, cwd, base, part)) {
        if (next.length >= MATCHES_MAX) break;
        const path = base === '' || base === '/' ? base + name : `${base}/${name}`;
        const kind = fileKind(net, resolvePath(cwd, path));
        if (kind !== null && (last || kind === 'dir')) next.push(path);
      }
    }
    found = next;
  }
  return parts.length === 0 ? [] : found.sort();
}

function namesFor(net: NodeNet, cwd: string, base: string, part: string): string[] {
  const plain = part.replace(/\\(.)/g, '$1');
  if (!hasGlob(part)) return [plain];
  const regex = toRegex(`^(?:${patternSource(part, false)})$`);
  const hidden = plain.startsWith('.');
  return listDir(net, resolvePath(cwd, base === '' ? '.' : base)).filter((name) => (hidden || !name.startsWith('.')) && regex.test(name));
}
