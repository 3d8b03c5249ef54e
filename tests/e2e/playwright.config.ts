import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { defineConfig } from '@playwright/test';

// A port and a database of its own, so that two runs at once do not meet: below those that systems
// hand out (Linux from 32768). Workers read this file again and must come to the same.
process.env['E2E_PORT'] ??= String(10_000 + (process.pid % 4_000));
// Another site, whose pages embed the web chat.
process.env['E2E_SITE'] ??= `http://127.0.0.1:${Number(process.env['E2E_PORT']) + 4_000}`;
process.env['E2E_SITE_SECRET'] ??= 'what the site and the desk share';
if (!process.env['E2E_DATA_DIR']) {
  const dataDir = mkdtempSync(join(tmpdir(), 'mostrador-e2e-'));
  process.env['E2E_DATA_DIR'] = dataDir;
  process.on('exit', () => rmSync(dataDir, { recursive: true, force: true }));
}
const baseURL = `http://127.0.0.1:${process.env['E2E_PORT']}`;

/** The whole application as `make run` starts it, with a database of its own, in Chromium. */
export default defineConfig({
  testDir: '.',
  testMatch: process.env['SCREENSHOTS'] ? 'screenshots.ts' : '*.spec.ts',
  outputDir: '../../test-results',
  // One database is shared by all tests, and two cores by all processes.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: !!process.env['CI'],
  // Machines that run this for everybody stall at times; one that passes only then is reported.
  retries: process.env['CI'] ? 1 : 0,
  reporter: 'list',
  use: {
    baseURL,
    locale: 'es-ES',
    timezoneId: 'Europe/Madrid',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['CHROME_BIN'] ?? '/usr/lib/chromium/chromium-headless-shell',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  webServer: {
    command: 'exec .venv/bin/python -m backend.cli serve',
    cwd: resolve(__dirname, '../..'),
    url: `${baseURL}/health/ready`,
    env: {
      HOST: '127.0.0.1',
      PORT: process.env['E2E_PORT'],
      DATA_DIR: process.env['E2E_DATA_DIR'],
      DEMO: '1',
      WEB_CHAT_ORIGINS: process.env['E2E_SITE'],
      WEB_CHAT_SECRET: process.env['E2E_SITE_SECRET'],
      // The offline assistant answers, whatever keys the developer's shell has.
      OPENAI_API_KEY: '',
      OPENAI_BASE_URL: '',
      MONGODB_URI: '',
      REDIS_URL: '',
    },
    timeout: 60_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 8_000 },
    stdout: 'pipe',
  },
});
