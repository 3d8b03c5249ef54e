/** The pictures of the documentation, taken of the demo data: `npm run screenshots`. */
import { expect, test } from './people';

const SHOTS = [
  { name: 'tickets', path: '/tickets', shows: 'Cobro duplicado' },
  { name: 'ticket', path: '/tickets/TICKET-2026-000011', shows: 'Cobro duplicado' },
  { name: 'conversations', path: '/conversations', shows: 'María Fernández' },
] as const;

for (const colorScheme of ['light', 'dark'] as const) {
  test(`pictures, ${colorScheme}`, async ({ people }) => {
    const page = await people.agent('supervisor', '/tickets');
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 1280, height: 760 });
    for (const { name, path, shows } of SHOTS) {
      await page.goto(path);
      await expect(page.getByText(shows).first()).toBeVisible();
      await page.screenshot({ path: `docs/images/${name}-${colorScheme}.png` });
    }
  });
}
