/**
 * `httpd`, `nginx` and `apache2` called by hand: start the web server in the background.
 * Comes from: the shell.  Goes to: programs/httpd.ts.
 */
import { strerror } from '../../host/index.ts';
import type { Command, CommandContext } from '../command.ts';
import { createHttpdState } from '../programs/httpd.ts';

function run(ctx: CommandContext): number {
  const name = ctx.argv[0] as string;
  if (ctx.argv.length > 1) {
    ctx.err(`${name}: options are not modelled by the lab\n`);
    return 1;
  }
  const state = createHttpdState();
  const nowhere = { kind: 'null' } as const;
  ctx.net.spawn('httpd', [name], { ppid: 1, tty: null, stdout: nowhere, stderr: nowhere }, state);
  if (state.error === null) return 0;
  const text = strerror(state.error);
  ctx.err(
    name === 'nginx'
      ? `nginx: [emerg] bind() to 0.0.0.0:80 failed (98: ${text})\n`
      : `(98)${text}: AH00072: make_sock: could not bind to address 0.0.0.0:80\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n`,
  );
  return 1;
}

export const httpdCommands: readonly Command[] = ['httpd', 'nginx', 'apache2'].map((name) => ({
  name,
  man: {
    en: 'a web server on port 80: answers with /var/www/html/index.html or the host name',
    zh: '80 端口上的 Web 服务器：返回 /var/www/html/index.html 或主机名',
    synopsis: [name],
    notModelled: ['configuration files and options'],
    source: 'LVS Lab',
  },
  run,
}));
