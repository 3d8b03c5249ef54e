import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';

import { aConversation, ANA } from '../../testing/factories';
import { provideApplication } from '../../testing/providers';
import { AuthService } from '../auth';
import { ReadMarksService } from './read-marks';

const LATER = '2099-01-01T00:00:00.000Z';
const LATEST = '2099-01-02T00:00:00.000Z';

describe('ReadMarksService', () => {
  const open = (): ReadMarksService => {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({ providers: provideApplication() });
    const marks = TestBed.inject(ReadMarksService);
    TestBed.inject(AuthService).login('', '').subscribe();
    TestBed.inject(HttpTestingController)
      .expectOne('/api/v2/auth/login')
      .flush({ accessToken: 'token', expiresIn: 900, agent: ANA });
    return marks;
  };

  beforeEach(() => localStorage.clear());
  afterEach(() => localStorage.clear());

  it('takes what was there before the agent came as read', () => {
    const marks = open();
    expect(
      marks.isUnread(aConversation({ lastMessageAt: '2020-01-01T00:00:00.000Z' })),
    ).toBeFalse();
    expect(marks.isUnread(aConversation({ lastMessageAt: LATER }))).toBeTrue();
  });

  it('is unread again when the customer writes once more, also after a reload', () => {
    open().read(aConversation({ lastMessageAt: LATER }));
    const marks = open();
    expect(marks.isUnread(aConversation({ lastMessageAt: LATER }))).toBeFalse();
    expect(marks.isUnread(aConversation({ lastMessageAt: LATEST }))).toBeTrue();
  });

  it('does not count what the desk itself said', () => {
    const lastMessage = { text: 'Voy', mediaType: null, authorType: 'agent' } as const;
    expect(open().isUnread(aConversation({ lastMessageAt: LATER, lastMessage }))).toBeFalse();
  });
});
