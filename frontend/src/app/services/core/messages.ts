import type { TranslocoTranspiler, TranspileParams } from '@jsverse/transloco';

import { type Language, preferredLanguage } from './language';
import { formatNumber, pluralForm } from './local-number';

/** `{count, plural, one {# ticket} other {# tickets}}` */
const PLURAL = /\{(\w+), plural,((?: \w+ \{[^{}]*\})+)\}/g;
const FORM = /(\w+) \{([^{}]*)\}/g;
const PLACEHOLDER = /\{\{(\w+)\}\}/g;

/**
 * Fills in the texts of the catalogues: `{{name}}`, and the plurals of ICU MessageFormat. Numbers
 * are written as in the current language. Transloco's own MessageFormat plug-in compiles texts with
 * `new Function`, which the page's security policy forbids.
 */
export class MessageTranspiler implements TranslocoTranspiler {
  private language: Language = preferredLanguage();

  onLangChanged(language: string): void {
    this.language = language as Language;
  }

  transpile({ value, params = {} }: TranspileParams): unknown {
    if (typeof value !== 'string') return value;
    const values = params as Readonly<Record<string, unknown>>;
    return value
      .replace(PLURAL, (_, name: string, forms: string) => this.plural(forms, Number(values[name])))
      .replace(PLACEHOLDER, (_, name: string) => this.written(values[name]));
  }

  private plural(forms: string, count: number): string {
    const texts = new Map([...forms.matchAll(FORM)].map(([, form, text]) => [form, text]));
    const text = texts.get(pluralForm(count, this.language)) ?? texts.get('other') ?? '';
    return text.replace('#', formatNumber(count, this.language));
  }

  private written(value: unknown): string {
    if (typeof value === 'number') return formatNumber(value, this.language);
    return typeof value === 'string' ? value : '';
  }
}
