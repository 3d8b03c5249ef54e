import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucidePencil, lucidePlus } from '@ng-icons/lucide';
import { BehaviorSubject, finalize, type Observable, switchMap } from 'rxjs';

import { type Agent, type AgentCreate, agentRoleValues, type AgentUpdate } from '../../api/schema';
import { AgentFormComponent } from '../../components/agents/agent-form/agent-form';
import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import { LoadedComponent } from '../../components/ui/loaded';
import { AvatarComponent } from '../../components/ui/avatar';
import { BadgeComponent } from '../../components/ui/badge';
import { ButtonComponent } from '../../components/ui/button';
import { DialogComponent } from '../../components/ui/dialog';
import { PaginationComponent } from '../../components/ui/pagination';
import { AgentService } from '../../services/agent';
import type { ApiError } from '../../services/core/api-error';
import { AuthService } from '../../services/auth';
import { ToastService } from '../../services/toast';

/** A change that needs a confirmation of its consequences. */
interface Asked {
  readonly agent: Agent;
  readonly change: AgentUpdate;
}

@Component({
  selector: 'app-agents-page',
  imports: [
    LoadedComponent,
    AgentFormComponent,
    AsyncPipe,
    AvatarComponent,
    BadgeComponent,
    ButtonComponent,
    DialogComponent,
    NgIcon,
    PageHeaderComponent,
    PaginationComponent,
    RouterLink,
    TranslocoPipe,
  ],
  templateUrl: './agents-page.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AgentsPage {
  private readonly toasts = inject(ToastService);
  protected readonly service = inject(AgentService);

  protected readonly icons = { edit: lucidePencil, plus: lucidePlus };
  protected readonly roles = agentRoleValues;
  protected readonly me$ = inject(AuthService).agent$;
  protected readonly number$ = new BehaviorSubject(1);
  protected readonly page$ = this.number$.pipe(switchMap((page) => this.service.list$(page)));
  /** The open form, with the account that it changes; null for a new one. */
  protected readonly form$ = new BehaviorSubject<{ readonly agent: Agent | null } | null>(null);
  protected readonly asked$ = new BehaviorSubject<Asked | null>(null);
  protected readonly busy$ = new BehaviorSubject(false);
  protected readonly problem$ = new BehaviorSubject<ApiError | null>(null);

  protected ask(agent: Agent, change: AgentUpdate): void {
    this.asked$.next({ agent, change });
  }

  protected close(): void {
    this.form$.next(null);
    this.asked$.next(null);
    this.problem$.next(null);
  }

  protected create(fields: AgentCreate): void {
    this.save(this.service.create(fields));
  }

  protected edit({ agentId }: Agent, change: AgentUpdate): void {
    this.save(this.service.update(agentId, change));
  }

  protected change({ agentId }: Agent, change: AgentUpdate): void {
    this.run(this.service.update(agentId, change), (error) => {
      this.asked$.next(null);
      this.toasts.failed(error);
    });
  }

  private save(answer$: Observable<Agent>): void {
    this.problem$.next(null);
    this.run(answer$, (error) => this.problem$.next(error));
  }

  private run(answer$: Observable<Agent>, failed: (error: ApiError) => void): void {
    this.busy$.next(true);
    answer$.pipe(finalize(() => this.busy$.next(false))).subscribe({
      next: ({ name }) => {
        this.close();
        this.toasts.show('success', 'agent.saved', { name });
      },
      error: failed,
    });
  }
}
