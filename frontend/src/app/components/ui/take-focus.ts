import {
  afterNextRender,
  booleanAttribute,
  Directive,
  ElementRef,
  inject,
  input,
} from '@angular/core';

/** Takes the focus when it appears, with the caret at the end of its text. */
@Directive({ selector: '[appTakeFocus]' })
export class TakeFocusDirective {
  readonly appTakeFocus = input(true, { transform: booleanAttribute });

  constructor() {
    const element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    afterNextRender(() => {
      if (!this.appTakeFocus()) return;
      element.focus();
      if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) {
        const end = element.value.length;
        // The browser gives an address of e-mail no caret to be set.
        if (element.selectionEnd !== null) element.setSelectionRange(end, end);
      }
    });
  }
}
