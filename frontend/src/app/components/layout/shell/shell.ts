import { AsyncPipe } from '@angular/common';
import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  inject,
  Injector,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon, provideIcons } from '@ng-icons/core';
import {
  lucideInbox,
  lucideLayoutDashboard,
  lucideMessagesSquare,
  lucidePlus,
  lucideSearch,
  lucideSmartphone,
  lucideUserCog,
  lucideUsers,
} from '@ng-icons/lucide';
import { BehaviorSubject, filter, finalize, map, pairwise, startWith } from 'rxjs';

import { AuthService } from '../../../services/auth';
import { ConfigService } from '../../../services/core/config';
import { NotificationService } from '../../../services/notification';
import { PageTitleStrategy } from '../../../services/core/page-title';
import { type Shortcut, ShortcutService } from '../../../services/core/shortcuts';
import { SocketService } from '../../../services/socket';
import { NeedsReplyService } from '../../../services/conversations/needs-reply';
import { ButtonComponent } from '../../ui/button';
import { LocalNumberPipe } from '../../ui/local';
import { CommandPaletteComponent } from '../command-palette/command-palette';
import { ConnectionStateComponent } from '../connection-state/connection-state';
import { KeysComponent } from '../shortcut-sheet/keys';
import { ShortcutSheetComponent } from '../shortcut-sheet/shortcut-sheet';
import { SignInAgainComponent } from '../sign-in-again/sign-in-again';
import { UserMenuComponent } from '../user-menu/user-menu';

const SECTIONS = [
  { path: '/dashboard', key: 'title.dashboard', icon: 'lucideLayoutDashboard' },
  { path: '/tickets', key: 'title.tickets', icon: 'lucideInbox' },
  { path: '/conversations', key: 'title.conversations', icon: 'lucideMessagesSquare' },
  { path: '/customers', key: 'title.customers', icon: 'lucideUsers' },
  { path: '/agents', key: 'title.agents', icon: 'lucideUserCog', role: 'admin' },
] as const;

/** The frame of every page for agents. It keeps the socket connected. */
@Component({
  selector: 'app-shell',
  imports: [
    LocalNumberPipe,
    AsyncPipe,
    ButtonComponent,
    CommandPaletteComponent,
    ConnectionStateComponent,
    KeysComponent,
    NgIcon,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
    ShortcutSheetComponent,
    SignInAgainComponent,
    TranslocoPipe,
    UserMenuComponent,
  ],
  providers: [
    provideIcons({
      lucideInbox,
      lucideLayoutDashboard,
      lucideMessagesSquare,
      lucidePlus,
      lucideSearch,
      lucideSmartphone,
      lucideUserCog,
      lucideUsers,
    }),
  ],
  templateUrl: './shell.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ShellComponent {
  private readonly injector = inject(Injector);
  private readonly auth = inject(AuthService);
  private readonly router = inject(Router);
  private readonly socket = inject(SocketService);

  protected readonly open$ = new BehaviorSubject<'palette' | 'sheet' | null>(null);
  protected readonly agent$ = this.auth.agent$.pipe(filter((agent) => agent !== null));
  protected readonly sections$ = this.agent$.pipe(
    map(({ role }) => SECTIONS.filter((section) => !('role' in section) || section.role === role)),
  );
  protected readonly connection$ = this.socket.state$;
  protected readonly demo$ = inject(ConfigService).config$.pipe(map(({ demo }) => demo));
  protected readonly unread$ = inject(NeedsReplyService).unread$;
  /** The e-mail address of the agent whose session has expired; the page stays as it is. */
  protected readonly expired$ = this.auth.agent$.pipe(
    startWith(null),
    pairwise(),
    map(([before, now]) => (now ? null : (before?.email ?? null))),
  );

  constructor() {
    const shortcuts = inject(ShortcutService);
    shortcuts.register('shortcuts.everywhere', [
      { keys: '$mod+k', label: 'palette.heading', run: () => this.open$.next('palette') },
      { keys: '/', label: 'palette.search', run: () => this.open$.next('palette') },
      { keys: '?', label: 'shortcuts.heading', run: () => this.open$.next('sheet') },
      this.goTo('c', 'action.new_ticket', '/tickets/new'),
      this.goTo('g d', 'title.dashboard', '/dashboard'),
      this.goTo('g t', 'title.tickets', '/tickets'),
      this.goTo('g c', 'title.conversations', '/conversations'),
      this.goTo('g u', 'title.customers', '/customers'),
      ...(this.auth.agent?.role === 'admin' ? [this.goTo('g a', 'title.agents', '/agents')] : []),
    ]);
    this.open$
      .pipe(
        takeUntilDestroyed(),
        finalize(() => shortcuts.hold(false)),
      )
      .subscribe((open) => shortcuts.hold(open !== null));
    this.socket.connect(() => this.auth.freshToken());
    this.auth.token$.pipe(takeUntilDestroyed()).subscribe((token) => {
      if (token) this.socket.renew(token);
    });
    inject(DestroyRef).onDestroy(() => this.socket.disconnect());
    inject(NotificationService).notifications$.pipe(takeUntilDestroyed()).subscribe();
    const title = inject(PageTitleStrategy);
    this.unread$.pipe(takeUntilDestroyed()).subscribe((unread) => title.showUnread(unread));
    inject(DestroyRef).onDestroy(() => title.showUnread(0));
  }

  /** Runs after the palette has closed and returned the focus. */
  protected follow(run: () => void): void {
    this.open$.next(null);
    afterNextRender(run, { injector: this.injector });
  }

  private goTo(keys: string, label: string, path: string): Shortcut {
    return { keys, label, run: () => void this.router.navigateByUrl(path) };
  }

  protected logout(): void {
    void this.router.navigateByUrl('/login').then((left) => {
      if (left) this.auth.logout().subscribe();
    });
  }
}
