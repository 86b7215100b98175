/**
 * What is selected, in full: a frame, a node, a cable. Without a selection, the frame of the present step.
 * Goes to: app/.
 */
import { X } from 'lucide-react';
import { memo, useDeferredValue, useMemo } from 'react';
import { NO_FRAME, type FrameId, type TraceId } from '../../engine/index.ts';
import { captionRecord, select, type Branch } from '../../lab/index.ts';
import { IconButton } from '../common/icon-button.tsx';
import { EditForm, useEditor } from '../edit/index.ts';
import { Empty } from '../common/table.tsx';
import { useLab, useSay } from '../common/use-lab.ts';
import { useSoon } from '../common/use-soon.ts';
import { FrameInspector } from './frame-inspector.tsx';
import { LinkInspector } from './link-inspector.tsx';
import { NodeInspector } from './node-inspector.tsx';
import css from './inspector.module.css';

export function Inspector() {
  const say = useSay();
  const selection = useLab((s) => s.selection);
  const branch = useLab((s) => s.branch);
  const record = useLab((s) => captionRecord(s)?.id ?? null);
  // The map and the caption come first; what is drawn here of a step is much and may be a frame late.
  const now = useMemo(() => ({ branch, record }), [branch, record]);
  const before = useDeferredValue(now);
  // A record of another branch may not be there in this one.
  const step = before.branch === branch ? before : now;
  const focused = useLab((s) => s.focus !== null);
  // What another lab has to show here comes a moment after its map.
  const open = useLab((s) => s.lab?.id);
  const drawn = useSoon(open);
  useLab((s) => s.version);
  const editing = useEditor((s) => s.on);
  const nodes = useLab((s) => s.lab?.input.world.nodes);
  if (branch === null || nodes === undefined) return null;

  const title =
    selection?.kind === 'node'
      ? (nodes[selection.node]?.name ?? '')
      : selection?.kind === 'link'
        ? say('inspector.link')
        : selection?.kind === 'frame'
          ? say('inspector.frame', { number: selection.frame })
          : say(editing ? 'build.lab' : 'inspector.step');
  return (
    <section className={css['inspector']} aria-label={say('inspector.label')}>
      <header className={css['head']}>
        <h2>{title}</h2>
        {selection === null ? null : (
          <IconButton label={say('inspector.follow')} keys="Esc" onPress={() => select(null)}>
            <X size={16} />
          </IconButton>
        )}
      </header>
      <div className={css['body']}>
        {open !== drawn ? null : editing && selection?.kind !== 'frame' ? (
          <EditForm />
        ) : selection?.kind === 'node' ? (
          <NodeInspector key={selection.node} node={selection.node} />
        ) : selection?.kind === 'link' ? (
          <LinkInspector key={selection.link} link={selection.link} />
        ) : selection?.kind === 'frame' ? (
          <FrameInspector frame={selection.frame} record={selection.record} />
        ) : (
          <StepFrame branch={branch} record={step.record} focused={focused} />
        )}
      </div>
    </section>
  );
}

const StepFrame = memo(function StepFrame({
  branch,
  record,
  focused,
}: {
  readonly branch: Branch;
  readonly record: TraceId | null;
  readonly focused: boolean;
}) {
  const say = useSay();
  const frame = record === null ? NO_FRAME : frameOfStep(branch, record, focused);
  if (record === null || frame === NO_FRAME) return <Empty>{say('inspector.noFrame')}</Empty>;
  return <FrameInspector frame={frame} record={record} />;
});

/** The frame that a step is about: what it puts on a cable, or else what its headline or another record names. */
function frameOfStep(branch: Branch, record: TraceId, focused: boolean): FrameId {
  const { trace } = branch.run;
  const told = trace.get(record);
  const own = told.frameOut === NO_FRAME ? told.frame : told.frameOut;
  if (own !== NO_FRAME && (focused || told.verdict === 'drop')) return own;
  let any: FrameId = own;
  for (let id = trace.firstOf(told.event); id < trace.firstOf(told.event + 1); id++) {
    const { frame, stage } = trace.get(id as TraceId);
    if (stage === 'link:tx') return frame;
    if (any === NO_FRAME) any = frame;
  }
  return any;
}
