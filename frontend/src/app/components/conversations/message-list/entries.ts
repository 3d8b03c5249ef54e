import type { Message } from '../../../api/schema';

/** A message, and how it stands among the others. */
export interface Entry {
  readonly message: Message;
  /** Begins a day. */
  readonly day: boolean;
  /** The first that the reader has not seen. */
  readonly unseen: boolean;
  /** Begins, and ends, what its author says in one go. */
  readonly first: boolean;
  readonly last: boolean;
}

/** A pause this long begins something new. */
const PAUSE_MS = 5 * 60_000;

/** `seenUntil`: up to when the reader has seen them, ISO 8601; null when nothing is to be marked. */
export function entriesOf(
  messages: readonly Message[],
  seenUntil: string | null,
): readonly Entry[] {
  const unseen =
    seenUntil === null
      ? undefined
      : messages.find(
          ({ author, createdAt }) => author.type === 'customer' && createdAt > seenUntil,
        );
  const begins = (at: number): boolean =>
    messages[at] === undefined ||
    messages[at] === unseen ||
    !goesOn(messages[at - 1], messages[at]);
  return messages.map((message, at) => ({
    message,
    day: dayOf(messages[at - 1]) !== dayOf(message),
    unseen: message === unseen,
    first: begins(at),
    last: begins(at + 1),
  }));
}

function goesOn(before: Message | undefined, message: Message): boolean {
  return (
    before?.author.id === message.author.id &&
    before.author.type === message.author.type &&
    dayOf(before) === dayOf(message) &&
    Date.parse(message.createdAt) - Date.parse(before.createdAt) < PAUSE_MS
  );
}

function dayOf(message: Message | undefined): string | undefined {
  return message && new Date(message.createdAt).toDateString();
}
