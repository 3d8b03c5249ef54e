import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, ElementRef, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon, provideIcons } from '@ng-icons/core';
import { lucideCircleAlert, lucideCircleCheck, lucideInfo, lucideX } from '@ng-icons/lucide';

import { ButtonComponent } from './button';
import { ToastService, type ToastTone } from '../../services/toast';

const ICONS: Record<ToastTone, string> = {
  info: 'lucideInfo',
  success: 'lucideCircleCheck',
  error: 'lucideCircleAlert',
};

@Component({
  selector: 'app-toasts',
  imports: [ButtonComponent, AsyncPipe, NgIcon, RouterLink, TranslocoPipe],
  providers: [provideIcons({ lucideCircleAlert, lucideCircleCheck, lucideInfo, lucideX })],
  template: `
    <ol
      class="pointer-events-none fixed inset-x-3 bottom-16 z-50 flex flex-col items-end gap-2 md:bottom-4"
    >
      @for (toast of service.toasts$ | async; track toast.id) {
        <li
          class="pointer-events-auto flex w-full max-w-sm items-start gap-2.5 rounded-lg bg-raised px-3 py-2.5 shadow-raised"
          [attr.data-tone]="toast.tone"
        >
          <ng-icon
            [name]="icons[toast.tone]"
            size="16"
            class="mt-0.5 shrink-0"
            [class.text-red]="toast.tone === 'error'"
            [class.text-green]="toast.tone === 'success'"
            [class.text-blue]="toast.tone === 'info'"
          />
          <div class="min-w-0 flex-1 break-words">
            @if (toast.link) {
              <a
                [routerLink]="toast.link"
                (click)="service.dismiss(toast.id)"
                class="underline-offset-2 hover:underline"
              >
                {{ toast.key | transloco: toast.params }}
              </a>
            } @else {
              {{ toast.key | transloco: toast.params }}
            }
          </div>
          <button
            type="button"
            appButton="quiet"
            size="icon-small"
            class="-m-1"
            [attr.aria-label]="'action.dismiss' | transloco"
            (click)="service.dismiss(toast.id)"
          >
            <ng-icon name="lucideX" size="14" />
          </button>
        </li>
      }
    </ol>
  `,
  host: {
    '(mouseenter)': 'service.hold()',
    '(mouseleave)': 'release()',
    '(focusin)': 'service.hold()',
    '(focusout)': 'release($event)',
  },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ToastsComponent {
  protected readonly service = inject(ToastService);
  protected readonly icons = ICONS;
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  /** Unless the pointer or the focus is still on one of them. */
  protected release(event?: FocusEvent): void {
    const isFocused = this.element.contains(
      (event ? event.relatedTarget : document.activeElement) as Node | null,
    );
    if (!isFocused && !this.element.matches(':hover')) this.service.release();
  }
}
