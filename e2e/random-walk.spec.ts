/**
 * A walk at random through the page's own keys and buttons. The run that comes of it has the fingerprint
 * that Node gives for the same journal.
 */
import { errors as failures, expect, test, type Page } from '@playwright/test';
import { loadScenario } from '../src/scenario/index.ts';
import { createRun, fromScenario } from '../src/sim/index.ts';
import { openPage } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' }, actionTimeout: 20_000 });

const STEPS = 150;
/** Another walk: `LVS_LAB_SEED=7 npm test -- e2e random-walk`. */
const SEED = Number(process.env['LVS_LAB_SEED'] ?? 20_260_101);
/** A button that is there and can be pressed takes a press within this time, on a slow machine too. */
const PRESS_MS = 5_000;

/** Numbers that are the same in every run of the test (a linear congruence). */
function chance(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * bound);
  };
}

interface Kept {
  readonly text: string;
  readonly branch: number;
  readonly branches: readonly {
    readonly id: number;
    readonly until: number;
    readonly head: number;
    readonly journal: readonly unknown[];
  }[];
}

function keptSession(page: Page): Promise<Kept> {
  return page.evaluate(
    () =>
      new Promise<Kept>((done, failed) => {
        const open = indexedDB.open('lvs-lab');
        open.onerror = () => failed(new Error('no storage'));
        open.onsuccess = () => {
          const read = open.result.transaction('session').objectStore('session').get('session');
          read.onsuccess = () => done(read.result as Kept);
        };
      }),
  );
}

/** Presses a button that may go, or come to rest, at any moment of a run: then there is nothing to press. */
async function pressIfThere(page: Page, name: string | RegExp): Promise<void> {
  // One that is at rest is not looked for; each of these looks once and does not wait for the button to come.
  const button = page.getByRole('button', { name, disabled: false }).first();
  if (!(await button.isVisible())) return;
  try {
    await button.click({ timeout: PRESS_MS });
  } catch (error) {
    // One that still stands there and did not take the press is a fault of the page.
    if (!(error instanceof failures.TimeoutError) || (await button.isVisible())) throw error;
  }
}

const KEYS = ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'Shift+ArrowRight', 'Shift+ArrowLeft', 'Home', 'b', 'n'] as const;
const LINES = [
  'ping -c 1 172.18.20.128',
  'ip neigh flush all',
  'curl -m 1 http://172.18.20.128/',
  'sysctl -w net.ipv4.ip_forward=0',
] as const;

async function oneThing(page: Page, below: (bound: number) => number): Promise<void> {
  const dice = below(100);
  if (dice < 70) await page.keyboard.press(KEYS[below(KEYS.length)] ?? 'ArrowRight');
  else if (dice < 78) {
    const grain = ['by request', 'by packet', 'by story', 'by hop', 'by event'][below(5)] ?? 'by hop';
    await page.getByRole('combobox', { name: 'Step' }).selectOption(grain);
  } else if (dice < 84) {
    const box = await page.getByRole('slider', { name: 'Timeline' }).boundingBox();
    if (box !== null) await page.mouse.click(box.x + 15 + ((box.width - 30) * below(1000)) / 1000, box.y + 8);
  } else if (dice < 87) await pressIfThere(page, 'Drop this frame');
  else if (dice < 90) await pressIfThere(page, 'Delay it by');
  else if (dice < 93) await pressIfThere(page, 'Undo');
  else if (dice < 95) await pressIfThere(page, 'Redo');
  else if (dice < 98) {
    const value = page.getByRole('radiogroup', { name: 'net.ipv4.conf.all.arp_ignore' }).first();
    await value.getByText(String(below(3)), { exact: true }).click();
  } else {
    await page.getByRole('tab', { name: ['client', 'director', 'rs1'][below(3)] ?? 'client' }).click();
    await page.getByRole('textbox', { name: /^Terminal of/ }).focus();
    await page.keyboard.type(LINES[below(LINES.length)] ?? '');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Events' }).click();
  }
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
}

test('a walk at random through the page ends with the run that its journal gives in Node', async ({ page }) => {
  test.setTimeout(240_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await openPage(page);
  const below = chance(SEED);
  for (let i = 0; i < STEPS; i++) await oneThing(page, below);
  await page.keyboard.press('End');
  await expect(page.getByRole('button', { name: 'Next', exact: true })).toBeDisabled();
  await page.getByRole('button', { name: /^Help/ }).click();
  const fingerprint = page.getByRole('region', { name: 'Fingerprint of this run' });
  await fingerprint.getByRole('button', { name: 'Compute' }).click();
  const shown = await fingerprint.locator('code').textContent({ timeout: 60_000 });

  // What is kept is written a moment after the last change.
  const kept = new Map<string, { readonly events: number; readonly branches: number }>();
  const inNode = async (): Promise<string> => {
    const { text, branch: of, branches } = await keptSession(page);
    const branch = branches.find(({ id }) => id === of);
    const loaded = loadScenario(text);
    if (branch === undefined || !loaded.ok) throw new Error('the session was not kept');
    const run = createRun({ ...fromScenario(loaded.scenario), journal: branch.journal as never, until: branch.until as never });
    run.finish();
    kept.set(run.hash(), { events: run.head - branch.head, branches: branches.length });
    return run.hash();
  };
  await expect.poll(inNode, { timeout: 30_000 }).toBe(shown);
  const { events = null, branches = 0 } = kept.get(shown ?? '') ?? {};
  expect(events).toBe(0);
  expect(branches).toBeGreaterThan(2);
  expect(errors).toEqual([]);
});
