import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  input,
  model,
  viewChild,
} from '@angular/core';
import { NgIcon } from '@ng-icons/core';

import { ButtonComponent } from './button';
import { PopoverDirective } from './popover';
import { TakeFocusDirective } from './take-focus';

/** A button and the small dialog that it opens; Escape and a click elsewhere close it. */
@Component({
  selector: 'app-popup',
  imports: [ButtonComponent, NgIcon, PopoverDirective, TakeFocusDirective],
  template: `
    <button
      #button
      appButton
      type="button"
      aria-haspopup="dialog"
      [attr.aria-expanded]="open()"
      (click)="open.set(true)"
    >
      <ng-icon [svg]="icon()" size="14" aria-hidden="true" />
      {{ label() }}
    </button>
    @if (open()) {
      <div
        role="dialog"
        tabindex="-1"
        class="m-0 max-h-[calc(100dvh-8rem)] w-84 max-w-[calc(100vw-1.5rem)] overflow-y-auto rounded-lg bg-raised p-4 text-sm text-ink shadow-raised outline-none"
        appTakeFocus
        [appPopover]="opener().nativeElement"
        [attr.aria-label]="label()"
        (closed)="open.set(false)"
      >
        <ng-content />
      </div>
    }
  `,
  host: { class: 'inline-flex' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PopupComponent {
  readonly label = input.required<string>();
  /** The icon's SVG source. */
  readonly icon = input.required<string>();
  readonly open = model(false);

  protected readonly opener = viewChild.required('button', { read: ElementRef<HTMLButtonElement> });
}
