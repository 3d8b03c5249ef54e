import {
  booleanAttribute,
  ChangeDetectionStrategy,
  Component,
  computed,
  input,
  output,
} from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucidePencil } from '@ng-icons/lucide';

import { ButtonComponent } from './button';
import { RoomLeftComponent } from './room-left';
import { TakeFocusDirective } from './take-focus';

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * A text that is edited where it stands; how it looks meanwhile is projected. What is being typed
 * belongs to the parent, which keeps it until it is stored.
 */
@Component({
  selector: 'app-editable',
  imports: [ButtonComponent, NgIcon, RoomLeftComponent, TakeFocusDirective, TranslocoPipe],
  templateUrl: './editable.html',
  host: { class: 'block min-w-0' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class EditableComponent {
  readonly label = input.required<string>();
  readonly value = input.required<string>();
  /** What is being typed; null while nobody edits. */
  readonly draft = input.required<string | null>();
  readonly limit = input.required<number>();
  readonly multiline = input(false, { transform: booleanAttribute });
  readonly required = input(false, { transform: booleanAttribute });
  readonly hint = input('');
  readonly busy = input(false);
  /** Translation key of what is wrong with a text, if anything. */
  readonly check = input<(text: string) => string | null>(() => null);
  readonly draftChange = output<string | null>();
  readonly saved = output<string>();

  /** Then the focus goes where the agent does; a draft of an earlier visit does not take it. */
  protected opened = false;
  protected readonly icon = lucidePencil;
  protected readonly problem = computed(() => this.check()(this.draft() ?? ''));

  protected readonly isStorable = computed(() => {
    const text = this.draft() ?? '';
    return text.length <= this.limit() && !this.problem() && !(this.required() && !text.trim());
  });

  protected begin(): void {
    this.opened = true;
    this.draftChange.emit(this.value());
  }

  protected type({ target }: Event): void {
    this.draftChange.emit((target as Field).value);
  }

  protected cancel(): void {
    this.draftChange.emit(null);
  }

  /** Escape throws no long text away. */
  protected escape(): void {
    if (!this.multiline() || this.draft() === this.value()) this.cancel();
  }

  protected save(event: Event): void {
    event.preventDefault();
    if (this.busy() || !this.isStorable()) return;
    const text = (this.draft() ?? '').trim();
    if (text === this.value()) this.cancel();
    else this.saved.emit(text);
  }
}
