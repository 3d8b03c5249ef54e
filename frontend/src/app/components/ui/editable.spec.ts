import { provideZonelessChangeDetection } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';

import { provideApplication } from '../../testing/providers';
import { EditableComponent } from './editable';

describe('EditableComponent', () => {
  let fixture: ComponentFixture<EditableComponent>;
  let element: HTMLElement;
  let saved: string[];

  const field = (): HTMLInputElement =>
    element.querySelector('input, textarea') as HTMLInputElement;
  const press = (key: string, init: KeyboardEventInit = {}): boolean =>
    field().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...init }));

  /** With a parent that keeps what is being typed. */
  async function render(inputs: object): Promise<void> {
    TestBed.configureTestingModule({
      providers: [provideZonelessChangeDetection(), ...provideApplication()],
    });
    fixture = TestBed.createComponent(EditableComponent);
    const all = { label: 'Subject', value: 'Before', draft: null, limit: 200, ...inputs };
    for (const [name, value] of Object.entries(all)) fixture.componentRef.setInput(name, value);
    fixture.componentInstance.draftChange.subscribe((draft) =>
      fixture.componentRef.setInput('draft', draft),
    );
    saved = [];
    fixture.componentInstance.saved.subscribe((text) => saved.push(text));
    element = fixture.nativeElement as HTMLElement;
    await fixture.whenStable();
  }

  async function type(text: string): Promise<void> {
    field().value = text;
    field().dispatchEvent(new Event('input'));
    await fixture.whenStable();
  }

  async function open(): Promise<void> {
    element.querySelector('button')?.click();
    await fixture.whenStable();
  }

  it('opens with the value in focus, and saves what is typed', async () => {
    await render({});
    await open();
    expect(document.activeElement).toBe(field());
    expect(field().value).toBe('Before');
    await type(' After ');
    element.querySelector<HTMLButtonElement>('button[type=submit]')?.click();
    expect(saved).toEqual(['After']);
  });

  it('gives the focus back and saves nothing when cancelled or unchanged', async () => {
    await render({});
    await open();
    await type('Other');
    press('Escape');
    await fixture.whenStable();
    expect(document.activeElement).toBe(element.querySelector('button'));
    await open();
    press('Enter', { ctrlKey: true });
    await fixture.whenStable();
    expect(field()).toBeNull();
    expect(saved).toEqual([]);
  });

  it('does not let Escape throw a long text away', async () => {
    await render({ multiline: true });
    await open();
    await type('A long text');
    press('Escape');
    await fixture.whenStable();
    expect(field().value).toBe('A long text');
  });

  it('saves neither nothing where something is needed nor what is wrong', async () => {
    const tooLong = (text: string): string | null => (text.length > 8 ? 'form.too_long' : null);
    await render({ required: true, check: tooLong, draft: '  ' });
    press('Enter', { ctrlKey: true });
    await type('Much too long');
    press('Enter', { ctrlKey: true });
    expect(saved).toEqual([]);
    expect(element.textContent).toContain('Too long');
  });
});
