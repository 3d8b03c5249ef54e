import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideStar } from '@ng-icons/lucide';

import type { Ticket } from '../../../api/schema';
import type { FieldEdit, FieldText, TicketEdits } from '../../../services/tickets/ticket-edits';
import type { EditedField } from '../../../services/tickets/ticket-fields';
import { TimeComponent } from '../../ui/time';
import { LinkedTextComponent } from '../../ui/linked-text';
import { TicketFieldComponent } from '../ticket-field/ticket-field';

/** The description of a ticket and its outcome. */
@Component({
  selector: 'app-ticket-overview',
  imports: [LinkedTextComponent, TicketFieldComponent, NgIcon, TimeComponent, TranslocoPipe],
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

  protected readonly stars = [1, 2, 3, 4, 5];
  protected readonly icon = lucideStar;
}
