import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawHold } from '../../../bot/told-hold.js';
import { begin, frozenNow } from '../../../monitoring/stages/holding.js';
import { drawPlain } from '../../../src/cards/plain.js';
import { readAudit } from '../../../src/store/audits.js';
import { openHolds } from '../../../src/store/holds.js';
import { changeIncident, openIncidentOf } from '../../../src/store/incidents.js';
import { BEGAN } from '../../src/cards/views.js';
import { guardedHouse } from './guarded-house.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const { house, clock, stage, maintenance, ctx, look, later, held, told, over, bad } = guardedHouse();

describe('the freeze file', () => {
  const file = (): string => join(house.dir, 'freeze');

  it('holds every hand from the moment it is there, before anybody has seen it, and whoever asks', async () => {
    await writeFile(file(), 'we deploy by hand\n');
    expect(await over('shop')).toEqual(['freeze']);
    expect(await over('shop', 'Ann')).toEqual(['freeze']);
    await rm(file());
    expect(await over('shop')).toEqual([]);
  });

  it('is shown, told and audited once, with its text as the reason, and so is its end', async () => {
    await writeFile(file(), 'we deploy by hand\n');
    await look();
    await look();
    expect((await openHolds(house.store.db, house.hostId))[0]).toMatchObject({ kind: 'freeze', scope: '*', reason: 'we deploy by hand' });
    await rm(file());
    await look();
    expect([await held(), await told()]).toEqual([[], ['hold.began', 'hold.ended']]);
    expect((await readAudit(house.store.db, house.hostId, 9)).map(({ what, why }) => [what, why])).toEqual([
      ['freeze of everything began', 'we deploy by hand'],
      ['freeze of everything ended', 'the freeze file was removed'],
    ]);
  });

  it('holds although the store does not answer', async () => {
    await writeFile(file(), '');
    await house.store.close();
    expect(await frozenNow(ctx(), 'shop')).toContain('froze it');
  });
});

describe('a maintenance window', () => {
  it('costs nothing while it lasts: its end is looked for once, and not in each pass', async () => {
    maintenance.windows = [{ name: 'always', apps: '*', when: { days: [0, 1, 2, 3, 4, 5, 6], from: 0, to: 1_440, zone: 'Europe/Berlin', text: 'always' } }];
    await look();
    const began = process.cpuUsage();
    for (let passes = 0; passes < 50; passes += 1) await look();
    const { user, system } = process.cpuUsage(began);
    // A walk through the day takes more than 50 ms each time.
    expect((user + system) / 1_000 / 50).toBeLessThan(30);
  });

  it('holds while it lasts, each time it comes, and wakes the loop for its beginning and its end', async () => {
    // BEGAN is 03:12 UTC on a Saturday; in Berlin it is 04:12.
    maintenance.windows = [{ name: 'backups', apps: 'shop', when: { days: [6], from: 255, to: 270, zone: 'Europe/Berlin', text: '' } }];
    await look();
    expect([await held(), await stage.nextAt?.(ctx(), {} as never)]).toEqual([[], BEGAN + 3 * MINUTE]);
    await later(3 * MINUTE);
    expect(await held()).toEqual(['maintenance of shop by hypercare.yaml: backups']);
    expect([await over('shop'), await over('blog')]).toEqual([['maintenance'], []]);
    expect(await stage.nextAt?.(ctx(), {} as never)).toBe(BEGAN + 18 * MINUTE);
    await later(15 * MINUTE);
    expect(await held()).toEqual([]);
    await later(7 * 24 * HOUR - 15 * MINUTE);
    expect(await held()).toHaveLength(1);
    expect(await told()).toEqual(['hold.began', 'hold.ended', 'hold.began']);
  });

  it('may be for once', async () => {
    maintenance.windows = [{ name: 'moving house', apps: '*', when: { fromMs: BEGAN + HOUR, toMs: BEGAN + 2 * HOUR } }];
    await look();
    expect(await stage.nextAt?.(ctx(), {} as never)).toBe(BEGAN + HOUR);
    await later(HOUR);
    expect(await over('blog')).toEqual(['maintenance']);
    await later(HOUR);
    expect(await held()).toEqual([]);
  });
});

describe('a silence', () => {
  it('holds no hand, ends by itself, and then says what still needs people', async () => {
    const silence = await house.store.write((tx) => begin(tx, ctx(), { kind: 'silence', scope: 'shop', author: 'Otto', reason: 'we know', until: clock.now() + HOUR, key: null }));
    expect(await over('shop')).toEqual([]);
    await bad(house.shop);
    const open = await openIncidentOf(house.store.db, house.shop);
    await house.store.write((tx) => changeIncident(tx, open?.id as never, { state: 'escalated' }));
    await later(HOUR);
    const { card, anew } = await drawHold(house.store.db, silence?.id as never, { now: clock.now(), timeZone: 'UTC' });
    expect(anew).toBe(true);
    expect(`\n${drawPlain(card, { width: 80, color: false })}\n`).toMatchInlineSnapshot(`
      "
      ! WARNING  shop: people are called again
        Otto had begun it: we know
        It lasted 1 h; ended: its time was up.

        Meanwhile, and still so:
        shop needs you: it fails
      "
    `);
  });
});
