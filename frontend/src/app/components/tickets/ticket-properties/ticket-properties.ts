import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  input,
  output,
  viewChild,
  viewChildren,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';

import type { Agent, AgentRef, Ticket } from '../../../api/schema';
import type { FieldEdit, FieldText, TicketEdits } from '../../../services/tickets/ticket-edits';
import { type EditedField, PROPERTY_FIELDS, textOf } from '../../../services/tickets/ticket-fields';
import { BadgeComponent } from '../../ui/badge';
import { TimeComponent } from '../../ui/time';
import { AssigneeMenuComponent } from '../assignee-menu/assignee-menu';
import { type Categorization, CategoryEditorComponent } from '../category-editor/category-editor';
import { ChoiceMenuComponent } from '../choice-menu/choice-menu';
import { TicketFieldComponent } from '../ticket-field/ticket-field';
import { TicketSlaComponent } from '../ticket-sla/ticket-sla';

/** The short fields of a ticket. */
@Component({
  selector: 'app-ticket-properties',
  imports: [
    AssigneeMenuComponent,
    BadgeComponent,
    CategoryEditorComponent,
    ChoiceMenuComponent,
    RouterLink,
    TicketFieldComponent,
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
  readonly categorized = output<Categorization>();
  readonly editChange = output<FieldEdit>();
  readonly edited = output<FieldText>();

  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly assigneeMenu = viewChild.required(AssigneeMenuComponent);
  private readonly menus = viewChildren(ChoiceMenuComponent);
  protected readonly choices = PROPERTY_FIELDS.filter(({ control }) => control === 'choice');
  protected readonly texts = PROPERTY_FIELDS.filter(({ control }) => control !== 'choice');
  protected readonly textOf = textOf;

  get isVisible(): boolean {
    return this.element.checkVisibility();
  }

  openAssigneeMenu(): void {
    this.assigneeMenu().open();
  }

  openMenu(field: EditedField): void {
    this.menus()
      .find((menu) => menu.field() === field)
      ?.open();
  }
}
