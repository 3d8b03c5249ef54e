import {
  afterNextRender,
  DestroyRef,
  Directive,
  ElementRef,
  inject,
  input,
  output,
} from '@angular/core';

const GAP = 4;
/** The distance kept from the edges of the window. */
const MARGIN = 8;

/**
 * Shows its element above the page, next to the button that opens it, for as long as it is in the
 * template. The browser closes it on Escape and on a click elsewhere, and then returns the focus.
 */
@Directive({
  selector: '[appPopover]',
  host: { popover: 'auto', '(toggle)': 'toggled($event)' },
})
export class PopoverDirective {
  /** The button that opens it. */
  readonly appPopover = input.required<HTMLButtonElement>();
  readonly closed = output();

  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  constructor() {
    const destroyed = new AbortController();
    afterNextRender(() => this.show(destroyed.signal));
    inject(DestroyRef).onDestroy(() => destroyed.abort());
  }

  private show(destroyed: AbortSignal): void {
    const button = this.appPopover();
    const place = (): void => placeNextTo(button, this.element);
    // The button now closes it by itself.
    button.popoverTargetElement = this.element;
    this.element.showPopover();
    place();
    const size = new ResizeObserver(place);
    size.observe(this.element);
    addEventListener('scroll', place, { capture: true, passive: true, signal: destroyed });
    addEventListener('resize', place, { signal: destroyed });
    destroyed.addEventListener('abort', () => {
      size.disconnect();
      button.popoverTargetElement = null;
    });
  }

  protected toggled({ newState }: ToggleEvent): void {
    if (newState === 'closed') this.closed.emit();
  }
}

/** Below the button, or above it when there is more room; inside the window. */
function placeNextTo(button: HTMLElement, { style, offsetWidth, offsetHeight }: HTMLElement): void {
  const { left, top, bottom } = button.getBoundingClientRect();
  const isBelow = bottom + GAP + offsetHeight + MARGIN <= innerHeight || innerHeight - bottom > top;
  const x = Math.min(left, innerWidth - offsetWidth - MARGIN);
  const y = isBelow ? bottom + GAP : top - GAP - offsetHeight;
  const lowest = innerHeight - offsetHeight - MARGIN;
  style.left = `${Math.max(x, MARGIN)}px`;
  style.top = `${Math.max(Math.min(y, lowest), MARGIN)}px`;
}
