import type { Board } from '../../src/cards/board.js';
import type { Card } from '../../src/cards/card.js';
import type { Series } from '../../src/cards/series.js';

/** What the dashboard asks of the API. Its errors are for people: what happened, and what to do now. */
export interface Ask {
  board(): Promise<Board>;
  series(app: string, check: string, hours: number): Promise<Series>;
  press(token: string): Promise<Card>;
}

interface Refused {
  readonly error?: { readonly message: string; readonly mend: string | null };
}

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const WITHIN_MS = 75_000;

/** `page` is the word of this page, which only pages of this origin can read. */
export function createAsk(page: string): Ask {
  const ask = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
    const answer = await fetch(path, { ...init, signal: AbortSignal.timeout(WITHIN_MS) });
    if (answer.status === 401) location.reload();
    const said = (await answer.json()) as T & Refused;
    if (!answer.ok) throw new Error([said.error?.message ?? `it answered ${answer.status}`, said.error?.mend].filter(Boolean).join('. '));
    return said;
  };
  return {
    board: () => ask(`/api/board?zone=${encodeURIComponent(ZONE)}`),
    series: (app, check, hours) => ask(`/api/apps/${encodeURIComponent(app)}/series?check=${encodeURIComponent(check)}&hours=${hours}`),
    press: async (token) => (await ask<{ readonly card: Card }>('/api/press', { method: 'POST', headers: { 'content-type': 'application/json', 'x-hypercare-page': page }, body: JSON.stringify({ token }) })).card,
  };
}
