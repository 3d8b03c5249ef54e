import type { Locator, Page } from '@playwright/test';

import { expect, test } from './people';
import { Program } from './program';

const row = (page: Page, ticketId: string): Locator =>
  page.locator(`tr[data-ticket="${ticketId}"]`);

test('what comes while an agent reads is announced, and moves nothing', async ({
  people,
  request,
}) => {
  const program = await Program.start(request);
  const [first = '', second = ''] = await program.open(2);
  const agent = await people.agent('supervisor', `/tickets?tag=${program.tag}`);
  const rows = agent.locator('tr[data-ticket]');
  await expect(rows).toHaveCount(2);

  // Nobody reads yet: it appears at once, marked as news.
  const [third = ''] = await program.open(1);
  await expect(rows).toHaveCount(3);
  await expect(row(agent, third).locator('[data-unseen]')).toBeVisible();

  await row(agent, second).hover();
  await program.open(1);
  await program.send('put', `/tickets/${first}`, { priority: 'urgent' });
  const news = agent.locator('[data-news]');
  await expect(news).toContainText('1 nuevo o actualizado');
  await expect(row(agent, first).locator('[data-priority=urgent]').first()).toBeVisible();
  await program.send('put', `/tickets/${first}`, { status: 'closed' });
  await expect(row(agent, first)).toContainText('ya no está en esta lista');
  await expect(rows).toHaveCount(3);
  await news.click();
  await expect(rows).toHaveCount(3);
  await expect(row(agent, first)).toHaveCount(0);
});

test('filters, order, tabs and views live in the address', async ({ people, request }) => {
  const agent = await people.agent('supervisor', '/tickets');
  await agent.getByRole('button', { name: 'Filtros', exact: true }).click();
  await agent.getByRole('dialog').getByText('Facturación').click();
  await agent.keyboard.press('Escape');
  await expect(agent).toHaveURL(/category=billing/);
  await expect(agent.getByText('Categoría: Facturación')).toBeVisible();

  await agent.getByRole('columnheader', { name: 'Vence' }).getByRole('button').click();
  await expect(agent).toHaveURL(/sort=resolutionDueAt/);
  await expect(agent.locator('th[aria-sort=ascending]')).toContainText('Vence');
  // The tabs count what the filter leaves.
  const { pagination } = (await (
    await Program.start(request)
  ).get('/tickets?category=billing&limit=1')) as { pagination: { total: number } };
  const everything = agent.getByRole('link', { name: `Todos ${pagination.total}`, exact: true });
  await everything.click();
  await expect(agent).toHaveURL(/status=all/);

  await agent.getByRole('button', { name: 'Vistas' }).click();
  await agent.getByLabel('Nombre de la vista').fill('Facturas');
  await agent.keyboard.press('Enter');
  await agent.goto('/tickets');
  await agent.getByRole('button', { name: 'Vistas' }).click();
  await agent.getByRole('link', { name: 'Facturas', exact: true }).click();
  await expect(agent).toHaveURL(/category=billing/);
  await expect(agent).toHaveURL(/sort=resolutionDueAt/);

  const search = agent.getByRole('searchbox', { name: 'Buscar tickets' });
  await agent.goto('/tickets');
  await expect(search).toBeVisible();
  await agent.keyboard.press('/');
  await expect(search).toBeFocused();
  await agent.keyboard.type('cobro');
  await expect(agent).toHaveURL(/search=cobro/);
  await expect(agent.locator('tr[data-ticket]').first()).toContainText('Cobro');
  await expect(search).toBeFocused();
});

test('a list stays until the next one is there', async ({ people, request }) => {
  const program = await Program.start(request);
  await program.open(2);
  const agent = await people.agent('supervisor', `/tickets?tag=${program.tag}`);
  const rows = agent.locator('tr[data-ticket]');
  await expect(rows).toHaveCount(2);
  let answer = (): void => undefined;
  const held = new Promise<void>((resolve) => (answer = resolve));
  await agent.route('**/api/v2/tickets?*search=*', (route) => held.then(() => route.continue()));
  const asked = agent.waitForRequest('**/api/v2/tickets?*search=*');
  await agent.getByRole('searchbox', { name: 'Buscar tickets' }).fill(`${program.tag} 2`);
  await asked;
  await expect(rows).toHaveCount(2);
  await expect(agent.locator('app-ticket-list')).toHaveClass(/outdated/);
  answer();
  await expect(agent.locator('app-ticket-list')).not.toHaveClass(/outdated/);
  await expect(rows.first()).toContainText(`${program.tag} 2`);
});

