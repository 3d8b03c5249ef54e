import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';

import { LANGUAGES, LanguageService } from '../../../services/core/language';

/** The languages of the application, on pages that come before the login. */
@Component({
  selector: 'app-language-choice',
  imports: [AsyncPipe, TranslocoPipe],
  template: `
    @for (option of languages; track option) {
      <button
        type="button"
        class="rounded px-1 py-0.5 text-ink-soft underline-offset-2 hover:underline aria-pressed:font-medium aria-pressed:text-ink"
        [attr.lang]="option"
        [attr.aria-pressed]="(language.language$ | async) === option"
        (click)="language.choose(option)"
      >
        {{ 'language.' + option | transloco }}
      </button>
    }
  `,
  host: { class: 'flex justify-center gap-3 pt-6 text-xs' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LanguageChoiceComponent {
  protected readonly language = inject(LanguageService);
  protected readonly languages = LANGUAGES;
}
