import { ChangeDetectionStrategy, Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { LanguageService } from '../../services/core/language';
import { provideApplication } from '../../testing/providers';
import { FileSizePipe, LocalNumberPipe, LocalTimePipe } from './local';

@Component({
  imports: [FileSizePipe, LocalNumberPipe, LocalTimePipe],
  template: `{{ 1234567 | localNumber }} · {{ 2500000 | fileSize }} ·
    {{ '2026-11-20T12:00:00Z' | localTime: 'exact' }}`,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class PageComponent {}

describe('the pipes for numbers, sizes and times', () => {
  it('write as the language does, and follow a change of it', async () => {
    TestBed.configureTestingModule({ providers: provideApplication() });
    const language = TestBed.inject(LanguageService);
    language.choose('en');
    const fixture = TestBed.createComponent(PageComponent);
    const text = async (): Promise<string> => {
      await fixture.whenStable();
      return (fixture.nativeElement as HTMLElement).textContent;
    };
    expect(await text()).toMatch(/^1,234,567 · 2\.5 MB · .*November/s);
    language.choose('es');
    expect(await text()).toMatch(/^1[.,]234[.,]567 · 2[.,]5 MB · .*noviembre/s);
    localStorage.clear();
  });
});
