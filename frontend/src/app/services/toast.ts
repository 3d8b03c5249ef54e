import { inject, Injectable } from '@angular/core';
import { BehaviorSubject } from 'rxjs';

import type { ApiError } from './core/api-error';
import { ErrorTextService } from './core/error-text';

export type ToastTone = 'info' | 'success' | 'error';

export interface Toast {
  id: number;
  tone: ToastTone;
  /** Translation key and its parameters. */
  key: string;
  params: Record<string, unknown>;
  /** Where a click on the toast leads. */
  link?: string;
}

const SHOWN_MS: Record<ToastTone, number> = { info: 6_000, success: 4_000, error: 10_000 };
const MOST = 4;

@Injectable({ providedIn: 'root' })
export class ToastService {
  private readonly errorText = inject(ErrorTextService);
  private readonly toastsSubject = new BehaviorSubject<readonly Toast[]>([]);
  readonly toasts$ = this.toastsSubject.asObservable();
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();
  private held = false;
  private lastId = 0;

  show(tone: ToastTone, key: string, params: Record<string, unknown> = {}, link?: string): void {
    const toast: Toast = { id: ++this.lastId, tone, key, params, link };
    // Of several of one kind about the same thing, only the latest stays.
    const others = this.toastsSubject.value.filter(
      (other) => !link || other.link !== link || other.key !== key,
    );
    this.toastsSubject.next([...others, toast].slice(-MOST));
    if (!this.held) this.expireLater(toast);
  }

  /**
   * Shows that something was not saved and why, with the ticket if that is no longer on the screen.
   * After the session has expired the shell asks to sign in instead.
   */
  failed(error: ApiError, ticketId?: string): void {
    if (error.status === 401) return;
    const reason = this.errorText.of(error);
    if (ticketId)
      this.show('error', 'toast.not_stored', { ticketId, reason }, `/tickets/${ticketId}`);
    else this.show('error', 'toast.failed', { reason });
  }

  /** Keeps all toasts on the screen while somebody reads them, by pointer or by focus. */
  hold(): void {
    this.held = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  /** Gives each toast its full time again. */
  release(): void {
    if (!this.held) return;
    this.held = false;
    for (const toast of this.toastsSubject.value) this.expireLater(toast);
  }

  dismiss(id: number): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.toastsSubject.next(this.toastsSubject.value.filter((toast) => toast.id !== id));
  }

  private expireLater({ id, tone }: Toast): void {
    this.timers.set(
      id,
      setTimeout(() => this.dismiss(id), SHOWN_MS[tone]),
    );
  }
}
