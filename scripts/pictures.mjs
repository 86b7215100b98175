/**
 * `npm run -s pictures`: takes the pictures of docs/pictures/ anew, from the page as it is built now, in a
 * real browser and by the keys that a person would press.
 */
import { createServer } from 'node:http';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { browserArgs, ensureBrowser, ensureDependencies, ensureNode, root } from './setup.mjs';

const folder = join(root, 'docs', 'pictures');
const site = join(root, 'dist-bench', 'pictures');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
/** Quality of the pictures: letters stay sharp, and none is larger than 150 KB. */
const QUALITY = 0.9;
const LAPTOP = { width: 1366, height: 768 };
const PROJECTOR = { width: 1280, height: 720 };
const PHONE = { width: 390, height: 844 };

/** @typedef {import('playwright-core').Page} Page */
/**
 * @typedef {{ name: string, size: { width: number, height: number }, dark?: boolean, zh?: boolean,
 *   pose: (page: Page) => Promise<void> }} Picture
 */

/** @param {Page} page @param {string} key @param {number} times */
async function press(page, key, times) {
  for (let i = 0; i < times; i++) {
    await page.keyboard.press(key);
    await page.waitForTimeout(60);
  }
  await page.waitForTimeout(1200);
}

/** @param {Page} page @param {RegExp} name */
async function openLab(page, name) {
  await page.getByRole('button', { name }).first().click();
  await page.waitForTimeout(1500);
  await page.evaluate('document.activeElement?.blur()');
}

/** @param {Page} page */
async function openHundred(page) {
  const { runnerImport } = await import('vite');
  const { module } = await runnerImport(join(root, 'src', 'app', 'bench-lab.ts'), { root, logLevel: 'error' });
  const text = /** @type {{ crowdedLab: (servers: number, clients: number, requests: number) => string }} */ (module).crowdedLab(
    100,
    12,
    20,
  );
  const file = { name: 'hundred.yaml', mimeType: 'text/yaml', buffer: Buffer.from(text) };
  await page.locator('input[type=file]').first().setInputFiles(file);
  await page.getByRole('heading', { name: /^100 / }).waitFor();
  await page.getByRole('button', { name: 'Next', exact: true }).and(page.locator(':not([disabled])')).waitFor({ timeout: 120_000 });
  // The whole run, so that the timeline is as long as it will be.
  await page.waitForTimeout(1500);
  await page.getByRole('button', { name: 'Stop here' }).waitFor({ state: 'detached', timeout: 180_000 });
  const line = await page.getByRole('slider', { name: 'Timeline' }).boundingBox();
  if (line !== null) await page.mouse.click(line.x + line.width * 0.62, line.y + line.height / 2);
  await page.waitForTimeout(2500);
}

/** @type {Picture[]} */
const pictures = [
  { name: 'dr-light-laptop', size: LAPTOP, pose: (page) => press(page, 'ArrowRight', 40) },
  { name: 'dr-dark-zh-laptop', size: LAPTOP, dark: true, zh: true, pose: (page) => press(page, 'ArrowRight', 31) },
  {
    name: 'dr-broken-pair',
    size: LAPTOP,
    pose: async (page) => {
      await page.getByRole('button', { name: 'Healthy and broken DR side by side' }).click();
      await page.waitForTimeout(3000);
      await press(page, 'ArrowRight', 30);
    },
  },
  {
    name: 'nat-dark-laptop',
    size: LAPTOP,
    dark: true,
    pose: async (page) => {
      await openLab(page, /LVS-NAT/);
      await press(page, 'ArrowRight', 32);
    },
  },
  {
    name: 'tun-light-zh-laptop',
    size: LAPTOP,
    zh: true,
    pose: async (page) => {
      await openLab(page, /LVS-TUN/);
      await press(page, 'ArrowRight', 25);
    },
  },
  { name: 'hundred-light-laptop', size: LAPTOP, pose: openHundred },
  {
    name: 'dr-projector',
    size: PROJECTOR,
    pose: async (page) => {
      await press(page, 'ArrowRight', 27);
      await page.keyboard.press('p');
      await page.waitForTimeout(1500);
      await page.keyboard.press('PageDown');
      await page.waitForTimeout(4000);
    },
  },
  { name: 'dr-light-phone', size: PHONE, pose: (page) => press(page, 'ArrowRight', 40) },
];

async function buildPage() {
  const { build } = await import('vite');
  await build({ root, logLevel: 'error', build: { outDir: site, emptyOutDir: true } });
}

async function serve() {
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/');
    const file = join(site, path === '/' ? 'index.html' : path);
    if (!file.startsWith(site) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const type = /** @type {Record<string, string>} */ (TYPES)[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const address = server.address();
  return { server, url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/` };
}

/** The same picture in the format that is smaller; the browser has the encoder. @param {Page} page @param {Buffer} png */
async function webpOf(page, png) {
  const made = await page.evaluate(
    `(async () => {
      const image = await createImageBitmap(await (await fetch('data:image/png;base64,${png.toString('base64')}')).blob());
      const canvas = new OffscreenCanvas(image.width, image.height);
      canvas.getContext('2d').drawImage(image, 0, 0);
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp', quality: ${QUALITY} })).arrayBuffer());
      let text = '';
      for (const byte of bytes) text += String.fromCharCode(byte);
      return btoa(text);
    })()`,
  );
  return Buffer.from(String(made), 'base64');
}

ensureNode();
ensureDependencies();
const executablePath = ensureBrowser();
if (!process.argv.includes('--no-build')) await buildPage();
const { server, url } = await serve();
const { chromium } = await import('playwright-core');
const browser = await chromium.launch({ executablePath, args: [...browserArgs, '--no-sandbox'] });
mkdirSync(folder, { recursive: true });
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
try {
  for (const { name, size, dark = false, zh = false, pose } of pictures) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const context = await browser.newContext({
      viewport: size,
      colorScheme: dark ? 'dark' : 'light',
      locale: zh ? 'zh-CN' : 'en-US',
      deviceScaleFactor: size === PHONE ? 2 : 1,
    });
    const page = await context.newPage();
    await page.goto(url);
    await page.locator('canvas').first().waitFor();
    await page.waitForTimeout(2500);
    await pose(page);
    const picture = await webpOf(page, await page.screenshot());
    writeFileSync(join(folder, `${name}.webp`), picture);
    console.log(`${name}.webp ${Math.ceil(picture.length / 1024)} KB`);
    await context.close();
  }
} finally {
  await browser.close();
  server.close();
}
