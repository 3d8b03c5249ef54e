import { type Language, localeOf } from '../../services/core/language';

const UNITS = ['byte', 'kilobyte', 'megabyte'] as const;

/** "12 kB". */
export function fileSize(bytes: number, language: Language): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  return new Intl.NumberFormat(localeOf(language), {
    style: 'unit',
    unit: UNITS[step],
    maximumFractionDigits: step === 2 ? 1 : 0,
  }).format(bytes / 1000 ** step);
}
