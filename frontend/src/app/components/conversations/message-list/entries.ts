import type { Message } from '../../../api/schema';

/** A message and its place among the others. */
export interface Entry {
  readonly message: Message;
  /** The first of its day. */
  readonly day: boolean;
  /** The first unread one. */
  readonly unseen: boolean;
  /** The first, and the last, of its author's consecutive messages. */
  readonly first: boolean;
  readonly last: boolean;
}

/** Messages further apart are not consecutive. */
const PAUSE_MS = 5 * 60_000;

/**
 * Returns the messages with their places. `seenUntil`: until when they have been read, ISO 8601;
 * null marks none as unread.
 */
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
