import type { Locator, Page } from '@playwright/test';

import { expect, test } from './people';

/** The tab a window is at; a reload would begin it anew. */
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
  await customer.getByRole('button', { name: 'Empezar a chatear' }).click();
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
  await agent.getByLabel('Escribe una nota para el equipo…').fill('Falta tóner; pedido a almacén.');
  await agent.getByRole('button', { name: 'Añadir nota interna' }).click();
  const note = supervisor.locator('[data-note=internal]');
  await expect(note).toContainText('Falta tóner; pedido a almacén.');
  await expect(note).toContainText('Ana Torres');
  await expect(agent.getByLabel('Escribe una nota para el equipo…')).toHaveValue('');

  // Resolved, with how.
  await agent.getByRole('button', { name: 'Resolver' }).click();
  await agent.getByLabel('Cómo se ha resuelto').fill('Tóner cambiado.');
  await agent.getByRole('dialog').getByRole('button', { name: 'Resolver' }).click();
  await expect(agent.getByRole('button', { name: /Cambiar estado: Resuelto/ })).toBeVisible();
  await expect(supervisor.getByRole('button', { name: /Cambiar estado: Resuelto/ })).toBeVisible();
  await supervisor.getByRole('link', { name: 'Resumen' }).click();
  await expect(supervisor.getByText('Resuelto por Ana Torres')).toBeVisible();
  await expect(supervisor.getByText('Tóner cambiado.')).toBeVisible();

  await expectNotReloaded(agent);
  await expectNotReloaded(supervisor);
});

test('an agent takes a conversation over, and the customer reads the reply', async ({ people }) => {
  const customer = await people.customer();
  await customer.goto('/demo/chat');
  await customer.getByLabel('Nombre del cliente').fill('Leonora Carrington');
  await customer.getByLabel('Teléfono').fill('+34 611 222 444');
  await customer.getByRole('button', { name: 'Empezar a chatear' }).click();
  await customer.getByLabel('Escribe un mensaje').fill('Quiero hablar con alguien');
  await customer.keyboard.press('Enter');
  await expect(customer.locator('[data-author=assistant]').first()).toBeVisible();

  const agent = await people.agent('agent1', '/conversations');
  await agent.getByRole('link', { name: /Leonora Carrington/ }).click();
  await expect(agent.locator('[data-author=customer]')).toContainText('Quiero hablar');
  await agent.getByRole('button', { name: 'Persona', exact: true }).click();
  await expect(
    agent.getByRole('button', { name: 'Persona', exact: true, pressed: true }),
  ).toBeVisible();
  await agent.getByLabel('Responder a Leonora Carrington').fill('Hola, soy Ana. Le ayudo.');
  await agent.keyboard.press('Enter');
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
});
