import type { PersonId, PlanId, QuestionId } from './ids.js';
import type { Platform } from './person.js';

/** No answer is never a yes, and expired is not denied. */
export type QuestionState = 'open' | 'approved' | 'denied' | 'expired' | 'cancelled' | 'superseded';

/** What is asked of people about one plan hash. */
export interface Question {
  readonly id: QuestionId;
  readonly planId: PlanId;
  readonly hash: string;
  /** How many different people must say yes. */
  readonly need: number;
  /** The least role that may say yes. */
  readonly role: 'operator' | 'approver';
  /** Who may not say yes although his role would, because he asked for it; null: nobody. */
  readonly barred: string | null;
  /** What people should know of who may answer; null: it is as the rule says. */
  readonly note: string | null;
  readonly state: QuestionState;
  readonly askedAt: number;
  readonly expiresAt: number;
  readonly warnedAt: number | null;
  readonly decidedAt: number | null;
  /** Who decided, or why it ended otherwise. */
  readonly decidedBy: string | null;
}

/** What became of one answer, for the person who gave it; null until the monitor has looked. */
export type AnswerOutcome = 'counted' | 'too_late' | 'not_allowed' | 'already_decided';

export interface Answer {
  readonly questionId: QuestionId;
  readonly personId: PersonId;
  readonly yes: boolean;
  readonly via: Platform;
  readonly at: number;
  readonly outcome: AnswerOutcome | null;
}
