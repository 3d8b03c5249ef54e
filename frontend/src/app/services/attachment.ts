import { HttpClient, HttpEventType } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import {
  BehaviorSubject,
  catchError,
  EMPTY,
  filter,
  map,
  type Observable,
  takeUntil,
  tap,
} from 'rxjs';

import type { Attachment } from '../api/schema';
import { ApiError } from './core/api-error';
import { RequestQueue } from './core/request-queue';
import { withRequestTimeout } from './core/request-timeout';
import { randomKey } from './core/random-key';
import { TicketService } from './ticket';

/** A file that is being uploaded to a ticket, or whose upload failed. */
export interface Upload {
  readonly id: string;
  readonly ticketId: string;
  readonly file: File;
  /** 0 to 1. */
  readonly progress: number;
  readonly error: ApiError | null;
}

const MAX_BYTES = 10 * 1024 * 1024;

@Injectable({ providedIn: 'root' })
export class AttachmentService {
  private readonly http = inject(HttpClient);
  private readonly tickets = inject(TicketService);
  private readonly uploadsSubject = new BehaviorSubject<readonly Upload[]>([]);
  private readonly queue = new RequestQueue();

  uploads$(ticketId: string): Observable<readonly Upload[]> {
    return this.uploadsSubject.pipe(
      map((uploads) => uploads.filter((upload) => upload.ticketId === ticketId)),
    );
  }

  /** Uploads a ticket's files one after another, also while the agent is elsewhere. */
  upload(ticketId: string, files: readonly File[]): void {
    for (const file of files) {
      const tooLarge = file.size > MAX_BYTES ? new ApiError(413, { code: 'too_large' }) : null;
      const upload = { id: randomKey(), ticketId, file, progress: 0, error: tooLarge };
      this.uploadsSubject.next([...this.uploadsSubject.value, upload]);
      if (!tooLarge) this.queue.add([ticketId], () => this.send(upload));
    }
  }

  retry(upload: Upload): void {
    this.dismiss(upload.id);
    this.upload(upload.ticketId, [upload.file]);
  }

  /** Removes an upload; one that is under way or waiting is cancelled. */
  dismiss(id: string): void {
    this.uploadsSubject.next(this.uploadsSubject.value.filter((upload) => upload.id !== id));
  }

  content$(ticketId: string, { attachmentId }: Attachment): Observable<Blob> {
    return this.http.get(`/api/v2/tickets/${ticketId}/attachments/${attachmentId}`, {
      responseType: 'blob',
    });
  }

  private send({ id, ticketId, file }: Upload): Observable<unknown> {
    const dismissed$ = this.uploadsSubject.pipe(
      filter((uploads) => uploads.every((upload) => upload.id !== id)),
    );
    const body = new FormData();
    body.append('file', file, file.name);
    return this.http
      .post(`/api/v2/tickets/${ticketId}/attachments`, body, {
        reportProgress: true,
        observe: 'events',
      })
      .pipe(
        withRequestTimeout(),
        tap({
          next: (event) => {
            if (event.type !== HttpEventType.UploadProgress) return;
            this.change(id, { progress: event.loaded / (event.total ?? file.size) });
          },
          complete: () => {
            this.dismiss(id);
            this.tickets.reload(ticketId);
          },
        }),
        catchError((error: ApiError) => {
          this.change(id, { error });
          return EMPTY;
        }),
        takeUntil(dismissed$),
      );
  }

  private change(id: string, part: Partial<Upload>): void {
    this.uploadsSubject.next(
      this.uploadsSubject.value.map((upload) =>
        upload.id === id ? { ...upload, ...part } : upload,
      ),
    );
  }
}
