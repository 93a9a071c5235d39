/** only: the ladder has nothing else · first: it begins with it · next: what stood before it was tried or passed over · learned: it has helped more than what the runbook has before it. */
export type RungChoice = 'only' | 'first' | 'next' | 'learned';

const SAYS: Readonly<Record<RungChoice, string>> = { only: 'is what can be tried', first: 'is tried first', next: 'is next', learned: 'is tried before its turn in the runbook' };

/** The record of a choice in an incident's story: 'pm2.restart is tried first'. */
export function sayChoice(repair: string, choice: RungChoice): string {
  return `${repair} ${SAYS[choice]}`;
}

export function isChoiceOf(text: string, repair: string): boolean {
  return Object.values(SAYS).some((says) => text === `${repair} ${says}`);
}
