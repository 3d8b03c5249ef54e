import { A11yModule } from '@angular/cdk/a11y';
import { OverlayModule, type ConnectedPosition } from '@angular/cdk/overlay';
import { ChangeDetectionStrategy, Component, input, model } from '@angular/core';
import { NgIcon } from '@ng-icons/core';

import { ButtonComponent } from './button';

const POSITIONS: ConnectedPosition[] = [
  { originX: 'start', originY: 'bottom', overlayX: 'start', overlayY: 'top', offsetY: 4 },
  { originX: 'end', originY: 'bottom', overlayX: 'end', overlayY: 'top', offsetY: 4 },
];

/** A button and the small dialog that it opens; Escape and a click elsewhere close it. */
@Component({
  selector: 'app-popup',
  imports: [A11yModule, ButtonComponent, NgIcon, OverlayModule],
  template: `
    <button
      appButton
      type="button"
      cdkOverlayOrigin
      #origin="cdkOverlayOrigin"
      aria-haspopup="dialog"
      [attr.aria-expanded]="open()"
      (click)="open.set(!open())"
    >
      <ng-icon [svg]="icon()" size="14" aria-hidden="true" />
      {{ label() }}
    </button>
    <ng-template
      cdkConnectedOverlay
      [cdkConnectedOverlayOrigin]="origin"
      [cdkConnectedOverlayOpen]="open()"
      [cdkConnectedOverlayPositions]="positions"
      [cdkConnectedOverlayViewportMargin]="12"
      [cdkConnectedOverlayPush]="true"
      cdkConnectedOverlayHasBackdrop
      cdkConnectedOverlayBackdropClass="cdk-overlay-transparent-backdrop"
      (backdropClick)="open.set(false)"
      (detach)="open.set(false)"
    >
      <dialog
        open
        class="static m-0 max-h-[calc(100dvh-8rem)] w-84 max-w-[calc(100vw-1.5rem)] overflow-y-auto rounded-lg bg-raised p-4 text-sm text-ink shadow-raised"
        [attr.aria-label]="label()"
        cdkTrapFocus
        cdkTrapFocusAutoCapture
      >
        <ng-content />
      </dialog>
    </ng-template>
  `,
  host: { class: 'inline-flex' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PopupComponent {
  readonly label = input.required<string>();
  /** The icon's SVG source. */
  readonly icon = input.required<string>();
  readonly open = model(false);

  protected readonly positions = POSITIONS;
}
