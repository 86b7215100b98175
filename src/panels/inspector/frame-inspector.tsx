/** A frame: what it says in three lines, what was changed, every field with its bytes, and how it came to be. */
import { useMemo, useState } from 'react';
import { NO_FRAME, type FrameId, type TraceId } from '../../engine/index.ts';
import { arrivedAs, cardOf, diff, ofLayer, type CardEnd } from '../../canvas/index.ts';
import type { Branch, LayerView } from '../../lab/index.ts';
import { describe, emit, type FieldView } from '../../wire/index.ts';
import { RolePill } from '../common/address.tsx';
import { useLab, useLang, useSay, useSettings } from '../common/use-lab.ts';
import { Bytes } from './bytes.tsx';
import { FrameInHand } from './in-hand.tsx';
import { PacketPath } from './packet-path.tsx';
import { SchedulerWorking } from './scheduler-working.tsx';
import { Why } from './why.tsx';
import css from './inspector.module.css';

export function FrameInspector({ frame, record }: { readonly frame: FrameId; readonly record: TraceId }) {
  const say = useSay();
  const branch = useLab((s) => s.branch);
  if (branch === null || frame >= branch.run.trace.frameCount) return null;
  return (
    <>
      <Summary branch={branch} frame={frame} />
      <FrameInHand branch={branch} record={record} />
      <Changes branch={branch} frame={frame} />
      <SchedulerWorking branch={branch} record={record} />
      <PacketPath branch={branch} record={record} />
      <Layers branch={branch} frame={frame} />
      <h3>{say('frame.why')}</h3>
      <Why branch={branch} record={record} />
    </>
  );
}

function Summary({ branch, frame }: { readonly branch: Branch; readonly frame: FrameId }) {
  const layer = useSettings((s) => s.layer);
  const card = cardOf(branch.run.trace, frame, branch.cast, layer);
  return (
    <div className={css['card']} data-protocol={card.protocol}>
      <p className={css['macs']}>{card.macs}</p>
      {card.protocol === 'arp'
        ? null
        : card.pairs.map(([from, to], i) => (
            <p key={i} className={css['pair']} data-inner={i > 0 || undefined}>
              <End end={from} />
              <span className={css['arrow']}> → </span>
              <End end={to} />
            </p>
          ))}
      <p className={css['what']}>
        <b>{card.what}</b>
        <span>{card.ttl}</span>
      </p>
    </div>
  );
}

function End({ end }: { readonly end: CardEnd }) {
  return (
    <span className={css['end']}>
      {end.label === '' ? null : <RolePill role={end.role} label={end.label} />} {end.text}
    </span>
  );
}

/** What the node at which it left has changed. */
function Changes({ branch, frame }: { readonly branch: Branch; readonly frame: FrameId }) {
  const say = useSay();
  const layer = useSettings((s) => s.layer);
  const { trace } = branch.run;
  const before = arrivedAs(trace, frame, branch.steps);
  if (before === NO_FRAME) return null;
  const rows = diff(trace.frame(before).layers, trace.frame(frame).layers, branch.cast).filter((row) => ofLayer(row.what, layer));
  if (rows.length === 0) return null;
  return (
    <>
      <h3>{say('frame.changes')}</h3>
      <dl className={css['changes']}>
        {rows.map((row) => (
          <div key={row.what}>
            <dt>{say(`field.${row.what}`)}</dt>
            <dd>
              {row.old === '' ? null : <del>{row.old}</del>}
              <ins>{row.now === '' ? '–' : row.now}</ins>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

export interface Span {
  readonly offset: number;
  readonly length: number;
}

function Layers({ branch, frame }: { readonly branch: Branch; readonly frame: FrameId }) {
  const say = useSay();
  const lang = useLang();
  const layer = useSettings((s) => s.layer);
  const [lit, setLit] = useState<Span | null>(null);
  const { layers } = branch.run.trace.frame(frame);
  const { bytes, views } = useMemo(() => {
    const made = emit(layers);
    return { bytes: made, views: describe(layers, made) };
  }, [layers]);
  const isLit = (field: FieldView): boolean =>
    lit !== null && field.offset < lit.offset + lit.length && lit.offset < field.offset + field.length;

  return (
    <>
      <h3>{say('frame.layers')}</h3>
      {views
        .filter((view) => layer === 'all' || HEADERS[layer].includes(view.kind))
        .map((view) => (
          <details key={view.offset} className={css['layer']} open={view.kind !== 'payload' || view.length < 200}>
            <summary>
              <b>{view.title[lang]}</b>
              <span>{summaryOf(view.fields)}</span>
            </summary>
            <dl className={css['fields']}>
              {view.fields.map((field) => (
                <div
                  key={field.name}
                  data-lit={isLit(field) || undefined}
                  onPointerEnter={() => setLit({ offset: field.offset, length: field.length })}
                  onPointerLeave={() => setLit(null)}
                >
                  <dt title={field.name}>{field.label[lang]}</dt>
                  <dd>{field.value}</dd>
                </div>
              ))}
            </dl>
          </details>
        ))}
      <h3>{say('frame.bytes', { count: bytes.length })}</h3>
      <Bytes bytes={bytes} lit={lit} onLit={setLit} views={views} />
    </>
  );
}

/** Headers that a layer's view opens. */
const HEADERS: Readonly<Record<Exclude<LayerView, 'all'>, readonly string[]>> = {
  l2: ['eth', 'arp'],
  l3: ['ipv4', 'icmp'],
  l4: ['tcp', 'udp', 'icmp'],
};

/** What a folded header shows of itself. */
function summaryOf(fields: readonly FieldView[]): string {
  const of = (suffix: string): string => fields.find((field) => field.name.endsWith(suffix))?.value ?? '';
  const from = of('.src') || of('srcport') || of('src.proto_ipv4');
  const to = of('.dst') || of('dstport') || of('dst.proto_ipv4');
  return from === '' ? '' : `${from} → ${to}`;
}
