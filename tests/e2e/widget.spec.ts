import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';

import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';

import { expect, test } from './people';

const SITE = process.env['E2E_SITE'] ?? '';
const DESK = `http://127.0.0.1:${process.env['E2E_PORT']}`;
const OWN_CHAT = '/api/v2/channels/web/messages';

/** A page with styles that would ruin the chat, and a policy that allows what the docs ask for. */
const page = (attributes: string): string => `<!doctype html>
<html lang="es">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>La tienda</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/shop.css" />
    <script src="${DESK}/widget.js" defer ${attributes}></script>
  </head>
  <body><main><h1>La tienda</h1></main></body>
</html>`;
const POLICY =
  `default-src 'self'; script-src ${DESK}; img-src data:; require-trusted-types-for 'script'; ` +
  `connect-src ${DESK} ${DESK.replace('http', 'ws')}`;
/** Where the site knows who its visitor is. */
const ACCOUNT = '/account';
/** Where it knows the phone, and does not prove it. */
const CLAIMED = '/claimed';
const PHONE = '+34600700800';
const HASH = createHmac('sha256', process.env['E2E_SITE_SECRET'] ?? '')
  .update(PHONE)
  .digest('hex');
const CSS =
  '* { display: inline !important; font-size: 40px !important; color: red !important } ' +
  'html { direction: rtl }';

let site: Server;

test.beforeAll(async () => {
  site = createServer((request, response) => {
    const css = request.url === '/shop.css';
    response.setHeader('Content-Type', css ? 'text/css' : 'text/html');
    response.setHeader('Content-Security-Policy', POLICY);
    const claimed = `data-phone="${PHONE}"`;
    const identity: Record<string, string> = {
      [CLAIMED]: claimed,
      [ACCOUNT]: `${claimed} data-identity-hash="${HASH}"`,
    };
    response.end(css ? CSS : page(identity[request.url ?? ''] ?? ''));
  });
  await new Promise<void>((ready) => site.listen(Number(new URL(SITE).port), '127.0.0.1', ready));
});

test.afterAll(() => site.close());

const launcher = (page: Page): Locator => page.getByRole('button', { name: /Abrir chat/ });
const panel = (page: Page): Locator => page.getByRole('dialog', { name: /podemos ayudarle/ });
const box = (page: Page): Locator => page.getByLabel('Escriba un mensaje');

async function write(page: Page, text: string): Promise<void> {
  await box(page).fill(text);
  await page.keyboard.press('Enter');
}

test('a shop’s visitor chats, reloads, and is answered live by a person', async ({ people }) => {
  const visitor = await people.customer();
  await visitor.goto(SITE);
  await launcher(visitor).click();
  await expect(box(visitor)).toBeFocused();
  // No style of the page reaches it.
  await expect(panel(visitor)).toHaveCSS('display', 'flex');
  await expect(panel(visitor)).toHaveCSS('direction', 'ltr');
  await expect(panel(visitor).getByRole('heading')).toHaveCSS('font-size', '15px');
  await write(visitor, 'Quiero abrir un ticket: la lámpara del escaparate 7 no enciende');
  const answers = visitor.locator('[data-author=assistant]');
  await expect(answers).toContainText(/TICKET-\d{4}-\d{6}/);

  // The keyboard leaves the way it came.
  await visitor.keyboard.press('Escape');
  await expect(panel(visitor)).toBeHidden();
  await expect(launcher(visitor)).toBeFocused();

  await visitor.emulateMedia({ media: 'print' });
  await expect(launcher(visitor)).toBeHidden();
  await visitor.emulateMedia({ media: 'screen' });
  await visitor.reload();
  await launcher(visitor).click();
  await expect(visitor.locator('[data-author=customer]')).toHaveCount(1);
  await expect(answers).toHaveCount(1);
  await visitor.keyboard.press('Escape');

  const agent = await people.agent('supervisor', '/conversations');
  await agent.getByRole('main').getByRole('link').filter({ hasText: 'Visitante' }).first().click();
  await expect(agent.locator('[data-author=customer]')).toContainText('escaparate 7');
  await agent.getByLabel(/^Responder a/).fill('Hola, soy una persona. La cambiamos hoy.');
  await agent.keyboard.press('Enter');
  await expect(
    visitor.getByRole('button', { name: 'Abrir chat, 1 mensaje sin leer' }),
  ).toBeVisible();
  await launcher(visitor).click();
  await expect(visitor.locator('[data-author=agent]')).toContainText('La cambiamos hoy.');
});

