import { expect, PASSWORD, test } from './people';
import { Program } from './program';

/** A ticket of the demo data: unassigned and open. */
const TICKET = 'TICKET-2026-000012';

test('a conflict is shown, and the agent chooses', async ({ people }) => {
  const agent = await people.agent('agent1', `/tickets/${TICKET}`);
  const supervisor = await people.agent('supervisor', `/tickets/${TICKET}`);

  // The agent's change is on its way when the supervisor's gets there first.
  await agent.route(`**/api/v2/tickets/${TICKET}`, async (route) => {
    if (route.request().method() !== 'PUT') return route.continue();
    await supervisor.getByRole('button', { name: /Cambiar prioridad/ }).click();
    await supervisor.getByRole('menuitem', { name: 'Urgente' }).click();
    await expect(agent.getByRole('button', { name: /Cambiar prioridad: Urgente/ })).toBeVisible();
    return route.continue();
  });
  await agent.getByRole('button', { name: /Cambiar estado/ }).click();
  await agent.getByRole('menuitem', { name: 'Abierto' }).click();
  const dialog = agent.getByRole('dialog', { name: 'Otra persona actualizó este ticket' });
  await expect(dialog).toContainText('Baja → Urgente');
  await agent.unrouteAll();
  await dialog.getByRole('button', { name: 'Aplicar mi cambio' }).click();
  await expect(supervisor.getByRole('button', { name: /Cambiar estado: Abierto/ })).toBeVisible();
  people.forgetProblems(); // the browser reports the 412
});

test('a ticket given to somebody else leaves the screen', async ({ people, request }) => {
  const [ticket = ''] = await (await Program.start(request)).open(1);
  const agent = await people.agent('agent1', `/tickets/${ticket}`);
  const list = await people.agent('agent1', `/tickets?search=${ticket}`);
  const supervisor = await people.agent('supervisor', `/tickets/${ticket}`);
  await expect(list.locator(`tr[data-ticket="${ticket}"]`)).toBeVisible();

  // To Ana first, who is told where she does not look at it already; the supervisor knows.
  await supervisor.getByRole('button', { name: /^Asignar/ }).click();
  await supervisor.getByRole('menuitem', { name: 'Ana Torres' }).click();
  const told = list.getByRole('link', { name: `te asignó ${ticket}` });
  await expect(told).toHaveAttribute('href', `/tickets/${ticket}`);
  for (const page of [agent, supervisor]) {
    await expect(page.getByRole('button', { name: /^Asignar: Ana/ })).toBeVisible();
    await expect(page.getByText('te asignó')).toHaveCount(0);
  }
  await supervisor.getByRole('button', { name: /^Asignar/ }).click();
  await supervisor.getByRole('menuitem', { name: 'Bruno Díaz' }).click();
  await expect(agent.getByText(`Ya no tienes acceso a ${ticket}`)).toBeVisible();
  await expect(list.locator(`tr[data-ticket="${ticket}"]`)).toHaveCount(0);
  people.forgetProblems(); // asking for it once more is answered by a 404
});

test('what was missed while offline is there after reconnecting', async ({ people }) => {
  const agent = await people.agent('supervisor', '/tickets?search=TICKET-2026-000008');
  const other = await people.agent('admin', '/tickets/TICKET-2026-000008');
  const row = agent.locator('tr[data-ticket="TICKET-2026-000008"]');
  await expect(row).toContainText('Abierto');

  await agent.context().setOffline(true);
  await expect(agent.locator('[data-state=offline]:visible')).toBeVisible();
  await other.getByRole('button', { name: /Cambiar estado/ }).click();
  await other.getByRole('menuitem', { name: 'En curso' }).click();
  await expect(other.getByRole('button', { name: /Cambiar estado: En curso/ })).toBeVisible();
  await expect(row).toContainText('Abierto');

  await agent.context().setOffline(false);
  await expect(agent.locator('[data-state=online]:visible')).toBeVisible();
  await expect(row).toContainText('En curso');
  people.forgetProblems(); // the browser reports each failed attempt
});

test('a ticket that went to somebody else while offline does not stay open', async ({
  people,
  request,
}) => {
  const program = await Program.start(request);
  const [ticket = ''] = await program.open(1);
  const agent = await people.agent('agent1', `/tickets/${ticket}`);
  await expect(agent.getByRole('heading', { level: 1 })).toBeVisible();
  const other = await people.agent('supervisor', `/tickets/${ticket}`);
  await agent.context().setOffline(true);
  await expect(agent.locator('[data-state=offline]:visible')).toBeVisible();
  await other.getByRole('button', { name: /^Asignar/ }).click();
  await other.getByRole('menuitem', { name: 'Bruno Díaz' }).click();
  await expect(other.getByRole('button', { name: /^Asignar: Bruno/ })).toBeVisible();

  await agent.context().setOffline(false);
  await expect(agent.getByText(`Ya no tienes acceso a ${ticket}`)).toBeVisible();
  people.forgetProblems(); // each failed attempt, and the 404
});

test('a session that ran out loses nothing that was typed', async ({ people }) => {
  const agent = await people.agent('agent2', '/tickets/TICKET-2026-000010?tab=notes');
  const box = agent.getByLabel('Escribe una nota para tu equipo…');
  await box.fill('A medias');
  await agent.context().clearCookies();
  await agent.route('**/notes', (route) =>
    route.fulfill({ status: 401, json: { code: 'unauthenticated' } }),
  );
  await agent.getByRole('button', { name: 'Agregar nota interna' }).click();
  const dialog = agent.getByRole('dialog', { name: 'Tu sesión expiró' });
  await agent.unrouteAll();
  await dialog.getByLabel('Contraseña').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Iniciar sesión' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(box).toHaveValue('A medias');
  await agent.getByRole('button', { name: 'Agregar nota interna' }).click();
  await expect(agent.locator('[data-note=internal]').last()).toContainText('A medias');
  people.forgetProblems(); // the browser reports each 401
});
