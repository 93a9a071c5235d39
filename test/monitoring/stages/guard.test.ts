import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drawHold } from '../../../bot/told-hold.js';
import { guard } from '../../../monitoring/stages/guard.js';
import { afterHold, begin, end, frozenNow, holdsOver } from '../../../monitoring/stages/holding.js';
import { retire } from '../../../monitoring/stages/retire.js';
import { NEVER, type Stage as MonitorStage, type StageContext } from '../../../monitoring/stages/stage.js';
import { drawPlain } from '../../../src/cards/plain.js';
import type { Verdict } from '../../../src/domain/check.js';
import type { Hold } from '../../../src/domain/hold.js';
import type { Incident } from '../../../src/domain/incident.js';
import type { ResourceId } from '../../../src/domain/ids.js';
import type { MaintenanceWindow } from '../../../src/policy/maintenance.js';
import { readAudit } from '../../../src/store/audits.js';
import { checksOf, syncChecks } from '../../../src/store/checks.js';
import { eventsSince } from '../../../src/store/events.js';
import { endHold, openHolds } from '../../../src/store/holds.js';
import { changeIncident, getIncident, openIncident, openIncidentOf, resolveIncident } from '../../../src/store/incidents.js';
import { draftPlan, keepDecision } from '../../../src/store/plans.js';
import { beginRemediation, endRemediation } from '../../../src/store/remediations.js';
import { listResources, syncEdges, syncResources } from '../../../src/store/resources.js';
import { insertSamples } from '../../../src/store/samples.js';
import { handClock, keepLog, type HandClock } from '../../bot/stage.js';
import { BEGAN } from '../../src/cards/views.js';
import { launched, openStage, type Stage } from '../../src/commands/stage.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const AFTER_STORM = 10 * MINUTE;

let house: Stage;
let clock: HandClock;
let stage: MonitorStage;
let maintenance: readonly MaintenanceWindow[];

beforeEach(async () => {
  house = await openStage();
  clock = handClock(BEGAN);
  stage = guard();
  maintenance = [];
});
afterEach(() => house.close());

function ctx(): StageContext {
  return { store: house.store, hostId: house.hostId, clock, log: keepLog(), freezeFile: join(house.dir, 'freeze'), settings: { afterStormMs: AFTER_STORM, maintenance } } as unknown as StageContext;
}

const look = (): Promise<boolean> => stage.run(ctx());

async function later(ms: number): Promise<void> {
  clock.advance(ms);
  await look();
}

/** What is held now, as the host's people would read it in a list. */
async function held(): Promise<readonly string[]> {
  return (await openHolds(house.store.db, house.hostId)).map(({ kind, scope, author, reason }) => `${kind} of ${scope} by ${author}: ${reason}`);
}

async function told(): Promise<readonly string[]> {
  const events = await eventsSince(house.store.db, house.hostId, 0, 100);
  return events.filter(({ kind }) => kind.startsWith('hold.')).map(({ kind }) => kind);
}

const over = (name: string, askedBy: string | null = null) => holdsOver(house.store.db, ctx(), { name, askedBy }).then((all) => all.map(({ kind }) => kind));

async function bad(resourceId: ResourceId, launchId: string | null = null): Promise<void> {
  await house.store.write((tx) => openIncident(tx, { resourceId, launchId: launchId as never, kind: 'endpoint-failing', severity: 'critical', emergency: false, title: 'it fails' }, clock.now()));
  await look();
}

async function good(resourceId: ResourceId): Promise<void> {
  const open = await openIncidentOf(house.store.db, resourceId);
  await house.store.write((tx) => resolveIncident(tx, open?.id as never, 'good again by itself', clock.now()));
  await look();
}

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

