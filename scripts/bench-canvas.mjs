/**
 * `npm run -s bench -- --canvas`: measures the map in a real Chromium without a graphics card: script per
 * frame with a thousand frames on the cables, CPU against a canvas that is only cleared, jumps through a
 * long run. `--json` prints one line of JSON; `--servers`,
 * `--requests` (of each of 20 clients), `--frames`, `--jumps`, `--seconds` change the size.
 */
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { browserArgs, ensureBrowser, ensureDependencies, ensureNode, root } from './setup.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' };
const SIZE = { width: 1280, height: 720 };

/** @param {string[]} words @param {string} name @param {number} other */
function option(words, name, other) {
  const at = words.indexOf(`--${name}`);
  const value = Number(at < 0 ? other : words[at + 1]);
  if (!(value > 0)) {
    console.error(`--${name} needs a number`);
    process.exit(2);
  }
  return value;
}

/** @param {number[]} values @param {number} share */
function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

async function buildBench() {
  const { build } = await import('vite');
  const outDir = join(root, 'dist-bench', 'canvas');
  await build({
    root,
    logLevel: 'error',
    publicDir: false,
    build: { outDir, emptyOutDir: true, rolldownOptions: { input: join(root, 'src', 'app', 'bench-canvas.html') } },
  });
  return outDir;
}

/** Isolated, so that the clock of the page tells microseconds. @param {string} folder */
async function serve(folder) {
  const server = createServer((request, response) => {
    const file = join(folder, decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/'));
    if (!file.startsWith(folder) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': /** @type {Record<string, string>} */ (TYPES)[extname(file)] ?? 'application/octet-stream',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(readFileSync(file));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : 0 };
}

/** CPU seconds of all processes of the browser. @param {import('playwright-core').CDPSession} session */
async function cpuOf(session) {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** CPU milliseconds that the page's own thread has spent in script. @param {import('playwright-core').CDPSession} session */
async function scriptOf(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0) * 1000;
}

/** @param {string[]} words */
export async function benchCanvas(words) {
  ensureNode();
  ensureDependencies();
  const executablePath = ensureBrowser();
  const servers = option(words, 'servers', 100);
  const frames = option(words, 'frames', 1000);
  const jumps = option(words, 'jumps', 300);
  const seconds = option(words, 'seconds', 10);
  const requests = option(words, 'requests', 40);
  const { server, port } = await serve(await buildBench());
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, args: [...browserArgs, '--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: SIZE });
    page.on('pageerror', (error) => console.error(error.message));
    await page.goto(`http://127.0.0.1:${port}/src/app/bench-canvas.html`);
    await page.waitForFunction('"bench" in window');
    const session = await browser.newBrowserCDPSession();
    const threads = await page.context().newCDPSession(page);
    await threads.send('Performance.enable', { timeDomain: 'threadTicks' });
    const run = await page.evaluate(`bench.open(${servers}, 20, ${requests})`);
    const flying = await page.evaluate(`bench.crowd(${frames})`);
    if (flying === 0) throw new Error(`there is no moment with ${frames} frames on cables`);
    /** @type {{ name: string, speed: number }[]} */
    const plays = [
      { name: 'playing', speed: 1 },
      { name: 'playing fast', speed: 8 },
    ];
    const rows = [];
    for (const { name, speed } of plays) {
      await page.evaluate(`bench.crowd(${frames})`);
      await page.waitForTimeout(500);
      rows.push({ name, ...(await measure(page, session, threads, seconds, () => page.evaluate(`bench.play(${speed})`))) });
      await page.evaluate('bench.pause()');
    }
    const before = await scriptOf(threads);
    const seeks = /** @type {number[]} */ (await page.evaluate(`bench.jumps(${jumps})`));
    const seekCpu = ((await scriptOf(threads)) - before) / jumps;
    await page.evaluate('bench.empty()');
    await page.waitForTimeout(500);
    const empty = { name: 'empty canvas', ...(await measure(page, session, threads, seconds, async () => {})) };
    const result = {
      servers,
      flying,
      ...run,
      rows: [...rows, empty],
      seek: { jumps, p50_ms: percentile(seeks, 0.5), p95_ms: percentile(seeks, 0.95), max_ms: Math.max(...seeks), mean_cpu_ms: seekCpu },
    };
    console.log(words.includes('--json') ? JSON.stringify(result) : table(result));
  } finally {
    await browser.close();
    server.close();
  }
}

/**
 * @param {import('playwright-core').Page} page @param {import('playwright-core').CDPSession} session
 * @param {import('playwright-core').CDPSession} threads @param {number} seconds @param {() => Promise<void>} begin
 */
async function measure(page, session, threads, seconds, begin) {
  await begin();
  await page.evaluate('frameTimes.length = 0');
  const script = await scriptOf(threads);
  const [cpu, clock] = [await cpuOf(session), performance.now()];
  await page.waitForTimeout(seconds * 1000);
  const [spent, wall] = [(await cpuOf(session)) - cpu, (performance.now() - clock) / 1000];
  const scripted = (await scriptOf(threads)) - script;
  const times = /** @type {number[]} */ (await page.evaluate('[...frameTimes]'));
  const flying = await page.evaluate('bench.frames()');
  return {
    fps: times.length / wall,
    p50_ms: percentile(times, 0.5),
    p95_ms: percentile(times, 0.95),
    max_ms: Math.max(0, ...times),
    mean_cpu_ms: scripted / Math.max(1, times.length),
    cpu_share: spent / wall,
    cpu_ms_per_frame: (spent * 1000) / Math.max(1, times.length),
    flying,
  };
}

/** @param {any} result */
function table({ servers, flying, records, events, rows, seek }) {
  const lines = [
    `${servers} real servers, ${flying} frames on cables at first; the run has ${records} records and ${events} events`,
    'map             fps   script p50   p95    max ms   its CPU ms   all CPU ms per frame   frames at the end',
    ...rows.map(
      (/** @type {any} */ row) =>
        `${row.name.padEnd(13)} ${row.fps.toFixed(1).padStart(5)} ${row.p50_ms.toFixed(2).padStart(12)} ${row.p95_ms.toFixed(2).padStart(5)} ${row.max_ms.toFixed(2).padStart(9)} ${row.mean_cpu_ms.toFixed(2).padStart(12)} ${row.cpu_ms_per_frame.toFixed(1).padStart(22)} ${String(row.flying).padStart(19)}`,
    ),
    `${seek.jumps} jumps, script until drawn: p50 ${seek.p50_ms.toFixed(2)} ms, p95 ${seek.p95_ms.toFixed(2)} ms, longest ${seek.max_ms.toFixed(2)} ms; CPU of script ${seek.mean_cpu_ms.toFixed(2)} ms on average`,
  ];
  return lines.join('\n');
}
