import { Injectable } from '@angular/core';
import { BehaviorSubject, fromEvent } from 'rxjs';

import { persisted } from './persisted';

export type Theme = 'system' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

const stored = persisted<string>('mostrador.theme', 'system');

/** The agent's choice of light or dark. `public/theme.js` applies it before the first paint. */
@Injectable({ providedIn: 'root' })
export class ThemeService {
  private readonly prefersDark = matchMedia('(prefers-color-scheme: dark)');
  private readonly themeSubject = new BehaviorSubject<Theme>(
    THEMES.find((theme) => theme === stored.read()) ?? 'system',
  );
  readonly theme$ = this.themeSubject.asObservable();

  constructor() {
    fromEvent(this.prefersDark, 'change').subscribe(() => this.apply());
  }

  choose(theme: Theme): void {
    stored.write(theme);
    this.themeSubject.next(theme);
    this.apply();
  }

  private apply(): void {
    const theme = this.themeSubject.value;
    const dark = theme === 'dark' || (theme === 'system' && this.prefersDark.matches);
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  }
}
