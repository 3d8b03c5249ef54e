import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { ActivatedRoute, Router } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { BehaviorSubject, finalize } from 'rxjs';

import { LanguageChoiceComponent } from '../../components/layout/language-choice/language-choice';
import { ButtonComponent } from '../../components/ui/button';
import { FieldComponent } from '../../components/ui/field';
import { AuthService } from '../../services/auth';
import type { ApiError } from '../../services/core/api-error';
import { ErrorTextService } from '../../services/core/error-text';

/** Creates the first admin. The link that start-up prints leads here, its token after the `#`. */
@Component({
  selector: 'app-setup-page',
  imports: [AsyncPipe, ButtonComponent, FieldComponent, LanguageChoiceComponent, TranslocoPipe],
  templateUrl: './setup-page.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SetupPage {
  private readonly auth = inject(AuthService);
  private readonly route = inject(ActivatedRoute);
  private readonly router = inject(Router);
  protected readonly errorText = inject(ErrorTextService);

  protected readonly minPassword = 10;
  protected readonly fields = [
    { name: 'name', type: 'text', autocomplete: 'name' },
    { name: 'email', type: 'email', autocomplete: 'username' },
    { name: 'password', type: 'password', autocomplete: 'new-password' },
  ];
  protected readonly busy$ = new BehaviorSubject(false);
  protected readonly error$ = new BehaviorSubject<ApiError | null>(null);
  /** The names of the invalid fields. */
  protected readonly invalid = signal<readonly string[]>([]);

  // The browser's own form, as on the login page.
  protected submit(event: Event): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    this.check(form);
    if (this.invalid().length || this.busy$.value) return;
    const fields = new FormData(form);
    const typed = (name: string): string => (fields.get(name) as string).trim();
    this.busy$.next(true);
    this.error$.next(null);
    this.auth
      .setUp({
        token: this.route.snapshot.fragment ?? '',
        name: typed('name'),
        email: typed('email'),
        password: fields.get('password') as string,
      })
      .pipe(finalize(() => this.busy$.next(false)))
      .subscribe({
        next: () => void this.router.navigateByUrl('/dashboard', { replaceUrl: true }),
        error: (error: ApiError) => this.error$.next(error),
      });
  }

  protected recheck(event: Event): void {
    if (this.invalid().length) this.check(event.currentTarget as HTMLFormElement);
  }

  private check(form: HTMLFormElement): void {
    const inputs = [...form.querySelectorAll('input')];
    this.invalid.set(inputs.filter(({ validity }) => !validity.valid).map(({ name }) => name));
  }
}
