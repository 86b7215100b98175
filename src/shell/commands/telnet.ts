/**
 * `telnet`: reads its words; the program goes on.
 * Comes from: the shell.  Goes to: programs/telnet.ts.
 * Source: netkit telnet 0.17 telnet/main.c, telnet/commands.c (tn).
 */
import type { Command, CommandContext, GoOn } from '../command.ts';
import { resolveHost } from '../programs/net-text.ts';
import type { TelnetState } from '../programs/telnet.ts';
import { servicePort } from './iptables/names.ts';
import { notModelled, runTool, ToolError } from './tool-error.ts';

const TELNET_PORT = 23;

function run(ctx: CommandContext): number | GoOn {
  const words = ctx.argv.slice(1);
  const option = words.find((word) => word.startsWith('-') && word !== '-4');
  if (option !== undefined) throw notModelled('telnet', option);
  const [name, service, more] = words.filter((word) => word !== '-4');
  if (name === undefined) throw notModelled('telnet', 'its own prompt', 'telnet HOST PORT');
  if (more !== undefined) throw new ToolError('usage: telnet [-4] host-name [port]\n', 1);
  const port = service === undefined ? TELNET_PORT : /^\d+$/.test(service) ? Number(service) : servicePort(service);
  if (port === null || port < 1 || port > 65535) throw new ToolError(`telnet: ${name}: Servname not supported for ai_socktype\n`, 1);
  const dst = resolveHost(ctx.net, name);
  if (dst === null) throw new ToolError(`telnet: ${name}: Name or service not known\n${name}: Unknown host\n`, 1);
  const state: TelnetState = { dst, name, port, input: ctx.stdin ?? '', eof: false, sock: 0, connected: false };
  return { program: 'telnet', state };
}

export const telnetCommand: Command = {
  name: 'telnet',
  man: {
    en: 'opens a TCP connection by hand: tries a port, or speaks with a server line by line',
    zh: '手工打开 TCP 连接：测试端口，或逐行与服务器对话',
    synopsis: ['telnet [-4] HOST [PORT]'],
    notModelled: ['options of the protocol, its own prompt and the escape character; Ctrl-C ends it', 'other options'],
    source: 'netkit telnet 0.17',
  },
  run: (ctx) => runTool(ctx, () => run(ctx)),
};
