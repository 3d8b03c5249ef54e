import { CdkMenu, CdkMenuItem, CdkMenuTrigger } from '@angular/cdk/menu';
import { ChangeDetectionStrategy, Component, input, output, viewChild } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideChevronDown } from '@ng-icons/lucide';

import type { Agent, AgentRef } from '../../../api/schema';
import { AvatarComponent } from '../../ui/avatar';
import { openMenu } from '../../ui/open-menu';

/** Whose the ticket is, and to whom it can be given. */
@Component({
  selector: 'app-assignee-menu',
  imports: [AvatarComponent, CdkMenu, CdkMenuItem, CdkMenuTrigger, NgIcon, TranslocoPipe],
  template: `
    <button
      type="button"
      class="-mx-1 inline-flex max-w-full items-center gap-1.5 rounded-md px-1 py-0.5 transition-colors hover:bg-hover"
      [cdkMenuTriggerFor]="menu"
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
      <div cdkMenu class="menu">
        @if (assignedTo()?.agentId !== me().agentId) {
          <button cdkMenuItem type="button" class="menu-item" (cdkMenuItemTriggered)="give(me())">
            <app-avatar [name]="me().name" />
            {{ 'ticket.assign_me' | transloco }}
          </button>
        }
        @if (assignedTo()) {
          <button
            cdkMenuItem
            type="button"
            class="menu-item"
            (cdkMenuItemTriggered)="assign.emit(null)"
          >
            {{ 'ticket.assign_nobody' | transloco }}
          </button>
        }
        <div class="menu-line"></div>
        @for (agent of agents(); track agent.agentId) {
          @if (agent.agentId !== me().agentId && agent.agentId !== assignedTo()?.agentId) {
            <button
              cdkMenuItem
              type="button"
              class="menu-item"
              (cdkMenuItemTriggered)="give(agent)"
            >
              <app-avatar [name]="agent.name" />
              {{ agent.name }}
            </button>
          }
        }
      </div>
    </ng-template>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AssigneeMenuComponent {
  readonly assignedTo = input.required<AgentRef | null>();
  readonly agents = input.required<readonly Agent[]>();
  readonly me = input.required<Agent>();
  readonly assign = output<AgentRef | null>();

  private readonly trigger = viewChild.required(CdkMenuTrigger);
  protected readonly chevron = lucideChevronDown;

  protected give({ agentId, name }: AgentRef): void {
    this.assign.emit({ agentId, name });
  }

  open(): void {
    openMenu(this.trigger());
  }
}
