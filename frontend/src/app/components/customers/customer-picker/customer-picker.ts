import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';
import {
  FormControl,
  NonNullableFormBuilder,
  ReactiveFormsModule,
  Validators,
} from '@angular/forms';
import { TranslocoPipe, TranslocoService } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideUserPlus, lucideX } from '@ng-icons/lucide';
import { BehaviorSubject } from 'rxjs';

import type { Customer, CustomerCreate } from '../../../api/schema';
import type { ApiError } from '../../../services/core/api-error';
import { ErrorTextService } from '../../../services/core/error-text';
import { AvatarComponent } from '../../ui/avatar';
import { ButtonComponent } from '../../ui/button';
import { ComboboxDirective, OptionDirective, OptionsDirective } from '../../ui/combobox';
import { FieldComponent } from '../../ui/field';
import { TakeFocusDirective } from '../../ui/take-focus';

/** Finds a customer by name or phone, or creates a new one. */
@Component({
  selector: 'app-customer-picker',
  imports: [
    OptionsDirective,
    AsyncPipe,
    AvatarComponent,
    ButtonComponent,
    ComboboxDirective,
    FieldComponent,
    NgIcon,
    OptionDirective,
    ReactiveFormsModule,
    TakeFocusDirective,
    TranslocoPipe,
  ],
  templateUrl: './customer-picker.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class CustomerPickerComponent {
  readonly customer = input.required<Customer | null>();
  /** The results of the last search; null before the first. */
  readonly found = input.required<readonly Customer[] | null>();
  /** The error of the last search. */
  readonly searchError = input<ApiError | null>(null);
  readonly createError = input<ApiError | null>(null);
  /** A customer is being created. */
  readonly busy = input(false);
  /** Whether a customer is required and missing. */
  readonly missing = input(false);
  /** Whether no customer is given beforehand. */
  readonly takesFocus = input(true);
  readonly searchChange = output<string>();
  readonly picked = output<Customer | null>();
  readonly create = output<CustomerCreate>();

  private readonly transloco = inject(TranslocoService);
  protected readonly errorText = inject(ErrorTextService);
  protected readonly clear = lucideX;
  protected readonly add = lucideUserPlus;
  /** Whether the agent switched between the forms, so that the focus follows. */
  protected used = false;
  protected readonly creating$ = new BehaviorSubject(false);
  protected readonly search = new FormControl('', { nonNullable: true });
  protected readonly form = inject(NonNullableFormBuilder).group({
    name: ['', [Validators.required, Validators.pattern(/\S/)]],
    phone: ['', [Validators.required, Validators.pattern(/\d/)]],
  });

  protected readonly problem = computed(() => {
    const error = this.createError();
    if (!error) return null;
    if (error.errors['phone']) return this.transloco.translate('customer.phone_invalid');
    if (error.code === 'conflict') return this.transloco.translate('customer.phone_taken');
    return this.errorText.of(error);
  });

  protected pick(customer: Customer | null): void {
    this.used = true;
    this.picked.emit(customer);
  }

  protected startCreating(): void {
    this.used = true;
    const typed = this.search.value.trim();
    const looksLikePhone = /^[+\d][\d\s()-]*$/.test(typed);
    this.form.reset({
      name: looksLikePhone ? '' : typed,
      phone: looksLikePhone ? typed : '',
    });
    this.creating$.next(true);
  }

  protected submit(): void {
    this.form.markAllAsTouched();
    if (this.form.valid && !this.busy()) this.create.emit(this.form.getRawValue());
  }
}
