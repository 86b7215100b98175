/**
 * What can be put on the map, while the lab is edited. A press adds a node where there is room, a drag puts
 * it where it is let go.
 * Goes to: app/, below the map.
 */
import { Check, Redo2, Undo2 } from 'lucide-react';
import { useRef, useState, type PointerEvent } from 'react';
import { useStore } from 'zustand';
import { drawingPath, type MapControls } from '../../canvas/index.ts';
import { addNode, canRedo, canUndo, history, layCable, redo, stopEditing, undo, type Language } from '../../lab/index.ts';
import type { NodeRole } from '../../world/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { useLab, useLang, useSay, type Say } from '../common/use-lab.ts';
import css from './edit.module.css';
import { EditProblem } from './edit-problem.tsx';
import { useEditor } from './use-edit.ts';

const ROLES: readonly NodeRole[] = ['client', 'router', 'switch', 'director', 'realserver', 'host'];
/** Fewer pixels than this are a press and no drag. */
const DRAG_FROM = 6;

export function EditBar({ map }: { readonly map: MapControls | null }) {
  const say = useSay();
  const lang = useLang();
  const on = useEditor((s) => s.on);
  const from = useEditor((s) => s.from);
  const back = useStore(history, canUndo);
  const forth = useStore(history, canRedo);
  const empty = useLab((s) => s.lab?.scenario.nodes.length === 0);
  if (!on) return null;
  return (
    <section className={css['bar']} aria-label={say('edit.bar')}>
      <div className={css['tools']}>
        <fieldset className={css['palette']} aria-label={say('edit.add')}>
          {ROLES.map((role) => (
            <RoleButton key={role} role={role} map={map} say={say} lang={lang} />
          ))}
        </fieldset>
        <IconButton label={say('history.undo')} keys="Ctrl Z" disabled={!back} onPress={undo}>
          <Undo2 size={16} />
        </IconButton>
        <IconButton label={say('history.redo')} keys="Ctrl Shift Z" disabled={!forth} onPress={redo}>
          <Redo2 size={16} />
        </IconButton>
        <button type="button" className={css['done']} onClick={stopEditing}>
          <Check size={15} aria-hidden /> {say('edit.off')}
        </button>
      </div>
      {from === null ? (
        <p className={css['tip']}>{say(empty ? 'edit.empty' : 'edit.hint')}</p>
      ) : (
        <output className={css['tip']}>
          {say('edit.laying', { node: from })}{' '}
          <button type="button" onClick={() => layCable(null)}>
            {say('edit.giveUp')}
          </button>
        </output>
      )}
      <EditProblem at="map" />
    </section>
  );
}

interface RoleButtonProps {
  readonly role: NodeRole;
  readonly map: MapControls | null;
  readonly say: Say;
  readonly lang: Language;
}

function RoleButton({ role, map, say, lang }: RoleButtonProps) {
  const begun = useRef<{ readonly x: number; readonly y: number } | null>(null);
  const [ghost, setGhost] = useState<{ readonly x: number; readonly y: number } | null>(null);
  const name = say(`role.${role}`);
  const move = (event: PointerEvent): void => {
    const start = begun.current;
    if (start === null) return;
    if (ghost !== null || Math.hypot(event.clientX - start.x, event.clientY - start.y) >= DRAG_FROM)
      setGhost({ x: event.clientX, y: event.clientY });
  };
  const end = (event: PointerEvent): void => {
    begun.current = null;
    if (ghost === null) return;
    setGhost(null);
    const place = map?.placeAt(event.clientX, event.clientY) ?? null;
    if (place !== null) addNode(role, place);
  };
  return (
    <>
      <button
        type="button"
        lang={lang}
        className={css['role']}
        data-role={role}
        title={say('edit.addHow')}
        aria-label={say('edit.addRole', { role: name })}
        onPointerDown={(event) => {
          begun.current = { x: event.clientX, y: event.clientY };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={() => {
          begun.current = null;
          setGhost(null);
        }}
        onClick={(event) => {
          // A drag ends in a click on what it began at; it has done its work.
          const at = event.detail === 0 || contains(event.currentTarget, event) ? map?.freePlace() : null;
          if (at !== null && at !== undefined) addNode(role, at);
        }}
      >
        <RoleDrawing role={role} />
        <span>{name}</span>
      </button>
      {ghost === null ? null : (
        <div className={css['ghost']} data-role={role} style={{ left: ghost.x, top: ghost.y }} aria-hidden="true">
          <RoleDrawing role={role} />
        </div>
      )}
    </>
  );
}

function contains(element: Element, { clientX: x, clientY: y }: { readonly clientX: number; readonly clientY: number }): boolean {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return x >= left && x <= right && y >= top && y <= bottom;
}

export function RoleDrawing({ role }: { readonly role: NodeRole }) {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={drawingPath(role)} />
    </svg>
  );
}