describe('a storm', () => {
  const names = ['api', 'blog', 'chat', 'mail', 'shop'];
  let ids: ReadonlyMap<string, ResourceId>;
  beforeEach(async () => {
    const resources = [...names.map((name) => ({ kind: 'app' as const, name, config: {} })), { kind: 'dependency' as const, name: 'payments', config: {} }];
    await house.store.write((tx) => syncResources(tx, house.hostId, resources, BEGAN));
    ids = new Map((await listResources(house.store.db, house.hostId)).map(({ name, id }) => [name, id]));
  });
  const id = (name: string): ResourceId => ids.get(name) as ResourceId;

  it('is half of the apps and at least three: then no app is repaired by itself', async () => {
    await bad(id('api'));
    await bad(id('blog'));
    expect(await held()).toEqual([]);
    await bad(id('chat'));
    expect(await held()).toEqual(['storm of * by hypercare: 3 of 5 apps are bad at once (api, blog, chat)']);
    expect([await over('shop'), await over('shop', 'Ann')]).toEqual([['storm'], []]);
  });

  it('holds ten minutes longer than it blows, and is told once', async () => {
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    await good(id('chat'));
    await later(9 * MINUTE);
    expect(await held()).toHaveLength(1);
    await bad(id('mail'));
    await good(id('mail'));
    await later(9 * MINUTE);
    expect(await held()).toHaveLength(1);
    expect(await told()).toEqual(['hold.began']);
    await later(MINUTE);
    expect([await held(), await told()]).toEqual([[], ['hold.began', 'hold.ended']]);
  });

  it('over a dependency holds the apps that need it, and no other', async () => {
    await house.store.write((tx) => syncEdges(tx, house.hostId, [{ resourceId: id('shop'), usesId: id('api') }, { resourceId: id('api'), usesId: id('payments') }]));
    await bad(id('payments'));
    expect(await held()).toEqual(['storm of api,shop by hypercare: payments is bad, which they need: it fails']);
    expect([await over('shop'), await over('api'), await over('blog')]).toEqual([['storm'], ['storm'], []]);
    expect(await told()).toEqual([]); // The incident of payments says it.
  });

  it('names those that are bad now', async () => {
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    await bad(id('mail'));
    await good(id('api'));
    expect(await held()).toEqual(['storm of * by hypercare: 3 of 5 apps are bad at once (blog, chat, mail)']);
    expect(await told()).toEqual(['hold.began']);
  });

  const check = async (app: string, verdicts: readonly Verdict[]): Promise<void> => {
    const wanted = { resourceId: id(app), name: `${app} pm2`, probe: 'pm2', options: {}, cadence: 'every', everyMs: 1_000, critical: true } as const;
    await house.store.write((tx) => syncChecks(tx, house.hostId, [wanted], clock.now()));
    const [made] = await checksOf(house.store.db, id(app));
    for (const verdict of verdicts) {
      clock.advance(1);
      await house.store.write((tx) => insertSamples(tx, [{ checkId: made?.id as never, at: clock.now(), verdict, ms: null, values: [], note: null }]));
    }
  };

  it('counts no app that never was well', async () => {
    await check('chat', ['bad', 'bad']);
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    expect(await held()).toEqual([]);
    await check('chat', ['good', 'bad']);
    await look();
    expect(await held()).toHaveLength(1);
  });

  it('is not prolonged by readings that could not be made', async () => {
    await check('chat', ['good', 'bad']);
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    await check('chat', ['error']);
    await look();
    await later(AFTER_STORM);
    expect(await held()).toEqual([]);
  });

  it('that a person lifted does not begin again for the same apps, but for one more', async () => {
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    const [storm] = await openHolds(house.store.db, house.hostId);
    await house.store.write((tx) => endHold(tx, storm?.id as never, 'Ann', clock.now()));
    await later(MINUTE);
    expect(await held()).toEqual([]);
    await bad(id('mail'));
    expect(await held()).toEqual(['storm of * by hypercare: 4 of 5 apps are bad at once (api, blog, chat, mail)']);
  });

  it('that names an app which the config no longer has ends when the monitor begins', async () => {
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    await house.store.write((tx) => syncResources(tx, house.hostId, ['api', 'blog', 'mail', 'shop'].map((name) => ({ kind: 'app', name, config: {} })), clock.now()));
    await house.store.write((tx) => retire(tx, ctx()));
    await look();
    expect([await held(), await told()]).toEqual([[], ['hold.began', 'hold.ended']]);
  });

  it('makes a plan wait: it is not told again and again, and goes on when the storm is over', async () => {
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    const incident = (await openIncidentOf(house.store.db, id('api'))) as Incident;
    await house.store.write(async (tx) => {
      const planId = await draftPlan(tx, { incidentId: incident.id, targetId: id('api'), repair: 'pm2.reload', args: {}, risk: 'safe', askedBy: null, requestId: null }, clock.now());
      const decision = { verdict: 'deny', rule: 'hold:storm', why: 'hypercare holds it' } as const;
      await keepDecision(tx, planId, decision, 'denied');
      await afterHold(tx, ctx(), await getIncident(tx, incident.id), { repair: 'pm2.reload', decision });
    });
    expect(await getIncident(house.store.db, incident.id)).toMatchObject({ state: 'open', nextAt: NEVER, reason: 'waits with pm2.reload: hypercare holds it' });
    await good(id('chat'));
    await later(AFTER_STORM);
    expect(await getIncident(house.store.db, incident.id)).toMatchObject({ state: 'open', nextAt: clock.now(), reason: null });
  });
});

