import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideInbox, lucidePlus, lucideUserX } from '@ng-icons/lucide';
import { combineLatest, map, switchMap } from 'rxjs';

import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import { TicketListComponent } from '../../components/tickets/ticket-list/ticket-list';
import { ButtonComponent } from '../../components/ui/button';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { ErrorStateComponent } from '../../components/ui/error-state';
import { PaginationComponent } from '../../components/ui/pagination';
import { PanelComponent } from '../../components/ui/panel';
import { SkeletonComponent } from '../../components/ui/skeleton';
import { TimeComponent } from '../../components/ui/time';
import { CustomerService } from '../../services/customer';
import { TicketService } from '../../services/ticket';

@Component({
  selector: 'app-customer-page',
  imports: [
    AsyncPipe,
    ButtonComponent,
    EmptyStateComponent,
    ErrorStateComponent,
    NgIcon,
    PageHeaderComponent,
    PaginationComponent,
    PanelComponent,
    RouterLink,
    SkeletonComponent,
    TicketListComponent,
    TimeComponent,
    TranslocoPipe,
  ],
  templateUrl: './customer.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class CustomerPage {
  readonly customerId = input.required<string>();

  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly customerId$ = toObservable(this.customerId);
  protected readonly customers = inject(CustomerService);
  protected readonly tickets = inject(TicketService);

  protected readonly plus = lucidePlus;
  protected readonly inbox = lucideInbox;
  protected readonly missing = lucideUserX;
  protected readonly customer$ = this.customerId$.pipe(
    switchMap((customerId) => this.customers.customer$(customerId)),
  );
  protected readonly page$ = combineLatest([this.customerId$, this.route.queryParamMap]).pipe(
    map(([customerId, params]) => ({ customerId, page: Number(params.get('page')) || 1 })),
    switchMap((query) => this.tickets.list$(query)),
  );

  protected turnTo(page: number): void {
    void this.router.navigate([], { relativeTo: this.route, queryParams: { page } });
  }
}
