/**
 * docs/lab-files.md: how to write a lab, with all fields of the format.
 * Comes from: scenario/json-schema.ts.
 */
import { scenarioFields, SCENARIO_LIMITS } from '../scenario/index.ts';
import { cell, GENERATED, table } from './docs-table.ts';

/** A whole lab, small enough to be read at once. */
export const EXAMPLE = `lvs-lab: 1
title: { en: My first lab, zh: 我的第一个实验 }
about: { en: One client and one web server., zh: 一台客户端和一台 Web 服务器。 }
nodes:
  client:
    role: client
    interfaces: { eth0: {} }
    setup: |
      ip addr add 10.0.0.10/24 dev eth0
      ip link set eth0 up
  web:
    role: realserver
    interfaces: { eth0: {} }
    setup: |
      ip addr add 10.0.0.20/24 dev eth0
      ip link set eth0 up
      echo 'hello from web' > /var/www/html/index.html
      service httpd start
links:
  - { ends: [client:eth0, web:eth0], delay: 1ms, rate: 100M }
timeline:
  - { at: 1s, node: client, run: curl -s http://10.0.0.20/, title: { en: A request, zh: 一个请求 } }
until: 3s
pins: ['web: net.ipv4.conf.all.arp_ignore']
hints:
  - { at: 1s, text: { en: Before the request there is ARP., zh: 请求之前先有 ARP。 } }
`;

const INTRODUCTION = `# Lab files

A lab is one YAML file: machines and cables, the commands that configure them, and those that are typed while time
goes on. Drop it on the page, or run it without one:

\`\`\`sh
npm run -s lab -- check my-lab.yaml     # is it valid? problems are told with line and column
npm run -s lab -- run my-lab.yaml       # what the terminals show
\`\`\`

一个实验就是一个 YAML 文件：主机与网线、配置它们的命令，以及运行中输入的命令。把文件拖到页面上即可打开。

\`\`\`yaml
${EXAMPLE}\`\`\`

Hosts are configured with real commands in \`setup\`: nothing is set in another way. What is drawn on the map in edit
mode is written into the same file, comments kept. An editor that knows JSON Schema completes and checks while one
writes, with \`scenario.schema.json\` of the page (in the sources: \`public/\`).
`;

const { text, nodes, links, timeline, command, setup } = SCENARIO_LIMITS;
const LIMITS = `
## Limits

A file has at most ${text.toLocaleString('en')} characters, ${nodes} nodes, ${links} cables and ${timeline} commands in its timeline; a command at most ${command}
characters, one node's setup ${setup}. A file beyond a limit is refused and says which; the running lab stays as it is.
`;

export function labFilesText(): string {
  const rows = scenarioFields().map(({ path, required, holds, meaning }) => [
    `\`${path}\`${required ? ' *' : ''}`,
    cell(meaning.en),
    cell(meaning.zh),
    cell(holds?.en ?? ''),
  ]);
  const fields = table(['Field', 'For', '用途', 'Holds'], rows);
  return `${GENERATED}\n${INTRODUCTION}\n## Fields\n\n\`*\` behind a name: needed; within a path: a name of your own. \`[]\`: each entry of a list.\n\n${fields}${LIMITS}`;
}
