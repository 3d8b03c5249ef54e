import { expect, test } from './people';
import { Program } from './program';

test('a ticket is worked without leaving its page', async ({ people, request }) => {
  const [ticket = '', other = ''] = await (await Program.start(request)).open(2);
  const agent = await people.agent('supervisor', `/tickets/${ticket}`);

  // Texts are edited where they stand, and what is being typed survives a reload.
  await agent.getByRole('button', { name: 'Editar Asunto' }).click();
  await agent.getByLabel('Asunto', { exact: true }).fill('No entra en su cuenta');
  await agent.reload();
  await expect(agent.getByLabel('Asunto', { exact: true })).toHaveValue('No entra en su cuenta');
  await agent.getByLabel('Asunto', { exact: true }).press('Enter');
  await expect(agent.getByRole('heading', { level: 1 })).toHaveText('No entra en su cuenta');
  await agent.getByRole('button', { name: 'Editar Etiquetas' }).click();
  await agent.getByLabel('Etiquetas').fill('acceso, móvil');
  await agent.getByLabel('Etiquetas').press('Enter');
  await expect(agent.getByText('móvil', { exact: true })).toBeVisible();
  await agent.getByRole('button', { name: /Cambiar categoría/ }).click();
  await agent.getByLabel('Categoría', { exact: true }).selectOption('Facturación');
  await expect(agent.getByRole('button', { name: 'Guardar' })).toBeDisabled();
  await agent.getByLabel('Subcategoría').fill('Cobros');
  await agent.getByRole('button', { name: 'Guardar' }).click();
  await expect(agent.getByRole('button', { name: /Facturación · Cobros/ })).toBeVisible();

  // Files: one arrives and can be had again, the others say why not.
  await agent.getByLabel('Adjuntar').setInputFiles([
    { name: 'registro.txt', mimeType: 'text/plain', buffer: Buffer.from('sin errores') },
    { name: 'vacío.txt', mimeType: 'text/plain', buffer: Buffer.from('') },
    {
      name: 'vídeo.mp4',
      mimeType: 'video/mp4',
      buffer: Buffer.alloc(10 * 1024 * 1024 + 1),
    },
  ]);
  await expect(
    agent.getByRole('alert').filter({ hasText: 'El archivo supera los 10 MB' }),
  ).toBeVisible();
  await expect(agent.getByRole('alert').filter({ hasText: 'está vacío' })).toBeVisible();
  const download = agent.waitForEvent('download');
  await agent.getByRole('button', { name: 'Descargar registro.txt' }).click();
  expect((await download).suggestedFilename()).toBe('registro.txt');

  // Related tickets are found by their number, by keys alone.
  await agent.getByRole('link', { name: 'Relacionados' }).click();
  const search = agent.getByRole('combobox', { name: 'Vincular un ticket: número o palabras' });
  await search.fill(other.slice(-6));
  await expect(agent.getByRole('option', { name: other })).toHaveAttribute('aria-selected', 'true');
  await search.press('Enter');
  await expect(agent.locator(`[data-related="${other}"]`)).toBeVisible();
  await agent.getByRole('button', { name: `Quitar vínculo con ${other}` }).click();
  await expect(agent.locator(`[data-related="${other}"]`)).toHaveCount(0);
  people.forgetProblems(); // the browser reports the refusal of the empty file
});

