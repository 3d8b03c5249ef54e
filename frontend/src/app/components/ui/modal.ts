import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  type ElementRef,
  input,
  output,
  viewChild,
} from '@angular/core';

/**
 * A dialog that is open for as long as it is in the template. The browser's own `<dialog>` keeps
 * the focus inside, closes on Escape and gives the focus back.
 */
@Component({
  selector: 'app-modal',
  template: `
    <dialog
      #dialog
      class="w-[min(32rem,calc(100vw-2rem))] rounded-xl bg-raised p-0 text-ink shadow-raised backdrop:bg-black/40"
      aria-labelledby="modal-heading"
      (cancel)="dismiss($event)"
    >
      <header class="px-5 pt-4 pb-3">
        <h2 id="modal-heading" class="text-lg font-semibold">{{ heading() }}</h2>
      </header>
      <div class="px-5 pb-5"><ng-content /></div>
    </dialog>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ModalComponent {
  readonly heading = input.required<string>();
  readonly dismissed = output();

  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  constructor() {
    afterNextRender(() => this.dialog().nativeElement.showModal());
  }

  protected dismiss(event: Event): void {
    event.preventDefault();
    this.dismissed.emit();
  }
}
