/**
 * A node of the file: name, role, interfaces with their addresses, gateway, and the commands in which all
 * that is written. Each field writes real commands, which stand below it.
 */
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { NodeId } from '../../engine/index.ts';
import { asDirector, asServer, connectNodes, edit, removeSelected, virtualAddress } from '../../lab/index.ts';
import { setupGateway, setupSysctl, withGateway, withSysctl, type ScenarioHost, type ScenarioNode } from '../../scenario/index.ts';
import { parseIpv4 } from '../../wire/index.ts';
import { NodeChoice } from '../common/node-choice.tsx';
import { useSay } from '../common/use-lab.ts';
import { CommandList } from './command-list.tsx';
import { Failures } from './failures.tsx';
import { Field } from './field.tsx';
import { InterfaceList } from './interface-list.tsx';
import { ReadyMade } from './ready-made.tsx';
import css from './edit.module.css';
import { useFile, type File } from './use-edit.ts';

const ROLES = ['client', 'router', 'director', 'realserver', 'host'] as const;
const FORWARD = 'net.ipv4.ip_forward';

export function NodeForm({ node: id }: { readonly node: NodeId }) {
  const say = useSay();
  const file = useFile();
  const node = file?.scenario.nodes[id];
  if (file === null || node === undefined) return null;
  const { name } = node;
  return (
    <div className={css['form']}>
      <Field
        label={say('build.name')}
        value={name}
        onCommit={(to) =>
          edit([{ kind: 'rename-node', name, to: to.trim() }], { en: `${name} is now ${to.trim()}`, zh: `${name} 改名为 ${to.trim()}` })
        }
      />
      {node.kind === 'switch' ? (
        <Field
          mono
          label={say('build.ports')}
          value={file.figures.portsOf(name)}
          placeholder={say('build.portsNone')}
          onCommit={(ports) =>
            edit([{ kind: 'set-node', name, ports: ports.trim() === '' ? null : Number(ports) }], {
              en: `ports of ${name}`,
              zh: `修改 ${name} 端口数`,
            })
          }
        />
      ) : (
        <div className={css['field']}>
          <label htmlFor="node-role">{say('build.role')}</label>
          <select
            id="node-role"
            value={node.role}
            onChange={(event) =>
              edit([{ kind: 'set-node', name, role: event.target.value as ScenarioHost['role'] }], {
                en: `role of ${name}`,
                zh: `修改 ${name} 的角色`,
              })
            }
          >
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {say(`role.${role}`)}
              </option>
            ))}
          </select>
        </div>
      )}
      <ConnectTo file={file} node={node} />
      {node.kind === 'linux' ? <HostFields file={file} host={node} /> : null}
      <button type="button" className={css['danger']} onClick={removeSelected}>
        <Trash2 size={15} aria-hidden /> {say('build.removeNode', { node: name })}
      </button>
    </div>
  );
}

/** Laying a cable without a pointer. */
function ConnectTo({ file, node }: { readonly file: File; readonly node: ScenarioNode }) {
  const say = useSay();
  const [chosen, setChosen] = useState('');
  const names = file.scenario.nodes.map((other) => other.name).filter((name) => name !== node.name);
  const other = names.includes(chosen) ? chosen : '';
  return (
    <form
      className={css['field']}
      onSubmit={(event) => {
        event.preventDefault();
        if (other !== '') connectNodes(node.name, other, 'form');
      }}
    >
      <label htmlFor="connect-to">{say('build.connect')}</label>
      <div className={css['connect']}>
        <NodeChoice
          id="connect-to"
          label={say('build.connect')}
          names={names}
          value={names.indexOf(other)}
          none={say('build.choose')}
          disabled={names.length === 0}
          onChange={(i) => setChosen(names[i] ?? '')}
        />
        <button type="submit" className={css['plain']} disabled={other === ''}>
          {say('build.doConnect')}
        </button>
      </div>
    </form>
  );
}

function HostFields({ file, host }: { readonly file: File; readonly host: ScenarioHost }) {
  const say = useSay();
  const { name } = host;
  const setup = file.figures.setup(name);
  const write = (next: string): boolean =>
    edit([{ kind: 'set-node', name, setup: next }], { en: `commands of ${name}`, zh: `修改 ${name} 的命令` });
  return (
    <>
      <InterfaceList file={file} host={host} setup={setup} onSetup={write} />
      <Field
        mono
        label={say('build.gateway')}
        value={setupGateway(setup)}
        placeholder="10.0.0.1"
        wants={say('build.wantsGateway')}
        onCommit={(gateway) => (gateway.trim() === '' || parseIpv4(gateway.trim()) !== null) && write(withGateway(setup, gateway.trim()))}
      />
      <label className={css['check']}>
        <input
          type="checkbox"
          checked={setupSysctl(setup, FORWARD) === '1'}
          onChange={(event) => write(withSysctl(setup, FORWARD, event.target.checked ? '1' : null))}
        />
        {say('build.forward')}
      </label>
      {host.role === 'realserver' ? (
        <ReadyMade
          label={say('build.asServer')}
          how={say('build.readyServer')}
          vip={virtualAddress(file.scenario)}
          onAdd={(vip) => write(asServer(setup, name, vip))}
        />
      ) : null}
      {host.role === 'director' ? (
        <ReadyMade
          label={say('build.asDirector')}
          how={say('build.readyDirector')}
          vip={virtualAddress(file.scenario)}
          onAdd={(vip) => write(asDirector(setup, vip, file.scenario))}
        />
      ) : null}
      <Field mono rows={Math.min(16, Math.max(4, setup.split('\n').length))} label={say('build.setup')} value={setup} onCommit={write} />
      <Failures node={name} />
      <p className={css['how']}>{say('build.setupHow')}</p>
      <CommandList file={file} node={name} />
    </>
  );
}
