import { CdkMenu, CdkMenuItem, CdkMenuTrigger } from '@angular/cdk/menu';
import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  input,
  output,
  viewChild,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideChevronDown } from '@ng-icons/lucide';

import type { Agent, AgentRef, Ticket } from '../../../api/schema';
import type { Priority } from '../../../api/types';
import {
  type EditedField,
  type FieldEdit,
  type FieldText,
  problemOfTags,
  type TicketEdits,
  textOf,
} from '../../../services/tickets/ticket-edits';
import { LIMITS, PRIORITIES } from '../../../services/tickets/ticket-rules';
import { BadgeComponent } from '../../ui/badge';
import { EditableComponent } from '../../ui/editable';
import { TimeComponent } from '../../ui/time';
import { openMenu } from '../../ui/open-menu';
import { AssigneeMenuComponent } from '../assignee-menu/assignee-menu';
import { type Categorization, CategoryEditorComponent } from '../category-editor/category-editor';
import { TicketPriorityComponent } from '../ticket-priority/ticket-priority';
import { TicketSlaComponent } from '../ticket-sla/ticket-sla';

/** Everything about a ticket that is one short value. */
@Component({
  selector: 'app-ticket-properties',
  imports: [
    AssigneeMenuComponent,
    BadgeComponent,
    CategoryEditorComponent,
    CdkMenu,
    CdkMenuItem,
    CdkMenuTrigger,
    EditableComponent,
    NgIcon,
    RouterLink,
    TicketPriorityComponent,
    TicketSlaComponent,
    TimeComponent,
    TranslocoPipe,
  ],
  templateUrl: './ticket-properties.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketPropertiesComponent {
  readonly ticket = input.required<Ticket>();
  readonly agents = input.required<readonly Agent[]>();
  readonly me = input.required<Agent>();
  readonly edits = input.required<TicketEdits>();
  readonly saving = input.required<EditedField | null>();
  readonly assign = output<AgentRef | null>();
  readonly priorityChange = output<Priority>();
  readonly categorized = output<Categorization>();
  readonly editChange = output<FieldEdit>();
  readonly edited = output<FieldText>();

  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly assigneeMenu = viewChild.required(AssigneeMenuComponent);
  private readonly priorityTrigger = viewChild.required(CdkMenuTrigger);
  protected readonly limits = LIMITS;
  protected readonly priorities = PRIORITIES;
  protected readonly chevron = lucideChevronDown;
  protected readonly problemOfTags = problemOfTags;
  protected readonly textOf = textOf;

  get isVisible(): boolean {
    return this.element.checkVisibility();
  }

  openAssigneeMenu(): void {
    this.assigneeMenu().open();
  }

  openPriorityMenu(): void {
    openMenu(this.priorityTrigger());
  }
}
