/**
 * What a migration does to code that is older than it. additive: it only adds what older code does not look at, for
 * sure · destructive: it takes something away or changes it · unknown: neither is sure.
 */
export type MigrationEffect = 'additive' | 'destructive' | 'unknown';

/** `why` names the words that decided; null: nothing speaks against it. */
export interface JudgedMigration {
  readonly effect: MigrationEffect;
  readonly why: string | null;
}

export const ADDITIVE: JudgedMigration = { effect: 'additive', why: null };

export function destructive(why: string): JudgedMigration {
  return { effect: 'destructive', why };
}

export function unknown(why: string): JudgedMigration {
  return { effect: 'unknown', why };
}

const GRAVITY: Readonly<Record<MigrationEffect, number>> = { additive: 0, unknown: 1, destructive: 2 };

/** The gravest of its parts; a migration of no parts adds nothing that could hurt. */
export function gravest(parts: readonly JudgedMigration[]): JudgedMigration {
  return parts.reduce((worst, part) => (GRAVITY[part.effect] > GRAVITY[worst.effect] ? part : worst), ADDITIVE);
}
