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
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
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

import type { Customer, CustomerCreate, Message, Ticket } from '../../api/schema';
import { CustomerPickerComponent } from '../../components/customers/customer-picker/customer-picker';
import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import { TicketFormComponent } from '../../components/tickets/ticket-form/ticket-form';
import { ButtonComponent } from '../../components/ui/button';
import { FieldComponent } from '../../components/ui/field';
import type { ApiError } from '../../services/core/api-error';
import { AgentService } from '../../services/agent';
import { ConversationService } from '../../services/conversation';
import { CustomerService } from '../../services/customer';
import { DraftService } from '../../services/core/drafts';
import { ErrorTextService } from '../../services/core/error-text';
import { randomKey } from '../../services/core/random-key';
import { TicketService } from '../../services/ticket';
import { EMPTY_VALUES, type FieldValues, ticketOf } from '../../services/tickets/ticket-fields';
import { LIMITS } from '../../services/tickets/ticket-rules';
import { ToastService } from '../../services/toast';

/** The unsent content of a form. */
interface FormDraft {
  readonly value: Partial<FieldValues>;
  readonly customer: Customer | null;
  /** Deduplicates repeated submissions of one form, also after a reload. */
  readonly idempotencyKey: string;
}

const QUOTED_MESSAGES = 6;
const TYPING_MS = 200;

