/** `crypto.randomUUID` is missing where the page is served neither over https nor from loopback. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join(
    '',
  );
}
