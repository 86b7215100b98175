/** Steps of every grain, bookmarks, frames and timers in the hand, power switches: as a newcomer meets them. */
import { expect, test, type Page } from '@playwright/test';
import { caption, keptSession, next, openPage, selectNode, stepNumber } from './lab.ts';

test.use({ viewport: { width: 1366, height: 768 }, contextOptions: { reducedMotion: 'reduce' } });

function inspector(page: Page) {
  return page.getByRole('region', { name: 'Inspector' });
}

function labPanel(page: Page) {
  return page.getByRole('region', { name: 'Lab', exact: true });
}

async function toGrain(page: Page, grain: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Step' }).selectOption(grain);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
}

test('the showpiece is on the first screen, above everything that scrolls', async ({ page }) => {
  await openPage(page);
  const button = page.getByRole('button', { name: 'Healthy and broken DR side by side' });
  await expect(button).toBeInViewport({ ratio: 1 });
  await button.click();
  await expect(page.getByRole('region', { name: 'Where the two futures part' })).toContainText('answers for 172.18.20.128');
});

test('by request: each step is one whole conversation, and back is as large as forth', async ({ page }) => {
  await openPage(page);
  await toGrain(page, 'by request');
  const said: string[] = [];
  for (let i = 1; i <= 4; i++) {
    await page.keyboard.press('ArrowRight');
    await expect(page.getByText(new RegExp(`^Step ${i} of`))).toBeVisible();
    said.push((await caption(page).textContent()) ?? '');
  }
  expect(new Set(said).size).toBeGreaterThan(1);
  for (let i = 3; i >= 1; i--) {
    await page.keyboard.press('ArrowLeft');
    await expect(page.getByText(new RegExp(`^Step ${i} of`))).toBeVisible();
    expect(await caption(page).textContent()).toBe(said[i - 1]);
  }
});

test('from between two steps Next and Back lead to the same moment again', async ({ page }) => {
  await openPage(page);
  await next(page, 7);
  const before = await page.getByRole('toolbar', { name: 'Playback' }).locator('output b').textContent();
  await toGrain(page, 'by request');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText(/^Step 1 of/)).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('toolbar', { name: 'Playback' }).locator('output b')).toHaveText(before ?? '');
});

test('a frame on its cable can be dropped: a branch begins, and the drop says who did it', async ({ page }) => {
  await openPage(page);
  const hand = inspector(page);
  await expect(hand.getByText('On the cable now')).toBeVisible();
  await hand.getByRole('button', { name: 'Drop this frame' }).click();
  await expect(caption(page)).toContainText('you took it off the cable');
  await expect(labPanel(page).getByRole('button', { name: /frame to router dropped/ })).toHaveAttribute('aria-current', 'true');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(hand.getByText('On the cable now')).toBeVisible();
});

test('a frame can be held up, for as long as one writes', async ({ page }) => {
  await openPage(page);
  const hand = inspector(page);
  await hand.getByRole('textbox', { name: 'How long the frame is held up' }).fill('3ms');
  await hand.getByRole('button', { name: 'Delay it by' }).click();
  await expect(caption(page)).toContainText('it reaches router 3 ms later');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('toolbar', { name: 'Playback' }).locator('output b')).toHaveText('1.003101 s');
  await hand.getByRole('textbox', { name: 'How long the frame is held up' }).fill('soon');
  await expect(hand.getByText('Write it like this: 10ms, 2s')).toBeVisible();
});

test('a node lists what it waits for in words, and a timer fires when it is told to', async ({ page }) => {
  await openPage(page);
  await next(page, 3);
  await selectNode(page, 'client');
  await inspector(page).getByRole('tab', { name: 'Timers' }).click();
  const list = inspector(page).getByRole('list', { name: 'Timers' });
  const again = list.getByRole('listitem').filter({ hasText: 'send again what was not acknowledged' });
  await expect(again).toContainText('10.0.0.10');
  await again.getByRole('button', { name: 'Fire now' }).click();
  await expect(labPanel(page).getByRole('button', { name: /timer fired on client: send again/ })).toHaveAttribute('aria-current', 'true');
  await expect(page.getByRole('list', { name: 'Events' }).getByText('You let a timer of client fire now')).toBeVisible();
});

test('switched off, a machine keeps nothing but its files; switched on, it sets itself up', async ({ page }) => {
  await openPage(page);
  await next(page, 5);
  await selectNode(page, 'director');
  await inspector(page).getByRole('button', { name: 'Switch off' }).click();
  await expect(inspector(page).getByText('Switched off: only its files are left.')).toBeVisible();
  await expect(caption(page)).toContainText('director is switched off');
  await inspector(page).getByRole('button', { name: 'Switch on' }).click();
  await expect(inspector(page).getByRole('button', { name: 'Switch off' })).toBeVisible();
  await inspector(page).getByRole('tab', { name: 'Addresses' }).click();
  await expect(inspector(page).getByRole('tabpanel')).toContainText('172.18.20.128');
});

