import { convertToParamMap } from '@angular/router';

import { filterQuery, listQuery, tabCounts, viewOf } from './ticket-query';

describe('the query of a list', () => {
  it('begins with what is active, and lifts the filter for all', () => {
    expect(listQuery(convertToParamMap({}))['status']).toContain('new,open');
    expect(listQuery(convertToParamMap({ status: 'all' }))['status']).toBeUndefined();
  });

  it('asks for no order while searching, so that the best match comes first', () => {
    expect(filterQuery(convertToParamMap({ search: 'cobro' }))['sort']).toBeUndefined();
    const chosen = convertToParamMap({ search: 'cobro', sort: 'createdAt' });
    expect(filterQuery(chosen)['sort']).toBe('createdAt');
  });

  it('takes a cursor before a page, and no nonsense for a page', () => {
    const deep = listQuery(convertToParamMap({ page: '3', cursor: 'abc' }));
    expect([deep['cursor'], deep['page']]).toEqual(['abc', undefined]);
    for (const page of ['-2', 'x', '0', '']) {
      expect(listQuery(convertToParamMap({ page }))['page'])
        .withContext(page)
        .toBe(1);
    }
  });

  it('means whole days of the agent’s own calendar', () => {
    const day = convertToParamMap({ createdFrom: '2026-11-20', createdTo: '2026-11-20' });
    const { createdFrom, createdTo } = filterQuery(day);
    const hours = (Date.parse(String(createdTo)) - Date.parse(String(createdFrom))) / 3_600_000;
    expect(hours).toBeCloseTo(24, 3);
    expect(new Date(String(createdFrom)).getHours()).toBe(0);
    const broken = convertToParamMap({ createdFrom: 'yesterday' });
    expect(filterQuery(broken)['createdFrom']).toBeUndefined();
  });

  it('is kept as a view without the place in it', () => {
    const params = convertToParamMap({ priority: 'high', page: '3', cursor: 'abc' });
    expect(viewOf(params)).toEqual({ priority: 'high' });
  });

  it('counts each tab by its statuses', () => {
    const byStatus = { new: 2, open: 3, resolved: 4, closed: 5 };
    const counts = tabCounts({ byStatus, isExact: true });
    expect([counts['active'], counts['all']]).toEqual(['5', '14']);
    expect(tabCounts({ byStatus, isExact: false })['all']).toBe('14+');
  });
});
