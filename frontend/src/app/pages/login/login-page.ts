import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { Router } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { BehaviorSubject, finalize, map } from 'rxjs';

import { ButtonComponent } from '../../components/ui/button';
import { FieldComponent } from '../../components/ui/field';
import { TakeFocusDirective } from '../../components/ui/take-focus';
import type { ApiError } from '../../services/core/api-error';
import { AuthService } from '../../services/auth';
import { ConfigService } from '../../services/core/config';
import { ErrorTextService } from '../../services/core/error-text';
import { LANGUAGES, LanguageService } from '../../services/core/language';

/** The accounts every demo installation has; their password is public. */
const DEMO_LOGINS = ['agent1', 'agent2', 'supervisor', 'admin'] as const;
const DEMO_PASSWORD = 'mostrador-demo';

@Component({
  selector: 'app-login-page',
  imports: [
    AsyncPipe,
    ButtonComponent,
    FieldComponent,
    ReactiveFormsModule,
    TakeFocusDirective,
    TranslocoPipe,
  ],
  templateUrl: './login-page.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LoginPage {
  /** The page that asked for the login. */
  readonly returnTo = input<string>();

  private readonly auth = inject(AuthService);
  private readonly router = inject(Router);
  protected readonly errorText = inject(ErrorTextService);

  protected readonly language = inject(LanguageService);
  protected readonly languages = LANGUAGES;
  protected readonly demo$ = inject(ConfigService).config$.pipe(map(({ demo }) => demo));
  protected readonly demoLogins = DEMO_LOGINS;
  protected readonly busy$ = new BehaviorSubject(false);
  protected readonly error$ = new BehaviorSubject<ApiError | null>(null);
  protected readonly form = inject(NonNullableFormBuilder).group({
    email: ['', [Validators.required, Validators.email]],
    password: ['', Validators.required],
  });

  protected signIn(): void {
    this.form.markAllAsTouched();
    if (this.form.invalid || this.busy$.value) return;
    const { email, password } = this.form.getRawValue();
    this.busy$.next(true);
    this.error$.next(null);
    this.auth
      .login(email.trim(), password)
      .pipe(finalize(() => this.busy$.next(false)))
      .subscribe({
        next: () => void this.router.navigateByUrl(ownPath(this.returnTo()), { replaceUrl: true }),
        error: (error: ApiError) => this.error$.next(error),
      });
  }

  protected signInAs(name: string): void {
    this.form.setValue({ email: `${name}@demo.test`, password: DEMO_PASSWORD });
    this.signIn();
  }

  protected touched(field: 'email' | 'password'): boolean {
    const control = this.form.controls[field];
    return control.touched && control.invalid;
  }
}

/** An address may lead anywhere; only this application's own pages are followed. */
function ownPath(path: string | undefined): string {
  return path && /^\/(?![/\\])/.test(path) ? path : '/dashboard';
}
