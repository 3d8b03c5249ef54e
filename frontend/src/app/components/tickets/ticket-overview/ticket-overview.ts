import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideStar } from '@ng-icons/lucide';

import type { Ticket } from '../../../api/schema';
import type {
  EditedField,
  FieldEdit,
  FieldText,
  TicketEdits,
} from '../../../services/tickets/ticket-edits';
import { LIMITS } from '../../../services/tickets/ticket-rules';
import { EditableComponent } from '../../ui/editable';
import { TimeComponent } from '../../ui/time';

/** What a ticket is about, and how it came out. */
@Component({
  selector: 'app-ticket-overview',
  imports: [EditableComponent, NgIcon, TimeComponent, TranslocoPipe],
  templateUrl: './ticket-overview.html',
  host: { class: 'block space-y-4' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketOverviewComponent {
  readonly ticket = input.required<Ticket>();
  readonly edits = input.required<TicketEdits>();
  readonly saving = input.required<EditedField | null>();
  readonly editChange = output<FieldEdit>();
  readonly edited = output<FieldText>();

  protected readonly limits = LIMITS;
  protected readonly stars = [1, 2, 3, 4, 5];
  protected readonly icon = lucideStar;
}
