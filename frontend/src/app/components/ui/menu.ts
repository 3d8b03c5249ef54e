import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  Directive,
  ElementRef,
  type EmbeddedViewRef,
  inject,
  Injector,
  input,
  output,
  type TemplateRef,
  ViewContainerRef,
} from '@angular/core';

import { NgIcon } from '@ng-icons/core';
import { lucideCheck } from '@ng-icons/lucide';

import { PopoverDirective } from './popover';

/** A button that opens the `<app-menu>` of a template. */
@Directive({
  selector: 'button[appMenuTrigger]',
  exportAs: 'appMenuTrigger',
  host: {
    'aria-haspopup': 'menu',
    '[attr.aria-expanded]': 'isOpen',
    '(click)': 'open()',
    '(keydown.arrowdown)': '$event.preventDefault(); open()',
  },
})
export class MenuTriggerDirective {
  readonly appMenuTrigger = input.required<TemplateRef<unknown>>();
  /** What the template's variables stand for. */
  readonly appMenuContext = input<object>({});

  readonly element = inject<ElementRef<HTMLButtonElement>>(ElementRef).nativeElement;
  private readonly container = inject(ViewContainerRef);
  private readonly injector = Injector.create({
    providers: [{ provide: MenuTriggerDirective, useValue: this }],
    parent: inject(Injector),
  });
  private view: EmbeddedViewRef<unknown> | null = null;

  protected get isOpen(): boolean {
    return this.view !== null;
  }

  open(): void {
    this.view ??= this.container.createEmbeddedView(this.appMenuTrigger(), this.appMenuContext(), {
      injector: this.injector,
    });
  }

  /** Returns the focus to the button unless something else has it. */
  close(): void {
    const hadFocus = this.view?.rootNodes.some((node: Node) =>
      node.contains(document.activeElement),
    );
    this.view?.destroy();
    this.view = null;
    if (hadFocus) this.element.focus();
  }
}

/**
 * A list of `appMenuItem` buttons: arrow keys, Home, End and first letters move the focus. What
 * surrounds the button (a card that can be dragged) gets no presses from it.
 */
@Component({
  selector: 'app-menu',
  imports: [PopoverDirective],
  template: `
    <div
      role="menu"
      tabindex="-1"
      class="m-0 max-h-[min(32rem,85dvh)] min-w-44 overflow-y-auto rounded-lg bg-raised p-1 text-sm font-normal whitespace-normal text-ink shadow-raised"
      [appPopover]="trigger.element"
      (closed)="trigger.close()"
      (keydown)="press($event)"
      (mousedown)="$event.stopPropagation()"
      (touchstart)="$event.stopPropagation()"
    >
      <ng-content />
    </div>
  `,
  host: { class: 'contents' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MenuComponent {
  protected readonly trigger = inject(MenuTriggerDirective);
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  constructor() {
    afterNextRender(() => this.items[0]?.focus());
  }

  protected press(event: KeyboardEvent): void {
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      event.stopPropagation();
      this.trigger.close();
      return;
    }
    const target = this.target(event.key);
    if (!target) return;
    event.preventDefault();
    event.stopPropagation();
    target.focus();
  }

  private get items(): readonly HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>('[role^=menuitem]')];
  }

  /** The item that a key moves to. */
  private target(key: string): HTMLElement | undefined {
    const { items } = this;
    const current = items.indexOf(document.activeElement as HTMLElement);
    if (key === 'ArrowDown') return items[(current + 1) % items.length];
    if (key === 'ArrowUp') return items.at(current > 0 ? current - 1 : -1);
    if (key === 'Home') return items[0];
    if (key === 'End') return items.at(-1);
    if (key.length > 1 || key === ' ') return undefined;
    const startsWithKey = ({ textContent }: HTMLElement): boolean =>
      textContent.trim().toLowerCase().startsWith(key.toLowerCase());
    return [...items.slice(current + 1), ...items].find(startsWithKey);
  }
}

/** One action of an `<app-menu>`. With `checked` it is one of several values to choose from. */
@Component({
  // eslint-disable-next-line @angular-eslint/component-selector -- it dresses a native element
  selector: 'button[appMenuItem]',
  imports: [NgIcon],
  template: `
    <span class="flex min-w-0 flex-1 items-center gap-2"><ng-content /></span>
    @if (checked()) {
      <ng-icon [svg]="check" size="14" aria-hidden="true" />
    }
  `,
  host: {
    type: 'button',
    tabindex: '-1',
    class: 'menu-item',
    '[attr.role]': '"menuitem" + appMenuItem()',
    '[attr.aria-checked]': 'checked()',
    '(click)': 'choose()',
  },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MenuItemComponent {
  readonly appMenuItem = input<'' | 'radio' | 'checkbox'>('');
  readonly checked = input<boolean>();
  readonly chosen = output();

  protected readonly check = lucideCheck;
  private readonly trigger = inject(MenuTriggerDirective);

  protected choose(): void {
    this.chosen.emit();
    this.trigger.close();
  }
}

/** What the items below it are about. */
@Directive({
  selector: '[appMenuHeading]',
  host: { role: 'presentation', class: 'px-2 pt-1 pb-0.5 text-xs text-ink-faint' },
})
export class MenuHeadingDirective {}
