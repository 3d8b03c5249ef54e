/** What the visitor sees: a launcher and a panel, in a shadow root that no page's styles reach. */
import type { ChatState, ShownMessage } from './chat';
import { STYLE } from './style';
import type { Language, Texts } from './texts';

const ICONS = {
  chat: 'M21 12a8 8 0 0 1-8 8H4l1.6-3.2A8 8 0 1 1 21 12z',
  close: 'M6 6l12 12M18 6L6 18',
  send: 'M12 19V5M5 12l7-7 7 7',
} as const;
const MAX_TEXT = 4_096;

export interface Actions {
  readonly opened: () => void;
  readonly read: () => void;
  readonly send: (text: string) => void;
  readonly typing: () => void;
  readonly sendAgain: (messageId: string) => void;
}

export class View {
  readonly host = document.createElement('div');
  private readonly frame = element('div', 'frame');
  private readonly launcher = element('button', 'launcher');
  private readonly badge = element('span', 'badge');
  private readonly panel = element('section', 'panel');
  private readonly log = element('div', 'log');
  private readonly list = element('ol');
  private readonly typing = element('div');
  private readonly notice = element('p', 'notice');
  private readonly input = element('textarea');
  private readonly rows = new Map<string, { row: HTMLLIElement; drawn: string }>();
  private readonly clock: Intl.DateTimeFormat;

