import { HttpClient } from '@angular/common/http';
import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';

import { ANA } from '../testing/factories';
import { provideApplication } from '../testing/providers';
import type { ApiError } from './core/api-error';
import { AuthService } from './auth';

const session = (accessToken: string): object => ({ accessToken, expiresIn: 900, agent: ANA });
const EXPIRED = { status: 401, statusText: 'Unauthorized' };

describe('signing in', () => {
  let auth: AuthService;
  let api: HttpClient;
  let http: HttpTestingController;

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: provideApplication() });
    auth = TestBed.inject(AuthService);
    api = TestBed.inject(HttpClient);
    http = TestBed.inject(HttpTestingController);
  });

  afterEach(() => http.verify());

  function signIn(): void {
    auth.login(ANA.email, 'secret').subscribe();
    http.expectOne('/api/v2/auth/login').flush(session('first'));
  }

  it('creates the first admin and signs in', () => {
    const fields = { token: 'once', name: ANA.name, email: ANA.email, password: 'secret' };
    auth.setUp(fields).subscribe();
    const call = http.expectOne('/api/v2/auth/setup');
    expect(call.request.body).toEqual(fields);
    call.flush(session('first'));
    expect(auth.token).toBe('first');
  });

  it('puts the token on every later call', () => {
    signIn();
    api.get('/api/v2/tickets').subscribe();
    const { request } = http.expectOne('/api/v2/tickets');
    expect(request.headers.get('Authorization')).toBe('Bearer first');
    expect(auth.agent?.name).toBe(ANA.name);
  });

  it('renews an expired token once and repeats the call', () => {
    signIn();
    let answer: unknown;
    api.get('/api/v2/tickets').subscribe((value) => (answer = value));
    http.expectOne('/api/v2/tickets').flush({ code: 'unauthenticated' }, EXPIRED);
    http.expectOne('/api/v2/auth/refresh').flush(session('second'));
    const again = http.expectOne('/api/v2/tickets');
    expect(again.request.headers.get('Authorization')).toBe('Bearer second');
    again.flush('done');
    expect(answer).toBe('done');
  });

  it('renews once for several calls at a time', () => {
    signIn();
    api.get('/api/v2/tickets').subscribe();
    api.get('/api/v2/agents').subscribe();
    http.expectOne('/api/v2/tickets').flush({ code: 'unauthenticated' }, EXPIRED);
    http.expectOne('/api/v2/agents').flush({ code: 'unauthenticated' }, EXPIRED);
    http.expectOne('/api/v2/auth/refresh').flush(session('second'));
    http.expectOne('/api/v2/tickets').flush([]);
    http.expectOne('/api/v2/agents').flush([]);
    expect(auth.token).toBe('second');
  });

  it('does not go round in circles when the new token is refused too', () => {
    signIn();
    let problem: ApiError | undefined;
    api.get('/api/v2/tickets').subscribe({ error: (error: ApiError) => (problem = error) });
    http.expectOne('/api/v2/tickets').flush({ code: 'unauthenticated' }, EXPIRED);
    http.expectOne('/api/v2/auth/refresh').flush(session('second'));
    http.expectOne('/api/v2/tickets').flush({ code: 'unauthenticated' }, EXPIRED);
    expect(problem?.code).toBe('unauthenticated');
  });

  it('signs out when the session has ended', () => {
    signIn();
    let problem: ApiError | undefined;
    api.get('/api/v2/tickets').subscribe({ error: (error: ApiError) => (problem = error) });
    http.expectOne('/api/v2/tickets').flush({ code: 'unauthenticated' }, EXPIRED);
    http.expectOne('/api/v2/auth/refresh').flush({ code: 'unauthenticated' }, EXPIRED);
    expect(problem?.status).toBe(401);
    expect(auth.agent).toBeNull();
  });

  it('asks to sign in again rather than go on in the name of who did so in another tab', () => {
    signIn();
    let problem: ApiError | undefined;
    auth.refresh().subscribe({ error: (error: ApiError) => (problem = error) });
    const another = { ...ANA, agentId: 'agent-sergio' };
    http.expectOne('/api/v2/auth/refresh').flush({ ...session('his'), agent: another });
    expect([problem?.status, auth.agent, auth.token]).toEqual([401, null, null]);

    auth.logout().subscribe();
    http.expectOne('/api/v2/auth/logout').flush(null);
    auth.refresh().subscribe();
    http.expectOne('/api/v2/auth/refresh').flush({ ...session('his'), agent: another });
    expect(auth.agent?.agentId).toBe('agent-sergio');
  });

  it('stays signed in when the server only cannot be reached', () => {
    signIn();
    auth.refresh().subscribe({ error: () => undefined });
    http.expectOne('/api/v2/auth/refresh').error(new ProgressEvent('error'));
    expect(auth.agent).toEqual(ANA);
  });

  it('restores the session of an earlier visit by the cookie', () => {
    let restored: boolean | undefined;
    auth.restore().subscribe((value) => (restored = value));
    http.expectOne('/api/v2/auth/refresh').flush(session('again'));
    expect(restored).toBeTrue();
    auth.restore().subscribe();
    http.expectNone('/api/v2/auth/refresh');
  });

  it('waits for a token while nobody is signed in', () => {
    const tokens: string[] = [];
    auth.freshToken().subscribe((token) => tokens.push(token));
    expect(tokens).toEqual([]);
    signIn();
    expect(tokens).toEqual(['first']);
  });

  it('forgets the session at sign-out even if the server does not answer', () => {
    signIn();
    auth.logout().subscribe();
    http.expectOne('/api/v2/auth/logout').error(new ProgressEvent('error'));
    expect(auth.token).toBeNull();
  });

  describe('a failure', () => {
    const failing = (): (() => ApiError | undefined) => {
      let problem: ApiError | undefined;
      api.get('/x').subscribe({ error: (error: ApiError) => (problem = error) });
      return () => problem;
    };

    it('carries the code, detail and field errors of the API', () => {
      const problem = failing();
      http
        .expectOne('/x')
        .flush(
          { code: 'validation_error', detail: 'Look again.', errors: { subject: ['Too long.'] } },
          { status: 422, statusText: 'Unprocessable' },
        );
      expect(problem()).toEqual(
        jasmine.objectContaining({ status: 422, code: 'validation_error', detail: 'Look again.' }),
      );
      expect(problem()?.errors['subject']).toEqual(['Too long.']);
    });

    it('is named when no answer came', () => {
      const problem = failing();
      http.expectOne('/x').error(new ProgressEvent('error'));
      expect(problem()).toEqual(jasmine.objectContaining({ status: 0, code: 'network' }));
    });

    it('is named when the answer is not the API’s', () => {
      const problem = failing();
      http.expectOne('/x').flush('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad' });
      expect(problem()).toEqual(jasmine.objectContaining({ status: 502, code: 'unexpected' }));
    });
  });
});
