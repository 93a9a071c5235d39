import { describe, expect, it } from 'vitest';
import type { Card } from '../../../src/cards/card.js';
import { incidentsCard } from '../../../src/cards/incidents-card.js';
import { drawPlain } from '../../../src/cards/plain.js';
import { BEGAN, incident, MINUTE, UTC } from './views.js';

const draw = (card: Card): string => drawPlain(card, { width: 72, color: false });

describe('the card of the incidents', () => {
  it('puts the open ones before the past ones', () => {
    const past = { ...incident, id: '06g8zk2v1a7kpast01' as never, state: 'resolved' as const, openedAt: BEGAN - 26 * 60 * MINUTE, closedAt: BEGAN - 26 * 60 * MINUTE + 41_000, title: 'hangs: no answer to 3 liveness checks' };
    expect(draw(incidentsCard([{ incident, at: 'shop', began: incident.openedAt }, { incident: past, at: 'shop', began: past.openedAt }], UTC))).toMatchInlineSnapshot(`
      "✗ CRITICAL  1 open incident
        k2m9qx  shop: /checkout: status 500, 3 checks in a row over 20 s
        (open, for 4 min)

        past01  20 Nov 01:12 UTC  shop: hangs: no answer to 3 liveness checks
        (over after 41 s)

        one of them whole: incidents <id>"
    `);
  });

  it('names what can be done about one that people were called to, where it is an app', () => {
    const escalated = { ...incident, state: 'escalated' as const };
    expect(draw(incidentsCard([{ incident: escalated, at: 'shop', began: escalated.openedAt }], UTC))).toContain('now: mend it, or ask for “repair general shop”');
    expect(draw(incidentsCard([{ incident: { ...escalated, launchId: null }, at: 'redis', began: escalated.openedAt }], UTC))).not.toContain('repair general');
  });

  it('is no graver than what is open: advice about the host is no warning', () => {
    const advice = { ...incident, severity: 'info' as const, launchId: null, title: 'the cores are overloaded' };
    expect(incidentsCard([{ incident: advice, at: 'host', began: advice.openedAt }], UTC).level).toBe('info');
    expect(incidentsCard([{ incident: advice, at: 'host', began: advice.openedAt }, { incident, at: 'shop', began: incident.openedAt }], UTC).level).toBe('critical');
  });

  it('is good where nothing is open', () => {
    expect(incidentsCard([], UTC)).toMatchObject({ level: 'good', title: 'no open incident', body: [] });
  });
});
