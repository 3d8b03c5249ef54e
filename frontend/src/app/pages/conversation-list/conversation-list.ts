import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { lucideMessagesSquare } from '@ng-icons/lucide';
import { map, switchMap } from 'rxjs';

import { ConversationRowComponent } from '../../components/conversations/conversation-row/conversation-row';
import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { ErrorStateComponent } from '../../components/ui/error-state';
import { PaginationComponent } from '../../components/ui/pagination';
import { SkeletonComponent } from '../../components/ui/skeleton';
import { ConversationService } from '../../services/conversation';

const TABS = [
  { key: 'everything', query: {} },
  { key: 'unanswered', query: { unanswered: 'true' } },
  { key: 'flagged', query: { flagged: 'true' } },
  { key: 'human', query: { mode: 'human' } },
] as const;

@Component({
  selector: 'app-conversation-list-page',
  imports: [
    AsyncPipe,
    ConversationRowComponent,
    EmptyStateComponent,
    ErrorStateComponent,
    PageHeaderComponent,
    PaginationComponent,
    RouterLink,
    SkeletonComponent,
    TranslocoPipe,
  ],
  templateUrl: './conversation-list.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConversationListPage {
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  protected readonly service = inject(ConversationService);

  protected readonly tabs = TABS;
  protected readonly icon = lucideMessagesSquare;
  protected readonly view$ = this.route.queryParamMap.pipe(
    map((params) => params.get('view') ?? TABS[0].key),
  );
  protected readonly page$ = this.route.queryParamMap.pipe(
    map((params) => ({
      ...(TABS.find((tab) => tab.key === params.get('view')) ?? TABS[0]).query,
      page: Math.max(1, Number(params.get('page')) || 1),
    })),
    switchMap((query) => this.service.list$(query)),
  );

  protected turnTo(page: number): void {
    void this.router.navigate([], {
      relativeTo: this.route,
      queryParams: { page: page > 1 ? page : null },
      queryParamsHandling: 'merge',
    });
  }
}
