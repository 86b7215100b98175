/**
 * The menu of the map: at a node, at a cable, at a free place. Opened by the right button, a long press, or
 * the menu key on a node.
 * Goes to: app/, over the map.
 */
import { Check, ChevronRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Menu, MenuItem, Popover, Separator, SubmenuTrigger } from 'react-aria-components';
import type { MapTarget } from '../../canvas/index.ts';
import type { Lab } from '../../lab/index.ts';
import menu from '../common/menu.module.css';
import { useLab, useSay } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import css from './edit.module.css';
import { itemsFor, type Groups, type Item } from './menu-items.ts';
import { useEditor } from './use-edit.ts';

/** A menu that was asked for by the keyboard goes on by the keyboard. */
const TAKES_KEYS = { autoFocus: 'first' } as const;

export function MapMenu({ target, onClose }: { readonly target: MapTarget; readonly onClose: () => void }) {
  const say = useSay();
  const anchor = useRef<HTMLSpanElement>(null);
  // Another lab may come while it is open, in which something else has this number.
  const about = useLab((s) => nameOf(target, s.lab));
  const [meant] = useState(about);
  const stale = about !== meant;
  useEffect(() => {
    if (stale) onClose();
  }, [stale, onClose]);
  return (
    <>
      <span ref={anchor} className={css['anchor']} style={{ left: target.x, top: target.y }} />
      <Popover
        triggerRef={anchor}
        placement="bottom start"
        className={menu['menu'] ?? ''}
        isOpen
        onOpenChange={(open) => (open ? undefined : onClose())}
      >
        <Menu {...TAKES_KEYS} aria-label={say('menu.label')} onClose={onClose}>
          {rows(useItems(target), onClose)}
        </Menu>
      </Popover>
    </>
  );
}

/** What the menu is about: in which lab, and by its name and not by its number. */
function nameOf(target: MapTarget, open: Lab | null): string {
  const { nodes = [], links = [] } = open?.scenario ?? {};
  const node = target.kind === 'node' ? nodes[target.node]?.name : undefined;
  const link = target.kind === 'link' ? links[target.link]?.ends.flat().join() : undefined;
  return `${open?.id} ${node ?? link ?? ''}`;
}

/** @param close puts the whole menu away: one in the middle of a tree would only close itself */
function rows(groups: Groups, close: () => void) {
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, i) => [
      ...(i === 0 ? [] : [<Separator key={`line ${i}`} className={menu['line'] ?? ''} />]),
      ...group.map((item) => {
        const Each = item.items === undefined ? Row : Branch;
        return <Each key={item.id} item={item} close={close} />;
      }),
    ]);
}

interface RowProps {
  readonly item: Item;
  readonly close: () => void;
}

function Row({ item: { id, label, danger, now, run }, close }: RowProps) {
  return (
    <MenuItem
      id={id}
      textValue={label}
      className={menu['item'] ?? ''}
      data-danger={danger ?? undefined}
      data-now={now === true || undefined}
      onAction={() => {
        close();
        run?.();
      }}
    >
      {now === undefined ? null : <Check size={14} aria-hidden />}
      {label}
    </MenuItem>
  );
}

function Branch({ item: { id, label, items = [] }, close }: RowProps) {
  return (
    <SubmenuTrigger>
      <MenuItem id={id} textValue={label} className={menu['item'] ?? ''}>
        {label}
        <ChevronRight size={14} aria-hidden className={menu['more'] ?? ''} />
      </MenuItem>
      <Popover className={menu['menu'] ?? ''}>
        <Menu aria-label={label}>{rows(items, close)}</Menu>
      </Popover>
    </SubmenuTrigger>
  );
}

function useItems(target: MapTarget): Groups {
  const say = useSay();
  const editing = useEditor((s) => s.on);
  const open = useLab((s) => s.lab);
  const seen = useWorld((world) => ({
    power: target.kind === 'node' ? (world.nodes[target.node]?.on ?? true) : true,
    cables: world.shared.links.flatMap(({ ends, up, delayNs, rateBps, lossPpm }, link) => {
      const here = target.kind === 'node' ? ends.findIndex(({ node }) => node === target.node) : 0;
      const mine = target.kind === 'node' ? here >= 0 : target.kind === 'link' && target.link === link;
      return mine ? [{ link, up, delayNs, rateBps, lossPpm, far: world.nodes[ends[1 - here]?.node ?? 0]?.name ?? '' }] : [];
    }),
  }));
  return open === null || seen === null ? [] : itemsFor({ target, open, seen, editing, say });
}
