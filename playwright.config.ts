import { createServer } from 'node:net';
import { defineConfig } from '@playwright/test';
import { browserArgs, findBrowser } from './scripts/setup.mjs';

/** A port that nobody uses now, so that two checkouts can be tested at the same time. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : 4199));
      });
  });
}

// This file is read again in each worker process; they inherit the choice of the first reading.
const port = (process.env['LVS_LAB_PORT'] ??= String(await freePort()));
const url = `http://127.0.0.1:${port}`;
const executablePath = findBrowser();
const reports = process.env['LVS_LAB_REPORTS'];

export default defineConfig({
  testDir: 'e2e',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  // Generous, because the machines that run this may be busy with something else; who waits for nothing loses nothing.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: reports ? [['list'], ['json', { outputFile: `${reports}/e2e.json` }]] : 'list',
  use: {
    baseURL: url,
    launchOptions: { args: [...browserArgs], ...(executablePath ? { executablePath } : {}) },
  },
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --host 127.0.0.1 --port ${port} --strictPort`,
    url,
    reuseExistingServer: false,
  },
});
