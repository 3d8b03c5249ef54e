import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { expect, PASSWORD, test } from './people';
import { Program } from './program';

const PAGES = [
  '/dashboard',
  '/tickets',
  '/tickets/board',
  '/tickets/new',
  '/tickets/TICKET-2026-000001',
  '/tickets/TICKET-2026-000001?tab=notes',
  '/tickets/TICKET-2026-000001?tab=related',
  '/customers',
  '/conversations',
  '/agents',
] as const;

async function expectAccessible(page: Page): Promise<void> {
  // What passes need not be told node by node, nor be put together from frames: there are none.
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .setLegacyMode()
    .analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)[0]}`);
  expect(found, page.url()).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page is accessible in the ${colorScheme} theme`, async ({ people }) => {
    test.slow(); // a dozen pages, each looked through node by node
    const agent = await people.agent('admin', '/dashboard');
    await agent.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(agent.locator('html')).toHaveAttribute('data-theme', colorScheme);
    for (const path of PAGES) {
      await agent.goto(path);
      await expect(agent.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(agent.getByRole('main').locator('app-skeleton')).toHaveCount(0); // nothing loads
      await expectAccessible(agent);
    }
    await agent.goto('/customers');
    await agent.getByRole('main').getByRole('listitem').first().getByRole('link').click();
    for (const tab of ['Tickets', 'Conversaciones', 'Datos']) {
      await agent.getByRole('main').getByRole('link', { name: tab, exact: true }).click();
      await expect(agent.getByRole('main').locator('app-skeleton')).toHaveCount(0);
      await expectAccessible(agent);
    }
    // What lies over a page, opened by its key.
    await agent.goto('/tickets/TICKET-2026-000012');
    await expect(agent.getByRole('heading', { level: 1 })).toBeVisible();
    for (const key of ['?', 'Control+k', 'e']) {
      await agent.keyboard.press(key);
      await expect(agent.getByRole('dialog')).toBeVisible();
      await expectAccessible(agent);
      await agent.keyboard.press('Escape');
      await expect(agent.getByRole('dialog')).toHaveCount(0);
    }
    await agent.goto('/conversations');
    await agent.getByRole('main').getByRole('listitem').first().getByRole('link').click();
    await expect(agent.getByRole('log', { name: 'Mensajes' })).toBeVisible();
    await expectAccessible(agent);

    const visitor = await people.customer();
    await visitor.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const path of ['/login', '/demo/chat', '/nowhere']) {
      await visitor.goto(path);
      await expect(visitor.getByRole('main')).toBeVisible();
      await expectAccessible(visitor);
    }
  });
}

test('the dashboard leads with the own work, or with the desk’s for who supervises', async ({
  people,
}) => {
  const supervisor = await people.agent('supervisor', '/dashboard');
  await expect(supervisor.getByRole('main').locator('[data-ticket]').first()).toBeVisible();
  await expect(supervisor.getByRole('link', { name: 'Ver todos', exact: true })).toHaveAttribute(
    'href',
    '/tickets?sort=resolutionDueAt',
  );
  const agent = await people.agent('agent1', '/dashboard');
  await expect(agent.getByRole('link', { name: 'Ver todos los míos' })).toHaveAttribute(
    'href',
    '/tickets?assignedTo=me&sort=resolutionDueAt',
  );
});

test('the page fits a narrow phone', async ({ people }) => {
  const agent = await people.agent('admin', '/dashboard');
  await agent.setViewportSize({ width: 360, height: 720 });
  for (const path of PAGES) {
    await agent.goto(path);
    await expect(agent.getByRole('heading', { level: 1 })).toBeVisible();
    const overflow = await agent
      .getByRole('main')
      .evaluate((main) => main.scrollWidth - main.clientWidth);
    expect(overflow, path).toBeLessThanOrEqual(0);
  }
});

