import { inject, Pipe, type PipeTransform } from '@angular/core';

import { LanguageService } from '../../services/core/language';
import { formatFileSize, formatNumber } from '../../services/core/local-number';
import { clockTime, dayName, exactTime } from './time-format';

// These pipes are not pure: what they return also depends on the language.

/** A number as it is written in the agent's language. */
@Pipe({ name: 'localNumber', pure: false })
export class LocalNumberPipe implements PipeTransform {
  private readonly language = inject(LanguageService);

  transform(value: number): string {
    return formatNumber(value, this.language.current);
  }
}

/** The size of a file, from bytes. */
@Pipe({ name: 'fileSize', pure: false })
export class FileSizePipe implements PipeTransform {
  private readonly language = inject(LanguageService);

  transform(bytes: number): string {
    return formatFileSize(bytes, this.language.current);
  }
}

/** A time (ISO 8601): of the day, in full, or the name of its day. */
@Pipe({ name: 'localTime', pure: false })
export class LocalTimePipe implements PipeTransform {
  private readonly language = inject(LanguageService);

  transform(iso: string, form: 'clock' | 'exact' | 'day'): string {
    if (form === 'clock') return clockTime(iso, this.language.current);
    if (form === 'exact') return exactTime(iso, this.language.current);
    return dayName(iso, Date.now(), this.language.current);
  }
}
