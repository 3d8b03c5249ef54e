import type { APIRequestContext } from '@playwright/test';

import { expect, PASSWORD } from './people';

const API = '/api/v2';

/** Another program at work beside the browsers: signs in and opens tickets of a kind of their own. */
export class Program {
  /** On the tickets that it opens: another attempt at a test does not meet those of the first. */
  readonly tag = `lote-${Date.now()}`;

  /** One for all tests: the desk takes so many logins of an account a minute. */
  private static accessToken: Promise<string> | undefined;

  private constructor(
    private readonly request: APIRequestContext,
    private readonly headers: Record<string, string>,
  ) {}

  static async start(request: APIRequestContext): Promise<Program> {
    const accessToken = await (Program.accessToken ??= Program.login(request));
    return new Program(request, { Authorization: `Bearer ${accessToken}` });
  }

  private static async login(request: APIRequestContext): Promise<string> {
    const data = { email: 'admin@demo.test', password: PASSWORD };
    const answer = await request.post(`${API}/auth/login`, { data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return ((await answer.json()) as { accessToken: string }).accessToken;
  }

  async send(method: 'post' | 'put', path: string, data: object): Promise<unknown> {
    const answer = await this.request[method](API + path, { data, headers: this.headers });
    expect(answer.ok(), await answer.text()).toBe(true);
    return answer.json();
  }

  async get(path: string): Promise<unknown> {
    return (await this.request.get(API + path, { headers: this.headers })).json();
  }

  /** A web chat in which the desk has said so much. */
  async conversation(name: string, messages: number): Promise<string> {
    const phone = `+346${String(Date.now()).slice(-8)}`;
    const data = { name, phone, text: 'Hola' };
    const answer = await this.request.post(`${API}/channels/web/messages`, { data });
    const { conversationId } = (await answer.json()) as { conversationId: string };
    const path = `/conversations/${conversationId}`;
    await this.send('put', `${path}/mode`, { mode: 'human' });
    for (let number = 1; number <= messages; number++) {
      await this.send('post', `${path}/messages`, { text: `Mensaje ${number}` });
    }
    return conversationId;
  }

  async open(count: number, priority = 'medium'): Promise<string[]> {
    const phone = `+346${String(Date.now()).slice(-8)}`;
    const customer = await this.send('post', '/customers', { name: 'Frida Kahlo', phone });
    const { customerId } = customer as { customerId: string };
    const fields = { customerId, description: 'x', category: 'other', priority, tags: [this.tag] };
    const ids: string[] = [];
    for (let number = 1; number <= count; number++) {
      const ticket = await this.send('post', '/tickets', {
        ...fields,
        subject: `${this.tag} ${number}`,
      });
      ids.push((ticket as { ticketId: string }).ticketId);
    }
    return ids;
  }
}
