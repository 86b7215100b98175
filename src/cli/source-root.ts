/** Where the sources are, for commands that read them. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds src/, or null in an installed package. The program may be a bundle or a source file. */
export function sourceRoot(): string | null {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let i = 0; i < 3; i++) {
    if (existsSync(join(folder, 'src/sim/conform')) && existsSync(join(folder, 'package.json'))) return folder;
    folder = dirname(folder);
  }
  return null;
}
