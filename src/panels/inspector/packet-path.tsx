/**
 * The way of the step's packet through its node, drawn as a line of the map: stations, hooks, what each
 * decided, where it changed a header, where it ended.
 * Comes from: lab/packet-way.ts, lab/packet-path.ts.  Goes to: the frame inspector.
 */
import { useMemo, useState, type ReactNode } from 'react';
import type { TraceId, TraceRecord } from '../../engine/index.ts';
import { diff } from '../../canvas/index.ts';
import {
  nodeHooks,
  packetPath,
  waysOf,
  wayWith,
  type Branch,
  type PacketPath as Path,
  type PathRow,
  type Station,
  type Way,
} from '../../lab/index.ts';
import { playback } from '../../playback/index.ts';
import { tell } from '../../sim/index.ts';
import { useLang, useSay, type Say } from '../common/use-lab.ts';
import { Rail } from './packet-path-rail.tsx';
import css from './packet-path.module.css';

export function PacketPath({ branch, record }: { readonly branch: Branch; readonly record: TraceId }) {
  const say = useSay();
  const { trace } = branch.run;
  const told = trace.get(record);
  const ways = useMemo(() => waysOf(trace, told.event), [trace, told.event]);
  const [chosen, setChosen] = useState<{ readonly record: TraceId; readonly way: number } | null>(null);
  // Not by useWorld: with the next step there is another record too, and one look for both is enough.
  const hooks = useMemo(() => nodeHooks(branch.run.worldAt(told.event + 1).nodes[told.node]), [branch, told.event, told.node]);
  const own = wayWith(ways, record);
  // A choice among the packets of a step holds as long as the step does.
  const way = (chosen?.record === record ? ways[chosen.way] : undefined) ?? own;
  if (way === null) return null;
  const path = packetPath(way, hooks, record);
  return (
    <section className={css['section']} aria-label={say('path.title', { node: branch.cast.names.node(told.node) })}>
      <h3>{say('path.title', { node: branch.cast.names.node(told.node) })}</h3>
      {ways.length > 1 ? <Ways ways={ways} shown={way} onChoose={(index) => setChosen({ record, way: index })} /> : null}
      <ol className={css['path']}>
        {path.stations.map((station, i) => (
          <Stop key={station.id} branch={branch} path={path} way={way} station={station} index={i} told={record} />
        ))}
      </ol>
    </section>
  );
}

/** A step may be about several packets: the one that came in, those that it led to. */
function Ways({
  ways,
  shown,
  onChoose,
}: {
  readonly ways: readonly Way[];
  readonly shown: Way;
  readonly onChoose: (index: number) => void;
}) {
  const say = useSay();
  return (
    <fieldset className={css['ways']} aria-label={say('path.packets')}>
      {ways.map((way, i) => (
        <button key={i} type="button" aria-pressed={way === shown} onClick={() => onChoose(i)}>
          {i + 1} {say(`path.kind.${way.kind}`)}
        </button>
      ))}
    </fieldset>
  );
}

interface StopProps {
  readonly branch: Branch;
  readonly path: Path;
  readonly way: Way;
  readonly station: Station;
  readonly index: number;
  readonly told: TraceId;
}

function Stop({ branch, path, way, station, index, told }: StopProps) {
  const say = useSay();
  const title = stationTitle(branch, way, station, say);
  const name = (
    <>
      <b>{title}</b>
      {station.end === null ? null : (
        <small className={css['end']} data-end={station.end}>
          {say(`path.end.${station.end}`)}
        </small>
      )}
    </>
  );
  return (
    <li data-station={station.id} data-went={station.went || undefined} aria-current={station.here ? 'step' : undefined}>
      <Rail path={path} index={index} />
      <div className={css['stop']}>
        {station.chief === null ? (
          <p className={css['name']}>{name}</p>
        ) : (
          <button type="button" className={css['name']} onClick={() => goTo(branch, station.chief as TraceId)}>
            {name}
          </button>
        )}
        <span className={css['unseen']}>{station.went ? say('path.went') : say('path.away')}</span>
        {station.went ? <Rows branch={branch} station={station} /> : null}
        {station.records.map((record) => (
          <Sentence key={record.id} branch={branch} record={record} told={told} />
        ))}
        {station.rows.flatMap((row) =>
          row.records.map((record) => <Sentence key={record.id} branch={branch} record={record} told={told} />),
        )}
        <Changed branch={branch} station={station} />
      </div>
    </li>
  );
}

