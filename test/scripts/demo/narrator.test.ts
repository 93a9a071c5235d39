import { expect, it } from 'vitest';
import { createNarrator } from '../../../scripts/demo/narrator.js';

/** Five seconds after the beginning it is 12:00:05, whichever clock is asked. */
function narrated(json: boolean): { readonly said: string[]; readonly narrator: ReturnType<typeof createNarrator> } {
  const said: string[] = [];
  let now = Date.UTC(2026, 10, 21, 12);
  const clock = { now: () => now, monotonic: () => now - 1_000_000, sleep: () => Promise.resolve() };
  const narrator = createNarrator({ clock, stdout: { write: (text) => said.push(text) } }, json);
  now += 5_000;
  return { said, narrator };
}

it('tells what happens with the seconds since the beginning', () => {
  const { said, narrator } = narrated(false);
  narrator.tell('break', 'now it breaks');
  expect(said).toEqual(['   5.0 s  now it breaks\n']);
});

it('tells what happened earlier with the time at which it happened', () => {
  const { said, narrator } = narrated(true);
  narrator.tellOf({ event: 'incident.opened', at: Date.UTC(2026, 10, 21, 12, 0, 1) }, 'hypercare sees it');
  expect(said.map((line) => JSON.parse(line) as unknown)).toEqual([{ version: 1, event: 'incident.opened', ms: 1_000, text: 'hypercare sees it' }]);
});
