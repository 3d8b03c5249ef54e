import { booleanAttribute, Directive, input } from '@angular/core';

/** A row of `appTab` links, which scrolls where it is narrow. */
@Directive({
  selector: 'nav[appTabs]',
  host: { class: '-mb-px flex max-w-full gap-5 overflow-x-auto [scrollbar-width:none]' },
})
export class TabsDirective {}

/** A link to one of several views of a page. */
@Directive({
  selector: 'a[appTab]',
  host: {
    class:
      'inline-flex h-9 items-center gap-1.5 border-b-2 border-transparent font-medium whitespace-nowrap text-ink-soft transition-colors hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink',
    '[attr.aria-current]': 'appTab() ? "page" : null',
  },
})
export class TabDirective {
  /** Whether its view is on the screen. */
  readonly appTab = input(false, { transform: booleanAttribute });
}
