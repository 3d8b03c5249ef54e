import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { ActivatedRoute, type Params, Router, RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { lucideUsers } from '@ng-icons/lucide';
import { map, switchMap } from 'rxjs';

import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import { LoadedComponent } from '../../components/ui/loaded';
import { AvatarComponent } from '../../components/ui/avatar';
import { DebouncedDirective } from '../../components/ui/debounced';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { PaginationComponent } from '../../components/ui/pagination';
import { CustomerService } from '../../services/customer';
import { keepData } from '../../services/core/loadable';

@Component({
  selector: 'app-customer-list-page',
  imports: [
    LoadedComponent,
    AsyncPipe,
    AvatarComponent,
    DebouncedDirective,
    EmptyStateComponent,
    PageHeaderComponent,
    PaginationComponent,
    RouterLink,
    TranslocoPipe,
  ],
  templateUrl: './customer-list-page.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class CustomerListPage {
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  protected readonly service = inject(CustomerService);

  protected readonly icon = lucideUsers;
  protected readonly search$ = this.route.queryParamMap.pipe(
    map((params) => params.get('search') ?? ''),
  );
  protected readonly page$ = this.route.queryParamMap.pipe(
    map((params) => ({
      search: params.get('search') ?? undefined,
      page: Math.max(1, Number(params.get('page')) || 1),
    })),
    switchMap((query) => this.service.list$(query)),
    keepData(),
  );

  protected show(queryParams: Params): void {
    void this.router.navigate([], {
      relativeTo: this.route,
      queryParams,
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }
}
