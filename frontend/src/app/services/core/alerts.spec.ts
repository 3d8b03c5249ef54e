import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';

import { provideApplication } from '../../testing/providers';
import { AlertService } from './alerts';

/** The browser's notifications, as far as they are used. */
class FakeNotification {
  static permission = 'granted';
  static answer = 'granted';
  static readonly shown: FakeNotification[] = [];
  onclick: (() => void) | null = null;
  closed = false;

  constructor(
    readonly title: string,
    readonly options: { body: string; tag: string },
  ) {
    FakeNotification.shown.push(this);
  }

  static requestPermission(): Promise<string> {
    FakeNotification.permission = FakeNotification.answer;
    return Promise.resolve(FakeNotification.answer);
  }

  close(): void {
    this.closed = true;
  }
}

describe('AlertService', () => {
  const { Notification: original } = window;
  let hidden: jasmine.Spy;

  const begin = (): AlertService => {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({ providers: provideApplication() });
    return TestBed.inject(AlertService);
  };

  beforeEach(() => {
    localStorage.clear();
    FakeNotification.shown.length = 0;
    FakeNotification.answer = 'granted';
    window.Notification = FakeNotification as unknown as typeof Notification;
    hidden = spyOnProperty(document, 'hidden').and.returnValue(true);
  });

  afterEach(() => (window.Notification = original));

  it('is silent until it is asked to speak', () => {
    begin().call('Ticket', '/tickets/1');
    expect(FakeNotification.shown).toEqual([]);
  });

  it('notifies an agent who looks elsewhere, and leads to what it is about', async () => {
    const service = begin();
    expect(await service.setDesktop(true)).toBeTrue();
    hidden.and.returnValue(false);
    service.call('Ticket', '/tickets/1');
    expect(FakeNotification.shown).toEqual([]); // the toast is enough

    hidden.and.returnValue(true);
    begin().call('Ticket', '/tickets/1'); // and also after a reload
    const [shown] = FakeNotification.shown;
    expect(shown?.options).toEqual({ body: 'Ticket', tag: '/tickets/1' });
    const go = spyOn(TestBed.inject(Router), 'navigateByUrl').and.resolveTo(true);
    shown?.onclick?.();
    expect(go).toHaveBeenCalledWith('/tickets/1');
    expect(shown?.closed).toBeTrue();
  });

  it('stays off when the browser forbids it', async () => {
    FakeNotification.answer = 'denied';
    const service = begin();
    expect(await service.setDesktop(true)).toBeFalse();
    let desktop = true;
    service.settings$.subscribe((settings) => (desktop = settings.desktop));
    expect(desktop).toBeFalse();
  });

  it('does without settings that cannot be read', () => {
    localStorage.setItem('mostrador.attention', '{');
    begin().call('Ticket', '/tickets/1');
    expect(FakeNotification.shown).toEqual([]);
  });
});