test('the way back leads to where the agent was', async ({ people, request }) => {
  const program = await Program.start(request);
  const ids = await program.open(12);
  const path = `/tickets?tag=${program.tag}&sort=ticketId`;
  const agent = await people.agent('supervisor', path);
  await agent.setViewportSize({ width: 1280, height: 400 });
  const link = (at: number): Locator => row(agent, ids[at] ?? '').getByRole('link');
  await expect(link(11)).toBeAttached();
  for (let presses = 0; presses < 11; presses++) await agent.keyboard.press('j');
  await agent.keyboard.press('Enter');
  await expect(agent).toHaveURL(`/tickets/${ids[10]}`);
  await agent.getByRole('link', { name: /Notas y actividad/ }).click();
  await agent.getByRole('link', { name: 'Volver', exact: true }).click();
  await expect(agent).toHaveURL(path);
  await expect(link(10)).toBeFocused();
  await expect(link(10)).toBeInViewport();
  await agent.keyboard.press('j');
  await expect(link(11)).toBeFocused();

  // A ticket that has left the list meanwhile is followed by the next.
  await agent.keyboard.press('k');
  await agent.keyboard.press('Enter');
  await expect(agent).toHaveURL(`/tickets/${ids[10]}`);
  await program.send('put', `/tickets/${ids[10]}`, { status: 'closed' });
  await expect(agent.getByRole('button', { name: /Cambiar estado: Cerrado/ })).toBeVisible();
  await agent.goBack();
  await expect(link(11)).toBeFocused();
});

test('many are changed at once, and those that refuse say so', async ({ people, request }) => {
  const program = await Program.start(request);
  const [one = '', two = '', three = ''] = await program.open(3);
  await program.send('put', `/tickets/${two}`, { status: 'in_progress' });
  const agent = await people.agent('supervisor', `/tickets?tag=${program.tag}`);
  const select = async (...ids: string[]): Promise<void> => {
    for (const id of ids) await agent.getByLabel(`Seleccionar ${id}`).click();
  };
  // Tags come beside those that are there.
  await select(one, three);
  await agent.getByRole('toolbar').getByRole('button', { name: 'Etiquetas…' }).click();
  await agent.getByRole('dialog').getByLabel('Agregar etiquetas').fill('vip');
  await agent.getByRole('dialog').getByRole('button', { name: 'Guardar' }).click();
  await expect(agent.getByText('Se actualizaron 2 tickets')).toBeVisible();
  expect(await program.get(`/tickets/${three}`)).toMatchObject({ tags: [program.tag, 'vip'] });

  await select(one, three);
  await agent.getByLabel(`Seleccionar ${two}`).click();
  await agent.getByRole('toolbar').getByRole('button', { name: 'Estado' }).click();
  await agent.getByRole('menuitem', { name: 'Cerrado' }).click();
  const outcome = agent.getByRole('alert');
  await expect(outcome).toContainText('2 tickets actualizados, 1 sin actualizar.');
  await expect(outcome).toContainText(two);
  await expect(agent.getByLabel(`Seleccionar ${two}`)).toBeChecked();
  await expect(row(agent, one)).toHaveCount(0);
});

