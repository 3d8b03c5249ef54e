import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { expect, test } from './people';

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
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
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
