/** Output. Synchronous, because a program may end right after printing megabytes into a pipe. */
import { writeSync } from 'node:fs';

export function print(text: string): void {
  write(1, text);
}

export function printError(text: string): void {
  write(2, text);
}

function write(fd: number, text: string): void {
  let bytes = Buffer.from(text, 'utf8');
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(fd, bytes));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The reader is gone: whoever asked has seen enough.
      if (code === 'EPIPE') process.exit(0);
      if (code !== 'EAGAIN') throw error;
    }
  }
}
