/**
 * The futures of a lab as a small tree: go to one, put two beside each other, forget one; undo and redo.
 * Goes to: the lab panel.
 */
import { Columns2, GitBranch, Redo2, Undo2, X } from 'lucide-react';
import { useStore } from 'zustand';
import { canRedo, canUndo, dropBranch, goToBranch, history, putBeside, redo, undo, type Branch } from '../../lab/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import { labelOf } from './future.tsx';
import css from './branch-tree.module.css';

interface Leaf {
  readonly branch: Branch;
  readonly depth: number;
}

/** Branches below the one they left, in the order in which they began. */
export function treeOf(branches: readonly Branch[]): Leaf[] {
  const known = new Set(branches.map((branch) => branch.id));
  const below = (parent: number | null, depth: number): Leaf[] =>
    branches
      .filter((branch) => (branch.parent !== null && known.has(branch.parent) ? branch.parent : null) === parent)
      .flatMap((branch) => [{ branch, depth }, ...below(branch.id, depth + 1)]);
  return below(null, 0);
}

/** Deeper branches are not moved further in: the panel is narrow. */
const DEPTH_MAX = 4;

export function BranchTree() {
  const say = useSay();
  const branches = useLab((s) => s.branches);
  const current = useLab((s) => s.branch);
  if (branches.length < 2 || current === null) return <History title={null} />;
  const parent = branches.find((branch) => branch.id === current.parent) ?? null;
  return (
    <>
      <History title={say('branches.title')} />
      <ul className={css['tree']}>
        {treeOf(branches).map(({ branch, depth }) => (
          <li key={branch.id} style={{ paddingInlineStart: `${Math.min(depth, DEPTH_MAX) * 0.85}rem` }}>
            <Row branch={branch} current={current} parent={parent} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Row({ branch, current, parent }: { readonly branch: Branch; readonly current: Branch; readonly parent: Branch | null }) {
  const say = useSay();
  const lang = useLang();
  const shown = branch === current;
  // The shown one stands at the right, as the change; the one it left, or the other one, at the left.
  const beside = shown ? parent : branch;
  return (
    <>
      <button type="button" aria-current={shown ? 'true' : undefined} onClick={() => goToBranch(branch.id)}>
        <GitBranch size={14} aria-hidden />
        <span>{labelOf(branch, lang, say('branches.first'))}</span>
      </button>
      {beside === null ? null : (
        <IconButton label={say(shown ? 'branches.compareParent' : 'branches.compare')} onPress={() => putBeside(beside, current)}>
          <Columns2 size={15} />
        </IconButton>
      )}
      {shown || branch.id === 0 ? null : (
        <IconButton label={say('branches.forget')} onPress={() => dropBranch(branch.id)}>
          <X size={14} />
        </IconButton>
      )}
    </>
  );
}

function History({ title }: { readonly title: string | null }) {
  const say = useSay();
  const back = useStore(history, canUndo);
  const forth = useStore(history, canRedo);
  if (title === null && !back && !forth) return null;
  return (
    <div className={css['head']}>
      <h3>{title ?? ''}</h3>
      <IconButton label={say('history.undo')} keys="Ctrl Z" disabled={!back} onPress={undo}>
        <Undo2 size={15} />
      </IconButton>
      <IconButton label={say('history.redo')} keys="Ctrl Shift Z" disabled={!forth} onPress={redo}>
        <Redo2 size={15} />
      </IconButton>
    </div>
  );
}
