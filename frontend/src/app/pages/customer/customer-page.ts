import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import {
  lucideChevronLeft,
  lucideInbox,
  lucideMessagesSquare,
  lucidePlus,
  lucideUserX,
} from '@ng-icons/lucide';
import { BehaviorSubject, combineLatest, finalize, map, switchMap, tap } from 'rxjs';

import type { Customer, CustomerUpdate } from '../../api/schema';
import { ConversationRowComponent } from '../../components/conversations/conversation-row/conversation-row';
import { CustomerDetailsComponent } from '../../components/customers/customer-details/customer-details';
import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import { TicketListComponent } from '../../components/tickets/ticket-list/ticket-list';
import { TabsDirective, TabDirective } from '../../components/ui/tabs';
import { LoadedComponent } from '../../components/ui/loaded';
import { BackDirective } from '../../components/ui/back';
import { ButtonComponent } from '../../components/ui/button';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { PaginationComponent } from '../../components/ui/pagination';
import { TimeComponent } from '../../components/ui/time';
import { LocalNumberPipe } from '../../components/ui/local';
import type { ApiError } from '../../services/core/api-error';
import { ConversationService } from '../../services/conversation';
import { CustomerService } from '../../services/customer';
import { TicketService } from '../../services/ticket';
import { ToastService } from '../../services/toast';

const TABS = ['tickets', 'conversations', 'details'] as const;

@Component({
  selector: 'app-customer-page',
  imports: [
    LocalNumberPipe,
    TabDirective,
    TabsDirective,
    LoadedComponent,
    AsyncPipe,
    BackDirective,
    ButtonComponent,
    ConversationRowComponent,
    CustomerDetailsComponent,
    EmptyStateComponent,
    NgIcon,
    PageHeaderComponent,
    PaginationComponent,
    RouterLink,
    TicketListComponent,
    TimeComponent,
    TranslocoPipe,
  ],
  templateUrl: './customer-page.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class CustomerPage {
  readonly customerId = input.required<string>();

  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly toasts = inject(ToastService);
  private readonly customerId$ = toObservable(this.customerId);
  protected readonly customers = inject(CustomerService);
  protected readonly tickets = inject(TicketService);
  protected readonly conversations = inject(ConversationService);

  protected readonly tabs = TABS;
  protected readonly icons = {
    back: lucideChevronLeft,
    plus: lucidePlus,
    inbox: lucideInbox,
    talks: lucideMessagesSquare,
    missing: lucideUserX,
  };
  protected readonly saving$ = new BehaviorSubject(false);
  protected readonly problem$ = new BehaviorSubject<ApiError | null>(null);
  protected readonly tab$ = this.route.queryParamMap.pipe(
    map((params) => TABS.find((tab) => tab === params.get('tab')) ?? TABS[0]),
  );
  protected readonly customer$ = this.customerId$.pipe(
    switchMap((customerId) => this.customers.customer$(customerId)),
  );
  private readonly query$ = combineLatest([this.customerId$, this.route.queryParamMap]).pipe(
    map(([customerId, params]) => ({ customerId, page: Number(params.get('page')) || 1 })),
  );
  protected readonly page$ = this.query$.pipe(
    switchMap((query) =>
      this.tickets
        .list$(query)
        .pipe(tap(({ data }) => data && this.tickets.rememberList(data, query.page))),
    ),
  );
  protected readonly conversations$ = this.query$.pipe(
    switchMap((query) => this.conversations.list$(query)),
  );

  protected turnTo(page: number): void {
    void this.router.navigate([], {
      relativeTo: this.route,
      queryParams: { page: page > 1 ? page : null },
      queryParamsHandling: 'merge',
    });
  }

  protected save({ customerId }: Customer, changes: CustomerUpdate): void {
    this.saving$.next(true);
    this.problem$.next(null);
    this.customers
      .update(customerId, changes)
      .pipe(finalize(() => this.saving$.next(false)))
      .subscribe({
        next: () => this.toasts.show('success', 'customer.saved'),
        error: (error: ApiError) => {
          if (error.code === 'conflict' || error.code === 'validation_error') {
            this.problem$.next(error);
          } else {
            this.toasts.failed(error);
          }
        },
      });
  }
}
