import { ChangeDetectionStrategy, Component, inject, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideFile, lucidePaperclip, lucideRotateCcw, lucideX } from '@ng-icons/lucide';

import type { Attachment } from '../../../api/schema';
import type { Upload } from '../../../services/attachment';
import { ErrorTextService } from '../../../services/core/error-text';
import { ButtonComponent } from '../../ui/button';
import { FileSizePipe } from '../../ui/local';
import { TimeComponent } from '../../ui/time';
import { LocalNumberPipe } from '../../ui/local';
import { AttachmentImageComponent } from './attachment-image';

const IMAGE = /^image\/(png|jpeg|gif|webp)$/;
/** Larger images get no thumbnail. */
const GLANCE_BYTES = 2 * 1024 * 1024;

/** The files of a ticket, the running uploads, and a button to add files. */
@Component({
  selector: 'app-ticket-attachments',
  imports: [
    LocalNumberPipe,
    AttachmentImageComponent,
    ButtonComponent,
    FileSizePipe,
    NgIcon,
    TimeComponent,
    TranslocoPipe,
  ],
  templateUrl: './ticket-attachments.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketAttachmentsComponent {
  readonly ticketId = input.required<string>();
  readonly attachments = input.required<readonly Attachment[]>();
  readonly uploads = input.required<readonly Upload[]>();
  readonly added = output<readonly File[]>();
  readonly opened = output<Attachment>();
  readonly retried = output<Upload>();
  readonly uploadDismissed = output<Upload>();

  protected readonly errorText = inject(ErrorTextService);
  protected readonly icons = {
    add: lucidePaperclip,
    file: lucideFile,
    retry: lucideRotateCcw,
    dismiss: lucideX,
  };

  protected isGlanceable({ contentType, size }: Attachment): boolean {
    return IMAGE.test(contentType) && size <= GLANCE_BYTES;
  }

  protected choose(input: HTMLInputElement): void {
    this.added.emit([...(input.files ?? [])]);
    input.value = ''; // the same file can be chosen again
  }
}
