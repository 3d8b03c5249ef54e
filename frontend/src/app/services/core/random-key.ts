/**
 * Returns a random key. `crypto.randomUUID` is missing unless the page comes over https or from
 * loopback.
 */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join(
    '',
  );
}
