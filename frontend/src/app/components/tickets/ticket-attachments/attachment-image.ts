import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { catchError, combineLatest, EMPTY, Observable, switchMap } from 'rxjs';

import type { Attachment } from '../../../api/schema';
import { AttachmentService } from '../../../services/attachment';

/** A thumbnail of an image, fetched with the agent's token, which a plain address cannot carry. */
@Component({
  selector: 'app-attachment-image',
  imports: [AsyncPipe],
  template: `
    @if (address$ | async; as address) {
      <img [src]="address" alt="" class="size-full object-cover" />
    }
  `,
  host: { class: 'block size-10 overflow-hidden rounded-md bg-hover' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AttachmentImageComponent {
  readonly ticketId = input.required<string>();
  readonly attachment = input.required<Attachment>();

  private readonly service = inject(AttachmentService);
  protected readonly address$ = combineLatest([
    toObservable(this.ticketId),
    toObservable(this.attachment),
  ]).pipe(
    switchMap(([ticketId, attachment]) => this.service.content$(ticketId, attachment)),
    switchMap(objectUrl),
    catchError(() => EMPTY),
  );
}

function objectUrl(blob: Blob): Observable<string> {
  return new Observable((subscriber) => {
    const url = URL.createObjectURL(blob);
    subscriber.next(url);
    return () => URL.revokeObjectURL(url);
  });
}
