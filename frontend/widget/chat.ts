/** The visitor's conversation: what was said, what is on its way, and the session behind it. */
import type {
  AssistantTyping,
  SessionAnswer,
  VisitorMessage,
  VisitorMessageEvent,
  VisitorMessageList,
  WebMessageAccepted,
} from '../src/app/api/schema';
import { Refused, request } from './api';
import { LiveConnection } from './socket';
import { type Kept, Store } from './store';

/** Who the site says that the visitor is; `identityHash` proves the phone. */
export interface Identity {
  readonly name?: string;
  readonly phone?: string;
  readonly identityHash?: string;
}

export interface ShownMessage extends VisitorMessage {
  /** `sent` is with the server; a `failed` one was refused, and is not tried again by itself. */
  readonly state: 'sent' | 'pending' | 'failed';
}

export interface ChatState {
  readonly messages: readonly ShownMessage[];
  readonly online: boolean;
  readonly typing: boolean;
  /** Answers that have come while the conversation was not looked at. */
  readonly unread: number;
}

const ANSWERING_MS = 60_000;
/** People tell that they are writing every so often, and are believed a little longer. */
const TELL_TYPING_MS = 3_000;
const TYPING_MS = 6_000;
const RETRY_MS = 4_000;
/** What no message may hold, and what comes along when text is pasted. */
const UNSPEAKABLE = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu;
const UNAUTHENTICATED = 401;
const TOO_MANY = 429;
const SERVER_ERROR = 500;

export class Chat {
  private messages = new Map<string, ShownMessage>();
  private token: string | null = null;
  private live: LiveConnection | null = null;
  private online = true;
  private typing = false;
  private typingTimer = 0;
  private toldTyping = 0;
  private sending = false;
  private retryTimer = 0;
  private fetchTimer = 0;
  private readUntil = '';
  private readonly store: Store;
  private readonly unwatch: () => void;

  /**
   * `simulated` plays any phone's owner, which a server allows in demo mode alone.
   * Nothing is asked of the server before there is something to say or to resume, or the visitor
   * opens the chat and is known to the site.
   */
  constructor(
    private readonly server: string,
    private readonly identity: Identity,
    private readonly simulated: boolean,
    private changed: (state: ChatState) => void,
  ) {
    this.store = new Store(server, identity);
    this.unwatch = this.store.watch((kept) => this.follow(kept));
    const kept = this.store.load();
    this.token = kept?.token ?? null;
    this.readUntil = kept?.readUntil ?? '';
    for (const message of kept?.unsent ?? []) this.messages.set(message.messageId, message);
    if (this.token) this.listen();
    if (this.messages.size) void this.sendPending();
    this.tell();
  }

  /** The visitor has opened the chat. One whom the site vouches for may have written elsewhere. */
  async open(): Promise<void> {
    if (this.token || !this.identity.phone || !this.identity.identityHash) return;
    try {
      await this.openSession();
    } catch {
      // The first message tries again, and says so when it is refused.
    }
  }

  /** A key was pressed. */
  tellTyping(): void {
    if (Date.now() - this.toldTyping < TELL_TYPING_MS) return;
    this.toldTyping = Date.now();
    this.live?.say('conversation_typing');
  }

  send(typed: string): void {
    const text = typed.replace(UNSPEAKABLE, '').trim();
    if (!text) return;
    this.follow(this.store.load()); // a page that was frozen has not been told
    const messageId = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.put({
      messageId,
      author: { type: 'customer', name: this.identity.name ?? '' },
      text,
      createdAt: new Date().toISOString(),
      state: 'pending',
    });
    void this.sendPending();
  }

  sendAgain(messageId: string): void {
    const message = this.messages.get(messageId);
    if (!message) return;
    this.put({ ...message, state: 'pending' });
    void this.sendPending();
  }

  /** What is there has been looked at. */
  markRead(): void {
    const latest = this.answers().at(-1);
    if (!latest || latest.createdAt <= this.readUntil) return;
    this.readUntil = latest.createdAt;
    this.save();
    this.tell();
  }

  /** Nothing is heard or told of any more. */
  close(): void {
    this.changed = () => undefined;
    this.unwatch();
    clearTimeout(this.retryTimer);
    this.hangUp();
  }

  /** Another tab has begun a session, or read on: this one goes along. */
  private follow(kept: Kept | null): void {
    if (!kept) return;
    if (kept.readUntil > this.readUntil) this.readUntil = kept.readUntil;
    if (kept.token && kept.token !== this.token) {
      this.token = kept.token;
      this.listen();
    }
    this.tell();
  }

  private hangUp(): void {
    clearTimeout(this.fetchTimer);
    this.live?.close();
    this.live = null;
  }

