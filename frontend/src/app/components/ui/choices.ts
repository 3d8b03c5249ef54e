import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';

/** Several of a few values, as the comma list that addresses and the API use. */
@Component({
  selector: 'app-choices',
  imports: [TranslocoPipe],
  template: `
    <fieldset>
      <legend class="pb-1 text-xs font-medium text-ink-soft">{{ label() }}</legend>
      <div class="flex flex-wrap gap-1">
        @for (option of options(); track option) {
          <label class="choice">
            <input
              type="checkbox"
              class="sr-only"
              [checked]="chosen().has(option)"
              (change)="toggle(option)"
            />
            {{ prefix() + option | transloco }}
          </label>
        }
      </div>
    </fieldset>
  `,
  host: { class: 'block' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ChoicesComponent {
  readonly label = input.required<string>();
  readonly options = input.required<readonly string[]>();
  /** Of the options' translation keys. */
  readonly prefix = input.required<string>();
  readonly value = input.required<string>();
  readonly valueChange = output<string>();

  protected readonly chosen = computed(() => new Set(this.value().split(',').filter(Boolean)));

  protected toggle(option: string): void {
    const chosen = this.chosen();
    const next = this.options().filter((other) =>
      other === option ? !chosen.has(other) : chosen.has(other),
    );
    this.valueChange.emit(next.join(','));
  }
}
