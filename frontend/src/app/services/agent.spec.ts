import { HttpTestingController } from '@angular/common/http/testing';
import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import type { Agent } from '../api/schema';
import { ANA } from '../testing/factories';
import { provideApplication } from '../testing/providers';
import { AgentService } from './agent';

describe('AgentService', () => {
  it('knows all colleagues, however many pages of them there are, but for who has gone', () => {
    TestBed.configureTestingModule({
      providers: [provideZonelessChangeDetection(), ...provideApplication()],
    });
    const http = TestBed.inject(HttpTestingController);
    let known: readonly Agent[] = [];
    TestBed.inject(AgentService).agents$.subscribe((agents) => (known = agents));
    const answer = (cursor: string | null, nextCursor: string | null, ...data: Agent[]): void =>
      http
        .expectOne(({ url, params }) => url === '/api/v2/agents' && params.get('cursor') === cursor)
        .flush({ data, pagination: { nextCursor } });
    const bruno = { ...ANA, agentId: 'bruno' };
    const gone = { ...ANA, agentId: 'gone', active: false };

    answer(null, 'next', ANA, gone);
    expect(known).toEqual([]);
    answer('next', null, bruno);
    expect(known).toEqual([ANA, bruno]);
    http.verify();
  });
});
