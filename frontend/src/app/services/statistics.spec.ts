import type { HttpRequest } from '@angular/common/http';
import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';

import { provideApplication } from '../testing/providers';
import { StatisticsService } from './statistics';

const STATISTICS = ({ url }: HttpRequest<unknown>): boolean => url === '/api/v2/tickets/stats';

describe('StatisticsService', () => {
  beforeEach(() => jasmine.clock().install());
  afterEach(() => jasmine.clock().uninstall());

  it('asks for the days of the time zone that the agent is in', () => {
    spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions').and.returnValue({
      timeZone: 'America/Mexico_City',
    } as Intl.ResolvedDateTimeFormatOptions);
    TestBed.configureTestingModule({ providers: provideApplication() });
    const http = TestBed.inject(HttpTestingController);
    const shown = TestBed.inject(StatisticsService).statistics$.subscribe();
    const { params } = http.expectOne(STATISTICS).request;
    expect(params.get('timezone')).toBe('America/Mexico_City');
    shown.unsubscribe();
  });

  it('counts again every minute, because a deadline passes without an event', () => {
    TestBed.configureTestingModule({ providers: provideApplication() });
    const http = TestBed.inject(HttpTestingController);
    const shown = TestBed.inject(StatisticsService).statistics$.subscribe();
    http.expectOne(STATISTICS).flush({});
    jasmine.clock().tick(59_000);
    http.expectNone(STATISTICS);
    jasmine.clock().tick(1_000);
    http.expectOne(STATISTICS).flush({});
    shown.unsubscribe();
    jasmine.clock().tick(60_000);
    http.expectNone(STATISTICS);
    expect().nothing();
  });
});
