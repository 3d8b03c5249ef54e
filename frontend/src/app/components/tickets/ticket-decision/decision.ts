export type DecisionKind = 'resolve' | 'escalate';

export interface Decision {
  /** How it was resolved, or why it is escalated. */
  text: string;
  /** Whom an escalated ticket is handed to; empty for nobody. */
  toAgentId: string;
}

export const NO_DECISION: Decision = { text: '', toAgentId: '' };
