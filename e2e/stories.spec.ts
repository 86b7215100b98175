/** The stories that the notes tell, as a student goes through them in a browser. */
import { execFileSync } from 'node:child_process';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { openPage, selectNode, tableOf } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

/** The terminal of a node, with what it shows at the moment on screen. */
async function terminalOf(page: Page, node: string): Promise<Locator> {
  await page.getByRole('tab', { name: node, exact: false }).last().click();
  const screen = page.locator('.xterm-rows');
  await expect(screen).toBeVisible();
  return screen;
}

/** Connections of all real servers, active and inactive: the last two one-digit columns of each row. */
function connections(rows: readonly string[]): number {
  return rows.reduce((sum, row) => {
    const counts = /Route\d(\d)(\d)$/.exec(row.trim());
    return sum + Number(counts?.[1] ?? 0) + Number(counts?.[2] ?? 0);
  }, 0);
}

async function toEnd(page: Page): Promise<void> {
  await page.getByRole('slider', { name: 'Timeline' }).focus();
  const place = page.getByText(/^Step (\d+) of \1$/);
  let before = '';
  // A run that is still under way has a later end a moment later: the same end has to be seen twice.
  await expect(async () => {
    await page.keyboard.press('End');
    const now = (await place.textContent({ timeout: 1_000 })) ?? '';
    const same = now === before;
    before = now;
    expect(same).toBe(true);
    await expect(page.getByRole('button', { name: 'Stop here' })).toBeHidden({ timeout: 100 });
  }).toPass({ intervals: [500], timeout: 30_000 });
}

test('the healthy DR lab answers from both real servers, and the replies never pass the director', async ({ page }) => {
  await openPage(page);
  await toEnd(page);
  const terminal = await terminalOf(page, 'client');
  await expect(terminal).toContainText('rs1');
  await expect(terminal).toContainText('rs2');
  await page.getByRole('tab', { name: 'Events' }).click();
  // A reply that the director had forwarded would have a record of its own there.
  await page.getByRole('searchbox', { name: 'Search events' }).fill('director forwards');
  await expect(page.getByRole('list', { name: 'Events' }).getByRole('listitem')).toHaveCount(0);
  const servers = await tableOf(page, 'director', 'IPVS');
  expect(servers.join('\n')).toContain('172.18.20.124:80Route');
  expect(servers.join('\n')).toContain('172.18.20.125:80Route');
  expect(connections(servers)).toBe(6);
});

test('without arp_ignore the router finds a real server, and the director sees nothing any more', async ({ page }) => {
  await openPage(page);
  await toEnd(page);
  const before = connections(await tableOf(page, 'director', 'IPVS'));
  expect(before).toBe(6);
  await page.keyboard.press('Escape');
  for (const group of await page.getByRole('radiogroup', { name: 'net.ipv4.conf.all.arp_ignore' }).all()) {
    await group.getByText('0', { exact: true }).click();
  }
  await page.getByRole('button', { name: 'Flush ARP on router' }).click();
  await page.getByRole('button', { name: 'Send 4 requests from client' }).click();
  // The entry was flushed, and is there again when the requests of the new future have been run.
  let entry = '';
  await expect(async () => {
    await toEnd(page);
    const router = await tableOf(page, 'router', 'ARP');
    entry = router.find((row) => row.includes('172.18.20.128')) ?? '';
    expect(entry).not.toBe('');
  }).toPass({ timeout: 45_000 });
  const director = await selectNode(page, 'director');
  await director.getByRole('tab', { name: 'Addresses' }).click();
  const mac = /(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/.exec((await director.getByRole('tabpanel').textContent()) ?? '')?.[0];
  expect(mac).toBeDefined();
  expect(entry).not.toContain(mac);
  await director.getByRole('tab', { name: 'IPVS' }).click();
  const after = await director.getByRole('tabpanel').getByRole('row').allTextContents();
  // Four more requests were answered, and the director has counted none of them.
  expect(connections(after)).toBe(before);
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Events' }).click();
  await page.getByRole('searchbox', { name: 'Search events' }).fill('answers for 172.18.20.128 although');
  await expect(page.getByRole('list', { name: 'Events' }).getByRole('listitem').first()).toBeVisible();
});

test('the NAT demonstration answers from both servers and hides their addresses', async ({ page }) => {
  await openPage(page);
  await page
    .getByRole('button', { name: /LVS-NAT/ })
    .first()
    .click();
  await expect(page.getByRole('button', { name: 'Next', exact: true })).toBeEnabled();
  await page.getByRole('searchbox', { name: 'Search events' }).fill('NAT');
  await expect(page.getByRole('list', { name: 'Events' }).getByRole('listitem').first()).toBeVisible();
  await toEnd(page);
  // Only the virtual address is asked, and each of the two servers has served somebody.
  await expect(await terminalOf(page, 'client')).toContainText('curl -s http://172.16.100.1/');
  const servers = (await tableOf(page, 'director', 'IPVS')).filter((row) => row.includes('Masq'));
  expect(servers).toHaveLength(2);
  for (const row of servers) expect(row.trim()).toMatch(/Masq\d0[1-9]$/);
});

test('the browser and the command line give the same fingerprint', async ({ page }) => {
  const hash = execFileSync(process.execPath, ['dist-cli/main.js', 'run', 'scenarios/dr-lab.yaml', '--hash'], { encoding: 'utf8' }).trim();
  await openPage(page);
  await page.keyboard.press('?');
  await page.getByRole('region', { name: 'Fingerprint of this run' }).getByRole('button', { name: 'Compute' }).click();
  await expect(page.getByText(hash)).toBeVisible();
});
