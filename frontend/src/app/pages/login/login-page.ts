import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { Router } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { BehaviorSubject, finalize, map } from 'rxjs';

import { LanguageChoiceComponent } from '../../components/layout/language-choice/language-choice';
import { ButtonComponent } from '../../components/ui/button';
import { FieldComponent } from '../../components/ui/field';
import { TakeFocusDirective } from '../../components/ui/take-focus';
import type { ApiError } from '../../services/core/api-error';
import { AuthService } from '../../services/auth';
import { ConfigService } from '../../services/core/config';
import { ErrorTextService } from '../../services/core/error-text';

/** The accounts of every demo installation. Their password is public. */
const DEMO_LOGINS = ['agent1', 'agent2', 'supervisor', 'admin'] as const;
const DEMO_PASSWORD = 'mostrador-demo';

@Component({
  selector: 'app-login-page',
  imports: [
    AsyncPipe,
    ButtonComponent,
    FieldComponent,
    LanguageChoiceComponent,
    TakeFocusDirective,
    TranslocoPipe,
  ],
  templateUrl: './login-page.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LoginPage {
  /** The page that required the login. */
  readonly returnTo = input<string>();

  private readonly auth = inject(AuthService);
  private readonly router = inject(Router);
  protected readonly errorText = inject(ErrorTextService);

  protected readonly demo$ = inject(ConfigService).config$.pipe(map(({ demo }) => demo));
  protected readonly demoLogins = DEMO_LOGINS;
  protected readonly busy$ = new BehaviorSubject(false);
  protected readonly error$ = new BehaviorSubject<ApiError | null>(null);
  /** The names of the invalid fields. */
  protected readonly invalid = signal<readonly string[]>([]);

  // The browser's own form: the form library is larger than the rest of this page.
  protected submit(event: Event): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    this.check(form);
    if (this.invalid().length) return;
    const fields = new FormData(form);
    this.signIn(fields.get('email') as string, fields.get('password') as string);
  }

  protected recheck(event: Event): void {
    if (this.invalid().length) this.check(event.currentTarget as HTMLFormElement);
  }

  protected signInAs(name: string): void {
    this.signIn(`${name}@demo.test`, DEMO_PASSWORD);
  }

  private check(form: HTMLFormElement): void {
    const fields = [...form.querySelectorAll('input')];
    this.invalid.set(fields.filter(({ validity }) => !validity.valid).map(({ name }) => name));
  }

  private signIn(email: string, password: string): void {
    if (this.busy$.value) return;
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
}

/** Returns the address if it is one of this application's own pages, else the default. */
function ownPath(path: string | undefined): string {
  return path && /^\/(?![/\\])/.test(path) ? path : '/dashboard';
}
