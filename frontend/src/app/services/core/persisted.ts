/** A value kept in this browser. */
export interface Persisted<T> {
  read(): T;
  write(value: T): void;
  forget(): void;
}

/** Values that the browser refused to store. They last until the page is closed. */
const unsaved = new Map<string, string>();

/**
 * Returns a value of `localStorage`, `initial` while nothing (or nothing of its kind) is stored.
 * Texts are stored as they are, everything else as JSON; the fields that a stored object lacks are
 * those of `initial`. Where storage is denied or full, values last until the page is closed.
 */
export function persisted<T>(key: string, initial: T): Persisted<T> {
  return {
    read: () => decoded(load(key), initial),
    write: (value) => save(key, typeof value === 'string' ? value : JSON.stringify(value)),
    forget: () => remove(key),
  };
}

function decoded<T>(text: string | null, initial: T): T {
  if (text === null) return initial;
  if (typeof initial === 'string') return text as T;
  try {
    const value: unknown = JSON.parse(text);
    const isOfItsKind =
      value !== null &&
      typeof value === typeof initial &&
      Array.isArray(value) === Array.isArray(initial);
    if (!isOfItsKind) return initial;
    return Array.isArray(value) || typeof value !== 'object'
      ? (value as T)
      : { ...initial, ...value };
  } catch {
    return initial; // not JSON
  }
}

function load(key: string): string | null {
  const text = unsaved.get(key);
  if (text !== undefined) return text;
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // denied
  }
}

function save(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
    unsaved.delete(key);
  } catch {
    unsaved.set(key, text); // denied or full
  }
}

function remove(key: string): void {
  unsaved.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Denied: there is nothing to remove.
  }
}
