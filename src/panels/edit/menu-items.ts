/**
 * What the menu of the map offers for a node, a cable, a free place: while the lab runs, deeds at the moment
 * shown; in the edit mode, changes of the file.
 * Goes to: map-menu.tsx.
 */
import type { MapTarget } from '../../canvas/index.ts';
import type { NodeId } from '../../engine/index.ts';
import {
  addNode,
  CABLE_FIGURES,
  edit,
  figureText,
  hasFigure,
  layCable,
  readFigure,
  removeSelected,
  select,
  startEditing,
  stopEditing,
  USUAL_FIGURES,
  type CableFigure,
  type CableState,
  type Lab,
} from '../../lab/index.ts';
import { playback } from '../../playback/index.ts';
import type { NodeRole } from '../../world/index.ts';
import type { useSay } from '../common/use-lab.ts';
import { changeCable, switchPower } from '../inspector/deeds.ts';
import { askForFigure } from '../inspector/wanted-field.ts';

const ROLES: readonly NodeRole[] = ['client', 'router', 'switch', 'director', 'realserver', 'host'];
/** Cables of a node that its menu names; the inspector lists them all. */
const CABLES_MAX = 8;

export interface Item {
  readonly id: string;
  readonly label: string;
  readonly danger?: boolean;
  /** this is how it is now */
  readonly now?: boolean;
  readonly run?: () => void;
  readonly items?: Groups;
}
export type Groups = readonly (readonly Item[])[];

/** What of the world the menu says. */
export interface Seen {
  readonly power: boolean;
  /** those of the node, or the one that was pressed */
  readonly cables: readonly (CableState & { readonly link: number; readonly up: boolean; readonly far: string })[];
}

export interface MenuInput {
  readonly target: MapTarget;
  readonly open: Lab;
  readonly seen: Seen;
  readonly editing: boolean;
  readonly say: ReturnType<typeof useSay>;
}

/** The playing stops where the editing begins. */
export function beginEditing(): void {
  playback.send({ type: 'PAUSE' });
  startEditing();
}

export function itemsFor(input: MenuInput): Groups {
  const { target, editing, say } = input;
  const toggle: Item = { id: 'edit', label: say(editing ? 'edit.off' : 'edit.on'), run: editing ? stopEditing : beginEditing };
  if (target.kind === 'node') return nodeItems(input, target.node as NodeId, toggle);
  if (target.kind === 'link') return [...cableItems(input, target.link), [toggle]];
  const add = ROLES.map((role): Item => ({
    id: role,
    label: say('menu.add', { role: say(`role.${role}`) }),
    run: () => void addNode(role, target.place),
  }));
  return editing ? [add, [toggle]] : [[toggle]];
}

function nodeItems(input: MenuInput, node: NodeId, toggle: Item): Groups {
  const { open, seen, editing, say } = input;
  const name = open.scenario.nodes[node]?.name ?? '';
  const pick = (): void => select({ kind: 'node', node });
  const power: Item = {
    id: 'power',
    label: say(seen.power ? 'power.off' : 'power.on'),
    run: () => {
      pick();
      switchPower(node, !seen.power);
    },
  };
  const configure: Item = {
    id: 'configure',
    label: say('menu.edit', { node: name }),
    run: () => {
      if (!editing) beginEditing();
      pick();
    },
  };
  const lay: Item = {
    id: 'lay',
    label: say('menu.connect'),
    run: () => {
      if (!editing) beginEditing();
      layCable(name);
    },
  };
  const remove: Item = {
    id: 'remove',
    label: say('menu.removeNode', { node: name }),
    danger: true,
    run: () => void edit([{ kind: 'remove-node', name }], { en: `${name} removed`, zh: `移除 ${name}` }, 'map'),
  };
  const cables = seen.cables.slice(0, CABLES_MAX).map(({ link, far }): Item => ({
    id: `cable ${link}`,
    label: say('menu.cable', { node: far }),
    items: cableItems(input, link),
  }));
  return editing ? [[configure, lay], cables, [remove], [toggle]] : [[power], cables, [configure, lay]];
}

function cableItems({ open, seen, editing, say }: MenuInput, link: number): Groups {
  const cable = seen.cables.find((one) => one.link === link);
  if (cable === undefined) return [];
  const { up } = cable;
  const cut: Item = { id: 'cut', label: say(up ? 'link.cut' : 'link.heal'), run: () => void changeCable(link, up ? 'cut' : 'plug') };
  // While it is edited the figures are those of the file.
  const state = editing ? (open.scenario.links[link] ?? cable) : cable;
  const figures = CABLE_FIGURES.map((figure) => figureItem(link, figure, state, editing, say));
  const remove: Item = {
    id: 'remove',
    label: say('menu.removeCable'),
    danger: true,
    run: () => {
      select({ kind: 'link', link });
      removeSelected();
    },
  };
  return editing ? [figures, [remove]] : [[cut], figures];
}

function figureItem(link: number, figure: CableFigure, state: CableState, editing: boolean, say: MenuInput['say']): Item {
  const unlimited = say('link.unlimited');
  const usual = USUAL_FIGURES[figure].flatMap((written): Item[] => {
    const part = readFigure(figure, written);
    if (part === null) return [];
    const inFile = part.rateBps === null ? 'none' : written;
    return [
      {
        id: `${figure} ${written}`,
        label: figureText(figure, { ...state, ...part }, unlimited),
        now: hasFigure(state, part),
        run: () => {
          if (hasFigure(state, part)) return;
          select({ kind: 'link', link });
          if (editing) edit([{ kind: 'set-link', link, [figure]: inFile }], { en: `${figure} of a cable`, zh: '修改网线' }, 'map');
          else changeCable(link, figure, written);
        },
      },
    ];
  });
  const other: Item = { id: `${figure} other`, label: say('menu.other'), run: () => askForFigure(link, figure) };
  return {
    id: figure,
    label: say('menu.figure', { figure: say(`link.${figure}`), value: figureText(figure, state, unlimited) }),
    items: [usual, [other]],
  };
}
