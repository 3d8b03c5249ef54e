import { HttpEventType } from '@angular/common/http';
import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';

import { aTicket, pageOf } from '../testing/factories';
import { provideApplication } from '../testing/providers';
import { AttachmentService, type Upload } from './attachment';
import { TicketService } from './ticket';

const TICKET = 'TICKET-2026-000001';
const URL = `/api/v2/tickets/${TICKET}/attachments`;

describe('AttachmentService', () => {
  let service: AttachmentService;
  let http: HttpTestingController;
  let uploads: readonly Upload[];

  const file = (name: string, size = 3): File => {
    const made = new File(['abc'], name);
    Object.defineProperty(made, 'size', { value: size });
    return made;
  };
  const states = (): unknown[] =>
    uploads.map(({ file, progress, error }) => [file.name, progress, error?.code ?? null]);

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: provideApplication() });
    service = TestBed.inject(AttachmentService);
    http = TestBed.inject(HttpTestingController);
    service.uploads$(TICKET).subscribe((now) => (uploads = now));
  });

  afterEach(() => http.verify());

  it('uploads one file after another and tells how far each has come', () => {
    service.upload(TICKET, [file('a.txt'), file('b.txt')]);
    const first = http.expectOne(URL);
    first.event({ type: HttpEventType.UploadProgress, loaded: 1, total: 4 });
    expect(states()).toEqual([
      ['a.txt', 0.25, null],
      ['b.txt', 0, null],
    ]);
    first.flush({});
    expect(states()).toEqual([['b.txt', 0, null]]);
    http.expectOne(URL).flush({});
    expect(states()).toEqual([]);
  });

  it('has the ticket fetched again, and no list', () => {
    const tickets = TestBed.inject(TicketService);
    const shown = tickets.detail$(TICKET).subscribe();
    shown.add(tickets.list$({}).subscribe());
    http.expectOne('/api/v2/tickets').flush(pageOf());
    http.expectOne(`/api/v2/tickets/${TICKET}`).flush(aTicket());
    service.upload(TICKET, [file('a.txt')]);
    http.expectOne(URL).flush({});
    http.expectOne(`/api/v2/tickets/${TICKET}`).flush(aTicket());
    shown.unsubscribe();
    expect(states()).toEqual([]);
  });

  it('refuses what is too large before sending it', () => {
    service.upload(TICKET, [file('film.mp4', 10 * 1024 * 1024 + 1)]);
    http.expectNone(URL);
    expect(states()).toEqual([['film.mp4', 0, 'too_large']]);
    service.dismiss(uploads[0]?.id ?? '');
    expect(states()).toEqual([]);
  });

  it('keeps a file that failed, goes on with the next, and tries again when asked', () => {
    service.upload(TICKET, [file('a.txt'), file('b.txt')]);
    http.expectOne(URL).error(new ProgressEvent('error'));
    http.expectOne(URL).flush({});
    expect(states()).toEqual([['a.txt', 0, 'network']]);
    service.retry(uploads[0] as Upload);
    http.expectOne(URL).flush({});
    expect(states()).toEqual([]);
  });

  it('gives up an upload that has come to a halt, and holds up no other ticket', () => {
    jasmine.clock().install();
    service.upload(TICKET, [file('a.txt')]);
    const halted = http.expectOne(URL);
    service.upload('TICKET-2026-000002', [file('b.txt')]);
    http.expectOne('/api/v2/tickets/TICKET-2026-000002/attachments').flush({});
    for (let second = 0; second < 40; second += 20) {
      jasmine.clock().tick(20_000); // slow, but on its way
      halted.event({ type: HttpEventType.UploadProgress, loaded: 1, total: 4 });
    }
    expect(states()).toEqual([['a.txt', 0.25, null]]);
    jasmine.clock().tick(30_000);
    jasmine.clock().uninstall();
    expect(halted.cancelled).toBeTrue();
    expect(states()).toEqual([['a.txt', 0.25, 'network']]);
  });

  it('cancels an upload that is under way or waiting', () => {
    service.upload(TICKET, [file('a.txt'), file('b.txt'), file('c.txt')]);
    const first = http.expectOne(URL);
    const [a, b] = uploads;
    service.dismiss(b?.id ?? '');
    service.dismiss(a?.id ?? '');
    expect(first.cancelled).toBeTrue();
    expect(states()).toEqual([['c.txt', 0, null]]);
    http.expectOne(URL).flush({});
  });
});
