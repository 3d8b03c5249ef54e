import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, input, output } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';
import { BehaviorSubject, finalize } from 'rxjs';

import { AuthService } from '../../../services/auth';
import { ErrorTextService } from '../../../services/core/error-text';
import type { ApiError } from '../../../services/core/api-error';
import { ButtonComponent } from '../../ui/button';
import { FieldComponent } from '../../ui/field';
import { DialogComponent } from '../../ui/dialog';

/**
 * Asks for the password in a dialog after the session has expired, so that no typed text is lost.
 */
@Component({
  selector: 'app-sign-in-again',
  imports: [
    AsyncPipe,
    ButtonComponent,
    FieldComponent,
    DialogComponent,
    ReactiveFormsModule,
    TranslocoPipe,
  ],
  template: `
    <app-dialog [heading]="'login.session_expired' | transloco" (dismissed)="giveUp.emit()">
      <p class="pb-4 text-ink-soft">
        {{ 'login.session_expired_text' | transloco: { email: email() } }}
      </p>
      @let error = error$ | async;
      <form [formGroup]="form" (ngSubmit)="signIn()" class="space-y-4">
        <app-field
          for="again-password"
          [label]="'login.password' | transloco"
          [error]="error && errorText.ofSignIn(error)"
        >
          <input
            id="again-password"
            type="password"
            class="control"
            formControlName="password"
            autocomplete="current-password"
            [attr.aria-invalid]="!!error || null"
            [attr.aria-describedby]="error ? 'again-password-error' : null"
          />
        </app-field>
        <div class="flex justify-end gap-2">
          <button appButton="quiet" type="button" (click)="giveUp.emit()">
            {{ 'action.logout' | transloco }}
          </button>
          <button appButton="primary" type="submit" [busy]="(busy$ | async) ?? false">
            {{ 'login.submit' | transloco }}
          </button>
        </div>
      </form>
    </app-dialog>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SignInAgainComponent {
  readonly email = input.required<string>();
  readonly giveUp = output();

  private readonly auth = inject(AuthService);
  protected readonly errorText = inject(ErrorTextService);
  protected readonly busy$ = new BehaviorSubject(false);
  protected readonly error$ = new BehaviorSubject<ApiError | null>(null);
  protected readonly form = inject(NonNullableFormBuilder).group({
    password: ['', Validators.required],
  });

  protected signIn(): void {
    if (this.form.invalid || this.busy$.value) return;
    this.busy$.next(true);
    this.error$.next(null);
    this.auth
      .login(this.email(), this.form.getRawValue().password)
      .pipe(finalize(() => this.busy$.next(false)))
      .subscribe({ error: (error: ApiError) => this.error$.next(error) });
  }
}
