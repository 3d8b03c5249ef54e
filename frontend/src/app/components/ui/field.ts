import { booleanAttribute, ChangeDetectionStrategy, Component, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';

/** Label, hint and error around one control; the control carries `id` and `class="control"`. */
@Component({
  selector: 'app-field',
  imports: [TranslocoPipe],
  template: `
    <div class="flex items-baseline justify-between gap-2 pb-1">
      <label [attr.for]="for()" class="text-xs font-medium text-ink-soft">
        {{ label() }}
        @if (optional()) {
          <span class="font-normal text-ink-faint">· {{ 'form.optional' | transloco }}</span>
        }
      </label>
      <ng-content select="[fieldAside]" />
    </div>
    <ng-content />
    @if (error()) {
      <p [id]="for() + '-error'" class="pt-1 text-xs text-red" role="alert">{{ error() }}</p>
    } @else if (hint()) {
      <p class="pt-1 text-xs text-ink-faint">{{ hint() }}</p>
    }
  `,
  host: { class: 'block' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FieldComponent {
  readonly for = input.required<string>();
  readonly label = input.required<string>();
  readonly hint = input('');
  readonly error = input<string | null>(null);
  readonly optional = input(false, { transform: booleanAttribute });
}
