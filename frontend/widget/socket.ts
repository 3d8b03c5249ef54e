/**
 * As much of Socket.IO as hearing the own conversation takes: one WebSocket, text packets, no rooms.
 * The client library would be larger than the whole widget.
 * https://socket.io/docs/v4/socket-io-protocol/
 */

type Listener = (name: string, payload: unknown) => void;

/** Engine.IO packet types, and Socket.IO's inside of a message. */
const OPEN = '0';
const PING = '2';
const PONG = '3';
const CONNECT = '40';
const REFUSED = '44';
const EVENT = '42';

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export class LiveConnection {
  private socket: WebSocket | null = null;
  private retry = 0;
  private timer = 0;
  private silence = 0;
  private pingTimeout = 0;
  private connected = false;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly token: () => string,
    private readonly heard: Listener,
    /** Connected, and what was missed can be fetched; or lost, and tried again by itself. */
    private readonly changed: (online: boolean) => void,
    /** Not let in, and why; tried again unless it is closed now. */
    private readonly refused: (reason: string) => void,
  ) {
    this.open();
    addEventListener('online', this.now);
    addEventListener('offline', this.lost);
  }

  /** Says something of little weight: while there is no connection it is not said at all. */
  say(name: string): void {
    if (this.connected) this.socket?.send(EVENT + JSON.stringify([name]));
  }

  close(): void {
    this.closed = true;
    removeEventListener('online', this.now);
    removeEventListener('offline', this.lost);
    this.drop();
  }

  private open(): void {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onmessage = ({ data }) => this.read(String(data));
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
  }

  private read(packet: string): void {
    if (packet[0] === OPEN) {
      const { pingInterval, pingTimeout } = JSON.parse(packet.slice(1));
      this.expectPing(pingInterval + pingTimeout);
      this.socket?.send(CONNECT + JSON.stringify({ token: this.token() }));
    } else if (packet[0] === PING) {
      this.socket?.send(PONG);
      this.expectPing(this.pingTimeout);
    } else if (packet.startsWith(CONNECT)) {
      this.retry = 0;
      this.connected = true;
      this.changed(true);
    } else if (packet.startsWith(EVENT)) {
      const [name, payload] = JSON.parse(packet.slice(EVENT.length));
      this.heard(name, payload);
    } else if (packet.startsWith(REFUSED)) {
      this.refused(JSON.parse(packet.slice(REFUSED.length)).message);
      this.lost();
    }
  }

  /** A connection that has died without a word is noticed by its silence. */
  private expectPing(milliseconds: number): void {
    this.pingTimeout = milliseconds;
    clearTimeout(this.silence);
    this.silence = window.setTimeout(this.lost, milliseconds);
  }

  private readonly lost = (): void => {
    this.drop();
    if (this.closed) return;
    this.changed(false);
    // Spread, so that a server that restarts is not asked by everybody at once.
    const wait = Math.min(FIRST_RETRY_MS * 2 ** this.retry++, LAST_RETRY_MS);
    this.timer = window.setTimeout(this.now, wait * (0.5 + Math.random() / 2));
  };

  private readonly now = (): void => {
    this.drop();
    if (!this.closed) this.open();
  };

  private drop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    const { socket } = this;
    this.connected = false;
    this.socket = null;
    socket?.close();
  }
}
