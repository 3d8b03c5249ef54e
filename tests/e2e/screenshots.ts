/** The pictures of the documentation, taken of the demo data: `npm run screenshots`. */
import type { Page } from '@playwright/test';

import { expect, test } from './people';

const CUSTOMER = 'Javier Ortega';

const SHOTS: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  dashboard: (page) => open(page, '/dashboard', 'Urgente'),
  tickets: (page) => open(page, '/tickets', 'Cobro duplicado'),
  board: (page) => open(page, '/tickets/board', 'Cobro duplicado'),
  ticket: (page) => open(page, '/tickets/TICKET-2026-000011', 'Cobro duplicado'),
  conversation: async (page) => {
    await open(page, '/conversations', CUSTOMER);
    await page.getByRole('main').getByRole('link', { name: CUSTOMER }).first().click();
    await expect(page.getByRole('log', { name: 'Mensajes' }).getByText('Lamento')).toBeVisible();
  },
};

async function open(page: Page, path: string, shows: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole('main').getByText(shows).first()).toBeVisible();
  await expect(page.getByRole('main').locator('app-skeleton')).toHaveCount(0);
}

for (const [width, height, suffix] of [
  [1280, 760, ''],
  [390, 780, '-narrow'],
] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`pictures, ${colorScheme}${suffix}`, async ({ people }) => {
      const page = await people.agent('supervisor', '/tickets');
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height });
      for (const [name, show] of Object.entries(SHOTS)) {
        await show(page);
        await page.screenshot({ path: `docs/images/${name}-${colorScheme}${suffix}.png` });
      }
    });
  }
}
