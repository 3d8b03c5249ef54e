import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';

import type { Customer, CustomerUpdate } from '../../../api/schema';
import type { ApiError } from '../../../services/core/api-error';
import { ButtonComponent } from '../../ui/button';
import { FieldComponent } from '../../ui/field';

type Name = 'name' | 'phone' | 'email';

/** A customer's name and contact details, editable in place. */
@Component({
  selector: 'app-customer-details',
  imports: [ButtonComponent, FieldComponent, ReactiveFormsModule, TranslocoPipe],
  template: `
    <form [formGroup]="form" class="max-w-md space-y-4" (ngSubmit)="submit()">
      @for (field of fields; track field.name) {
        <app-field
          [for]="'customer-' + field.name"
          [label]="'customer.' + field.name | transloco"
          [hint]="field.name === 'phone' ? (phoneHint() | transloco) : ''"
          [error]="problems()[field.name] ? (problems()[field.name] | transloco) : null"
        >
          <input
            [id]="'customer-' + field.name"
            class="control"
            autocomplete="off"
            [type]="field.type"
            [formControlName]="field.name"
            [readonly]="field.name === 'phone' && isVisitor()"
            [attr.maxlength]="field.most"
            [attr.aria-invalid]="!!problems()[field.name] || null"
            [attr.aria-describedby]="
              problems()[field.name] ? 'customer-' + field.name + '-error' : null
            "
          />
        </app-field>
      }
      @if (customer().whatsappUserId; as id) {
        <div>
          <p class="text-xs text-ink-soft">{{ 'customer.whatsapp' | transloco }}</p>
          <p class="break-all">{{ id }}</p>
        </div>
      }
      <div class="flex gap-2">
        <button appButton="primary" type="submit" [busy]="busy()" [disabled]="!changed()">
          {{ 'action.save' | transloco }}
        </button>
        <button appButton="quiet" type="button" [disabled]="!changed()" (click)="restore()">
          {{ 'action.cancel' | transloco }}
        </button>
      </div>
    </form>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class CustomerDetailsComponent {
  readonly customer = input.required<Customer>();
  readonly busy = input(false);
  /** The error of the last attempt. */
  readonly error = input<ApiError | null>(null);
  /** Returns only the changed fields. */
  readonly save = output<CustomerUpdate>();

  protected readonly fields = [
    { name: 'name', type: 'text', most: 120 },
    { name: 'phone', type: 'tel', most: 32 },
    { name: 'email', type: 'email', most: 254 },
  ] as const;
  protected readonly form = inject(NonNullableFormBuilder).group({
    name: ['', [Validators.required, Validators.pattern(/\S/)]],
    phone: '',
    email: '',
  });
  /**
   * Whether only a web session identifies the customer. The API accepts no phone for them, because
   * it would be unverified.
   */
  protected readonly isVisitor = computed(
    () => !this.customer().phone && !this.customer().whatsappUserId,
  );
  protected readonly phoneHint = computed(() =>
    this.isVisitor() ? 'customer.visitor_hint' : 'customer.phone_hint',
  );
  protected readonly problems = computed<Partial<Record<Name, string>>>(() => {
    const error = this.error();
    if (error?.code === 'conflict') return { phone: 'customer.phone_taken' };
    const wrong = Object.keys(error?.errors ?? {});
    return Object.fromEntries(
      wrong.map((name) => [name, `customer.${name === 'phone' ? 'phone_invalid' : 'invalid'}`]),
    );
  });

  constructor() {
    // Refetching the customer does not replace text that is being typed.
    toObservable(this.customer)
      .pipe(takeUntilDestroyed())
      .subscribe((customer) => {
        for (const { name } of this.fields) {
          const control = this.form.controls[name];
          const stored = customer[name] ?? '';
          if (control.pristine) control.reset(stored);
          else if (control.value.trim() === stored) control.markAsPristine();
        }
      });
  }

  protected restore(): void {
    const { name, phone, email } = this.customer();
    this.form.reset({ name, phone: phone ?? '', email: email ?? '' });
  }

  protected changed(): boolean {
    return this.form.valid && Object.keys(this.changes()).length > 0;
  }

  protected submit(): void {
    if (!this.changed() || this.busy()) return;
    this.save.emit(this.changes());
  }

  private changes(): CustomerUpdate {
    const before = this.customer();
    const { controls } = this.form;
    const changed = this.fields.filter(
      ({ name }) =>
        controls[name].dirty && controls[name].value.trim() !== (before[name] ?? '').trim(),
    );
    return Object.fromEntries(
      changed.map(({ name }) => [name, controls[name].value.trim() || null]),
    );
  }
}