describe('two holds over one app', () => {
  it('of which one ends leave no reason that no longer holds: it is planned for anew, and meets the other', async () => {
    await bad(house.shop);
    const incident = (await openIncidentOf(house.store.db, house.shop)) as Incident;
    await house.store.write(async (tx) => {
      const storm = await begin(tx, ctx(), { kind: 'storm', scope: '*', author: 'hypercare', reason: '4 of 5 apps are bad', until: null, key: 'storm' });
      await begin(tx, ctx(), { kind: 'freeze', scope: 'shop', author: 'Ann', reason: 'hands off', until: null, key: null });
      const planId = await draftPlan(tx, { incidentId: incident.id, targetId: house.shop, repair: 'pm2.kill', args: {}, risk: 'safe', askedBy: null, requestId: null }, clock.now());
      const decision = { verdict: 'deny', rule: 'hold:storm', why: 'hypercare holds it: 4 of 5 apps are bad' } as const;
      await keepDecision(tx, planId, decision, 'denied');
      await afterHold(tx, ctx(), await getIncident(tx, incident.id), { repair: 'pm2.kill', decision });
      await end(tx, ctx(), storm as Hold, { person: 'Ann' });
    });
    expect(await getIncident(house.store.db, incident.id)).toMatchObject({ state: 'open', nextAt: clock.now(), reason: null });
  });
});

describe('an app that comes and goes', () => {
  const blink = async (launchId: string): Promise<void> => {
    await bad(house.shop, launchId);
    await later(2 * MINUTE);
    await good(house.shop);
    await later(2 * MINUTE);
  };

  it('is left alone the fourth time within an hour, with one message, until it is steady for an hour', async () => {
    const { id } = await launched(house);
    for (let times = 0; times < 3; times += 1) await blink(id);
    expect(await held()).toEqual([]);
    await blink(id);
    expect(await held()).toEqual(['flap of shop by hypercare: the same problem came and went 3 times within 1 h']);
    for (let times = 0; times < 5; times += 1) await blink(id);
    await later(57 * MINUTE);
    expect([await held(), await told()]).toEqual([['flap of shop by hypercare: the same problem came and went 3 times within 1 h'], ['hold.began']]);
    await later(MINUTE);
    expect([await held(), await told()]).toEqual([[], ['hold.began', 'hold.ended']]);
  });

  it('and then stays bad is an ordinary problem again after ten minutes', async () => {
    const { id } = await launched(house);
    for (let times = 0; times < 4; times += 1) await blink(id);
    await bad(house.shop, id);
    await later(9 * MINUTE);
    expect(await over('shop')).toEqual(['flap']);
    await later(MINUTE);
    expect(await over('shop')).toEqual([]);
  });

  it('starts with a clean slate in another release, and when people lift the hold', async () => {
    const { id } = await launched(house);
    for (let times = 0; times < 4; times += 1) await blink(id);
    const [flap] = await openHolds(house.store.db, house.hostId);
    await house.store.write((tx) => endHold(tx, flap?.id as never, 'Ann', clock.now()));
    clock.advance(1);
    await blink(id);
    await blink(id);
    expect(await held()).toEqual([]);
    await blink('another launch');
    await blink('another launch');
    expect(await held()).toEqual([]);
  });
});

