import {
  ChangeDetectionStrategy,
  Component,
  computed,
  input,
  output,
  viewChild,
} from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideChevronDown } from '@ng-icons/lucide';

import type { Ticket } from '../../../api/schema';
import type { Priority } from '../../../api/types';
import {
  type EditedField,
  type FormTicketField,
  TICKET_FIELDS,
} from '../../../services/tickets/ticket-fields';
import { ButtonComponent } from '../../ui/button';
import { MenuComponent, MenuItemComponent, MenuTriggerDirective } from '../../ui/menu';
import { TicketPriorityComponent } from '../ticket-priority/ticket-priority';

/** The value of a field with fixed choices, and a menu of the others. */
@Component({
  selector: 'app-choice-menu',
  imports: [
    ButtonComponent,
    MenuComponent,
    MenuItemComponent,
    MenuTriggerDirective,
    NgIcon,
    TicketPriorityComponent,
    TranslocoPipe,
  ],
  template: `
    @let shape = description();
    <button
      type="button"
      appButton="text"
      size="inline"
      [appMenuTrigger]="menu"
      [attr.aria-label]="
        ('ticket.change_' + field() | transloco) + ': ' + (shape.prefix + value() | transloco)
      "
    >
      @if (priority(); as priority) {
        <app-ticket-priority [priority]="priority" />
      } @else {
        {{ shape.prefix + value() | transloco }}
      }
      <ng-icon [svg]="chevron" size="12" class="text-ink-faint" aria-hidden="true" />
    </button>
    <ng-template #menu>
      <app-menu>
        @for (choice of shape.choices; track choice) {
          @if (choice !== value()) {
            <button appMenuItem (chosen)="chosen.emit(choice)">
              @if (priority()) {
                <app-ticket-priority [priority]="$any(choice)" />
              } @else {
                {{ shape.prefix + choice | transloco }}
              }
            </button>
          }
        }
      </app-menu>
    </ng-template>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ChoiceMenuComponent {
  readonly ticket = input.required<Ticket>();
  readonly field = input.required<EditedField>();
  readonly chosen = output<string>();

  private readonly trigger = viewChild.required(MenuTriggerDirective);
  protected readonly description = computed<FormTicketField>(() => TICKET_FIELDS[this.field()]);
  protected readonly value = computed(() => TICKET_FIELDS[this.field()].read(this.ticket()));
  /** Priorities are shown with an icon. */
  protected readonly priority = computed<Priority | null>(() =>
    this.field() === 'priority' ? this.ticket().priority : null,
  );
  protected readonly chevron = lucideChevronDown;

  open(): void {
    this.trigger().open();
  }
}
