// From an empty cache to a list that can be worked with.

const LOADS = 5;
/** So long nothing has kept the page busy when it is said to be at rest. */
const QUIET_MS = 1_000;

export async function loads(browser, address) {
  const measured = [];
  for (let load = 0; load < LOADS; load++) measured.push(await measure(browser, address));
  return measured;
}

/** The JavaScript that the login page loads, in bytes. */
export async function loginBytes(browser, address) {
  const page = await browser.newPage();
  await page.goto(address);
  await page.locator('input[type=password]').waitFor();
  const bytes = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  );
  await page.close();
  return bytes;
}

async function measure(browser, address) {
  const page = await browser.newPage();
  const devtools = await browser.newCDPSession(page);
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.addInitScript(watch);
  await page.goto(address);
  await page.waitForFunction(
    (quiet) => window.listPaintedAt && performance.now() - window.busyUntil() > quiet,
    QUIET_MS,
  );
  const metrics = await page.evaluate(() => {
    const scripts = performance
      .getEntriesByType('resource')
      .filter(({ name }) => new URL(name).pathname.endsWith('.js'));
    const bytes = (some) => some.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
    const named = document.querySelectorAll('link[rel=modulepreload], script[src]');
    const initial = new Set([...named].map((element) => element.href ?? element.src));
    const until = scripts.filter(({ startTime }) => startTime <= window.listPaintedAt);
    return {
      initialBytes: bytes(scripts.filter(({ name }) => initial.has(name))),
      listBytes: bytes(until),
      scripts: until.length,
      elements: document.querySelectorAll('*').length,
      listPainted: window.listPaintedAt,
      interactive: window.busyUntil(),
    };
  });
  await page.close();
  return metrics;
}

/** Runs in the page before anything of the application does. */
function watch() {
  let lastLongTask = 0;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) lastLongTask = startTime + duration;
  }).observe({ type: 'longtask', buffered: true });
  window.busyUntil = () => Math.max(window.listPaintedAt ?? 0, lastLongTask);

  const rows = new MutationObserver(() => {
    if (!document.querySelector('tr[data-ticket]')) return;
    rows.disconnect();
    // A task after the next frame's callbacks runs when that frame has been painted.
    requestAnimationFrame(() => setTimeout(() => (window.listPaintedAt = performance.now())));
  });
  rows.observe(document, { childList: true, subtree: true });
}
