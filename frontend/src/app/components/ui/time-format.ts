import { type Language, localeOf } from '../../services/core/language';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const relativeFormats = formats(
  (locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }),
);
const unitFormats = formats((locale) => ({
  minute: unitFormat(locale, 'minute'),
  hour: unitFormat(locale, 'hour'),
  day: unitFormat(locale, 'day'),
}));
const exactFormats = formats(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }),
);
const dateFormats = formats((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }));
const dayFormats = formats((locale) => ({
  relative: new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }),
  date: new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }),
}));
const clockFormats = formats(
  (locale) => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }),
);

/** "3 min ago"; older than a week: the date. Within 45 seconds: "now". */
export function relativeTime(iso: string, now: number, language: Language): string {
  const distance = Date.parse(iso) - now;
  const size = Math.abs(distance);
  const format = relativeFormats[language];
  if (size < 45_000) return format.format(0, 'second');
  if (size < 59.5 * MINUTE) return format.format(Math.round(distance / MINUTE), 'minute');
  if (size < 23.5 * HOUR) return format.format(Math.round(distance / HOUR), 'hour');
  if (size < 7 * DAY) return format.format(Math.round(distance / DAY), 'day');
  return dateFormats[language].format(Date.parse(iso));
}

/** "15 min" before a deadline, "−9 min" after it. */
export function timeLeft(iso: string, now: number, language: Language): string {
  const distance = Date.parse(iso) - now;
  const size = Math.abs(distance);
  const [amount, unit] =
    size < 59.5 * MINUTE
      ? ([size / MINUTE, 'minute'] as const)
      : size < 35.5 * HOUR
        ? ([size / HOUR, 'hour'] as const)
        : ([size / DAY, 'day'] as const);
  return (distance < 0 ? '−' : '') + unitFormats[language][unit].format(Math.round(amount));
}

export function exactTime(iso: string, language: Language): string {
  return exactFormats[language].format(Date.parse(iso));
}

export function clockTime(iso: string, language: Language): string {
  return clockFormats[language].format(Date.parse(iso));
}

/** The date of a moment, or of a day such as 2026-11-30, as the agent's country writes it. */
export function dateText(value: string, language: Language): string {
  const time = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00` : value);
  return Number.isNaN(time) ? value : dateFormats[language].format(time);
}

/** "today", "yesterday"; longer ago: the date. */
export function dayName(iso: string, now: number, language: Language): string {
  const day = new Date(iso);
  const midnight = (time: Date): number => new Date(time).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(day) - midnight(new Date(now))) / DAY); // some have 23 hours
  return Math.abs(days) < 2
    ? dayFormats[language].relative.format(days, 'day')
    : dayFormats[language].date.format(day);
}

function unitFormat(locale: string, unit: string): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' });
}

function formats<T>(make: (locale: string) => T): Record<Language, T> {
  return { es: make(localeOf('es')), en: make(localeOf('en')) };
}
