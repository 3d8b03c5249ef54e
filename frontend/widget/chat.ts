/** The visitor's conversation: what was said, what is on its way, and the session behind it. */
import type {
  AssistantTyping,
  SessionAnswer,
  VisitorMessage,
  VisitorMessageEvent,
  VisitorMessageList,
  WebMessageAccepted,
} from '../src/app/api/schema';
import { LiveConnection } from './socket';

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

interface Stored {
  readonly identity: string;
  readonly token: string | null;
  readonly readUntil: string;
  readonly unsent: readonly ShownMessage[];
}

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly retryAfter: number,
  ) {
    super(String(status));
  }
}

const API = '/api/v2/channels/web';
const STORE = 'mostrador-chat';
const ANSWERING_MS = 60_000;
/** People tell that they are writing every so often, and are believed a little longer. */
const TELL_TYPING_MS = 3_000;
const TYPING_MS = 6_000;
const RETRY_MS = 4_000;
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
  private readUntil = '';

  /**
   * `simulated` plays any phone's owner, which a server allows in demo mode alone.
   * Nothing is asked of the server before there is something to say or to resume, or the visitor
   * opens the chat and is known to the site.
   */
  constructor(
    private readonly server: string,
    private readonly identity: Identity,
    private readonly simulated: boolean,
    private readonly changed: (state: ChatState) => void,
  ) {
    const stored = this.load();
    this.token = stored?.token ?? null;
    this.readUntil = stored?.readUntil ?? '';
    for (const message of stored?.unsent ?? []) this.messages.set(message.messageId, message);
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

  send(text: string): void {
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

  close(): void {
    this.live?.close();
    this.live = null;
  }

  /** One after the other, in the order they were written, each with the id it began with. */
  private async sendPending(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let next = this.nextPending(); next; next = this.nextPending()) {
        await this.deliver(next);
      }
    } catch (error) {
      // What is without an answer may have arrived: the same id again makes it no second message.
      const wait = error instanceof Refused ? error.retryAfter * 1_000 : RETRY_MS;
      setTimeout(() => void this.sendPending(), Math.max(wait, RETRY_MS));
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
    this.close();
    this.token = null;
    this.online = true;
    this.save();
  }

  private listen(): void {
    this.close();
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
    try {
      const { data } = await this.request<VisitorMessageList>('/messages?limit=100');
      for (const message of data)
        this.messages.set(message.messageId, { ...message, state: 'sent' });
      this.save();
      this.tell();
    } catch (error) {
      if (error instanceof Refused && error.status === UNAUTHENTICATED) this.end();
      // Whatever else it was: the next connection fetches again.
    }
  }

  private async request<T>(path: string, body?: object): Promise<T> {
    const headers: Record<string, string> = this.token
      ? { Authorization: `Bearer ${this.token}` }
      : {};
    if (body) headers['Content-Type'] = 'application/json';
    const response = await fetch(this.server + API + path, {
      method: body ? 'POST' : 'GET',
      headers,
      body: body && JSON.stringify(body),
      credentials: 'omit',
    });
    if (!response.ok) {
      throw new Refused(response.status, Number(response.headers.get('Retry-After')) || 0);
    }
    return (await response.json()) as T;
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

  /** Another identity on the same browser is another person: they get nothing of this one's. */
  private load(): Stored | null {
    try {
      const stored = JSON.parse(localStorage.getItem(this.key) ?? 'null') as Stored | null;
      return stored?.identity === this.fingerprint ? stored : null;
    } catch {
      return null; // no storage, or somebody else's: the conversation lasts as long as the page
    }
  }

  private save(): void {
    const unsent = [...this.messages.values()].filter(({ state }) => state !== 'sent');
    const stored: Stored = {
      identity: this.fingerprint,
      token: this.token,
      readUntil: this.readUntil,
      unsent,
    };
    try {
      localStorage.setItem(this.key, JSON.stringify(stored));
    } catch {
      // As above.
    }
  }

  private get key(): string {
    return `${STORE}:${this.server}`;
  }

  private get fingerprint(): string {
    return this.identity.phone ?? '';
  }
}
