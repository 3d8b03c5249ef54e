import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  type OnInit,
  output,
} from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { TranslocoPipe, TranslocoService } from '@jsverse/transloco';

import {
  type Agent,
  type AgentCreate,
  agentRoleValues,
  type AgentUpdate,
} from '../../../api/schema';
import type { ApiError } from '../../../services/core/api-error';
import { ErrorTextService } from '../../../services/core/error-text';
import { ButtonComponent } from '../../ui/button';
import { FieldComponent } from '../../ui/field';
import { DialogComponent } from '../../ui/dialog';

/** Minimum length of a password. */
const SHORTEST_PASSWORD = 10;

/** The form for a new agent's account, or for changing one. */
@Component({
  selector: 'app-agent-form',
  imports: [ButtonComponent, FieldComponent, DialogComponent, ReactiveFormsModule, TranslocoPipe],
  template: `
    @let agent = this.agent();
    <app-dialog
      [heading]="agent ? ('agent.edit_one' | transloco: agent) : ('agent.new' | transloco)"
      (dismissed)="dismissed.emit()"
    >
      <form [formGroup]="form" class="space-y-4" (ngSubmit)="submit()">
        <app-field for="agent-name" [label]="'agent.name' | transloco">
          <input
            id="agent-name"
            class="control"
            maxlength="120"
            autocomplete="off"
            formControlName="name"
          />
        </app-field>
        <app-field for="agent-email" [label]="'agent.email' | transloco">
          <input
            id="agent-email"
            type="email"
            class="control"
            maxlength="254"
            autocomplete="off"
            formControlName="email"
          />
        </app-field>
        <app-field
          for="agent-password"
          [label]="(agent ? 'agent.new_password' : 'agent.password') | transloco"
          [hint]="
            (agent ? 'agent.new_password_hint' : 'agent.password_hint')
              | transloco: { count: shortest }
          "
        >
          <input
            id="agent-password"
            type="password"
            class="control"
            maxlength="200"
            autocomplete="new-password"
            formControlName="password"
          />
        </app-field>
        @if (!agent) {
          <app-field for="agent-role" [label]="'agent.role' | transloco">
            <select id="agent-role" class="control" formControlName="role">
              @for (role of roles; track role) {
                <option [value]="role">{{ 'role.' + role | transloco }}</option>
              }
            </select>
          </app-field>
        }
        @if (problem(); as problem) {
          <p class="text-red" role="alert">{{ problem }}</p>
        }
        <div class="flex justify-end gap-2">
          <button appButton="quiet" type="button" (click)="dismissed.emit()">
            {{ 'action.cancel' | transloco }}
          </button>
          <button appButton="primary" type="submit" [busy]="busy()" [disabled]="form.invalid">
            {{ (agent ? 'action.save' : 'agent.create') | transloco }}
          </button>
        </div>
      </form>
    </app-dialog>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AgentFormComponent implements OnInit {
  /** The account to change; null for a new one. */
  readonly agent = input<Agent | null>(null);
  readonly busy = input(false);
  /** The error of the last attempt. */
  readonly error = input<ApiError | null>(null);
  readonly created = output<AgentCreate>();
  /** Returns only the changed fields. */
  readonly changed = output<AgentUpdate>();
  readonly dismissed = output();

  private readonly transloco = inject(TranslocoService);
  private readonly errorText = inject(ErrorTextService);
  protected readonly roles = agentRoleValues;
  protected readonly shortest = SHORTEST_PASSWORD;
  protected readonly form = inject(NonNullableFormBuilder).group({
    name: ['', [Validators.required, Validators.pattern(/\S/)]],
    email: ['', [Validators.required, Validators.email]],
    password: ['', [Validators.required, Validators.minLength(SHORTEST_PASSWORD)]],
    role: 'agent' as Agent['role'],
  });
  protected readonly problem = computed(() => {
    const error = this.error();
    if (!error) return null;
    const [first] = Object.values(error.errors).flat();
    if (error.code === 'conflict') return this.transloco.translate<string>('agent.email_taken');
    return first ?? this.errorText.of(error);
  });

  ngOnInit(): void {
    const agent = this.agent();
    if (!agent) return;
    const { name, email, password } = this.form.controls;
    name.setValue(agent.name);
    email.setValue(agent.email);
    password.removeValidators(Validators.required);
    password.updateValueAndValidity();
  }

  protected submit(): void {
    if (this.form.invalid || this.busy()) return;
    const { name, email, password, role } = this.form.getRawValue();
    const agent = this.agent();
    if (!agent) this.created.emit({ name, email, password, role });
    else
      this.changed.emit({
        ...(name !== agent.name && { name }),
        ...(email !== agent.email && { email }),
        ...(password && { password }),
      });
  }
}
