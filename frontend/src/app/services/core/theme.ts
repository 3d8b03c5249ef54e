import { Injectable } from '@angular/core';
import { BehaviorSubject, fromEvent } from 'rxjs';

export type Theme = 'system' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

const KEY = 'mostrador.theme';

/** The agent's choice of light or dark. `public/theme.js` applies it before the first paint. */
@Injectable({ providedIn: 'root' })
export class ThemeService {
  private readonly prefersDark = matchMedia('(prefers-color-scheme: dark)');
  private readonly themeSubject = new BehaviorSubject<Theme>(stored());
  readonly theme$ = this.themeSubject.asObservable();

  constructor() {
    fromEvent(this.prefersDark, 'change').subscribe(() => this.apply());
  }

  choose(theme: Theme): void {
    localStorage.setItem(KEY, theme);
    this.themeSubject.next(theme);
    this.apply();
  }

  private apply(): void {
    const theme = this.themeSubject.value;
    const dark = theme === 'dark' || (theme === 'system' && this.prefersDark.matches);
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  }
}

function stored(): Theme {
  const value = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === value) ?? 'system';
}
