import { TestBed } from '@angular/core/testing';
import { BehaviorSubject } from 'rxjs';

import { ANA } from '../../testing/factories';
import { AuthService } from '../auth';
import { SavedViewService } from './saved-views';

describe('SavedViewService', () => {
  const bruno = { ...ANA, agentId: 'agent-bruno' };
  const auth = { agent: ANA, agent$: new BehaviorSubject(ANA) };
  let service: SavedViewService;
  let names: string[];

  beforeEach(() => {
    localStorage.clear();
    signIn(ANA);
    TestBed.configureTestingModule({ providers: [{ provide: AuthService, useValue: auth }] });
    service = TestBed.inject(SavedViewService);
    service.views$.subscribe((views) => (names = views.map(({ name }) => name)));
  });

  function signIn(agent: typeof ANA): void {
    auth.agent = agent;
    auth.agent$.next(agent);
  }

  it('keeps views by name, for their agent alone', () => {
    service.save({ name: 'Urgentes', query: { priority: 'urgent' } });
    service.save({ name: 'Míos', query: { assignedTo: 'me' } });
    service.save({ name: 'Urgentes', query: { priority: 'urgent,high' } });
    expect(names).toEqual(['Míos', 'Urgentes']);
    signIn(bruno);
    expect(names).toEqual([]);
    signIn(ANA);
    service.delete('Míos');
    expect(names).toEqual(['Urgentes']);
  });

  it('starts over where the stored views cannot be read', () => {
    localStorage.setItem(`mostrador.views.${ANA.agentId}`, '{"not": "a list"');
    signIn({ ...ANA });
    expect(names).toEqual([]);
  });
});
