import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, DestroyRef, inject } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideChevronLeft, lucideFlaskConical, lucideRotateCw } from '@ng-icons/lucide';
import { BehaviorSubject, catchError, of } from 'rxjs';

import { MessageComposerComponent } from '../../components/conversations/message-composer/message-composer';
import { ButtonComponent } from '../../components/ui/button';
import { FieldComponent } from '../../components/ui/field';
import { StickToEndDirective } from '../../components/ui/stick-to-end';
import { LocalTimePipe } from '../../components/ui/local';
import { ConfigService } from '../../services/core/config';
import { type Visitor, VisitorService } from '../../services/visitor';

const STARTERS = ['demo.starter_problem', 'demo.starter_ticket', 'demo.starter_status'];

/** Simulates a customer, to show the whole way from a message to a ticket. */
@Component({
  selector: 'app-demo-chat-page',
  imports: [
    AsyncPipe,
    ButtonComponent,
    FieldComponent,
    LocalTimePipe,
    MessageComposerComponent,
    NgIcon,
    ReactiveFormsModule,
    StickToEndDirective,
    TranslocoPipe,
  ],
  providers: [VisitorService],
  templateUrl: './demo-chat-page.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DemoChatPage {
  protected readonly chat = inject(VisitorService);

  protected readonly icons = {
    back: lucideChevronLeft,
    demo: lucideFlaskConical,
    again: lucideRotateCw,
  };
  protected readonly starters = STARTERS;
  protected readonly config$ = inject(ConfigService).config$.pipe(catchError(() => of(null)));
  protected readonly visitor$ = new BehaviorSubject<Visitor | null>(null);
  protected readonly form = inject(NonNullableFormBuilder).group({
    name: ['Lucía Ferrer', [Validators.required, Validators.maxLength(200)]],
    phone: ['+34 612 345 678', [Validators.required, Validators.pattern(/^\+[\d\s()-]{7,24}$/)]],
  });

  constructor() {
    inject(DestroyRef).onDestroy(() => this.chat.leave());
  }

  protected begin(): void {
    this.form.markAllAsTouched();
    if (this.form.invalid) return;
    const { name, phone } = this.form.getRawValue();
    const visitor = { name: name.trim(), phone: phone.trim() };
    this.chat.begin(visitor);
    this.visitor$.next(visitor);
  }

  protected leave(): void {
    this.chat.leave();
    this.visitor$.next(null);
  }

  protected invalid(field: 'name' | 'phone'): boolean {
    const control = this.form.controls[field];
    return control.touched && control.invalid;
  }
}
