/** What conditions may look at, with CEL's name of each type. */
export const VARIABLES = {
  incident: { kind: 'string', severity: 'string', emergency: 'bool', age_s: 'int' },
  plan: { repair: 'string', risk: 'string', restarts: 'int', migrations: 'int' },
  app: { name: 'string', memory: 'double' },
  launch: { tier: 'int', age_h: 'double' },
  hour: 'int',
  weekday: 'string',
  same_before: 'int',
  came_back: 'int',
  by_hand: 'bool',
} as const;

/** Null: not known. */
export type Values = Readonly<Record<keyof typeof VARIABLES, unknown>>;