test('two tabs of a visitor are one conversation', async ({ people }) => {
  const first = await people.customer();
  await first.goto(SITE);
  const second = await first.context().newPage();
  await second.goto(SITE);
  await launcher(first).click();
  await write(first, 'Hola');
  await expect(first.locator('[data-author=assistant]')).toHaveCount(1);
  await launcher(second).click();
  await expect(second.locator('li')).toHaveCount(2);
  await write(second, '¿Sigue ahí?');
  for (const tab of [first, second]) {
    await expect(tab.locator('[data-author=customer] .text')).toHaveText(['Hola', '¿Sigue ahí?']);
    await expect(tab.locator('[data-author=assistant]')).toHaveCount(2);
  }
});

test('a tab that has slept goes on with what the other began', async ({ people }) => {
  const first = await people.customer();
  const second = await first.context().newPage();
  await second.addInitScript(() => {
    addEventListener('storage', (event) => event.stopImmediatePropagation());
  });
  await first.goto(SITE);
  await second.goto(SITE);
  await launcher(first).click();
  await write(first, 'Hola');
  await expect(first.locator('[data-author=assistant]')).toHaveCount(1);
  await launcher(second).click();
  await write(second, '¿Sigue ahí?');
  await expect(second.locator('[data-author=customer] .text')).toHaveText(['Hola', '¿Sigue ahí?']);
});

test('what one tab could not send is not forgotten by another', async ({ people }) => {
  const first = await people.customer();
  await first.goto(SITE);
  await launcher(first).click();
  await write(first, 'Hola');
  await expect(first.locator('[data-author=assistant]')).toHaveCount(1);
  const second = await first.context().newPage();
  await second.goto(SITE);
  await launcher(second).click();
  await first.route(`**${OWN_CHAT}`, (route) => route.abort());
  await write(first, 'Desde la primera');
  await expect(first.locator('li.pending')).toHaveCount(1);
  await write(second, 'Desde la segunda');
  await expect(second.locator('li.sent .text').filter({ hasText: 'segunda' })).toBeVisible();
  await first.close();
  await second.reload();
  await launcher(second).click();
  await expect(second.locator('li.sent .text').filter({ hasText: 'primera' })).toBeVisible();
  people.forgetProblems(); // the browser reports the failed attempts
});

test('what is pasted with characters that no message may hold is sent without', async ({
  people,
}) => {
  const visitor = await people.customer();
  await visitor.goto(SITE);
  await launcher(visitor).click();
  await write(visitor, 'Del\u000b PDF\u0007 y \u2066del chat\u2069');
  await expect(visitor.locator('li.sent.mine .text')).toHaveText('Del PDF y del chat');
});

test('a visitor whom the site knows finds the conversation on another device', async ({
  people,
}) => {
  const [phone, laptop] = [await people.customer(), await people.customer()];
  await phone.goto(SITE + ACCOUNT);
  await launcher(phone).click();
  await write(phone, 'Hola');
  await expect(phone.locator('[data-author=assistant]')).toHaveCount(1);
  await laptop.goto(SITE + ACCOUNT);
  await launcher(laptop).click();
  await expect(laptop.locator('li .text')).toHaveText(
    await phone.locator('li .text').allInnerTexts(),
  );
});

test('a visitor whom the site comes to vouch for is known from then on', async ({ people }) => {
  const elsewhere = await people.customer();
  await elsewhere.goto(SITE + ACCOUNT);
  await launcher(elsewhere).click();
  await write(elsewhere, 'Desde otro aparato');
  await expect(elsewhere.locator('li.sent.mine').last()).toBeVisible();

  const visitor = await people.customer();
  await visitor.goto(SITE + CLAIMED);
  await launcher(visitor).click();
  await write(visitor, 'Hola');
  await expect(visitor.locator('[data-author=assistant]')).toHaveCount(1);
  await visitor.goto(SITE + ACCOUNT);
  await launcher(visitor).click();
  await expect(visitor.locator('li').filter({ hasText: 'Desde otro aparato' })).toBeVisible();
});