test('nothing is too long for its place', async ({ people, request }) => {
  const program = await Program.start(request);
  const word = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
  const phone = `+346${String(Date.now()).slice(-8)}`;
  const email = `${'x'.repeat(60)}@${'y'.repeat(60)}.example.test`;
  const customer = await program.send('post', '/customers', { name: word, phone, email });
  const { customerId } = customer as { customerId: string };
  const ticket = await program.send('post', '/tickets', {
    customerId,
    subject: 'W'.repeat(200),
    description: 'x'.repeat(2_000),
    category: 'billing',
    subcategory: 'y'.repeat(100),
    tags: Array.from({ length: 20 }, (_, number) => `${number}`.padEnd(40, 'z')),
    location: { address: 'w'.repeat(200) },
  });
  const path = `/tickets/${(ticket as { ticketId: string }).ticketId}`;
  const agent = await people.agent('supervisor', path);
  for (const width of [360, 800, 1440]) {
    await agent.setViewportSize({ width, height: 720 });
    for (const place of [
      path,
      `${path}?tab=notes`,
      `${path}?tab=related`,
      '/tickets',
      `/customers/${customerId}`,
      `/customers/${customerId}?tab=details`,
      `/tickets/new?customerId=${customerId}`,
    ]) {
      await agent.goto(place);
      await expect(agent.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(agent.getByRole('main').locator('app-skeleton')).toHaveCount(0);
      const overflow = await agent
        .getByRole('main')
        .evaluate((main) => main.scrollWidth - main.clientWidth);
      expect(overflow, `${place} at ${width}`).toBeLessThanOrEqual(0);
    }
  }
});

test('a page asks for each thing once', async ({ people }) => {
  const agent = await people.agent('supervisor', '/dashboard');
  let asked: string[] = [];
  agent.on('request', (request) => {
    if (request.url().includes('/api/v2/')) asked.push(request.url());
  });
  for (const path of ['/dashboard', '/tickets', '/conversations', '/customers']) {
    // A slow machine may not have the connection in time: then what may have been missed is fetched.
    await expect(async () => {
      asked = [];
      await agent.goto(path);
      await expect(agent.locator('[data-state=online]:visible')).toBeVisible();
      await agent.waitForLoadState('networkidle');
      expect(asked).toEqual([...new Set(asked)]);
    }).toPass();
  }
});

test('a page whose code cannot be loaded is opened again', async ({ people }) => {
  const visitor = await people.customer();
  let isUpdated = false;
  await visitor.route('**/chunk-*.js', (route) =>
    isUpdated ? route.fulfill({ status: 404 }) : route.continue(),
  );
  await visitor.goto('/login');
  await expect(visitor.getByLabel('Contraseña')).toBeVisible();
  isUpdated = true;
  await visitor.getByLabel('Correo electrónico').fill('supervisor@demo.test');
  await visitor.getByLabel('Contraseña').fill(PASSWORD);
  await visitor.getByRole('button', { name: 'Iniciar sesión', exact: true }).click();
  await expect(visitor).toHaveURL('/dashboard');
  isUpdated = false;
  await visitor.reload();
  await expect(visitor.getByRole('heading', { level: 1 })).toHaveText('Inicio');
  people.forgetProblems(); // the browser reports what could not be fetched
});

test('a ticket is created by keys alone, for a customer who is new', async ({ people }) => {
  const agent = await people.agent('agent1', '/dashboard');
  const press = (key: string): Promise<void> => agent.keyboard.press(key);
  await press('c');
  await expect(agent).toHaveURL('/tickets/new');
  await agent.keyboard.type('Kati Horna');
  await expect(agent.getByRole('option', { name: 'Nuevo cliente…' })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await press('Enter');
  await expect(agent.getByLabel('Nombre')).toHaveValue('Kati Horna');
  await expect(agent.getByLabel('Teléfono')).toBeFocused();
  await agent.keyboard.type(`+346${String(Date.now()).slice(-8)}`);
  await press('Enter');
  await expect(agent.getByRole('button', { name: 'Cambiar cliente' })).toBeFocused();
  await press('Tab');
  await agent.keyboard.type('La cámara no enfoca');
  await press('Tab');
  await agent.keyboard.type('Desde ayer.');
  await press('Control+Enter');
  await expect(agent).toHaveURL(/TICKET/);
  await expect(agent.getByRole('heading', { level: 1 })).toHaveText('La cámara no enfoca');
});

test('an admin makes an account, changes its role and ends it', async ({ people, request }) => {
  const agent = await people.agent('admin', '/agents');
  const email = 'gala@demo.test';
  const mayEnter = async (password = 'una-clave-larga'): Promise<boolean> =>
    (await request.post('/api/v2/auth/login', { data: { email, password } })).ok();
  await agent.getByRole('button', { name: 'Nuevo agente' }).click();
  const dialog = agent.getByRole('dialog');
  await dialog.getByLabel('Nombre').fill('Gala Éluard');
  await dialog.getByLabel('Correo electrónico').fill('agent1@demo.test');
  await dialog.getByLabel('Contraseña').fill('una-clave-larga');
  await dialog.getByRole('button', { name: 'Crear agente' }).click();
  await expect(dialog.getByRole('alert')).toContainText(
    'Otro agente ya usa este correo electrónico',
  );
  await dialog.getByLabel('Correo electrónico').fill(email);
  await dialog.getByRole('button', { name: 'Crear agente' }).click();
  const row = agent.locator(`[data-agent="${email}"]`);
  await expect(row).toContainText('Gala Éluard');
  expect(await mayEnter()).toBe(true);

  // A password forgotten, and a name that changed; what is not touched stays.
  await row.getByRole('button', { name: 'Editar Gala Éluard' }).click();
  await expect(dialog.getByLabel('Correo electrónico')).toHaveValue(email);
  await dialog.getByLabel('Nombre').fill('Gala Dalí');
  await dialog.getByRole('button', { name: 'Guardar' }).click();
  await expect(row).toContainText('Gala Dalí');
  expect(await mayEnter()).toBe(true);
  await row.getByRole('button', { name: 'Editar Gala Dalí' }).click();
  await dialog.getByLabel('Nombre').fill('Gala Éluard');
  await dialog.getByLabel('Nueva contraseña').fill('corta');
  await expect(dialog.getByRole('button', { name: 'Guardar' })).toBeDisabled();
  await dialog.getByLabel('Nueva contraseña').fill('otra-clave-larga');
  await dialog.getByRole('button', { name: 'Guardar' }).click();
  await expect(row).toContainText('Gala Éluard');
  expect(await mayEnter()).toBe(false);
  expect(await mayEnter('otra-clave-larga')).toBe(true);

  const role = row.getByLabel('Rol de Gala Éluard');
  await role.selectOption('Supervisor');
  await dialog.getByRole('button', { name: 'Cancelar' }).click();
  await expect(role).toHaveValue('agent');
  await role.selectOption('Supervisor');
  await dialog.getByRole('button', { name: 'Cambiar rol' }).click();
  await expect(role).toHaveValue('supervisor');

  await row.getByRole('button', { name: 'Desactivar: Gala Éluard' }).click();
  await expect(dialog).toContainText('no podrá volver a iniciarla');
  await dialog.getByRole('button', { name: 'Desactivar' }).click();
  await expect(row).toContainText('Desactivado');
  expect(await mayEnter('otra-clave-larga')).toBe(false);
  people.forgetProblems(); // the browser reports the refusal of the address
});

test('a customer is found, corrected and given a ticket', async ({ people }) => {
  const agent = await people.agent('agent1', '/customers');
  await agent.getByRole('searchbox').fill('nadie se llama así');
  await expect(agent.getByText('Sin resultados')).toBeVisible();
  await agent.getByRole('searchbox').fill('lucía gómez');
  await agent
    .getByRole('main')
    .getByRole('link', { name: /Lucía Gómez/ })
    .click();
  await expect(agent.getByRole('heading', { level: 1 })).toHaveText('Lucía Gómez');
  await agent.getByRole('link', { name: 'Datos', exact: true }).click();
  await agent.getByLabel('Teléfono').fill('123');
  await agent.getByRole('button', { name: 'Guardar' }).click();
  await expect(agent.getByText('El teléfono necesita el código de país')).toBeVisible();
  await agent.getByRole('button', { name: 'Cancelar' }).click();
  await agent.getByLabel('Correo electrónico').fill('lucia@example.test');
  await agent.getByRole('button', { name: 'Guardar' }).click();
  await expect(agent.getByText('Se guardó el cliente')).toBeVisible();
  await agent.getByRole('link', { name: 'Crear ticket' }).click();
  await expect(agent).toHaveURL(/\/tickets\/new\?customerId=/);
  await expect(agent.getByRole('main')).toContainText('Lucía Gómez');
  people.forgetProblems(); // the browser reports the refusal of the phone
});

test.describe('in English', () => {
  test.use({ locale: 'en-GB' });

  test('times have the form of the browser’s country', async ({ people }) => {
    const agent = await people.agent('admin', '/tickets');
    await expect(agent.locator('tr[data-ticket] time').first()).toHaveAttribute(
      'title',
      /^[A-Z]\w+day,? \d+ [A-Z]\w+ \d{4} at \d\d:\d\d:\d\d$/,
    );
  });

  test('no page has a text in another language', async ({ people }) => {
    const agent = await people.agent('admin', '/dashboard');
    await expect(agent.locator('html')).toHaveAttribute('lang', 'en');
    for (const path of PAGES) {
      await agent.goto(path);
      await expect(agent.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(agent.getByRole('main').locator('app-skeleton')).toHaveCount(0);
      const texts = await agent.locator('body').innerText();
      // A missing text shows its key; the words are on every page, or on many.
      expect(texts, path).not.toMatch(/\b(?!demo\.test)[a-z_]+\.[a-z]+_[a-z_]+\b/);
      expect(texts, path).not.toMatch(/\b(Inicio|Clientes|Asignado|Estado|Prioridad)\b/);
      expect(texts, path).toContain('Customers');
    }
  });
});