/** Creates a ticket, empty, for a customer, or from a conversation. */
@Component({
  selector: 'app-ticket-form-page',
  imports: [
    AsyncPipe,
    ButtonComponent,
    CustomerPickerComponent,
    FieldComponent,
    PageHeaderComponent,
    RouterLink,
    TicketFormComponent,
    TranslocoPipe,
  ],
  templateUrl: './ticket-form-page.html',
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
  private readonly drafts = inject(DraftService);
  protected readonly errorText = inject(ErrorTextService);

  private readonly destroyed = inject(DestroyRef);
  private readonly injector = inject(Injector);
  private readonly conversationId = this.route.snapshot.queryParamMap.get('conversationId');
  private readonly customerId = this.route.snapshot.queryParamMap.get('customerId');
  private readonly draftName = `new.${this.conversationId ?? this.customerId ?? ''}`;
  protected readonly isGiven = !!(this.conversationId ?? this.customerId);
  private draft: FormDraft = emptyDraft();

  protected readonly agents$ = inject(AgentService).agents$;
  /** Whether the form was restored from an earlier visit. */
  protected readonly resumed$ = new BehaviorSubject(false);
  protected readonly customer$ = new BehaviorSubject<Customer | null>(null);
  protected readonly prefill$ = new BehaviorSubject<Partial<FieldValues>>({});
  protected readonly busy$ = new BehaviorSubject(false);
  protected readonly error$ = new BehaviorSubject<ApiError | null>(null);
  /** The ticket that this form has already created with other text. */
  protected readonly made$ = new BehaviorSubject<string | null>(null);
  protected readonly creatingCustomer$ = new BehaviorSubject(false);
  protected readonly customerError$ = new BehaviorSubject<ApiError | null>(null);
  protected readonly customerMissing$ = new BehaviorSubject(false);
  protected readonly search$ = new Subject<string>();
  protected readonly found$ = this.search$.pipe(
    debounceTime(TYPING_MS),
    switchMap((search) =>
      search
        ? this.customers.search({ search, limit: 6 }).pipe(
            map(({ data }) => ({ data, error: null })),
            catchError((error: ApiError) => of({ data: null, error })),
          )
        : of({ data: null, error: null }),
    ),
  );

  constructor() {
    const draft = this.drafts.read(this.draftName, this.draft);
    if (draft.idempotencyKey === this.draft.idempotencyKey) this.begin();
    else this.resume(draft);
    const focus = (): void => document.getElementById('ticket-subject')?.focus();
    if (this.isGiven) afterNextRender(focus);
  }

  protected pick(customer: Customer | null): void {
    this.show(customer);
    this.drafts.write(this.draftName, this.draft);
  }

  protected keepValue(value: FieldValues): void {
    this.draft = { ...this.draft, value };
    this.drafts.write(this.draftName, this.draft);
  }

  protected startOver(): void {
    this.drafts.forget(this.draftName);
    this.draft = emptyDraft();
    this.resumed$.next(false);
    this.error$.next(null);
    this.made$.next(null);
    this.show(null);
    this.prefill$.next({ ...EMPTY_VALUES });
    this.begin();
  }

  protected createCustomer(fields: CustomerCreate): void {
    this.customerError$.next(null);
    this.creatingCustomer$.next(true);
    this.customers
      .create(fields)
      .pipe(finalize(() => this.creatingCustomer$.next(false)))
      .subscribe({
        next: (customer) => this.pick(customer),
        error: (error: ApiError) => this.customerError$.next(error),
      });
  }

  /** Focuses the customer, the first field, if it is missing. */
  protected look(): void {
    const missing = !this.customer$.value;
    this.customerMissing$.next(missing);
    const focus = (): void => document.getElementById('ticket-customer')?.focus();
    if (missing) afterNextRender(focus, { injector: this.injector });
  }

  protected create(value: FieldValues): void {
    const customer = this.customer$.value;
    if (!customer || this.busy$.value) return;
    this.busy$.next(true);
    this.error$.next(null);
    this.made$.next(null);
    this.tickets
      .create(
        {
          ...ticketOf(value),
          customerId: customer.customerId,
          conversationId: this.conversationId,
        },
        this.draft.idempotencyKey,
      )
      .pipe(finalize(() => this.busy$.next(false)))
      .subscribe({
        next: ({ ticketId }) => {
          this.drafts.forget(this.draftName);
          this.toasts.show('success', 'toast.created', { ticketId });
          void this.router.navigate(['/tickets', ticketId], { replaceUrl: true });
        },
        error: (error: ApiError) => {
          if ('Idempotency-Key' in error.errors && error.current) {
            this.beginAnother((error.current as Ticket).ticketId);
          } else this.error$.next(error);
        },
      });
  }

  /** Continues with a new ticket: the first one was created before the latest edits. */
  private beginAnother(ticketId: string): void {
    this.made$.next(ticketId);
    this.draft = { ...this.draft, idempotencyKey: randomKey() };
    this.drafts.write(this.draftName, this.draft);
  }

  protected cancel(): void {
    this.drafts.forget(this.draftName);
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
      .subscribe((customer) => this.show(customer));
  }

  private begin(): void {
    if (this.customerId) this.loadCustomer(this.customerId);
    if (this.conversationId) this.loadConversation(this.conversationId);
  }

  private resume(draft: FormDraft): void {
    this.draft = draft;
    this.resumed$.next(true);
    this.customer$.next(draft.customer);
    this.prefill$.next(draft.value);
  }

  private show(customer: Customer | null): void {
    this.customerMissing$.next(false);
    this.customer$.next(customer);
    this.draft = { ...this.draft, customer };
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
      .latestMessages(conversationId)
      .pipe(takeUntilDestroyed(this.destroyed))
      .subscribe((messages) => this.prefill$.next(this.unlessTyped(this.fromMessages(messages))));
  }

  /** Keeps what was typed before the messages arrived. */
  private unlessTyped(prefill: Partial<FieldValues>): Partial<FieldValues> {
    const typed = Object.entries(this.draft.value).filter(([, value]) => value);
    return { ...prefill, ...(Object.fromEntries(typed) as Partial<FieldValues>) };
  }

  /**
   * Returns the customer's last message as the subject and the last messages as the description.
   */
  private fromMessages(messages: readonly Message[]): Partial<FieldValues> {
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

function emptyDraft(): FormDraft {
  return { value: {}, customer: null, idempotencyKey: randomKey() };
}
