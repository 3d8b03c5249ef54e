// The whole list, page by page by its cursors, each scrolled to its end.

const TIMEOUT_MS = 10_000;
const PAGE = 50; // and no page is shorter, of 10,000

export async function scroll(browser, address) {
  const page = await browser.newPage();
  const devtools = await browser.newCDPSession(page);
  await devtools.send('Performance.enable');
  await page.goto(address);
  await page
    .locator('tr[data-ticket]')
    .nth(PAGE - 1)
    .waitFor();
  await page.locator('[data-state=online]:visible').waitFor();
  const before = await held(devtools);
  const seen = await page.evaluate(readAll, { timeout: TIMEOUT_MS, size: PAGE });
  const after = await held(devtools);
  await page.close();
  return { ...seen, before, after };
}

/** What the page holds once garbage is collected. */
async function held(devtools) {
  await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const value = (name) => metrics.find((metric) => metric.name === name).value;
  return { heapMB: value('JSHeapUsedSize') / 1e6, nodes: value('Nodes') };
}

/** In the page. */
async function readAll({ timeout, size }) {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  let longestFrame = 0;
  let last = performance.now();
  let watching = true;
  const watch = (now) => {
    longestFrame = Math.max(longestFrame, now - last);
    last = now;
    if (watching) requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);

  const main = document.getElementById('main');
  const shown = () =>
    [...document.querySelectorAll('tr[data-ticket]')].map((row) => row.dataset.ticket);
  const next = () => [...document.querySelectorAll('app-pagination button')].at(-1);
  const ids = new Set();
  const pages = [];
  const began = performance.now();
  for (;;) {
    const current = shown();
    current.forEach((id) => ids.add(id));
    main.scrollTo(0, main.scrollHeight);
    await frame();
    if (next()?.disabled) break;
    const turned = performance.now();
    next().click();
    while (shown()[0] === current[0] || shown().length < size) {
      if (performance.now() - turned > timeout)
        throw new Error(`page ${pages.length + 2} does not come`);
      await frame();
    }
    pages.push(performance.now() - turned);
  }
  watching = false;
  const total = performance.now() - began;
  return { rows: ids.size, pages, total, longestFrame };
}
