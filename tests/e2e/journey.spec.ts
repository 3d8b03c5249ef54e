import type { Locator, Page } from '@playwright/test';

import { expect, test } from './people';
import { Program } from './program';

/** The tab that a window shows; a reload would start it over. */
async function markAsNotReloaded(page: Page): Promise<void> {
  await page.evaluate(() => document.documentElement.setAttribute('data-not-reloaded', ''));
}

async function expectNotReloaded(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-not-reloaded', '');
}

const row = (page: Page, ticketId: string): Locator =>
  page.locator(`tr[data-ticket="${ticketId}"]`);

test('a customer’s message becomes a ticket that agents work live', async ({ people }) => {
  const agent = await people.agent('agent1', '/tickets');
  const supervisor = await people.agent('supervisor', '/tickets');
  await markAsNotReloaded(agent);
  await markAsNotReloaded(supervisor);

  // A customer writes in the simulator and gets an answer with the ticket's number.
  const customer = await people.customer();
  await customer.goto('/demo/chat');
  await expect(customer.getByText('Simulador de cliente.')).toBeVisible();
  await expect(customer.getByText('asistente sin conexión')).toBeVisible();
  await customer.getByLabel('Nombre del cliente').fill('Remedios Varo');
  await customer.getByLabel('Teléfono').fill('+34 611 222 333');
  await customer.getByRole('button', { name: 'Iniciar chat' }).click();
  await customer.getByLabel('Escribe un mensaje').fill('Abre un ticket: la impresora no imprime');
  await customer.keyboard.press('Enter');
  const answer = customer.locator('[data-author=assistant]');
  await expect(answer).toContainText(/TICKET-\d{4}-\d{6}/);
  const ticketId = /TICKET-\d{4}-\d{6}/.exec(await answer.innerText())?.[0] ?? '';

  // Both agents, their lists open, see it appear.
  await expect(row(agent, ticketId)).toContainText('impresora');
  await expect(row(agent, ticketId)).toContainText('Remedios Varo');
  await expect(row(supervisor, ticketId)).toContainText('Nuevo');

  // The agent opens it and takes it; the supervisor has the list on the screen.
  await row(agent, ticketId).getByRole('link').click();
  await expect(agent.getByRole('heading', { level: 1 })).toContainText('impresora');
  await agent.getByRole('button', { name: /Asignar/ }).click();
  await agent.getByRole('menuitem', { name: 'Asignármelo' }).click();
  await expect(row(supervisor, ticketId)).toContainText('Ana Torres');
  await agent.getByRole('button', { name: /Cambiar estado/ }).click();
  await agent.getByRole('menuitem', { name: 'En curso' }).click();
  await expect(row(supervisor, ticketId)).toContainText('En curso');

  // An internal note, which the supervisor, now on the ticket, sees come.
  await row(supervisor, ticketId).getByRole('link').click();
  await supervisor.getByRole('link', { name: /Notas y actividad/ }).click();
  await agent.getByRole('link', { name: /Notas y actividad/ }).click();
  await agent.getByLabel('Escribe una nota para tu equipo…').fill('Falta tóner; pedido a almacén.');
  await agent.getByRole('button', { name: 'Agregar nota interna' }).click();
  const note = supervisor.locator('[data-note=internal]');
  await expect(note).toContainText('Falta tóner; pedido a almacén.');
  await expect(note).toContainText('Ana Torres');
  await expect(agent.getByLabel('Escribe una nota para tu equipo…')).toHaveValue('');

  // Resolved, with how.
  await agent.getByRole('button', { name: 'Resolver' }).click();
  await agent.getByLabel('Resolución').fill('Tóner cambiado.');
  await agent.getByRole('dialog').getByRole('button', { name: 'Resolver' }).click();
  await expect(agent.getByRole('button', { name: /Cambiar estado: Resuelto/ })).toBeVisible();
  await expect(supervisor.getByRole('button', { name: /Cambiar estado: Resuelto/ })).toBeVisible();
  await supervisor.getByRole('link', { name: 'Resumen' }).click();
  await expect(supervisor.getByText('Resuelto por Ana Torres')).toBeVisible();
  await expect(supervisor.getByText('Tóner cambiado.')).toBeVisible();

  await expectNotReloaded(agent);
  await expectNotReloaded(supervisor);
});