  constructor(
    private readonly texts: Texts,
    language: Language,
    private readonly actions: Actions,
  ) {
    this.clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });
    const root = this.host.attachShadow({ mode: 'open' });
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style]; // allowed where a page's policy forbids inline styles
    this.host.lang = language;
    this.panel.hidden = true;
    this.frame.append(this.makePanel(), this.makeLauncher());
    root.append(this.frame);
  }

  get isOpen(): boolean {
    return !this.panel.hidden;
  }

  open(): void {
    this.show(true);
    this.input.focus();
    this.scrollToEnd();
    this.actions.opened();
    this.actions.read();
  }

  close(): void {
    const hadFocus = this.panel.contains(this.host.shadowRoot?.activeElement ?? null);
    this.show(false);
    if (hadFocus) this.launcher.focus();
  }

  render({ messages, online, typing, unread }: ChatState): void {
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    const before = this.rows.size;
    messages.forEach((message, index) => {
      const row = this.rowOf(message);
      if (this.list.children[index] !== row) {
        this.list.insertBefore(row, this.list.children[index] ?? null);
      }
    });
    this.typing.hidden = !typing;
    this.notice.hidden = online;
    if (atEnd || (this.rows.size > before && messages.at(-1)?.author.type === 'customer')) {
      this.scrollToEnd();
    }
    this.showUnread(unread);
  }

  private makeLauncher(): HTMLElement {
    this.badge.hidden = true;
    this.launcher.append(icon(ICONS.chat), this.badge);
    this.launcher.ariaLabel = this.texts.open;
    this.launcher.ariaExpanded = 'false';
    this.launcher.ariaHasPopup = 'dialog';
    this.launcher.onclick = () => (this.isOpen ? this.close() : this.open());
    return this.launcher;
  }

  private makePanel(): HTMLElement {
    const { texts, panel } = this;
    panel.role = 'dialog';
    panel.ariaLabel = texts.title;
    panel.onkeydown = (event) => {
      if (event.key === 'Escape') this.close();
    };
    const heading = element('h2');
    heading.textContent = texts.title;
    const header = element('header');
    header.append(
      heading,
      this.button('icon', texts.close, ICONS.close, () => this.close()),
    );
    panel.append(header, this.makeLog(), this.makeNotice(), this.makeForm());
    return panel;
  }

  private makeLog(): HTMLElement {
    const greeting = element('p', 'greeting');
    greeting.textContent = this.texts.greeting;
    this.log.role = 'log';
    this.log.ariaLabel = this.texts.messages;
    this.log.tabIndex = 0; // so that the keyboard can scroll it
    const bubble = element('div', 'text dots');
    bubble.append(element('i'), element('i'), element('i'));
    const label = element('span', 'hidden');
    label.textContent = this.texts.typing;
    this.typing.hidden = true;
    this.typing.append(bubble, label);
    this.log.append(greeting, this.list, this.typing);
    return this.log;
  }

  private makeNotice(): HTMLElement {
    this.notice.role = 'status';
    this.notice.textContent = this.texts.offline;
    this.notice.hidden = true;
    return this.notice;
  }

  private makeForm(): HTMLElement {
    const { input, texts } = this;
    const form = element('form');
    input.rows = 1;
    input.dir = 'auto';
    input.maxLength = MAX_TEXT;
    input.placeholder = texts.write;
    input.ariaLabel = texts.write;
    input.enterKeyHint = 'send';
    input.oninput = () => {
      input.style.height = 'auto';
      input.style.height = `${input.scrollHeight + 2}px`;
      if (input.value.trim()) this.actions.typing();
    };
    input.onkeydown = (event) => {
      // Enter also ends the composition of a character, and that is no message.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (!text) return;
      input.value = '';
      input.style.height = 'auto';
      this.actions.send(text);
      input.focus();
    };
    const send = this.button('send', texts.send, ICONS.send);
    send.type = 'submit';
    form.append(input, send);
    return form;
  }

  private rowOf(message: ShownMessage): HTMLLIElement {
    const drawn = `${message.state} ${message.createdAt} ${message.text}`;
    const known = this.rows.get(message.messageId);
    if (known?.drawn === drawn) return known.row;
    const row = known?.row ?? element('li');
    this.rows.set(message.messageId, { row, drawn });
    this.fill(row, message);
    return row;
  }

  private fill(row: HTMLLIElement, message: ShownMessage): void {
    const mine = message.author.type === 'customer';
    row.className = `${mine ? 'mine' : ''} ${message.state}`;
    row.dataset['author'] = message.author.type;
    const who = element('span', mine ? 'hidden' : 'meta');
    who.textContent = mine ? this.texts.you : this.nameOf(message);
    const text = element('p', 'text');
    text.textContent = message.text;
    text.dir = 'auto';
    row.replaceChildren(who, text, this.footOf(message));
  }

  private footOf(message: ShownMessage): HTMLElement {
    if (message.state === 'failed') {
      const again = element('button', 'meta failed');
      again.type = 'button';
      again.textContent = this.texts.failed;
      again.onclick = () => this.actions.sendAgain(message.messageId);
      return again;
    }
    const foot = element('time', 'meta');
    foot.dateTime = message.createdAt;
    const { state, createdAt } = message;
    foot.textContent =
      state === 'pending' ? this.texts.pending : this.clock.format(new Date(createdAt));
    return foot;
  }

  private nameOf({ author }: ShownMessage): string {
    return author.type === 'assistant' ? this.texts.assistant : author.name;
  }

  private showUnread(unread: number): void {
    if (this.isOpen && unread) {
      this.actions.read();
      return;
    }
    this.badge.hidden = unread < 1;
    this.badge.textContent = String(unread);
    this.launcher.ariaLabel = unread ? `${this.label}, ${this.texts.unread(unread)}` : this.label;
  }

  private show(open: boolean): void {
    this.panel.hidden = !open;
    this.frame.classList.toggle('open', open);
    this.launcher.ariaExpanded = String(open);
    this.launcher.ariaLabel = this.label;
    this.launcher.replaceChildren(icon(open ? ICONS.close : ICONS.chat), this.badge);
    if (open) this.badge.hidden = true;
  }

  private get label(): string {
    return this.isOpen ? this.texts.close : this.texts.open;
  }

  private scrollToEnd(): void {
    this.log.scrollTop = this.log.scrollHeight;
  }

  private button(
    className: string,
    label: string,
    path: string,
    act?: () => void,
  ): HTMLButtonElement {
    const button = element('button', className);
    button.type = 'button';
    button.ariaLabel = label;
    button.append(icon(path));
    if (act) button.onclick = act;
    return button;
  }
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = '',
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}

function icon(path: string): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.ariaHidden = 'true';
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}
