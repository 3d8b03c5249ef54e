import { TestBed } from '@angular/core/testing';

import { provideApplication } from '../../testing/providers';
import { LinkedTextComponent } from './linked-text';

describe('LinkedTextComponent', () => {
  async function render(text: string): Promise<HTMLElement> {
    TestBed.configureTestingModule({ providers: provideApplication() });
    const fixture = TestBed.createComponent(LinkedTextComponent);
    fixture.componentRef.setInput('text', text);
    await fixture.whenStable();
    return fixture.nativeElement as HTMLElement;
  }

  async function links(text: string): Promise<(string | null)[]> {
    const element = await render(text);
    return [...element.querySelectorAll('a')].map((link) => link.getAttribute('href'));
  }

  it('links web addresses, without the punctuation around them', async () => {
    expect(await links('See https://example.com/a?b=1. (Also http://example.org/x_(y))')).toEqual([
      'https://example.com/a?b=1',
      'http://example.org/x_(y)',
    ]);
  });

  it('links addresses without a scheme, and e-mail addresses', async () => {
    expect(await links('www.example.com, or write to ana@example.com!')).toEqual([
      'http://www.example.com',
      'mailto:ana@example.com',
    ]);
  });

  it('links ticket numbers to the ticket', async () => {
    expect(await links('Same as ticket-2026-000123.')).toEqual(['/tickets/TICKET-2026-000123']);
  });

  it('opens addresses in a tab of their own that knows nothing of this one', async () => {
    const link = (await render('https://example.com')).querySelector('a');
    expect(link?.target).toBe('_blank');
    expect(link?.rel).toBe('noopener noreferrer nofollow');
  });

  it('keeps every character of the text, markup too', async () => {
    const text = '  <b onclick="x()">Hi</b>\n\thttps://example.com/<script>alert(1)</script> 👋';
    const element = await render(text);
    expect(element.textContent).toBe(text);
    expect(element.querySelector('b, script')).toBeNull();
  });

  for (const text of [
    'javascript:alert(1)',
    'ftp://example.com',
    '//example.com',
    'data:text/html,x',
  ]) {
    it(`leaves ${text} as text`, async () => {
      expect((await links(text)).filter((href) => !href?.startsWith('http://example.com'))).toEqual(
        [],
      );
    });
  }
});
