import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, DestroyRef, inject } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';
import { TranslocoPipe, TranslocoService } from '@jsverse/transloco';
import {
  BehaviorSubject,
  catchError,
  debounceTime,
  filter,
  finalize,
  map,
  of,
  Subject,
  switchMap,
  take,
} from 'rxjs';

import type { Customer, CustomerCreate, Message } from '../../api/schema';
import { CustomerPickerComponent } from '../../components/customers/customer-picker/customer-picker';
import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import {
  TicketFormComponent,
  type TicketFormValue,
} from '../../components/tickets/ticket-form/ticket-form';
import { FieldComponent } from '../../components/ui/field';
import type { ApiError } from '../../services/api-error';
import { ConversationService } from '../../services/conversation';
import { CustomerService } from '../../services/customer';
import { ErrorTextService } from '../../services/error-text';
import { randomKey } from '../../services/random-key';
import { TicketService } from '../../services/ticket';
import { LIMITS } from '../../services/ticket-rules';
import { ToastService } from '../../services/toast';

const QUOTED_MESSAGES = 6;
const TYPING_MS = 200;

/** A new ticket, from nothing, for a customer, or out of a conversation. */
@Component({
  selector: 'app-ticket-form-page',
  imports: [
    AsyncPipe,
    CustomerPickerComponent,
    FieldComponent,
    PageHeaderComponent,
    TicketFormComponent,
    TranslocoPipe,
  ],
  templateUrl: './ticket-form.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketFormPage {
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly tickets = inject(TicketService);
  private readonly customers = inject(CustomerService);
  private readonly conversations = inject(ConversationService);
  private readonly transloco = inject(TranslocoService);
  private readonly toasts = inject(ToastService);
  protected readonly errorText = inject(ErrorTextService);

  private readonly destroyed = inject(DestroyRef);
  private readonly conversationId = this.route.snapshot.queryParamMap.get('conversationId');
  /** One form makes one ticket, however often its button is pressed. */
  private readonly idempotencyKey = randomKey();

  protected readonly customer$ = new BehaviorSubject<Customer | null>(null);
  protected readonly prefill$ = new BehaviorSubject<Partial<TicketFormValue>>({});
  protected readonly busy$ = new BehaviorSubject(false);
  protected readonly error$ = new BehaviorSubject<ApiError | null>(null);
  protected readonly customerError$ = new BehaviorSubject<ApiError | null>(null);
  protected readonly customerMissing$ = new BehaviorSubject(false);
  protected readonly search$ = new Subject<string>();
  protected readonly found$ = this.search$.pipe(
    debounceTime(TYPING_MS),
    switchMap((search) =>
      search
        ? this.customers.search({ search, limit: 6 }).pipe(
            map(({ data }) => data),
            catchError(() => of([])),
          )
        : of(null),
    ),
  );

  constructor() {
    const customerId = this.route.snapshot.queryParamMap.get('customerId');
    if (customerId) this.loadCustomer(customerId);
    if (this.conversationId) this.loadConversation(this.conversationId);
  }

  protected pick(customer: Customer | null): void {
    this.customerMissing$.next(false);
    this.customer$.next(customer);
  }

  protected createCustomer(fields: CustomerCreate): void {
    this.customerError$.next(null);
    this.customers.create(fields).subscribe({
      next: (customer) => this.pick(customer),
      error: (error: ApiError) => this.customerError$.next(error),
    });
  }

  protected look(): void {
    this.customerMissing$.next(!this.customer$.value);
  }

  protected create(value: TicketFormValue): void {
    const customer = this.customer$.value;
    if (!customer) {
      document.getElementById('ticket-customer')?.focus();
      return;
    }
    this.busy$.next(true);
    this.error$.next(null);
    this.tickets
      .create(
        {
          ...value,
          subcategory: value.subcategory || null,
          customerId: customer.customerId,
          conversationId: this.conversationId,
        },
        this.idempotencyKey,
      )
      .pipe(finalize(() => this.busy$.next(false)))
      .subscribe({
        next: ({ ticketId }) => {
          this.toasts.show('success', 'toast.created', { ticketId });
          void this.router.navigate(['/tickets', ticketId], { replaceUrl: true });
        },
        error: (error: ApiError) => this.error$.next(error),
      });
  }

  protected cancel(): void {
    void this.router.navigateByUrl(
      this.conversationId ? `/conversations/${this.conversationId}` : '/tickets',
    );
  }

  private loadCustomer(customerId: string): void {
    this.customers
      .customer$(customerId)
      .pipe(
        map(({ data }) => data),
        filter((customer) => customer !== null),
        take(1),
        takeUntilDestroyed(this.destroyed),
      )
      .subscribe((customer) => this.pick(customer));
  }

  private loadConversation(conversationId: string): void {
    this.conversations
      .conversation$(conversationId)
      .pipe(
        map(({ data }) => data?.customer.customerId),
        filter((customerId) => customerId !== undefined),
        take(1),
        takeUntilDestroyed(this.destroyed),
      )
      .subscribe((customerId) => this.loadCustomer(customerId));
    this.conversations
      .messages$(conversationId)
      .pipe(
        map(({ data }) => data),
        filter((messages) => messages !== null),
        take(1),
        takeUntilDestroyed(this.destroyed),
      )
      .subscribe((messages) => this.prefill$.next(this.fromMessages(messages)));
  }

  /** The customer's last words make the subject, the last messages the description. */
  private fromMessages(messages: readonly Message[]): Partial<TicketFormValue> {
    const written = messages.filter(({ text }) => text);
    const fromCustomer = written.filter(({ author }) => author.type === 'customer');
    const subject = fromCustomer.at(-1)?.text.split('\n')[0] ?? '';
    const quote = written
      .slice(-QUOTED_MESSAGES)
      .map(({ author, text }) => `${author.name}: ${text}`)
      .join('\n');
    return {
      subject: subject.slice(0, LIMITS.subject),
      description: quote
        ? `${this.transloco.translate('form.from_conversation')}\n\n${quote}`.slice(
            0,
            LIMITS.description,
          )
        : '',
    };
  }
}
