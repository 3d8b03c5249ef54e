import { inject, Injectable } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { TranslocoService, type Translation, type TranslocoLoader } from '@jsverse/transloco';
import { BehaviorSubject } from 'rxjs';

import { persisted } from './persisted';

export type Language = 'es' | 'en';
export const LANGUAGES: readonly Language[] = ['es', 'en'];

/** The agent's choice; empty until there is one. */
const chosen = persisted('mostrador.language', '');

/** Loads a catalogue as a chunk of the build: hashed, cached for ever, and only the one in use. */
export class CatalogueLoader implements TranslocoLoader {
  async getTranslation(language: string): Promise<Translation> {
    const catalogue =
      language === 'en'
        ? await import('../../../i18n/en.json')
        : await import('../../../i18n/es.json');
    return catalogue.default;
  }
}

/**
 * Returns the agent's choice, else the browser's first language that is available, else English.
 */
export function preferredLanguage(): Language {
  const candidates = [chosen.read(), ...navigator.languages];
  for (const candidate of candidates) {
    const known = LANGUAGES.find((language) => candidate.toLowerCase().startsWith(language));
    if (known) return known;
  }
  return 'en';
}

/** Returns the browser's regional variant of the language, for example `en-GB`. */
export function localeOf(language: Language): string {
  return navigator.languages.find((locale) => locale.startsWith(`${language}-`)) ?? language;
}

@Injectable({ providedIn: 'root' })
export class LanguageService {
  private readonly transloco = inject(TranslocoService);
  private readonly languageSubject = new BehaviorSubject<Language>(preferredLanguage());
  readonly language$ = this.languageSubject.asObservable();
  private readonly shown = toSignal(this.languageSubject, { requireSync: true });

  constructor() {
    this.apply(this.languageSubject.value);
  }

  /** The language now; templates and computed signals that read it follow a change. */
  get current(): Language {
    return this.shown();
  }

  choose(language: Language): void {
    chosen.write(language);
    this.apply(language);
    this.languageSubject.next(language);
  }

  private apply(language: Language): void {
    document.documentElement.lang = language;
    this.transloco.setActiveLang(language);
  }
}
