/** What a browser keeps of a conversation, for the next page and the other tabs. */
import type { Identity, ShownMessage } from './chat';

export interface Kept {
  readonly token: string | null;
  readonly readUntil: string;
  readonly unsent: readonly ShownMessage[];
}

interface Stored extends Kept {
  readonly identity: string;
}

export class Store {
  private readonly key: string;
  private readonly identity: string;

  constructor(server: string, { phone, identityHash }: Identity) {
    this.key = `mostrador-chat:${server}`;
    this.identity = `${phone ?? ''}${identityHash ? ' vouched' : ''}`;
  }

  /** Another identity on the same browser is another person: they get nothing of this one's. */
  load(): Kept | null {
    try {
      const stored = JSON.parse(localStorage.getItem(this.key) ?? 'null') as Stored | null;
      return stored?.identity === this.identity ? stored : null;
    } catch {
      return null; // no storage, or somebody else's: the conversation lasts as long as the page
    }
  }

  save(kept: Kept): void {
    const stored: Stored = { ...kept, identity: this.identity };
    try {
      localStorage.setItem(this.key, JSON.stringify(stored));
    } catch {
      // As above.
    }
  }

  /** Tells of what another tab saves. Returns how to stop. */
  watch(saved: (kept: Kept | null) => void): () => void {
    const listen = ({ key }: StorageEvent): void => {
      if (key === this.key) saved(this.load());
    };
    addEventListener('storage', listen);
    return () => removeEventListener('storage', listen);
  }
}