test('colleagues on one ticket see each other, and neither overwrites the other unseen', async ({
  people,
  request,
}) => {
  const [ticket = ''] = await (await Program.start(request)).open(1);
  const agent = await people.agent('agent1', `/tickets/${ticket}`);
  const supervisor = await people.agent('supervisor', `/tickets/${ticket}?tab=notes`);
  await expect(agent.locator('[data-viewers]')).toContainText('También lo ven: Sergio Vidal');
  await supervisor.keyboard.press('n');
  await expect(supervisor.getByLabel('Escribe una nota para tu equipo…')).toBeFocused();
  await supervisor.keyboard.type('Lo miro yo');
  await expect(agent.locator('[data-viewers]')).toContainText('Sergio Vidal está escribiendo');

  // The agent is still typing when the supervisor stores another subject.
  await agent.getByRole('button', { name: 'Editar Asunto' }).click();
  await agent.getByLabel('Asunto', { exact: true }).fill('El mío');
  await supervisor.getByRole('button', { name: 'Editar Asunto' }).click();
  await supervisor.getByLabel('Asunto', { exact: true }).fill('El suyo');
  await supervisor.getByLabel('Asunto', { exact: true }).press('Enter');
  await expect(supervisor.getByRole('heading', { level: 1 })).toHaveText('El suyo');
  await expect(agent).toHaveTitle(/TICKET/);
  await agent.getByLabel('Asunto', { exact: true }).press('Enter');
  const dialog = agent.getByRole('dialog', { name: 'Otra persona actualizó este ticket' });
  await expect(dialog).toContainText('El suyo');
  await expect(dialog).toContainText('Sergio Vidal');
  await agent.keyboard.press('Escape'); // back to what was being typed
  await expect(agent.getByLabel('Asunto', { exact: true })).toHaveValue('El mío');
  await agent.getByLabel('Asunto', { exact: true }).press('Enter');
  await dialog.getByRole('button', { name: 'Aplicar mi cambio' }).click();
  await expect(supervisor.getByRole('heading', { level: 1 })).toHaveText('El mío');

  await supervisor.goto('/dashboard');
  await expect(agent.locator('[data-viewers]')).toBeEmpty();
  people.forgetProblems(); // the browser reports a 412, should the event have been slower
});

test('a ticket is found, taken, worked and resolved by keys alone', async ({ people, request }) => {
  const [ticket = ''] = await (await Program.start(request)).open(1);
  const agent = await people.agent('agent1', '/dashboard');
  const press = (key: string): Promise<void> => agent.keyboard.press(key);

  await press('?');
  const sheet = agent.getByRole('dialog', { name: 'Atajos de teclado' });
  await expect(sheet).toContainText('Tickets');
  await press('Escape');
  await expect(sheet).toHaveCount(0);
  await press('Control+k');
  await expect(agent.getByRole('combobox')).toBeFocused();
  await agent.keyboard.type(ticket.slice(-6));
  await expect(agent.getByRole('option', { name: ticket })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await press('Enter');
  await expect(agent).toHaveURL(`/tickets/${ticket}`);
  await expect(agent.getByRole('heading', { level: 1 })).toBeVisible();

  await press('a');
  await expect(agent.getByRole('menuitem', { name: 'Asignármelo' })).toBeFocused();
  await press('Enter');
  await expect(agent.getByRole('button', { name: /^Asignar: Ana/ })).toBeFocused();
  await press('p');
  await expect(agent.getByRole('menuitem', { name: 'Urgente' })).toBeFocused();
  await press('Enter');
  await expect(agent.getByRole('button', { name: /Cambiar prioridad: Urgente/ })).toBeFocused();
  await press('n');
  const note = agent.getByLabel('Escribe una nota para tu equipo…');
  await expect(note).toBeFocused();
  await agent.keyboard.type('arreglado'); // and none of its letters is a shortcut
  await press('Control+Enter');
  await expect(agent.locator('[data-note=internal]').last()).toContainText('arreglado');
  await press('Tab');
  await press('r');
  await expect(agent.getByRole('dialog').getByRole('textbox')).toBeFocused();
  await agent.keyboard.type('Con una clave nueva.');
  await press('Control+Enter');
  await expect(agent.getByRole('button', { name: /Cambiar estado: Resuelto/ })).toBeVisible();
  await expect(agent.getByRole('button', { name: 'Reabrir' })).toBeVisible();

  // On a phone the overview alone has the properties, and their keys lead there.
  await agent.setViewportSize({ width: 390, height: 800 });
  await expect(agent.getByRole('button', { name: /^Asignar/ })).toBeHidden();
  await press('a');
  await expect(agent.getByRole('menuitem').first()).toBeFocused();
});