test('what is written offline leaves once when the connection is back', async ({ people }) => {
  const visitor = await people.customer();
  await visitor.goto(SITE);
  await launcher(visitor).click();
  await write(visitor, 'Hola');
  await expect(visitor.locator('[data-author=assistant]')).toHaveCount(1);

  // It arrives, and the answer to it is lost: the visitor's browser cannot tell.
  let lost = 0;
  await visitor.route(`**${OWN_CHAT}`, async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    await route.fetch();
    lost += 1;
    return route.abort();
  });
  await write(visitor, 'Uno');
  await expect.poll(() => lost).toBeGreaterThan(0);
  await visitor.context().setOffline(true);
  await expect(panel(visitor).getByRole('status')).toContainText('Sin conexión');
  await write(visitor, 'Dos');
  await visitor.unrouteAll({ behavior: 'wait' });
  await visitor.context().setOffline(false);
  await visitor.reload();
  await launcher(visitor).click();
  const own = visitor.locator('[data-author=customer] .text');
  await expect(visitor.locator('li.pending')).toHaveCount(0);
  await expect(own).toHaveText(['Hola', 'Uno', 'Dos']);
  people.forgetProblems(); // the browser reports each failed attempt
});

test('what could not be fetched on a reload comes when the server can', async ({ people }) => {
  const visitor = await people.customer();
  await visitor.goto(SITE);
  await launcher(visitor).click();
  await write(visitor, 'Hola');
  await expect(visitor.locator('[data-author=assistant]')).toHaveCount(1);
  let refused = 0;
  await visitor.route(`**${OWN_CHAT}?*`, (route) => {
    refused += 1;
    return refused > 1 ? route.fallback() : route.fulfill({ status: 503 });
  });
  await visitor.reload();
  await launcher(visitor).click();
  await expect(visitor.locator('[data-author=customer] .text')).toHaveText(['Hola']);
  await expect(visitor.locator('[data-author=assistant]')).toHaveCount(1);
  expect(refused).toBe(2);
  people.forgetProblems(); // the browser reports what was refused
});

test('a page of a site that was not allowed cannot use it', async ({ people }) => {
  const visitor = await people.customer();
  await visitor.goto(SITE.replace('127.0.0.1', 'localhost'));
  const answer = await visitor.evaluate(
    (url) => fetch(url).then(String, (error: Error) => error.name),
    `${DESK}${OWN_CHAT}`,
  );
  expect(answer).toBe('TypeError');
  people.forgetProblems();
});

test('the chat is one small file that any site may load', async ({ request }) => {
  const file = await request.get(`${DESK}/widget.js`, { headers: { 'Accept-Encoding': 'br' } });
  expect(file.headers()).toMatchObject({
    'content-encoding': 'br',
    'cross-origin-resource-policy': 'cross-origin',
  });
  expect(Number(file.headers()['content-length'])).toBeLessThan(15_000);
});

for (const [colorScheme, width] of [
  ['light', 1280],
  ['dark', 360],
] as const) {
  test(`the chat is accessible, ${colorScheme}, ${width} pixels wide`, async ({ people }) => {
    const visitor = await people.customer();
    await visitor.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await visitor.setViewportSize({ width, height: 720 });
    await visitor.goto(SITE);
    await launcher(visitor).click();
    await write(visitor, 'Hola, ¿cómo van mis tickets?');
    await expect(visitor.locator('[data-author=assistant]')).toHaveCount(1);
    if (process.env['WIDGET_SHOTS']) {
      await visitor.screenshot({ path: `/tmp/widget-${colorScheme}-${width}.png` });
    }
    const { violations } = await new AxeBuilder({ page: visitor })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
      .analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    expect(found.filter((problem) => !problem.includes('<h1>'))).toEqual([]);
    const box = await panel(visitor).boundingBox();
    expect(box?.width).toBe(width < 480 ? width : 380);
  });
}
