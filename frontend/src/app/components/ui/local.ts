import { inject, Pipe, type PipeTransform } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';

import { LanguageService } from '../../services/core/language';
import { formatFileSize, formatNumber } from '../../services/core/local-number';
import { clockTime, dayName, exactTime } from './time-format';

// They are not pure, as they also depend on the language: views follow a change of it.

function languageNow(): () => LanguageService['current'] {
  return toSignal(inject(LanguageService).language$, { requireSync: true });
}

/** A number as it is written in the agent's language. */
@Pipe({ name: 'localNumber', pure: false })
export class LocalNumberPipe implements PipeTransform {
  private readonly language = languageNow();

  transform(value: number): string {
    return formatNumber(value, this.language());
  }
}

/** The size of a file, from bytes. */
@Pipe({ name: 'fileSize', pure: false })
export class FileSizePipe implements PipeTransform {
  private readonly language = languageNow();

  transform(bytes: number): string {
    return formatFileSize(bytes, this.language());
  }
}

/** A time (ISO 8601): of the day, in full, or the name of its day. */
@Pipe({ name: 'localTime', pure: false })
export class LocalTimePipe implements PipeTransform {
  private readonly language = languageNow();

  transform(iso: string, form: 'clock' | 'exact' | 'day'): string {
    if (form === 'clock') return clockTime(iso, this.language());
    if (form === 'exact') return exactTime(iso, this.language());
    return dayName(iso, Date.now(), this.language());
  }
}
