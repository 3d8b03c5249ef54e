/** The requests of the web channel. */
const API = '/api/v2/channels/web';
/** Without an answer by then a request counts as failed. */
const PATIENCE_MS = 30_000;

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly retryAfter: number,
  ) {
    super(String(status));
  }
}

/** GET, or POST with a body. Rejects with Refused when the server says no, else without an answer. */
export async function request<T>(
  server: string,
  path: string,
  token: string | null,
  body?: object,
): Promise<T> {
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  if (body) headers['Content-Type'] = 'application/json';
  const response = await fetch(server + API + path, {
    method: body ? 'POST' : 'GET',
    headers,
    body: body && JSON.stringify(body),
    credentials: 'omit',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok) {
    throw new Refused(response.status, Number(response.headers.get('Retry-After')) || 0);
  }
  return (await response.json()) as T;
}
