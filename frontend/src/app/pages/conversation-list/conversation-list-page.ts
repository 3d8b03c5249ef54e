import { AsyncPipe } from '@angular/common';
import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  Injector,
} from '@angular/core';
import { ActivatedRoute, type ParamMap, type Params, Router, RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { lucideMessagesSquare } from '@ng-icons/lucide';
import { map, shareReplay, Subject, switchMap, tap } from 'rxjs';

import type { Conversation } from '../../api/schema';
import { ConversationRowComponent } from '../../components/conversations/conversation-row/conversation-row';
import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import { TabsDirective, TabDirective } from '../../components/ui/tabs';
import { LoadedComponent } from '../../components/ui/loaded';
import { ButtonComponent } from '../../components/ui/button';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { NewsBarComponent } from '../../components/ui/news-bar';
import { PaginationComponent } from '../../components/ui/pagination';
import { cameFrom } from '../../services/core/previous-page';
import { ConversationService } from '../../services/conversation';
import { keepData } from '../../services/core/loadable';
import { ReadMarksService } from '../../services/conversations/read-marks';
import { ShortcutService } from '../../services/core/shortcuts';

const NO_TAB = { unanswered: null, flagged: null, page: null };
const TABS = [
  { key: 'everything', params: NO_TAB },
  { key: 'unanswered', params: { ...NO_TAB, unanswered: true } },
  { key: 'flagged', params: { ...NO_TAB, flagged: true } },
] as const;

const FILTERS = [
  {
    name: 'mode',
    label: 'conversation.who_answers',
    any: 'conversation.any_mode',
    prefix: 'mode.',
    options: ['assistant', 'human'],
  },
  {
    name: 'channel',
    label: 'conversation.channel',
    any: 'conversation.any_channel',
    prefix: 'channel.',
    options: ['web', 'whatsapp'],
  },
] as const;

@Component({
  selector: 'app-conversation-list-page',
  imports: [
    TabDirective,
    TabsDirective,
    LoadedComponent,
    AsyncPipe,
    ButtonComponent,
    ConversationRowComponent,
    EmptyStateComponent,
    NewsBarComponent,
    PageHeaderComponent,
    PaginationComponent,
    RouterLink,
    TranslocoPipe,
  ],
  templateUrl: './conversation-list-page.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConversationListPage {
  private readonly injector = inject(Injector);
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly marks = inject(ReadMarksService);
  protected readonly service = inject(ConversationService);

  protected readonly tabs = TABS;
  protected readonly filters = FILTERS;
  protected readonly icon = lucideMessagesSquare;
  protected readonly marks$ = this.marks.marks$;
  protected readonly view$ = this.route.queryParamMap.pipe(
    map(viewOf),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  private readonly renewSubject = new Subject<void>();
  protected hovered = false;
  protected readonly page$ = this.view$.pipe(
    tap(() => (this.hovered = false)),
    switchMap(({ query }) =>
      this.service.frozenList$(query, this.renewSubject, () => this.reading()),
    ),
    tap(({ data }) => data && this.comeBack()),
    keepData(),
  );
  private returnTo = cameFrom('conversations');

  constructor() {
    inject(ShortcutService).register('title.conversations', [
      { keys: 'j', label: 'shortcuts.next_conversation', run: () => this.step(1), repeats: true },
      {
        keys: 'k',
        label: 'shortcuts.previous_conversation',
        run: () => this.step(-1),
        repeats: true,
      },
    ]);
  }

  protected renew(): void {
    this.renewSubject.next();
    document.getElementById('main')?.scrollTo({ top: 0 });
  }

  /** Scrolls to the conversation that was open before, and focuses it. */
  private comeBack(): void {
    if (!this.returnTo) return;
    const row = `[data-conversation="${this.returnTo}"]`;
    this.returnTo = null;
    const focus = (): void => {
      this.element.querySelector<HTMLElement>(row)?.focus({ preventScroll: true });
      this.element.querySelector(row)?.scrollIntoView({ block: 'center' });
    };
    afterNextRender(focus, { injector: this.injector });
  }

  /** Returns whether the agent is at a row and would lose it if rows moved. */
  private reading(): boolean {
    return (
      this.hovered ||
      !!this.element.querySelector('[data-conversation]:focus-visible') ||
      (document.getElementById('main')?.scrollTop ?? 0) > 0
    );
  }

  protected isUnread(conversation: Conversation): boolean {
    return this.marks.isUnread(conversation);
  }

  protected choose(filter: string, event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    this.show({ [filter]: value || null, page: null });
  }

  protected show(queryParams: Params): void {
    void this.router.navigate([], {
      relativeTo: this.route,
      queryParams,
      queryParamsHandling: 'merge',
    });
  }

  /** Moves the focus to the next or previous row. Enter then follows its link. */
  private step(by: 1 | -1): void {
    const rows = [...this.element.querySelectorAll<HTMLElement>('[data-conversation]')];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus();
  }
}

/** Returns what the address asks for. Unknown values are ignored. */
function viewOf(params: ParamMap): {
  tab: (typeof TABS)[number]['key'];
  narrowed: boolean;
  query: { unanswered?: true; flagged?: true; mode?: string; channel?: string; page: number };
} {
  const tab = TABS.find(({ key }) => params.get(key) === 'true')?.key ?? 'everything';
  const [mode, channel] = FILTERS.map(({ name, options }) =>
    (options as readonly string[]).find((option) => option === params.get(name)),
  );
  return {
    tab,
    narrowed: tab !== 'everything' || !!mode || !!channel,
    query: {
      ...(tab === 'everything' ? {} : { [tab]: true }),
      mode,
      channel,
      page: Math.max(1, Math.floor(Number(params.get('page'))) || 1),
    },
  };
}
