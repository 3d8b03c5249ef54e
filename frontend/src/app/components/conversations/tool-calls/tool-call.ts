import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideChevronRight, lucideCircleAlert, lucideWrench } from '@ng-icons/lucide';
import { BehaviorSubject } from 'rxjs';

import type { ToolCall } from '../../../api/schema';
import { summaryOf } from './tool-call-summary';

/** One tool call in words, with its arguments and its result on demand. */
@Component({
  selector: 'app-tool-call',
  imports: [AsyncPipe, NgIcon, RouterLink, TranslocoPipe],
  template: `
    @let done = summary();
    @let isOpen = (open$ | async) ?? false;
    <div class="flex flex-wrap items-center gap-x-1.5" data-tool [attr.data-failed]="done.failed">
      <button
        type="button"
        class="-mx-1 inline-flex items-center gap-1.5 rounded px-1 py-0.5 text-left hover:bg-hover hover:text-ink"
        [attr.aria-expanded]="isOpen"
        (click)="open$.next(!isOpen)"
      >
        <ng-icon
          [svg]="done.failed ? alert : wrench"
          size="12"
          [class.text-red]="done.failed"
          aria-hidden="true"
        />
        {{ done.key | transloco }}
        <ng-icon
          [svg]="chevron"
          size="12"
          class="transition-transform"
          [class.rotate-90]="isOpen"
          aria-hidden="true"
        />
      </button>
      @for (ticketId of done.tickets; track ticketId) {
        <a
          [routerLink]="['/tickets', ticketId]"
          class="text-accent-ink figures underline underline-offset-2"
          >{{ ticketId }}</a
        >
      }
    </div>
    @if (isOpen) {
      <dl
        class="my-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 rounded-lg border border-line bg-surface px-3 py-2 [&_dt]:text-ink-faint"
      >
        @for (argument of done.arguments; track argument.name) {
          <dt>{{ argument.label ? (argument.label | transloco) : argument.name }}</dt>
          <dd
            class="as-written text-ink"
            [textContent]="argument.term ? (argument.term | transloco) : argument.value"
          ></dd>
        }
        <dt>{{ 'tool.result' | transloco }}</dt>
        <dd
          class="as-written"
          [class]="done.failed ? 'text-red' : 'text-ink'"
          [textContent]="done.said || (done.outcome | transloco: { count: done.tickets.length })"
        ></dd>
      </dl>
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ToolCallComponent {
  readonly call = input.required<ToolCall>();

  protected readonly open$ = new BehaviorSubject(false);
  protected readonly wrench = lucideWrench;
  protected readonly alert = lucideCircleAlert;
  protected readonly chevron = lucideChevronRight;
  protected readonly summary = computed(() => summaryOf(this.call()));
}
