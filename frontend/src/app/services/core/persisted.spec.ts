import { TestBed } from '@angular/core/testing';
import { of } from 'rxjs';

import { aConversation, ANA } from '../../testing/factories';
import { provideApplication } from '../../testing/providers';
import { AuthService } from '../auth';
import { ReadMarksService } from '../conversations/read-marks';
import { SavedViewService } from '../tickets/saved-views';
import { AlertService } from './alerts';
import { DraftService } from './drafts';
import { LanguageService, preferredLanguage } from './language';
import { persisted } from './persisted';
import { RecentService } from './recent-items';
import { ShortcutService } from './shortcuts';
import { ThemeService } from './theme';

describe('persisted', () => {
  beforeEach(() => localStorage.clear());

  it('keeps texts as they are and everything else as JSON', () => {
    persisted('text', '').write('es');
    persisted('list', [] as number[]).write([1, 2]);
    expect([localStorage.getItem('text'), localStorage.getItem('list')]).toEqual(['es', '[1,2]']);
    expect(persisted('text', '').read()).toBe('es');
    expect(persisted('list', [] as number[]).read()).toEqual([1, 2]);
  });

  it('returns the initial value for what is not of its kind', () => {
    for (const text of ['{', 'null', '"text"', '[]', '3']) {
      localStorage.setItem('settings', text);
      expect(persisted('settings', { sound: false }).read())
        .withContext(text)
        .toEqual({ sound: false });
    }
    localStorage.setItem('settings', '{"sound":true}');
    expect(persisted('settings', { sound: false, desktop: false }).read()).toEqual({
      sound: true,
      desktop: false,
    });
  });

  for (const [state, broken] of [
    ['denied', ['getItem', 'setItem', 'removeItem']],
    ['full', ['setItem']],
  ] as const) {
    describe(`with a storage that is ${state}`, () => {
      beforeEach(() => {
        for (const method of broken) {
          spyOn(Storage.prototype, method).and.throwError(new DOMException('', 'SecurityError'));
        }
        TestBed.configureTestingModule({
          providers: [
            ...provideApplication(),
            { provide: AuthService, useValue: { agent: ANA, agent$: of(ANA) } },
          ],
        });
      });

      afterEach(() => {
        const names = ['language', 'theme', 'shortcuts', 'attention', 'draft.agent-ana.note'];
        const lists = ['recent', 'views', 'read'].map((name) => `${name}.${ANA.agentId}`);
        for (const name of [...names, ...lists]) persisted(`mostrador.${name}`, '').forget();
      });

      it('starts up, and keeps what is chosen until the page is closed', () => {
        expect(['es', 'en']).toContain(preferredLanguage());
        TestBed.inject(LanguageService).choose('es');
        expect(preferredLanguage()).toBe('es');
        TestBed.inject(LanguageService).choose('en');
        TestBed.inject(ThemeService).choose('system');
        TestBed.inject(ShortcutService).allowSingleKeys(true);
        TestBed.inject(AlertService).setSound(false);
        TestBed.inject(RecentService).visit({ path: '/tickets/1', name: 'Uno', detail: '1' });
        TestBed.inject(DraftService).write('note', { content: 'A medias' });
        expect(TestBed.inject(DraftService).read('note', { content: '' }).content).toBe('A medias');
        TestBed.inject(DraftService).forget('note');
        expect(TestBed.inject(DraftService).read('note', { content: '' }).content).toBe('');
        TestBed.inject(SavedViewService).save({ name: 'Mías', query: {} });
        TestBed.inject(SavedViewService).delete('Mías');
      });

      it('marks conversations as read', () => {
        const marks = TestBed.inject(ReadMarksService);
        const conversation = aConversation({ lastMessageAt: '2099-01-01T00:00:00.000Z' });
        expect(marks.isUnread(conversation)).toBeTrue();
        marks.read(conversation);
        expect(marks.isUnread(conversation)).toBeFalse();
      });
    });
  }
});
