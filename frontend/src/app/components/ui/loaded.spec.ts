import { ChangeDetectionStrategy, Component, signal } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { TranslocoService } from '@jsverse/transloco';

import { ApiError } from '../../services/core/api-error';
import type { Loadable } from '../../services/core/loadable';
import { provideApplication } from '../../testing/providers';
import { EmptyStateComponent } from './empty-state';
import { LoadedComponent } from './loaded';

@Component({
  imports: [EmptyStateComponent, LoadedComponent],
  template: `
    <app-loaded
      [hasNotFound]="hasNotFound()"
      [state]="state()"
      [isEmpty]="state()?.data?.length === 0"
      (retry)="retries = retries + 1"
    >
      <p data-content>{{ state()?.data?.join() }}</p>
      <app-empty-state icon="" heading="Nothing" />
      <app-empty-state notFound icon="" heading="Missing" />
    </app-loaded>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class PageComponent {
  readonly state = signal<Loadable<string[]> | null>(null);
  readonly hasNotFound = signal(false);
  retries = 0;
}

describe('LoadedComponent', () => {
  let fixture: ComponentFixture<PageComponent>;
  let element: HTMLElement;

  const show = async (state: Partial<Loadable<string[]>> | null): Promise<void> => {
    fixture.componentInstance.state.set(
      state && { data: null, loading: false, error: null, ...state },
    );
    await fixture.whenStable();
  };
  const has = (selector: string): boolean => element.querySelector(selector) !== null;

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: provideApplication() });
    TestBed.inject(TranslocoService).setActiveLang('en');
    fixture = TestBed.createComponent(PageComponent);
    element = fixture.nativeElement as HTMLElement;
  });

  it('shows grey lines until there is something', async () => {
    for (const state of [null, { loading: true }]) {
      await show(state);
      expect(has('app-skeleton')).toBeTrue();
      expect(has('[data-content]')).toBeFalse();
    }
  });

  it('shows the content, or the empty state when there is none', async () => {
    await show({ data: ['one'] });
    expect(element.querySelector('[data-content]')?.textContent).toBe('one');
    expect(element.textContent).not.toContain('Nothing');
    await show({ data: [] });
    expect(has('[data-content]')).toBeFalse();
    expect(element.textContent).toContain('Nothing');
    expect(element.textContent).not.toContain('Missing');
  });

  it('keeps the content when it cannot be refreshed, says so, and offers to try again', async () => {
    await show({ data: ['one'], error: new ApiError(0, { code: 'network' }) });
    expect(has('[data-content]')).toBeTrue();
    element.querySelector<HTMLElement>('[data-stale] button')?.click();
    expect(fixture.componentInstance.retries).toBe(1);
  });

  it('shows why there is nothing, and offers to try again', async () => {
    await show({ error: new ApiError(503, { code: 'database_unavailable' }) });
    expect(has('[role=alert]')).toBeTrue();
    element.querySelector<HTMLElement>('app-error-state button')?.click();
    expect(fixture.componentInstance.retries).toBe(1);
  });

  it('shows what the page has for 404, where it has something', async () => {
    const error = new ApiError(404, { code: 'not_found' });
    await show({ error });
    expect(has('app-error-state')).toBeTrue();
    fixture.componentInstance.hasNotFound.set(true);
    await show({ error });
    expect(element.textContent).toContain('Missing');
    expect(has('app-error-state')).toBeFalse();
  });
});
