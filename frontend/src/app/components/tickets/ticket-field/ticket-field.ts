import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';

import type { Ticket } from '../../../api/schema';
import type { FieldEdit, FieldText, TicketEdits } from '../../../services/tickets/ticket-edits';
import {
  type EditedField,
  type FormTicketField,
  TICKET_FIELDS,
  textOf,
} from '../../../services/tickets/ticket-fields';
import { EditableComponent } from '../../ui/editable';

/** A text of a ticket, editable in place. How it looks while it is read is projected. */
@Component({
  selector: 'app-ticket-field',
  imports: [EditableComponent, TranslocoPipe],
  template: `
    @let shape = description();
    <app-editable
      [label]="shape.label | transloco"
      [value]="value()"
      [draft]="edits()[field()] ?? null"
      [limit]="shape.limit ?? 0"
      [multiline]="shape.control === 'paragraph'"
      [required]="!!shape.required"
      [hint]="shape.hint ? (shape.hint | transloco) : ''"
      [check]="shape.check ?? unchecked"
      [busy]="saving() === field()"
      (draftChange)="editChange.emit({ field: field(), text: $event })"
      (saved)="edited.emit({ field: field(), text: $event })"
    >
      <ng-content />
    </app-editable>
  `,
  host: { class: 'block min-w-0' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketFieldComponent {
  readonly ticket = input.required<Ticket>();
  readonly field = input.required<EditedField>();
  readonly edits = input.required<TicketEdits>();
  readonly saving = input.required<EditedField | null>();
  readonly editChange = output<FieldEdit>();
  readonly edited = output<FieldText>();

  protected readonly description = computed<FormTicketField>(() => TICKET_FIELDS[this.field()]);
  protected readonly value = computed(() => textOf(this.ticket(), this.field()));
  protected readonly unchecked = (): null => null;
}
