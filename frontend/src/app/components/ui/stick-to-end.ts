import { DestroyRef, Directive, ElementRef, inject } from '@angular/core';
import { BehaviorSubject, distinctUntilChanged } from 'rxjs';

/** How far from the end still counts as reading the end, in pixels. */
const NEAR_END = 120;
const ENTRY = '[data-message]';

/**
 * A scrolling log that stays at its end as it grows, unless the reader has scrolled up: then what
 * they read stays where it is, also when older entries (`data-message`) come before it.
 */
@Directive({
  selector: '[appStickToEnd]',
  host: { '(scroll)': 'look()' },
})
export class StickToEndDirective {
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly atEndSubject = new BehaviorSubject(true);
  private first: Element | null = null;
  private fromEnd = 0;

  readonly atEnd$ = this.atEndSubject.pipe(distinctUntilChanged());

  constructor() {
    const follow = (): void => this.follow();
    const growth = new MutationObserver(follow);
    growth.observe(this.element, { childList: true, subtree: true });
    const size = new ResizeObserver(follow);
    size.observe(this.element);
    inject(DestroyRef).onDestroy(() => {
      growth.disconnect();
      size.disconnect();
    });
  }

  toEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }

  protected look(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    this.fromEnd = scrollHeight - scrollTop;
    this.atEndSubject.next(this.fromEnd - clientHeight < NEAR_END);
  }

  private follow(): void {
    const first = this.element.querySelector(ENTRY);
    if (this.atEndSubject.value) this.toEnd();
    else if (first !== this.first && this.first?.isConnected) {
      this.element.scrollTop = this.element.scrollHeight - this.fromEnd;
    }
    this.first = first;
    this.look();
  }
}
