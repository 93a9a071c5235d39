import { describe, expect, it } from 'vitest';
import { escalate } from '../../../monitoring/stages/closing.js';
import { remind } from '../../../monitoring/stages/remind.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { Incident } from '../../../src/domain/incident.js';
import { eventsSince, tell } from '../../../src/store/events.js';
import { createGlance } from '../../../src/store/glance.js';
import { changeIncident, resolveIncident } from '../../../src/store/incidents.js';
import { closeQuestion } from '../../../src/store/questions.js';
import { handClock, keepLog } from '../../bot/stage.js';
import { givenEach } from '../../doubles/given.js';
import { BEGAN } from '../../src/cards/views.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';
import { asked, broken } from '../../src/commands/stage.js';

const MINUTE = 60_000;
const HOURS_72 = 72 * 60 * MINUTE;

const house = stageOfEachTest();
const clock = givenEach(() => handClock(BEGAN));
const ctx = () => ({ store: house.store, hostId: house.hostId, clock, log: keepLog(), settings: { policy: { hash: 'p' } } }) as unknown as StageContext;

/** When people were reminded since then, in minutes. */
async function reminded(since = BEGAN): Promise<readonly number[]> {
  return (await eventsSince(house.store.db, house.hostId, since, 500)).filter(({ kind }) => kind === 'incident.reminded').map(({ at }) => (at - since) / MINUTE);
}

/** What a monitor does that lives on for so long: it sleeps until it is due, and looks. */
async function live(ms: number): Promise<void> {
  const until = clock.now() + ms;
  const glance = await createGlance(house.store.db, house.hostId)();
  for (let due = await remind.nextAt?.(ctx(), glance); due != null && due <= until; due = await remind.nextAt?.(ctx(), glance)) {
    clock.advance(Math.max(0, due - clock.now()));
    await remind.run(ctx());
  }
  clock.advance(until - clock.now());
}

async function left(severity: Incident['severity'] = 'critical'): Promise<Incident> {
  const incident = await broken(house);
  await house.store.write(async (tx) => {
    await changeIncident(tx, incident.id, { severity });
    await escalate(tx, ctx(), { ...incident, severity }, 'nothing is left to try');
  });
  return incident;
}

describe('a grave incident that is left to people', () => {
  it('is brought to mind four times in 72 hours, further and further apart', async () => {
    await left();
    await live(HOURS_72);
    expect(await reminded()).toEqual([15, 75, 315, 1_035]);
  });

  it('is not brought to mind while somebody has it in hand', async () => {
    const incident = await left();
    await live(20 * MINUTE);
    await house.store.write((tx) => changeIncident(tx, incident.id, { ackedAt: clock.now(), ackedBy: 'Ann' }));
    await live(HOURS_72);
    expect(await reminded()).toEqual([15]);
  });

  it('is not brought to mind once it is over, nor while the machine is at work on it again', async () => {
    const incident = await left();
    await live(20 * MINUTE);
    await house.store.write((tx) => changeIncident(tx, incident.id, { state: 'repairing' }));
    await live(3 * 60 * MINUTE);
    expect(await reminded()).toEqual([15]);
    await house.store.write((tx) => resolveIncident(tx, incident.id, 'good again', clock.now()));
    await live(HOURS_72);
    expect(await reminded()).toEqual([15]);
  });

  it('is counted anew when people are called again', async () => {
    const incident = await left();
    await live(30 * MINUTE);
    await house.store.write((tx) => escalate(tx, ctx(), incident, 'that did not help either'));
    const again = clock.now();
    await live(2 * 60 * MINUTE);
    expect(await reminded(again)).toEqual([15, 75]);
  });

  it('is brought to mind once after a night in which the monitor was away', async () => {
    await left();
    clock.advance(10 * 60 * MINUTE);
    await live(30 * MINUTE);
    expect(await reminded()).toEqual([600]);
  });

  it('is not brought to mind once somebody has said that he has seen it', async () => {
    const incident = await left();
    await live(20 * MINUTE);
    await house.store.write((tx) => changeIncident(tx, incident.id, { ackedAt: clock.now(), ackedBy: 'Ann' }));
    await live(HOURS_72);
    expect(await reminded()).toEqual([15]);
  });

  it('is what hurts users: a warning is not repeated', async () => {
    await left('warning');
    await live(HOURS_72);
    expect(await reminded()).toEqual([]);
  });
});

describe('a question that stays open', () => {
  it('is brought to mind where it waits for long, and no more once it was answered', async () => {
    const incident = await broken(house);
    const { question } = await asked(house, incident);
    await house.store.write(async (tx) => {
      await tx.updateTable('questions').set({ expires_at: BEGAN + 24 * 60 * MINUTE }).where('id', '=', question.id).execute();
      await tell(tx, house.hostId, { kind: 'question.asked', incidentId: incident.id }, clock.now());
    });
    await live(2 * 60 * MINUTE);
    expect(await reminded()).toEqual([15, 75]);
    await house.store.write((tx) => closeQuestion(tx, question.id, 'approved', 'Ann', clock.now()));
    await live(HOURS_72);
    expect(await reminded()).toEqual([15, 75]);
  });

  it('of half an hour is left to its own warning', async () => {
    const incident = await broken(house);
    await asked(house, incident);
    await house.store.write((tx) => tell(tx, house.hostId, { kind: 'question.asked', incidentId: incident.id }, clock.now()));
    await live(29 * MINUTE);
    expect(await reminded()).toEqual([]);
  });
});
