import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { FormControl, ReactiveFormsModule } from '@angular/forms';
import { ActivatedRoute, type Params, Router, RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { lucideUsers } from '@ng-icons/lucide';
import { debounceTime, map, switchMap } from 'rxjs';

import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import { AvatarComponent } from '../../components/ui/avatar';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { ErrorStateComponent } from '../../components/ui/error-state';
import { PaginationComponent } from '../../components/ui/pagination';
import { SkeletonComponent } from '../../components/ui/skeleton';
import { CustomerService } from '../../services/customer';
import { keepData } from '../../services/core/loadable';

const TYPING_MS = 200;

@Component({
  selector: 'app-customer-list-page',
  imports: [
    AsyncPipe,
    AvatarComponent,
    EmptyStateComponent,
    ErrorStateComponent,
    PageHeaderComponent,
    PaginationComponent,
    ReactiveFormsModule,
    RouterLink,
    SkeletonComponent,
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
  protected readonly search = new FormControl(
    this.route.snapshot.queryParamMap.get('search') ?? '',
    { nonNullable: true },
  );
  protected readonly page$ = this.route.queryParamMap.pipe(
    map((params) => ({
      search: params.get('search') ?? undefined,
      page: Math.max(1, Number(params.get('page')) || 1),
    })),
    switchMap((query) => this.service.list$(query)),
    keepData(),
  );

  constructor() {
    this.search.valueChanges
      .pipe(debounceTime(TYPING_MS), takeUntilDestroyed())
      .subscribe((search) => this.show({ search: search.trim() || null, page: null }));
  }

  protected show(queryParams: Params): void {
    void this.router.navigate([], {
      relativeTo: this.route,
      queryParams,
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }
}