test('a moment is marked, named, gone to and kept over a reload, also in Chinese', async ({ page }) => {
  await openPage(page);
  await next(page, 6);
  await page.keyboard.press('b');
  const list = labPanel(page).getByRole('list', { name: 'Bookmarks' });
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await list.getByRole('button', { name: 'Name it' }).click();
  await page.getByRole('textbox', { name: 'Name of the bookmark' }).fill('look here');
  await page.keyboard.press('Enter');
  await expect(list.getByRole('button', { name: /^look here/ })).toBeVisible();
  const step = await stepNumber(page);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('End');
  await expect(page.getByRole('button', { name: 'look here', exact: true })).toBeVisible();
  // It is written a moment after the last change.
  await expect
    .poll(async () => {
      const kept = await keptSession(page);
      const [mark] = kept?.bookmarks ?? [];
      return mark?.name === 'look here' && (kept?.cursor.executed ?? 0) > mark.moment.executed;
    })
    .toBe(true);
  await page.reload();
  await expect(page.getByText('Restored your session.')).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'look here', exact: true }).click();
  await expect(page.getByText(new RegExp(`^Step ${step} of`))).toBeVisible();
  await page.getByText('中文', { exact: true }).click();
  const zh = page.getByRole('list', { name: '书签' });
  await zh.getByRole('button', { name: '删除书签' }).click();
  await expect(zh).toHaveCount(0);
});

test('the arrows step right after a press on a switch, a choice or the speed', async ({ page }) => {
  await openPage(page);
  const value = page.getByRole('radiogroup', { name: 'net.ipv4.conf.all.arp_ignore' }).first();
  await value.getByText('0', { exact: true }).click();
  await expect(page.getByText('A new branch begins here.')).toBeVisible();
  // What was typed has had its effect, and there one stands.
  await expect(value.getByRole('radio', { name: '0' })).toBeChecked();
  const before = await stepNumber(page);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText(new RegExp(`^Step ${before + 1} of`))).toBeVisible();
  await page.getByRole('slider', { name: 'Speed' }).click({ position: { x: 40, y: 6 } });
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText(new RegExp(`^Step ${before + 2} of`))).toBeVisible();
});

test('a command after the last step goes on with this future and begins no other', async ({ page }) => {
  await openPage(page);
  await toGrain(page, 'by event');
  await page.getByRole('slider', { name: 'Timeline' }).focus();
  await page.keyboard.press('End');
  await page.getByRole('tab', { name: 'client' }).click();
  await expect(page.getByRole('textbox', { name: /^Terminal of/ })).toBeFocused();
  await expect(page.getByText('This is a moment in the past')).toHaveCount(0);
  await page.keyboard.type('echo here');
  await page.keyboard.press('Enter');
  await expect(page.locator('.xterm-rows')).toContainText(/# echo here\s*here\s*\[root@client/);
  await expect(page.getByText('A new branch begins here.')).toHaveCount(0);
  await expect(labPanel(page).getByRole('button', { name: 'Before any change' })).toHaveCount(0);
});

test('in two futures too: run until something drops, bookmarks, and what comes next', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'Healthy and broken DR side by side' }).click();
  const pair = page.getByRole('region', { name: 'Two futures', exact: true });
  await expect(page.getByRole('region', { name: 'Where the two futures part' })).toBeVisible();
  await pair.getByRole('button', { name: 'Run until …' }).click();
  await page.getByRole('menuitem', { name: 'something drops' }).click();
  await expect(pair.getByRole('img', { name: 'Dropped' }).first()).toBeVisible();
  await expect(pair.getByText(/^Next:/).first()).toBeVisible();
  await pair.getByRole('button', { name: 'Bookmark this moment' }).click();
  await expect(page.getByText('Bookmarked.')).toBeVisible();
});

test('what if a frame is lost, a timer fires, a machine restarts: two futures and the sentence where they part', async ({ page }) => {
  await openPage(page);
  for (const [kind, choose] of [
    ['a frame', null],
    ['power', 'switch it off and on again'],
  ] as const) {
    await page.getByRole('button', { name: 'Change one thing' }).click();
    await page.getByText(kind, { exact: true }).click();
    if (choose !== null) {
      await page.getByRole('combobox', { name: 'On node' }).selectOption('director');
      await page.getByRole('combobox', { name: 'Change' }).selectOption(choose);
    }
    await page.getByRole('button', { name: 'Show both futures' }).click();
    await expect(page.getByRole('region', { name: 'Where the two futures part' })).toBeVisible();
    await page.getByRole('button', { name: 'Back to one map' }).click();
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
  }
});
