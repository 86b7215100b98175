/**
 * The menu of the map: at a node, at a cable, at a free place. Opened by the right button, a long press, or
 * the menu key on a node.
 * Goes to: app/, over the map.
 */
import { useEffect, useRef } from 'react';
import { Menu, MenuItem, Popover, Separator } from 'react-aria-components';
import type { MapTarget } from '../../canvas/index.ts';
import type { NodeId } from '../../engine/index.ts';
import { addNode, edit, layCable, removeSelected, select, startEditing, stopEditing } from '../../lab/index.ts';
import { playback } from '../../playback/index.ts';
import type { NodeRole } from '../../world/index.ts';
import { useLab, useSay } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import { cutCable, switchPower } from '../inspector/deeds.ts';
import css from './edit.module.css';
import { useEditor } from './use-edit.ts';

const ROLES: readonly NodeRole[] = ['client', 'router', 'switch', 'director', 'realserver', 'host'];

interface Item {
  readonly id: string;
  readonly label: string;
  readonly danger?: boolean;
  readonly run: () => void;
}

/** The playing stops where the editing begins. */
export function beginEditing(): void {
  playback.send({ type: 'PAUSE' });
  startEditing();
}

export function MapMenu({ target, onClose }: { readonly target: MapTarget; readonly onClose: () => void }) {
  const say = useSay();
  const anchor = useRef<HTMLSpanElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus(), []);
  const items = useItems(target);
  const groups = items.filter((group) => group.length > 0);
  return (
    <>
      <span ref={anchor} className={css['anchor']} style={{ left: target.x, top: target.y }} />
      <Popover
        triggerRef={anchor}
        placement="bottom start"
        className={css['menu'] ?? ''}
        isOpen
        onOpenChange={(open) => (open ? undefined : onClose())}
      >
        <Menu
          ref={list}
          aria-label={say('menu.label')}
          onAction={(key) => {
            onClose();
            groups
              .flat()
              .find((item) => item.id === key)
              ?.run();
          }}
        >
          {groups.flatMap((group, i) => [
            ...(i === 0 ? [] : [<Separator key={`line ${i}`} className={css['line'] ?? ''} />]),
            ...group.map(({ id, label, danger }) => (
              <MenuItem key={id} id={id} className={css['item'] ?? ''} data-danger={danger ?? undefined}>
                {label}
              </MenuItem>
            )),
          ])}
        </Menu>
      </Popover>
    </>
  );
}

function useItems(target: MapTarget): readonly (readonly Item[])[] {
  const say = useSay();
  const on = useEditor((s) => s.on);
  const open = useLab((s) => s.lab);
  const state = useWorld((world) => ({
    power: target.kind === 'node' ? (world.nodes[target.node]?.on ?? true) : true,
    up: target.kind === 'link' ? (world.shared.links[target.link]?.up ?? true) : true,
  }));
  if (open === null || state === null) return [];
  const toggle: Item = { id: 'edit', label: say(on ? 'edit.off' : 'edit.on'), run: on ? stopEditing : beginEditing };
  if (target.kind === 'node') {
    const node = target.node as NodeId;
    const name = open.scenario.nodes[node]?.name ?? '';
    const pick = (): void => select({ kind: 'node', node });
    const power: Item = {
      id: 'power',
      label: say(state.power ? 'power.off' : 'power.on'),
      run: () => {
        pick();
        switchPower(node, !state.power);
      },
    };
    const configure: Item = {
      id: 'configure',
      label: say('menu.edit', { node: name }),
      run: () => {
        if (!on) beginEditing();
        pick();
      },
    };
    const lay: Item = {
      id: 'lay',
      label: say('menu.connect'),
      run: () => {
        if (!on) beginEditing();
        layCable(name);
      },
    };
    const remove: Item = {
      id: 'remove',
      label: say('menu.removeNode', { node: name }),
      danger: true,
      run: () => void edit([{ kind: 'remove-node', name }], { en: `${name} removed`, zh: `移除 ${name}` }, 'map'),
    };
    return on ? [[configure, lay], [remove], [toggle]] : [[power], [configure, lay]];
  }
  if (target.kind === 'link') {
    const { link } = target;
    const pick = (): void => select({ kind: 'link', link });
    const cut: Item = { id: 'cut', label: say(state.up ? 'link.cut' : 'link.heal'), run: () => cutCable(link, !state.up) };
    const figures: Item = { id: 'figures', label: say('menu.settings'), run: pick };
    const remove: Item = {
      id: 'remove',
      label: say('menu.removeCable'),
      danger: true,
      run: () => {
        pick();
        removeSelected();
      },
    };
    return on ? [[figures], [remove], [toggle]] : [[cut, figures], [toggle]];
  }
  const add = ROLES.map((role): Item => ({
    id: role,
    label: say('menu.add', { role: say(`role.${role}`) }),
    run: () => void addNode(role, target.place),
  }));
  return on ? [add, [toggle]] : [[toggle]];
}
