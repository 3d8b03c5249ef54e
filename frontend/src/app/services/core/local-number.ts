import { type Language, localeOf } from './language';

const UNITS = ['byte', 'kilobyte', 'megabyte'] as const;

const numbers = new Map<Language, Intl.NumberFormat>();
const plurals = new Map<Language, Intl.PluralRules>();

/** Returns "12,345" or what it is in the language. */
export function formatNumber(value: number, language: Language): string {
  const format = numbers.get(language) ?? new Intl.NumberFormat(localeOf(language));
  numbers.set(language, format);
  return format.format(value);
}

/** Returns which form of a text goes with the number: "one", "other" and so on. */
export function pluralForm(count: number, language: Language): string {
  const rules = plurals.get(language) ?? new Intl.PluralRules(language);
  plurals.set(language, rules);
  return rules.select(count);
}

/** Returns "12 kB" or what it is in the language. */
export function formatFileSize(bytes: number, language: Language): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  return new Intl.NumberFormat(localeOf(language), {
    style: 'unit',
    unit: UNITS[step],
    maximumFractionDigits: step === 2 ? 1 : 0,
  }).format(bytes / 1000 ** step);
}
