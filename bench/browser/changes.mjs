// How long after a colleague's change its row shows it.

const CHANGES = 60;
const WARM_UP = 5;
const ROWS = 20; // of the list, in turns: all in sight
const TIMEOUT_MS = 5_000;

export async function changes(browser, address, colleague) {
  const page = await browser.newPage();
  await page.goto(`${address}/tickets`);
  await page.locator('tr[data-ticket]').first().waitFor();
  await page.locator('[data-state=online]:visible').waitFor();
  const ids = await page.$$eval('tr[data-ticket]', (rows) => rows.map((row) => row.dataset.ticket));
  const api = await session(`${address}/api/v2`, colleague);

  const fromSending = [];
  const fromAnswer = [];
  let missed = 0;
  for (let change = -WARM_UP; change < CHANGES; change++) {
    const ticketId = ids[(change + WARM_UP) % ROWS];
    const subject = `Cambio ${change} de ${ticketId}`;
    const painted = page.evaluate(whenPainted, { ticketId, subject, timeout: TIMEOUT_MS });
    await page.evaluate(() => null); // once this is answered, the page watches
    const sent = Date.now();
    await api('PUT', `/tickets/${ticketId}`, { subject });
    const answered = Date.now();
    const at = await painted;
    if (at === null) missed++;
    else if (change >= 0) {
      fromSending.push(at - sent);
      fromAnswer.push(at - answered);
    }
  }
  await page.close();
  return { fromSending, fromAnswer, missed };
}

/** In the page: when the row with its new subject has been painted; null when it never is. */
function whenPainted({ ticketId, subject, timeout }) {
  return new Promise((resolve) => {
    const shown = () =>
      document.querySelector(`[data-ticket="${ticketId}"] a`)?.textContent.trim() === subject;
    const rows = new MutationObserver(() => {
      if (!shown()) return;
      rows.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
    });
    rows.observe(document.body, { childList: true, characterData: true, subtree: true });
    setTimeout(() => resolve(null), timeout);
  });
}

async function session(api, { email, password }) {
  let token = '';
  const call = async (method, path, body) => {
    const answer = await fetch(api + path, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(token && { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  token = (await call('POST', '/auth/login', { email, password })).accessToken;
  return call;
}
