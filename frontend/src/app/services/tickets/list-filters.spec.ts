import { ANA, aRow } from '../../testing/factories';
import { matches } from './list-filters';

describe('matches', () => {
  const assignedTo = { agentId: ANA.agentId, name: ANA.name };
  const ticket = aRow({ status: 'open', priority: 'high', assignedTo, tags: ['pago'] });

  for (const query of [
    {},
    { status: 'new,open' },
    { priority: 'high', tag: 'pago' },
    { assignedTo: 'me' },
    { assignedTo: ANA.agentId },
    { escalated: false },
    { sla: 'on_track,at_risk' },
    { createdFrom: '2026-11-20T11:00:00+01:00', createdTo: '2026-11-20T10:00:00Z' },
    { customerId: 'customer-1', category: '' },
    { search: 'anything', sort: '-createdAt', page: 3 },
  ]) {
    it(`takes the ticket for ${JSON.stringify(query)}`, () => {
      expect(matches(query, ticket, ANA.agentId)).toBeTrue();
    });
  }

  for (const query of [
    { status: 'new,in_progress' },
    { priority: 'high', tag: 'envío' },
    { assignedTo: 'unassigned' },
    { assignedTo: 'somebody-else' },
    { escalated: true },
    { sla: 'breached' },
    { createdFrom: '2026-11-20T10:00:01Z' },
    { updatedSince: '2026-11-21T00:00:00Z' },
    { conversationId: 'conversation-1' },
  ]) {
    it(`refuses the ticket for ${JSON.stringify(query)}`, () => {
      expect(matches(query, ticket, ANA.agentId)).toBeFalse();
    });
  }
});
