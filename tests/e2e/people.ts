import {
  test as base,
  type Browser,
  type BrowserContext,
  expect,
  type Page,
} from '@playwright/test';

export const PASSWORD = 'mostrador-demo';

/** Opens windows that belong to different people, and fails the test for any console error. */
export class People {
  private readonly problems: string[] = [];
  private areMeant = false;
  private readonly contexts: BrowserContext[] = [];

  constructor(private readonly browser: Browser) {}

  async customer(): Promise<Page> {
    return this.open('customer');
  }

  async agent(name: 'agent1' | 'agent2' | 'supervisor' | 'admin', path: string): Promise<Page> {
    const page = await this.open(name);
    await page.goto(path);
    await page.getByLabel(/Correo electrónico|Email address/).fill(`${name}@demo.test`);
    await page.getByLabel(/Contraseña|Password/).fill(PASSWORD);
    await page.getByRole('button', { name: /^(Iniciar sesión|Sign in)$/ }).click();
    await expect(page).toHaveURL(path);
    // A socket, not only a page: what follows is to arrive by events.
    await expect(page.locator('[data-state=online]:visible')).toBeVisible();
    return page;
  }

  /** Windows left open would go on listening, and slow down every test that follows. */
  async leave(): Promise<void> {
    await Promise.all(this.contexts.map((context) => context.close()));
  }

  expectNoProblems(): void {
    if (!this.areMeant) expect(this.problems).toEqual([]);
  }

  /** For a test that provokes failures on purpose: the browser may report them late. */
  forgetProblems(): void {
    this.areMeant = true;
  }

  private async open(who: string): Promise<Page> {
    const context = await this.browser.newContext();
    this.contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.problems.push(`${who}: ${error.message}`));
    page.on('console', (message) => {
      // Nobody is signed in at first, and asking the server is how the page finds out.
      const firstQuestion = message.location().url.endsWith('/api/v2/auth/refresh');
      // A page that is left before its socket stands.
      const leftEarly = message.text().includes('closed before the connection is established');
      if (['error', 'warning'].includes(message.type()) && !firstQuestion && !leftEarly) {
        this.problems.push(`${who}: ${message.text()}`);
      }
    });
    return page;
  }
}

export const test = base.extend<{ people: People }>({
  people: async ({ browser }, use) => {
    const people = new People(browser);
    await use(people);
    await people.leave();
    people.expectNoProblems();
  },
});

export { expect };
