import { ChangeDetectionStrategy, Component } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';

import { provideApplication } from '../../testing/providers';
import { MenuComponent, MenuItemComponent, MenuTriggerDirective } from './menu';

@Component({
  imports: [MenuComponent, MenuItemComponent, MenuTriggerDirective],
  template: `
    <button type="button" [appMenuTrigger]="menu" [appMenuContext]="{ last: 'Cherry' }">
      Open
    </button>
    <ng-template #menu let-last="last">
      <app-menu>
        <button appMenuItem (chosen)="chosen = 'Apple'">Apple</button>
        <button appMenuItem="radio" [checked]="true" (chosen)="chosen = 'Banana'">Banana</button>
        <button appMenuItem (chosen)="chosen = last">{{ last }}</button>
      </app-menu>
    </ng-template>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class PageComponent {
  chosen = '';
}

describe('MenuComponent', () => {
  let fixture: ComponentFixture<PageComponent>;
  let button: HTMLButtonElement;

  const focused = (): string => document.activeElement?.textContent?.trim() ?? '';
  const press = (key: string): boolean =>
    (document.activeElement as HTMLElement).dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
    );
  const isOpen = async (): Promise<boolean> => {
    await fixture.whenStable();
    return document.querySelector('[role=menu]') !== null;
  };

  beforeEach(async () => {
    TestBed.configureTestingModule({ providers: provideApplication() });
    fixture = TestBed.createComponent(PageComponent);
    document.body.append(fixture.nativeElement as HTMLElement);
    await fixture.whenStable();
    button = (fixture.nativeElement as HTMLElement).querySelector('button') as HTMLButtonElement;
    button.focus();
    button.click();
    await fixture.whenStable();
  });

  afterEach(() => (fixture.nativeElement as HTMLElement).remove());

  it('opens with the focus on the first item, and closes at a second click', async () => {
    expect(focused()).toBe('Apple');
    expect(button.getAttribute('aria-expanded')).toBe('true');
    button.click();
    await new Promise((resolve) =>
      document.querySelector('[role=menu]')?.addEventListener('toggle', resolve),
    );
    expect(await isOpen()).toBeFalse();
    expect(button.getAttribute('aria-expanded')).toBe('false');
  });

  it('moves the focus by arrows, Home, End and first letters', () => {
    const steps = [
      ['ArrowDown', 'Banana'],
      ['ArrowDown', 'Cherry'],
      ['ArrowDown', 'Apple'],
      ['ArrowUp', 'Cherry'],
      ['Home', 'Apple'],
      ['End', 'Cherry'],
      ['b', 'Banana'],
    ] as const;
    for (const [key, item] of steps) {
      press(key);
      expect(focused()).withContext(key).toBe(item);
    }
  });

  it('reports what was chosen, closes, and returns the focus', async () => {
    press('End');
    (document.activeElement as HTMLElement).click();
    expect(fixture.componentInstance.chosen).toBe('Cherry');
    expect(await isOpen()).toBeFalse();
    expect(document.activeElement).toBe(button);
  });

  it('closes on Escape without choosing', async () => {
    press('Escape');
    expect(await isOpen()).toBeFalse();
    expect(fixture.componentInstance.chosen).toBe('');
    expect(document.activeElement).toBe(button);
  });

  it('marks the value that is set', () => {
    const item = document.querySelector('[role=menuitemradio]');
    expect(item?.getAttribute('aria-checked')).toBe('true');
  });
});
