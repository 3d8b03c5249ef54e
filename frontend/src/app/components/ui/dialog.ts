import {
  afterNextRender,
  booleanAttribute,
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  type ElementRef,
  inject,
  input,
  output,
  viewChild,
} from '@angular/core';

import { randomKey } from '../../services/core/random-key';

/**
 * A dialog that is open for as long as it is in the template. The browser's own `<dialog>` keeps
 * the focus inside and closes on Escape; leaving, the focus goes back where it came from.
 */
@Component({
  selector: 'app-dialog',
  template: `
    <dialog
      #dialog
      class="rounded-xl bg-raised p-0 text-ink shadow-raised backdrop:bg-black/40"
      [class]="
        bare() ? 'mt-[12vh] w-[min(40rem,calc(100vw-2rem))]' : 'w-[min(32rem,calc(100vw-2rem))]'
      "
      [attr.aria-labelledby]="id"
      (cancel)="dismiss($event)"
      (mousedown)="press($event)"
    >
      <header [class]="bare() ? 'sr-only' : 'px-5 pt-4 pb-3'">
        <h2 [id]="id" class="text-lg font-semibold">{{ heading() }}</h2>
      </header>
      <div [class.px-5]="!bare()" [class.pb-5]="!bare()"><ng-content /></div>
    </dialog>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DialogComponent {
  readonly heading = input.required<string>();
  /** Near the top, its heading not shown, gone at a click beside it. */
  readonly bare = input(false, { transform: booleanAttribute });
  readonly dismissed = output();

  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  protected readonly id = `dialog-${randomKey()}`;

  constructor() {
    const opener = document.activeElement;
    afterNextRender(() => this.dialog().nativeElement.showModal());
    inject(DestroyRef).onDestroy(() => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    });
  }

  protected dismiss(event: Event): void {
    event.preventDefault();
    this.dismissed.emit();
  }

  protected press({ target }: Event): void {
    if (this.bare() && target === this.dialog().nativeElement) this.dismissed.emit();
  }
}
