/** The interfaces of a host: address, cable, MAC and MTU. */
import { Plus, X } from 'lucide-react';
import { edit, select } from '../../lab/index.ts';
import { setupAddresses, withAddress, type ScenarioHost } from '../../scenario/index.ts';
import { formatMac, parseIpv4 } from '../../wire/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { useSay } from '../common/use-lab.ts';
import { Field } from './field.tsx';
import css from './edit.module.css';
import type { File } from './use-edit.ts';

export interface InterfaceListProps {
  readonly file: File;
  readonly host: ScenarioHost;
  readonly setup: string;
  readonly onSetup: (setup: string) => boolean;
}

export function InterfaceList({ file, host, setup, onSetup }: InterfaceListProps) {
  const say = useSay();
  const addresses = setupAddresses(setup);
  const { name: node } = host;
  return (
    <>
      <h3>{say('build.interfaces')}</h3>
      <ul className={css['interfaces']}>
        {host.interfaces.map(({ name, mac }) => (
          <li key={name}>
            <div>
              <b>{name}</b>
              <Field
                mono
                quiet
                label={say('build.address', { dev: name })}
                value={addresses.find((address) => address.dev === name)?.text ?? ''}
                placeholder="10.0.0.2/24"
                wants={say('build.wantsAddress')}
                onCommit={(text) => isAddress(text.trim()) && onSetup(withAddress(setup, name, text.trim()))}
              />
              <IconButton
                label={say('build.removeInterface', { dev: name })}
                onPress={() => {
                  edit([{ kind: 'remove-interface', node, name }], { en: `${name} of ${node} removed`, zh: `移除 ${node} 的 ${name}` });
                }}
              >
                <X size={15} />
              </IconButton>
            </div>
            <Cable file={file} node={node} port={name} />
            <details>
              <summary>{say('build.card')}</summary>
              <Field
                mono
                label={say('build.dev', { dev: name })}
                value={name}
                onCommit={(text) =>
                  edit([{ kind: 'rename-interface', node, name, to: text.trim() }], {
                    en: `${name} of ${node} is now ${text.trim()}`,
                    zh: `${node} 的 ${name} 改名为 ${text.trim()}`,
                  })
                }
              />
              <Field
                mono
                label={say('build.mac', { dev: name })}
                value={file.figures.mac(node, name)}
                placeholder={`${formatMac(mac)} (${say('build.macAuto')})`}
                onCommit={(text) =>
                  edit([{ kind: 'set-interface', node, name, mac: text.trim() }], {
                    en: `MAC of ${node} ${name}`,
                    zh: `修改 ${node} ${name} 的 MAC`,
                  })
                }
              />
              <Field
                mono
                label={say('build.mtu', { dev: name })}
                value={file.figures.mtu(node, name)}
                placeholder="1500"
                onCommit={(text) =>
                  edit([{ kind: 'set-interface', node, name, mtu: text.trim() === '' ? null : Number(text) }], {
                    en: `MTU of ${node} ${name}`,
                    zh: `修改 ${node} ${name} 的 MTU`,
                  })
                }
              />
            </details>
          </li>
        ))}
      </ul>
      <button
        type="button"
        className={css['plain']}
        onClick={() => edit([{ kind: 'add-interface', node, name: null }], { en: `interface of ${node} added`, zh: `为 ${node} 添加接口` })}
      >
        <Plus size={15} aria-hidden /> {say('build.addInterface')}
      </button>
    </>
  );
}

/** 10.0.0.2/24, or nothing. */
function isAddress(text: string): boolean {
  const [addr = '', length, more] = text.split('/');
  return text === '' || (parseIpv4(addr) !== null && more === undefined && /^\d{1,2}$/.test(length ?? '') && Number(length) <= 32);
}

function Cable({ file, node, port }: { readonly file: File; readonly node: string; readonly port: string }) {
  const say = useSay();
  const { links } = file.scenario;
  const link = links.findIndex(({ ends }) => ends.some(([name, at]) => name === node && at === port));
  const far = links[link]?.ends.find(([name]) => name !== node);
  if (far === undefined) return <small>{say('build.noCable')}</small>;
  return (
    <button type="button" className={css['cable']} onClick={() => select({ kind: 'link', link })}>
      {say('build.cableTo', { end: far.join(':') })}
    </button>
  );
}
