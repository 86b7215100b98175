/**
 * The piece of line beside one station: three tracks (main, FORWARD, and IPVS past the sockets), lit
 * where the packet went.
 * Comes from: packet-path.tsx.
 */
import type { PacketPath, Station } from '../../lab/index.ts';
import css from './packet-path.module.css';

/** Track of the line between two stations: a forwarded packet goes round the host, one that IPVS sends on goes past its sockets. */
type Track = 'main' | 'side' | 'ipvs';

const X: Readonly<Record<Track, number>> = { main: 9, ipvs: 20, side: 31 };
/** where the dot stands in its row, and how tall a row may be at most */
const DOT = 13;
const TALL = 4000;

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly track: Track;
  readonly lit: boolean;
}

export function Rail({ path, index }: { readonly path: PacketPath; readonly index: number }) {
  const station = path.stations[index] as Station;
  const edges = edgesOf(path);
  const ip = path.stations.some((s) => s.id === 'forward');
  const lines = edges.flatMap((edge) => linesAt(edge, index));
  // What is lit is drawn last, above the rest.
  const ordered = lines.toSorted((a, b) => Number(a.lit) - Number(b.lit));
  const x = station.id === 'forward' ? X.side : X.main;
  return (
    <svg className={css['rail']} width={ip ? 40 : 18} aria-hidden>
      {ordered.map((line, i) => (
        <path key={i} d={line.d} className={css['line']} data-lit={line.lit || undefined} />
      ))}
      <Dot x={x} station={station} />
    </svg>
  );
}

function Dot({ x, station }: { readonly x: number; readonly station: Station }) {
  if (station.end === 'drop') return <path className={css['cross']} d={`M${x - 5} ${DOT - 5}l10 10m0 -10l-10 10`} />;
  if (station.end === 'deliver')
    return <rect className={css['dot']} data-went="" data-here={station.here || undefined} x={x - 5} y={DOT - 5} width={10} height={10} />;
  return (
    <circle
      className={css['dot']}
      data-went={station.went || undefined}
      data-waits={station.end === 'queue' || undefined}
      data-here={station.here || undefined}
      cx={x}
      cy={DOT}
      r={station.went ? 5 : 3.5}
    />
  );
}

/** All pieces of line of the node's map; those between two stations that the packet passed are lit. */
function edgesOf(path: PacketPath): readonly Edge[] {
  const ids = path.stations.map((station) => station.id);
  const at = (id: Station['id']): number => ids.indexOf(id);
  const pairs: [Station['id'], Station['id'], Track][] = [];
  const main = ids.filter((id) => id !== 'forward');
  main.forEach((id, i) => {
    const next = main[i + 1];
    if (next !== undefined) pairs.push([id, next, 'main']);
  });
  if (ids.includes('forward')) pairs.push(['route', 'forward', 'side'], ['forward', 'post', 'side']);
  const lit = new Set<string>();
  path.went.forEach((id, i) => {
    const next = path.went[i + 1];
    if (next !== undefined) lit.add(`${id} ${next}`);
  });
  const edges: Edge[] = pairs.map(([from, to, track]) => ({
    from: at(from),
    to: at(to),
    track,
    lit: lit.delete(`${from} ${to}`),
  }));
  for (const pair of lit) {
    const [from, to] = pair.split(' ').map((id) => at(id as Station['id'])) as [number, number];
    // ARP may learn before it answers: the line goes both ways then.
    const track: Track = ids[from] === 'local-in' && ids[to] === 'local-out' ? 'ipvs' : 'main';
    edges.push({ from: Math.min(from, to), to: Math.max(from, to), track, lit: true });
  }
  return edges;
}

function linesAt({ from, to, track, lit }: Edge, row: number): { readonly d: string; readonly lit: boolean }[] {
  if (row < from || row > to) return [];
  const x = X[track];
  // The side tracks leave and join the main line at the dots of its stations.
  if (row === from)
    return [
      {
        lit,
        d: turns(track, from) ? `M${X.main} ${DOT}H${x - 6}Q${x} ${DOT} ${x} ${DOT + 6}V${TALL}` : `M${x} ${DOT}V${TALL}`,
      },
    ];
  if (row === to)
    return [
      {
        lit,
        d: turns(track, to) ? `M${x} 0V${DOT - 6}Q${x} ${DOT} ${x - 6} ${DOT}H${X.main}` : `M${x} 0V${DOT}`,
      },
    ];
  return [{ lit, d: `M${x} 0V${TALL}` }];
}

/** Row of FORWARD among the stations of IP: its own end of both side lines. */
const FORWARD_ROW = 3;

/** Whether a side track turns into the main line in this row. */
function turns(track: Track, row: number): boolean {
  return track === 'ipvs' || (track === 'side' && row !== FORWARD_ROW);
}