/** The hook's rows in order of priority; what is not loaded is grey, what acted is bold. */
function Rows({ branch, station }: { readonly branch: Branch; readonly station: Station }) {
  const say = useSay();
  const lang = useLang();
  // Without the module there are no hooks of IPVS; that the tables of iptables are empty is worth a word.
  const rows = station.rows.filter((row) => row.state !== 'idle' || !(row.name.startsWith('ip_vs') || row.name === 'arptables'));
  if (rows.length === 0) return null;
  return (
    <ul className={css['rows']} aria-label={say('path.rows')}>
      {rows.map((row) => (
        <li key={`${row.priority} ${row.name}`} data-state={row.state} title={`${row[lang]} (${say(`path.row.${row.state}`)})`}>
          <RowName row={row} branch={branch} />
          <span className={css['unseen']}>{say(`path.row.${row.state}`)}</span>
        </li>
      ))}
    </ul>
  );
}

function RowName({ row, branch }: { readonly row: PathRow; readonly branch: Branch }): ReactNode {
  const last = row.records[row.records.length - 1];
  const name = shortName(row.name);
  if (last === undefined) return name;
  return (
    <button type="button" onClick={() => goTo(branch, last.id)}>
      {name}
    </button>
  );
}

/** `ip_vs_remote_request4`: the version of IP says nothing here. */
function shortName(name: string): string {
  return name.startsWith('ip_vs') ? name.replace(/4$/, '') : name;
}

function Sentence({ branch, record, told }: { readonly branch: Branch; readonly record: TraceRecord; readonly told: TraceId }) {
  const lang = useLang();
  return (
    <button
      type="button"
      className={css['sentence']}
      data-verdict={record.verdict}
      aria-current={record.id === told ? 'step' : undefined}
      onClick={() => goTo(branch, record.id)}
    >
      {tell(record, branch.cast.names, lang)}
    </button>
  );
}

function Changed({ branch, station }: { readonly branch: Branch; readonly station: Station }) {
  const say = useSay();
  const { trace } = branch.run;
  const rows = station.changes.flatMap((change) =>
    diff(trace.frame(change.before).layers, trace.frame(change.after).layers, branch.cast).filter(
      (row) => !change.macsOnly || row.what === 'srcMac' || row.what === 'dstMac',
    ),
  );
  if (rows.length === 0 && station.ttl === null) return null;
  return (
    <dl className={css['changes']}>
      {rows.map((row) => (
        <div key={row.what}>
          <dt>{say(`field.${row.what}`)}</dt>
          <dd>
            {row.old === '' ? null : <del>{row.old}</del>} <ins>{row.now === '' ? '–' : row.now}</ins>
          </dd>
        </div>
      ))}
      {station.ttl === null ? null : (
        <div>
          <dt>{say('field.ttl')}</dt>
          <dd>
            <del>{station.ttl[0]}</del> <ins>{station.ttl[1]}</ins>
          </dd>
        </div>
      )}
    </dl>
  );
}

function stationTitle(branch: Branch, way: Way, station: Station, say: Say): string {
  if (station.id !== 'in' && station.id !== 'out') return say(`path.${station.id}`);
  const node = way.records[0]?.record.node;
  const devs = new Set(
    way.records.flatMap(({ record }) => (record.dev !== 0 && (record.stage === 'link:tx') === (station.id === 'out') ? [record.dev] : [])),
  );
  // An arriving packet keeps the device it came in by; one made here names the device it leaves by.
  const of = station.id === 'in' ? [...devs].slice(0, 1) : [...devs];
  if (!station.went || node === undefined || of.length === 0) return say(`path.${station.id}.any`);
  return say(`path.${station.id}`, { dev: of.map((dev) => branch.cast.names.dev(node, dev)).join(', ') });
}

function goTo(branch: Branch, id: TraceId): void {
  const record = branch.run.trace.get(id);
  playback.send({ type: 'JUMP', moment: { executed: record.event + 1, at: record.at }, focus: id });
}