  /** One after the other, in the order they were written, each with the id it began with. */
  private async sendPending(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.retryTimer);
    try {
      for (let next = this.nextPending(); next; next = this.nextPending()) {
        await this.deliver(next);
      }
    } catch (error) {
      // What is without an answer may have arrived: the same id again makes it no second message.
      this.retryTimer = window.setTimeout(() => void this.sendPending(), waitAfter(error));
    } finally {
      this.sending = false;
    }
  }

  private async deliver(message: ShownMessage): Promise<void> {
    try {
      const { text, messageId } = message;
      if (!this.token && !this.simulated) await this.openSession();
      const who = this.token ? {} : { name: this.identity.name, phone: this.identity.phone };
      const accepted = await this.request<WebMessageAccepted>('/messages', {
        ...who,
        text,
        messageId,
      });
      if (accepted.visitorToken && !this.token) this.begin(accepted.visitorToken);
      // Unless the server's own copy has come already, by the socket.
      if (this.messages.get(messageId)?.state === 'pending')
        this.put({ ...message, state: 'sent' });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status === UNAUTHENTICATED && this.token) {
        this.end();
      } else if (error.status === TOO_MANY || error.status >= SERVER_ERROR) {
        throw error;
      } else {
        this.put({ ...message, state: 'failed' });
      }
    }
  }

  private async openSession(): Promise<void> {
    const { visitorToken } = await this.request<SessionAnswer>('/sessions', this.identity);
    this.begin(visitorToken);
  }

  private begin(token: string): void {
    this.token = token;
    this.save();
    this.listen();
  }

  /** The session has run out: the next message starts another. */
  private end(): void {
    this.hangUp();
    this.token = null;
    this.online = true;
    this.save();
  }

  private listen(): void {
    this.hangUp();
    const url = `${this.server.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`;
    this.live = new LiveConnection(
      url,
      () => this.token ?? '',
      (name, payload) => this.hear(name, payload),
      (online) => {
        this.online = online;
        if (online) {
          void this.fetch();
          void this.sendPending();
        } else {
          clearTimeout(this.fetchTimer);
          this.setTyping(0); // nobody would tell that it has ended
        }
        this.tell();
      },
      (reason) => {
        if (reason === 'unauthenticated') this.end();
      },
    );
  }

  private hear(name: string, payload: unknown): void {
    if (name === 'message_created') {
      const { message } = payload as VisitorMessageEvent;
      if (message.author.type !== 'customer') this.setTyping(0);
      this.put({ ...message, state: 'sent' });
    } else if (name === 'assistant_typing') {
      this.setTyping((payload as AssistantTyping).typing ? ANSWERING_MS : 0);
    } else if (name === 'conversation_typing') {
      this.setTyping(TYPING_MS);
    }
  }

  private async fetch(): Promise<void> {
    clearTimeout(this.fetchTimer);
    try {
      const { data } = await this.request<VisitorMessageList>('/messages?limit=100');
      for (const message of data)
        this.messages.set(message.messageId, { ...message, state: 'sent' });
      this.save();
      this.tell();
    } catch (error) {
      if (error instanceof Refused && error.status === UNAUTHENTICATED) this.end();
      // What was said before this connection comes by no event. The next one fetches by itself.
      else if (this.online)
        this.fetchTimer = window.setTimeout(() => void this.fetch(), waitAfter(error));
    }
  }

  private request<T>(path: string, body?: object): Promise<T> {
    return request<T>(this.server, path, this.token, body);
  }

  private answers(): ShownMessage[] {
    const answers = [...this.messages.values()].filter(({ author }) => author.type !== 'customer');
    return answers.sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
  }

  private nextPending(): ShownMessage | undefined {
    return [...this.messages.values()].find(({ state }) => state === 'pending');
  }

  private put(message: ShownMessage): void {
    this.messages.set(message.messageId, message);
    this.save();
    this.tell();
  }

  /** Somebody at the desk is writing, and believed to for so long unless there is further word. */
  private setTyping(milliseconds: number): void {
    this.typing = milliseconds > 0;
    clearTimeout(this.typingTimer);
    if (this.typing) this.typingTimer = window.setTimeout(() => this.setTyping(0), milliseconds);
    this.tell();
  }

  private tell(): void {
    // What has yet to leave comes last, whatever the visitor's clock says.
    const order = ({ state, createdAt }: ShownMessage): string =>
      state === 'sent' ? createdAt : `~${createdAt}`;
    const messages = [...this.messages.values()].sort((one, other) =>
      order(one) < order(other) ? -1 : Number(order(one) > order(other)),
    );
    const unread = this.answers().filter(({ createdAt }) => createdAt > this.readUntil).length;
    this.changed({ messages, unread, online: this.online, typing: this.typing });
  }

  private save(): void {
    const { token, readUntil } = this;
    const own = [...this.messages.values()].filter(({ state }) => state !== 'sent');
    // What other tabs have yet to send is kept for them.
    const others = this.store
      .load()
      ?.unsent.filter(({ messageId }) => !this.messages.has(messageId));
    this.store.save({ token, readUntil, unsent: [...(others ?? []), ...own] });
  }
}

/** Until what failed is tried again, in milliseconds: as long as the server asks for, if it does. */
function waitAfter(error: unknown): number {
  return Math.max(error instanceof Refused ? error.retryAfter * 1_000 : 0, RETRY_MS);
}
