import { z } from 'zod';

const PLACE = z.object({ channel: z.string(), ts: z.string() });

/** Where a message stands. */
export type Place = Readonly<z.infer<typeof PLACE>>;

/** Null for what is no place: references come back from the store, where an older version may have written them. */
export function readPlace(value: unknown): Place | null {
  return PLACE.safeParse(value).data ?? null;
}

/** As text, to tell messages apart. */
export function placeName({ channel, ts }: Place): string {
  return `${channel} ${ts}`;
}