describe('too many failures', () => {
  type End = 'verified' | 'failed' | 'unclear';
  const incident = async (app: ResourceId, ends: readonly End[], left: 'resolved' | 'escalated' | 'open' = 'resolved'): Promise<void> => {
    await house.store.write(async (tx) => {
      const opened = await openIncident(tx, { resourceId: app, launchId: null, kind: 'hang', severity: 'critical', emergency: false, title: 'it hangs' }, clock.now());
      for (const state of ends) {
        clock.advance(1);
        const planId = await draftPlan(tx, { incidentId: opened.id, targetId: app, repair: 'pm2.reload', args: {}, risk: 'safe', askedBy: null, requestId: null }, clock.now());
        const run = await beginRemediation(tx, { planId, resourceId: app, fingerprint: 'x', fence: 1 }, clock.now());
        await endRemediation(tx, run as never, state, 'so', clock.now() + 1);
      }
      if (left === 'resolved') await resolveIncident(tx, opened.id, 'over', clock.now());
      else await changeIncident(tx, opened.id, { state: left });
    });
    clock.advance(MINUTE);
  };
  const three = async (app: ResourceId): Promise<void> => {
    for (let n = 0; n < 3; n += 1) await incident(app, ['verified']);
  };

  it('of two apps disarm the machine on this host, and people may still ask by hand', async () => {
    await incident(house.shop, ['failed']);
    await incident(house.shop, ['verified']);
    await incident(house.shop, ['unclear']);
    await incident(house.blog, ['failed', 'failed'], 'escalated');
    await look();
    expect(await held()).toEqual([]); // Two of four are half, but of too few.
    await incident(house.shop, ['verified']);
    await bad(house.shop);
    expect(await held()).toEqual(['failures of * by hypercare: repairs did not help in 2 of the last 5 incidents within 24 h (blog, shop)']);
    expect([await over('blog'), await over('blog', 'Otto')]).toEqual([['failures'], []]);
  });

  it('of one app disarm it for that app alone, until another fails too', async () => {
    await three(house.blog);
    for (let n = 0; n < 2; n += 1) await incident(house.shop, ['failed']);
    await bad(house.blog);
    expect(await held()).toEqual(['failures of shop by hypercare: repairs did not help in 2 of the last 5 incidents within 24 h (shop)']);
    expect([await over('shop'), await over('blog')]).toEqual([['failures'], []]);
  });

  it('are incidents that no repair ended: a rung before the one that helped is none, nor one before the next', async () => {
    await three(house.blog);
    for (let n = 0; n < 3; n += 1) await incident(house.shop, ['failed', 'verified']);
    await incident(house.shop, ['failed'], 'open');
    await look();
    expect(await held()).toEqual([]);
  });

  it('are counted anew after a day, or once people have lifted it', async () => {
    await bad(house.blog);
    for (let n = 0; n < 5; n += 1) await incident(house.shop, ['failed']);
    await look();
    const [failures] = await openHolds(house.store.db, house.hostId);
    await house.store.write((tx) => endHold(tx, failures?.id as never, 'Ann', clock.now()));
    await look();
    expect(await held()).toEqual([]);
    for (let n = 0; n < 5; n += 1) await incident(house.shop, ['failed']);
    await look();
    await later(24 * HOUR);
    expect([await held(), await told()]).toEqual([[], ['hold.began', 'hold.began', 'hold.ended']]);
  });
});

describe('a maintenance window', () => {
  it('holds while it lasts, each time it comes, and wakes the loop for its beginning and its end', async () => {
    // BEGAN is 03:12 UTC on a Saturday; in Berlin it is 04:12.
    maintenance = [{ name: 'backups', apps: 'shop', when: { days: [6], from: 255, to: 270, zone: 'Europe/Berlin', text: '' } }];
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
    maintenance = [{ name: 'moving house', apps: '*', when: { fromMs: BEGAN + HOUR, toMs: BEGAN + 2 * HOUR } }];
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
