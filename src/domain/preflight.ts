/** green: nothing to mind · amber: to be read before the yes · red: not done without a person, and there is something better. */
export type Light = 'green' | 'amber' | 'red';

/** What one look before a rollback found. */
export interface PreflightItem {
  /** What was looked at, in a word: 'migrations', 'disk'. */
  readonly about: string;
  readonly light: Light;
  readonly says: string;
  /** What to do instead, where it is red. */
  readonly instead?: string;
}

const GRAVITY: Readonly<Record<Light, number>> = { green: 0, amber: 1, red: 2 };

/** The gravest of them; nothing was looked at: amber. */
export function lightOf(items: readonly PreflightItem[]): Light {
  return items.length === 0 ? 'amber' : items.reduce<Light>((worst, { light }) => (GRAVITY[light] > GRAVITY[worst] ? light : worst), 'green');
}

/** The gravest first, else as they were looked at. */
export function gravestFirst(items: readonly PreflightItem[]): readonly PreflightItem[] {
  return items.toSorted((a, b) => GRAVITY[b.light] - GRAVITY[a.light]);
}
