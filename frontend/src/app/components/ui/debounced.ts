import { Directive, effect, ElementRef, inject, input, output } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { debounceTime, Subject } from 'rxjs';

const TYPING_MS = 200;

/** A text field that reports its value, trimmed, when the typing pauses. */
@Directive({ selector: 'input[appDebounced]', host: { '(input)': 'inputs.next()' } })
export class DebouncedDirective {
  readonly appDebounced = input.required<string>();
  readonly appDebouncedChange = output<string>();

  private readonly field = inject<ElementRef<HTMLInputElement>>(ElementRef).nativeElement;
  protected readonly inputs = new Subject<void>();
  private reported = '';

  constructor() {
    // A value that only repeats what was reported must not replace what has been typed since.
    effect(() => {
      const value = this.appDebounced();
      if (value !== this.reported) this.field.value = value;
      this.reported = value;
    });
    this.inputs.pipe(debounceTime(TYPING_MS), takeUntilDestroyed()).subscribe(() => {
      this.reported = this.field.value.trim();
      this.appDebouncedChange.emit(this.reported);
    });
  }
}