test('an agent takes a conversation over, and the customer reads the reply', async ({
  people,
  request,
}) => {
  const customer = await people.customer();
  await customer.goto('/demo/chat');
  await customer.getByLabel('Nombre del cliente').fill('Leonora Carrington');
  await customer.getByLabel('Teléfono').fill('+34 611 222 444');
  await customer.getByRole('button', { name: 'Iniciar chat' }).click();
  await customer.getByLabel('Escribe un mensaje').fill('Quiero hablar con alguien');
  await customer.keyboard.press('Enter');
  await expect(customer.locator('[data-author=assistant]').first()).toBeVisible();

  // What comes while the list is read is announced, and moves nothing.
  const agent = await people.agent('agent1', '/conversations');
  const rows = agent.locator('[data-conversation]');
  const leonora = agent.getByRole('link', { name: /Leonora Carrington/ });
  await leonora.hover();
  const order = (): Promise<(string | null)[]> =>
    rows.evaluateAll((links) => links.map((link) => link.getAttribute('data-conversation')));
  const before = await order();
  const data = { name: 'Ida Rentoul', phone: '+34611222555', text: 'Hola' };
  expect((await request.post('/api/v2/channels/web/messages', { data })).ok()).toBe(true);
  await expect(agent.locator('[data-news]')).toBeVisible();
  expect(await order()).toEqual(before);
  await agent.locator('[data-news]').click();
  await expect(agent.getByRole('link', { name: /Ida Rentoul/ })).toBeVisible();

  // Both see each other write.
  await leonora.click();
  await expect(agent.locator('[data-author=customer]')).toContainText('Quiero hablar');
  await agent.getByRole('button', { name: 'Agente', exact: true }).click();
  await expect(
    agent.getByRole('button', { name: 'Agente', exact: true, pressed: true }),
  ).toBeVisible();
  const typist = agent.locator('[data-typist]');
  await expect(async () => {
    await customer.getByLabel('Escribe un mensaje').pressSequentially('¿?'); // told every few seconds
    await expect(typist).toContainText('Leonora Carrington está escribiendo', { timeout: 1_000 });
  }).toPass();
  const reply = agent.getByLabel('Responder a Leonora Carrington');
  await reply.fill('Hola, soy Ana. Le ayudo.');
  await expect(customer.getByText('Escribiendo…')).toBeAttached();

  // The line breaks as it leaves: it says so, keeps the words, and sends them once more.
  await agent.route('**/messages', (route) => route.abort());
  await reply.press('Enter');
  const unsent = agent.locator('[data-outgoing=failed]');
  await expect(unsent).toContainText('Hola, soy Ana. Le ayudo.');
  await agent.unrouteAll();
  await unsent.getByRole('button', { name: 'Reintentar' }).click();
  await expect(unsent).toHaveCount(0);
  await expect(customer.locator('[data-author=agent]')).toContainText('Hola, soy Ana. Le ayudo.');

  const answers = await customer.locator('[data-author=assistant]').count();
  await customer.getByLabel('Escribe un mensaje').fill('Gracias, Ana');
  await customer.keyboard.press('Enter');
  await expect(agent.locator('[data-author=customer]').last()).toContainText('Gracias, Ana');
  expect(await customer.locator('[data-author=assistant]').count()).toBe(answers);

  // A ticket out of the conversation, with its words.
  await agent.getByRole('link', { name: 'Crear ticket' }).click();
  await expect(agent.getByLabel('Asunto')).toHaveValue('Gracias, Ana');
  await expect(agent.getByLabel('Descripción')).toHaveValue(/Quiero hablar con alguien/);
  await agent.getByLabel('Asunto').fill('Atención personal');
  await agent.getByRole('button', { name: 'Crear ticket' }).click();
  await expect(agent.getByRole('heading', { name: 'Atención personal' })).toBeVisible();
  await expect(agent.getByRole('link', { name: 'Leonora Carrington' })).toBeVisible();
  people.forgetProblems(); // the browser reports the broken line
});

test('a long conversation is read back to its beginning', async ({ people, request }) => {
  const program = await Program.start(request);
  const conversationId = await program.conversation('Tamara de Lempicka', 120);
  const agent = await people.agent('agent1', `/conversations/${conversationId}`);
  const log = agent.getByRole('log', { name: 'Mensajes' });
  await expect(log.getByText('Mensaje 120', { exact: true })).toBeInViewport();
  await expect(log.getByText('Mensaje 1', { exact: true })).toHaveCount(0);

  // Older ones are fetched on the way up, and what was being read stays where it is.
  await agent.route('**/messages?*cursor*', (route) => route.abort());
  await log.getByText('Mensaje 71', { exact: true }).scrollIntoViewIfNeeded();
  const retry = log.getByRole('button', { name: 'Reintentar' });
  await expect(retry).toBeVisible();
  await agent.unrouteAll();
  await retry.click();
  await expect(log.getByText('Mensaje 21', { exact: true })).toBeAttached();
  await expect(log.getByText('Mensaje 71', { exact: true })).toBeInViewport();
  await log.getByText('Mensaje 21', { exact: true }).scrollIntoViewIfNeeded();
  await expect(log.getByText('Mensaje 1', { exact: true })).toBeAttached();
  await agent.getByRole('button', { name: 'Ir a lo más reciente' }).click();
  await expect(log.getByText('Mensaje 120', { exact: true })).toBeInViewport();
  people.forgetProblems(); // the browser reports the broken line
});
