import { ChangeDetectionStrategy, Component, input, output, viewChild } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideChevronDown } from '@ng-icons/lucide';

import type { Agent, AgentRef } from '../../../api/schema';
import { ButtonComponent } from '../../ui/button';
import { AvatarComponent } from '../../ui/avatar';
import { MenuComponent, MenuItemComponent, MenuTriggerDirective } from '../../ui/menu';

/** The assignee, and a menu of other agents. */
@Component({
  selector: 'app-assignee-menu',
  imports: [
    ButtonComponent,
    AvatarComponent,
    MenuComponent,
    MenuItemComponent,
    MenuTriggerDirective,
    NgIcon,
    TranslocoPipe,
  ],
  template: `
    <button
      type="button"
      appButton="text"
      size="inline"
      [appMenuTrigger]="menu"
      [attr.aria-label]="
        ('ticket.assign' | transloco) +
        ': ' +
        (assignedTo()?.name ?? ('ticket.unassigned' | transloco))
      "
    >
      @if (assignedTo(); as agent) {
        <app-avatar [name]="agent.name" />
        <span class="truncate">{{ agent.name }}</span>
      } @else {
        <span class="text-ink-faint">{{ 'ticket.unassigned' | transloco }}</span>
      }
      <ng-icon [svg]="chevron" size="12" class="text-ink-faint" aria-hidden="true" />
    </button>
    <ng-template #menu>
      <app-menu>
        @if (assignedTo()?.agentId !== me().agentId) {
          <button appMenuItem (chosen)="give(me())">
            <app-avatar [name]="me().name" />
            {{ 'ticket.assign_me' | transloco }}
          </button>
        }
        @if (assignedTo()) {
          <button appMenuItem (chosen)="assign.emit(null)">
            {{ 'ticket.unassign' | transloco }}
          </button>
        }
        <hr class="my-1 border-line" />
        @for (agent of agents(); track agent.agentId) {
          @if (agent.agentId !== me().agentId && agent.agentId !== assignedTo()?.agentId) {
            <button appMenuItem (chosen)="give(agent)">
              <app-avatar [name]="agent.name" />
              {{ agent.name }}
            </button>
          }
        }
      </app-menu>
    </ng-template>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AssigneeMenuComponent {
  readonly assignedTo = input.required<AgentRef | null>();
  readonly agents = input.required<readonly Agent[]>();
  readonly me = input.required<Agent>();
  readonly assign = output<AgentRef | null>();

  private readonly trigger = viewChild.required(MenuTriggerDirective);
  protected readonly chevron = lucideChevronDown;

  protected give({ agentId, name }: AgentRef): void {
    this.assign.emit({ agentId, name });
  }

  open(): void {
    this.trigger().open();
  }
}
