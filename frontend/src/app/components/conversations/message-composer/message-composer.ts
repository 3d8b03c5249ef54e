import {
  ChangeDetectionStrategy,
  Component,
  input,
  linkedSignal,
  output,
  viewChild,
} from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideSendHorizontal } from '@ng-icons/lucide';

import { LIMITS } from '../../../services/tickets/ticket-rules';
import { ComposerComponent } from '../../ui/composer';

/** Enter sends, Shift+Enter starts a new line. */
@Component({
  selector: 'app-message-composer',
  imports: [ComposerComponent, NgIcon, TranslocoPipe],
  template: `
    <app-composer
      [label]="placeholder()"
      [limit]="limit"
      [buttonLabel]="'action.send' | transloco"
      [(text)]="text"
      (textChange)="draftChange.emit($event)"
      (submitted)="send($event)"
    >
      <ng-content select="[composerExtras]" ngProjectAs="[composerExtras]" />
      <ng-icon [svg]="icon" size="14" aria-hidden="true" />
    </app-composer>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MessageComposerComponent {
  readonly placeholder = input.required<string>();
  /** The initial text. A new object resets the field. */
  readonly draft = input<{ readonly text: string }>({ text: '' });
  readonly draftChange = output<string>();
  readonly sent = output<string>();

  private readonly composer = viewChild.required(ComposerComponent);
  protected readonly limit = LIMITS.message;
  protected readonly icon = lucideSendHorizontal;
  protected readonly text = linkedSignal(() => this.draft().text);

  focus(): void {
    this.composer().focus();
  }

  protected send(text: string): void {
    this.sent.emit(text);
    this.composer().clear();
    this.focus();
  }
}