test('ten tickets are sorted out by keyboard alone', async ({ people, request }) => {
  const program = await Program.start(request);
  await program.open(10);
  const agent = await people.agent('supervisor', `/tickets?tag=${program.tag}&sort=ticketId`);
  await expect(agent.locator('tr[data-ticket]')).toHaveCount(10);
  let keys = 0;
  const press = async (...names: string[]): Promise<void> => {
    for (const name of names) await agent.keyboard.press(name);
    keys += names.length;
  };
  const bar = agent.getByRole('toolbar');
  const done = (): Promise<void> => expect(bar).toHaveCount(0);
  for (let number = 0; number < 10; number++) {
    await press('j');
    // Taken, then raised to urgent: the first entry of each menu.
    await press('a');
    await expect(agent.getByRole('menuitem').first()).toBeFocused();
    await press('Enter');
    await done();
    await press('p');
    await expect(agent.getByRole('menuitem').first()).toBeFocused();
    await press('Enter');
    await done();
  }
  await expect(agent.locator('tr[data-ticket] [data-priority=urgent]:visible')).toHaveCount(10);
  await expect(agent.locator('tr[data-ticket]', { hasText: 'Sergio' })).toHaveCount(10);
  expect(keys).toBe(50);

  // And all ten resolved as one.
  await agent.getByLabel('Seleccionar toda la página').focus();
  await press('Space', 'r');
  await expect(agent.locator('tr[data-ticket]')).toHaveCount(0);
  expect(keys).toBe(52);
});

test('fifty changes missed while the line was cut are all there', async ({ people, request }) => {
  const program = await Program.start(request);
  const ids = await program.open(50, 'low');
  const agent = await people.agent('supervisor', `/tickets?tag=${program.tag}&sort=ticketId`);
  const rows = agent.locator('tr[data-ticket]');
  await expect(rows).toHaveCount(50);
  await rows.first().hover(); // even of a list that is being read

  await agent.context().setOffline(true);
  await expect(agent.locator('[data-state=offline]:visible')).toBeVisible();
  await program.send('post', '/tickets/bulk', {
    ticketIds: ids,
    change: { priority: 'urgent', status: 'in_progress' },
  });
  await program.send('put', `/tickets/${ids[0]}`, { status: 'resolved' });
  await agent.context().setOffline(false);
  await expect(rows).toHaveCount(49);
  const query = `tag=${program.tag}&sort=ticketId&limit=50&status=new,open,in_progress`;
  const { data } = (await program.get(`/tickets?${query}`)) as {
    data: { ticketId: string; subject: string }[];
  };
  await expect(rows).toContainText(data.map(({ ticketId }) => ticketId));
  await expect(agent.locator('tr[data-ticket] [data-status=in_progress]')).toHaveCount(49);
  people.forgetProblems(); // the browser reports each failed attempt
});

test('the board takes allowed transitions only, by mouse and by keyboard', async ({
  people,
  request,
}) => {
  const program = await Program.start(request);
  const [one = '', two = ''] = await program.open(2);
  const agent = await people.agent('agent1', `/tickets/board?tag=${program.tag}`);
  const other = await people.agent('supervisor', `/tickets?tag=${program.tag}`);
  const column = (status: string): Locator => agent.locator(`[data-column=${status}]`);
  const card = (ticketId: string): Locator => agent.locator(`[data-ticket="${ticketId}"]`);
  const drag = async (ticketId: string, status: string): Promise<void> => {
    await card(ticketId).hover({ position: { x: 60, y: 12 } });
    await agent.mouse.down();
    const to = await column(status).boundingBox();
    await agent.mouse.move((to?.x ?? 0) + 80, (to?.y ?? 0) + 120, { steps: 8 });
    await agent.mouse.up();
  };
  await agent.setViewportSize({ width: 2600, height: 900 });
  await expect(column('new').locator('[data-ticket]')).toHaveCount(2);

  await drag(one, 'pending_customer');
  await expect(column('new').locator('[data-ticket]')).toHaveCount(2);
  await drag(one, 'open');
  await expect(column('open')).toContainText(one);
  await expect(row(other, one)).toContainText('Abierto');

  await agent.getByRole('button', { name: `Cambiar el estado de ${two}` }).focus();
  await agent.keyboard.press('Enter');
  await expect(agent.getByRole('menuitem')).toHaveText([
    'Abierto',
    'En curso',
    'Resuelto',
    'Cerrado',
  ]);
  await agent.keyboard.press('ArrowDown');
  await agent.keyboard.press('Enter');
  await expect(column('in_progress')).toContainText(two);
  await expect(agent.getByRole('button', { name: `Cambiar el estado de ${two}` })).toBeFocused();
  await expect(row(other, two)).toContainText('En curso');
});
