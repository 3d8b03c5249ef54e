import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { TranslocoService } from '@jsverse/transloco';

import type { Message } from '../../api/schema';
import { LanguageService } from '../../services/core/language';
import { aConversation, aMessage } from '../../testing/factories';
import { provideApplication } from '../../testing/providers';
import { ConversationRowComponent } from './conversation-row/conversation-row';
import { MessageComposerComponent } from './message-composer/message-composer';
import { MessageItemComponent } from './message-item/message-item';
import { entriesOf } from './message-list/entries';
import { MessageListComponent } from './message-list/message-list';
import { ToolCallComponent } from './tool-calls/tool-call';

function show<T>(
  component: new () => T,
  inputs: Record<string, unknown>,
): { fixture: ComponentFixture<T>; element: HTMLElement } {
  const fixture = TestBed.createComponent(component);
  for (const [name, value] of Object.entries(inputs)) fixture.componentRef.setInput(name, value);
  fixture.detectChanges();
  return { fixture, element: fixture.nativeElement as HTMLElement };
}

describe('the parts of a conversation', () => {
  beforeEach(() => {
    TestBed.configureTestingModule({ providers: provideApplication() });
    TestBed.inject(TranslocoService).setActiveLang('en');
  });

  describe('MessageItemComponent', () => {
    it('says why a message did not arrive, whatever comes after it', () => {
      const delivery = { status: 'failed', error: 'Outside the 24-hour window.' } as const;
      const message = aMessage({
        author: { type: 'agent', id: 'agent-ana', name: 'Ana Torres' },
        delivery: delivery as unknown as Message['delivery'],
      });
      const { element } = show(MessageItemComponent, { message, last: false });
      expect(element.querySelector('[data-delivery=failed]')?.textContent).toContain('24-hour');
    });

    it('shows how far the last message of several came', () => {
      const delivery = { status: 'read', error: null } as unknown as Message['delivery'];
      const { fixture, element } = show(MessageItemComponent, { message: aMessage({ delivery }) });
      expect(element.querySelector('[data-delivery]')?.textContent?.trim()).toBe('Read');
      fixture.componentRef.setInput('last', false);
      fixture.detectChanges();
      expect(element.querySelector('[data-delivery]')).toBeNull();
    });

    it('writes its time in the language of the interface, also after it has changed', () => {
      const language = TestBed.inject(LanguageService);
      language.choose('en');
      const { fixture, element } = show(MessageItemComponent, { message: aMessage() });
      const time = (): string => element.querySelector('time')?.title ?? '';
      expect(time()).toContain('November');
      language.choose('es');
      fixture.detectChanges();
      expect(time()).toContain('noviembre');
      localStorage.clear();
    });

    it('names what came instead of text', () => {
      const message = aMessage({ text: '', media: { type: 'image', mediaId: '1' } });
      const { element } = show(MessageItemComponent, { message });
      expect(element.querySelector('[data-media=image]')).not.toBeNull();
    });
  });

  describe('MessageListComponent', () => {
    const outgoing = [{ messageId: 'new', text: 'Ahora mismo', failed: true, error: null }];
    const thread = { messages: [aMessage()], older: 'some' };

    it('offers what did not leave once more, or to forget it', () => {
      const { fixture, element } = show(MessageListComponent, { thread, outgoing });
      const heard: string[] = [];
      fixture.componentInstance.retry.subscribe((id) => heard.push(`retry ${id}`));
      fixture.componentInstance.discard.subscribe((id) => heard.push(`discard ${id}`));
      const failed = element.querySelector('[data-outgoing=failed]');
      failed?.querySelectorAll('button').forEach((button) => button.click());
      expect(heard).toEqual(['retry new', 'discard new']);
    });

    it('offers what was not delivered once more, until that has been tried', () => {
      const delivery = { status: 'failed', error: null } as unknown as Message['delivery'];
      const lost = aMessage({ messageId: 'lost~2', delivery });
      const { fixture, element } = show(MessageListComponent, {
        thread: { messages: [lost], older: 'none' },
      });
      const button = (): HTMLButtonElement | null =>
        element.querySelector('[data-delivery=failed] button');
      const again: Message[] = [];
      fixture.componentInstance.again.subscribe((message) => again.push(message));
      button()?.click();
      expect(again).toEqual([lost]);
      fixture.componentRef.setInput('outgoing', [{ ...outgoing[0], messageId: 'lost~3' }]);
      fixture.detectChanges();
      expect(button()).toBeNull();
    });

    it('shows a message once, though it is stored before its answer comes', () => {
      const messages = [aMessage({ messageId: 'new', text: 'Ahora mismo' })];
      const { element } = show(MessageListComponent, {
        thread: { messages, older: 'none' },
        outgoing,
      });
      expect(element.textContent?.split('Ahora mismo').length).toBe(2);
    });

    it('offers older messages, and says so when they cannot be had', () => {
      const { fixture, element } = show(MessageListComponent, { thread });
      let asked = 0;
      fixture.componentInstance.older.subscribe(() => asked++);
      element.querySelector('button')?.click();
      expect(asked).toBeGreaterThan(0);
      fixture.componentRef.setInput('thread', { ...thread, older: 'failed' });
      fixture.detectChanges();
      expect(element.querySelector('[role=alert] button')?.textContent?.trim()).toBe('Try again');
    });
  });

  it('groups what one author says in one go, and marks the first that is unread', () => {
    const said = (messageId: string, createdAt: string): Message =>
      aMessage({ messageId, createdAt });
    const entries = entriesOf(
      [
        said('a', '2026-11-20T10:00:00Z'),
        said('b', '2026-11-20T10:01:00Z'),
        said('c', '2026-11-20T10:02:00Z'),
        said('d', '2026-11-22T10:00:00Z'),
      ],
      '2026-11-20T10:01:30Z',
    );
    expect(entries.map(({ first, last }) => [first, last])).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
    expect(entries.map(({ unseen }) => unseen)).toEqual([false, false, true, false]);
    expect(entries.map(({ day }) => day)).toEqual([true, false, false, true]);
  });

  it('MessageComposerComponent sends by Enter, but not the end of a composition', () => {
    const { fixture, element } = show(MessageComposerComponent, { placeholder: 'Reply' });
    const sent: string[] = [];
    fixture.componentInstance.sent.subscribe((text) => sent.push(text));
    const box = element.querySelector('textarea') as HTMLTextAreaElement;
    const enter = (init: KeyboardEventInit = {}): boolean =>
      box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, ...init }));
    box.value = '  Hola  ';
    box.dispatchEvent(new Event('input'));
    enter({ isComposing: true });
    enter({ shiftKey: true });
    expect(sent).toEqual([]);
    enter();
    enter(); // nothing is left to send
    expect(sent).toEqual(['Hola']);
    expect(box.value).toBe('');
  });

  it('ConversationRowComponent says how it ended and that it waits', () => {
    const lastMessage = { text: 'Ahora lo miro', mediaType: null, authorType: 'agent' } as const;
    const { fixture, element } = show(ConversationRowComponent, {
      conversation: aConversation({ lastMessage }),
      unread: true,
    });
    expect(element.querySelector('[data-unread]')?.textContent).toContain('Ahora lo miro');
    expect(element.textContent).toContain('Needs reply');
    const flagged = { reason: 'Asked for a person', at: '2026-11-20T10:00:00Z' };
    fixture.componentRef.setInput('conversation', aConversation({ flagged }));
    fixture.detectChanges();
    expect(element.querySelector('[title="Asked for a person"]')).not.toBeNull();
  });

  it('ToolCallComponent tells what was done in words, and what came of it on demand', () => {
    const call = {
      name: 'create_ticket_report',
      arguments: { subject: 'Impresora', priority: 'high' },
      result: { success: true, ticketId: 'TICKET-2026-000001', message: 'Abierto.' },
    };
    const { fixture, element } = show(ToolCallComponent, { call });
    expect(element.querySelector('a')?.textContent).toBe('TICKET-2026-000001');
    expect(element.querySelector('dl')).toBeNull();
    element.querySelector('button')?.click();
    fixture.detectChanges();
    expect(element.querySelector('dl')?.textContent).toContain('High');
    expect(element.querySelector('dl')?.textContent).toContain('Abierto.');
  });
});
