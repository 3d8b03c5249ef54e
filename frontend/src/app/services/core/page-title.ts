import { inject, Injectable } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { type RouterStateSnapshot, TitleStrategy } from '@angular/router';
import { TranslocoService } from '@jsverse/transloco';

/** A route's `title` is a translation key; a route whose `title` resolves to text keeps it. */
@Injectable({ providedIn: 'root' })
export class PageTitleStrategy extends TitleStrategy {
  private readonly title = inject(Title);
  private readonly transloco = inject(TranslocoService);
  private key: string | undefined;
  private unread = 0;

  constructor() {
    super();
    this.transloco.langChanges$.subscribe(() => this.show());
  }

  override updateTitle(state: RouterStateSnapshot): void {
    this.key = this.buildTitle(state);
    this.show();
  }

  /** Shows the number of unread conversations in the title. */
  showUnread(unread: number): void {
    this.unread = unread;
    this.show();
  }

  private show(): void {
    const page = this.key && this.transloco.translate(this.key);
    const count = this.unread ? `(${this.unread}) ` : '';
    this.title.setTitle(count + (page ? `${page} · Mostrador` : 'Mostrador'));
  }
}
