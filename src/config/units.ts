import type * as z from 'zod';

/** What the registries of units know; handed in, because this folder may not look into theirs. */
export interface Units {
  /** Schema of each channel kind's options. */
  readonly channels: Readonly<Record<string, z.ZodType>>;
  /** Kinds of repairs. Empty where they cannot be seen, as from the bot: then only the monitor checks their names. */
  readonly repairs: readonly string[];
  /** Kinds of incidents. Absent where they cannot be seen. */
  readonly incidents?: readonly string[];
}
