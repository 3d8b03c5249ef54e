import { DestroyRef, Directive, ElementRef, inject } from '@angular/core';

/** How far from the end still counts as reading the end, in pixels. */
const NEAR_END = 120;

/** A scrolling log that stays at its end as it grows, unless the reader has scrolled up. */
@Directive({
  selector: '[appStickToEnd]',
  host: { '(scroll)': 'look()' },
})
export class StickToEndDirective {
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private atEnd = true;

  constructor() {
    const follow = (): void => {
      if (this.atEnd) this.element.scrollTop = this.element.scrollHeight;
    };
    const growth = new MutationObserver(follow);
    growth.observe(this.element, { childList: true, subtree: true });
    const size = new ResizeObserver(follow);
    size.observe(this.element);
    inject(DestroyRef).onDestroy(() => {
      growth.disconnect();
      size.disconnect();
    });
  }

  protected look(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    this.atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
  }
}
