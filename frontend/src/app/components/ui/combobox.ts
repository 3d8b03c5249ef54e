import { ActiveDescendantKeyManager, type Highlightable } from '@angular/cdk/a11y';
import {
  contentChildren,
  Directive,
  effect,
  ElementRef,
  inject,
  Injector,
  output,
} from '@angular/core';

import { randomKey } from '../../services/core/random-key';

/** One of the things to choose from in an `appCombobox`. */
@Directive({
  selector: '[appOption]',
  host: {
    role: 'option',
    class: 'menu-item cursor-pointer',
    '[id]': 'id',
    '(mousedown)': '$event.preventDefault()', // the focus stays in the field
    '(click)': 'chosen.emit()',
  },
})
export class OptionDirective implements Highlightable {
  readonly chosen = output();

  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly id = `option-${randomKey()}`;

  get elementId(): string {
    return this.id;
  }

  setActiveStyles(): void {
    this.element.setAttribute('aria-selected', 'true');
    this.element.scrollIntoView({ block: 'nearest' });
  }

  setInactiveStyles(): void {
    this.element.setAttribute('aria-selected', 'false');
  }
}

/** The list of `appOption`s below the field. */
@Directive({
  selector: 'ul[appOptions]',
  host: {
    role: 'listbox',
    class: 'block max-h-72 w-full overflow-y-auto rounded-lg bg-raised p-1 text-sm shadow-raised',
  },
})
export class OptionsDirective {}

/**
 * A text field (`role="combobox"`) over a list (`role="listbox"`): the arrows go through the
 * options, Enter chooses, the focus never leaves the field (ARIA's combobox pattern).
 */
@Directive({
  selector: '[appCombobox]',
  host: { '(keydown)': 'press($event)' },
})
export class ComboboxDirective {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly options = contentChildren(OptionDirective, { descendants: true });
  private readonly keys = new ActiveDescendantKeyManager(this.options, inject(Injector)).withWrap();

  constructor() {
    this.keys.change.subscribe(() => this.point());
    effect(() => {
      const options = this.options();
      for (const option of options) option.setInactiveStyles();
      this.keys.setActiveItem(options.length ? 0 : -1);
      this.point();
    });
  }

  protected press(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      this.keys.activeItem?.chosen.emit();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      this.keys.onKeydown(event);
    }
  }

  private point(): void {
    const field = this.host.querySelector('[role=combobox]');
    field?.setAttribute('aria-activedescendant', this.keys.activeItem?.elementId ?? '');
  }
}
