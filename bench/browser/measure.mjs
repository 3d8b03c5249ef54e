// The ticket list in Chromium, as an agent has it; called by bench/spa.py, which serves and fills.
// Writes what it measured to stdout as JSON; times are milliseconds.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from '@playwright/test';
import lighthouse from 'lighthouse';
import desktop from 'lighthouse/core/config/desktop-config.js';

import { changes } from './changes.mjs';
import { loads, loginBytes } from './loads.mjs';
import { scroll } from './scroll.mjs';

const LIGHTHOUSE_RUNS = 3;
const { ADDRESS: address, EMAIL: email, PASSWORD: password } = process.env;

const port = await freePort();
const profile = mkdtempSync(join(tmpdir(), 'mostrador-bench-'));
// Lighthouse opens windows of its own, so the session has to be the browser's, not a window's.
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROME_BIN ?? '/usr/lib/chromium/chromium-headless-shell',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    `--remote-debugging-port=${port}`,
  ],
  viewport: { width: 1350, height: 940 }, // Lighthouse's
  locale: 'es-ES',
});
try {
  const login = await loginBytes(browser, `${address}/login`);
  await signIn();
  const result = {
    loginBytes: login,
    loads: await loads(browser, `${address}/tickets`),
    changes: await changes(browser, address, { email, password }),
    scroll: await scroll(browser, `${address}/tickets?status=all`),
    lighthouse: await audits(),
  };
  process.stdout.write(JSON.stringify(result));
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}

async function signIn() {
  const page = await browser.newPage();
  await page.goto(`${address}/login`);
  await page.locator('input[type=email]').fill(email);
  await page.locator('input[type=password]').fill(password);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname !== '/login');
  await page.close();
}

async function audits() {
  const runs = [];
  for (let run = 0; run < LIGHTHOUSE_RUNS; run++) {
    const { lhr } = await lighthouse(`${address}/tickets`, { port, logLevel: 'error' }, desktop);
    const score = (category) => Math.round(lhr.categories[category].score * 100);
    const value = (audit) => Number(lhr.audits[audit].numericValue.toFixed(3));
    runs.push({
      performance: score('performance'),
      accessibility: score('accessibility'),
      bestPractices: score('best-practices'),
      firstContentfulPaint: value('first-contentful-paint'),
      largestContentfulPaint: value('largest-contentful-paint'),
      totalBlockingTime: value('total-blocking-time'),
      speedIndex: value('speed-index'),
      cumulativeLayoutShift: value('cumulative-layout-shift'),
      // How fast Lighthouse found the machine: below 1,000 something else was running too.
      benchmarkIndex: lhr.environment.benchmarkIndex,
    });
  }
  return runs;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
      .on('error', reject)
      .listen(0, '127.0.0.1', () => {
        const { port: free } = probe.address();
        probe.close(() => resolve(free));
      });
  });
}
