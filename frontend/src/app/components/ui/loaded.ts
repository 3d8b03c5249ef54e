import { booleanAttribute, ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';

import type { Loadable } from '../../services/core/loadable';
import { ErrorStateComponent } from './error-state';
import { SkeletonComponent } from './skeleton';

/**
 * Content that is fetched: grey lines until it is there, the error and a way to try again if it
 * cannot be had, and a notice above the content when it could not be refreshed. Projected: the
 * content, an `<app-empty-state>` for content that `isEmpty`, and in `[notFound]` what is shown
 * when the server answers 404.
 */
@Component({
  selector: 'app-loaded',
  imports: [ErrorStateComponent, SkeletonComponent, TranslocoPipe],
  template: `
    @let now = state();
    @if (now?.data !== null && now?.data !== undefined) {
      @if (now?.error) {
        <p class="bg-amber-soft px-4 py-1.5 text-amber md:px-6" role="alert" data-stale>
          {{ 'state.stale' | transloco }}
          <button type="button" class="underline underline-offset-2" (click)="retry.emit()">
            {{ 'action.retry' | transloco }}
          </button>
        </p>
      }
      @if (isEmpty()) {
        <ng-content select="app-empty-state:not([notFound])" />
      } @else {
        <ng-content />
      }
    } @else if (hasNotFound() && now?.error?.status === 404) {
      <ng-content select="[notFound]" />
    } @else if (now?.error; as error) {
      <app-error-state [error]="error" [compact]="compact()" (retry)="retry.emit()" />
    } @else {
      <app-skeleton [rows]="rows()" />
    }
  `,
  host: { class: 'block' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LoadedComponent {
  /** Null is still on its way. */
  readonly state = input.required<Loadable<unknown> | null>();
  readonly isEmpty = input(false, { transform: booleanAttribute });
  /** Whether there is something of its own to show for 404. */
  readonly hasNotFound = input(false, { transform: booleanAttribute });
  /** How many grey lines stand in for the content. */
  readonly rows = input(8);
  readonly compact = input(false, { transform: booleanAttribute });
  readonly retry = output();
}
