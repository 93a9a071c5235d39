import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../../src/commands/command.js';
import { approve } from '../../../src/commands/approve.js';
import { deny } from '../../../src/commands/deny.js';
import { runPressed, runWords } from '../../../src/commands/run-words.js';
import { shortId } from '../../../src/cards/short-id.js';
import type { Incident } from '../../../src/domain/incident.js';
import type { AnswerOutcome, Question } from '../../../src/domain/question.js';
import { answersTo, judgeAnswer, unjudgedAnswers } from '../../../src/store/answers.js';
import { draftPlan } from '../../../src/store/plans.js';
import { ask, closeQuestion, getQuestion } from '../../../src/store/questions.js';
import { commandContract } from '../../contracts/command.js';
import { BEGAN, MINUTE } from '../cards/views.js';
import { asked, broken, openStage, type Stage } from './stage.js';

let stage: Stage;
let question: Question;
let incident: Incident;
beforeEach(async () => {
  stage = await openStage();
  incident = await broken(stage);
  ({ question } = await asked(stage, incident));
});
afterEach(async () => {
  await stage.close();
});

const say = async (words: string, who: string | null = 'Ann', change = {}): Promise<Result> => runWords(words.split(' '), await stage.as(who, change));

/** Plays the monitor: judges answers as it would, the first that counts decides. */
function judge(as?: AnswerOutcome): void {
  stage.meanwhile = async () => {
    for (const given of await unjudgedAnswers(stage.store.db, stage.hostId)) {
      await stage.store.write(async (tx) => {
        const now = await getQuestion(tx, given.questionId);
        const outcome = as ?? (now?.state === 'open' ? 'counted' : 'already_decided');
        await judgeAnswer(tx, given, outcome);
        if (outcome !== 'counted' || !now) return;
        const yes = (await answersTo(tx, now.id)).filter((one) => one.yes && one.outcome === 'counted');
        if (!given.yes || yes.length >= now.need) await closeQuestion(tx, now.id, given.yes ? 'approved' : 'denied', given.name, stage.now);
      });
    }
  };
}

commandContract(approve);
commandContract(deny);

describe('a yes', () => {
  it.each([
    ['the app', () => 'shop'],
    ['the app, in another case', () => 'Shop'],
    ['the whole id', () => question.id],
    ['the end of the id', () => question.id.slice(-6)],
    ['its incident, as the card prints it', () => shortId(incident.id)],
    ['the whole id of its incident', () => incident.id],
    ['the end of the id, in capitals', () => question.id.slice(-5).toUpperCase()],
  ])('finds its question by %s', async (_by, which) => {
    judge();
    expect(await say(`approve ${which()}`)).toMatchObject({ exit: 0, data: { version: 1, question: question.id, app: 'shop', answer: 'yes', outcome: 'counted', state: 'approved', again: false } });
  });

  it('says that it counts and what happens now, and what follows can be followed', async () => {
    judge();
    const result = await say('approve shop');
    expect(result.card.title).toBe('shop: your yes counts; I roll back to 9d1e003 now');
    expect(result.follow).toMatchObject({ planId: question.planId });
    expect(stage.pokes).toBe(1);
  });

  it('to a question that took the place of another one is given by its own id; a no is not held up', async () => {
    await stage.store.write((tx) => closeQuestion(tx, question.id, 'superseded', 'Ann asked for something else', stage.now));
    stage.now += 1_000;
    const anew = await stage.store.write(async (tx) => {
      const planId = await draftPlan(tx, { incidentId: incident.id, targetId: stage.shop, repair: 'pm2.restart', args: {}, risk: 'disruptive', askedBy: 'Ann', requestId: null }, stage.now);
      return ask(tx, { planId, appId: stage.shop, hash: 'd'.repeat(64), need: 1, expiresAt: stage.now + 900_000 }, stage.now);
    });
    judge();
    stage.now += 29_000;
    await expect(say('approve shop')).rejects.toThrow('another question stood here until 30 s ago; now it is: may I do pm2.restart?');
    await expect(say(`approve ${shortId(incident.id)}`)).rejects.toMatchObject({ code: 'question.replaced', mend: `If you mean this one: approve ${shortId(anew)}` });
    expect(await answersTo(stage.store.db, anew)).toEqual([]);
    expect((await say(`approve ${shortId(anew)}`)).data).toMatchObject({ question: anew, outcome: 'counted' });
  });

  it('of two that are needed waits for the other', async () => {
    await stage.store.db.updateTable('questions').set({ need: 2 }).execute();
    judge();
    expect(await say('approve shop')).toMatchObject({ exit: 0, data: { outcome: 'counted', state: 'open' }, card: { title: 'shop: your yes counts; 2 people are needed to roll back to 9d1e003' } });
    expect(await say('approve shop', 'Bob')).toMatchObject({ exit: 0, data: { state: 'approved' } });
  });

  it('is taken back by a no while others are waited for, and not once it was decided', async () => {
    await stage.store.db.updateTable('questions').set({ need: 2 }).execute();
    judge();
    await say('approve shop');
    expect(await say('deny shop')).toMatchObject({ data: { answer: 'no', outcome: 'counted', state: 'denied', again: false } });
    expect(await say(`approve ${question.id}`), 'a yes after that has nothing left to say it to').toMatchObject({ data: { answer: 'no', state: 'denied', again: true } });
  });

  it('that decided is not taken back by a no', async () => {
    judge();
    await say('approve shop');
    expect(await say(`deny ${question.id}`)).toMatchObject({ data: { answer: 'yes', state: 'approved', again: true } });
  });

  it('that was carried out long ago is not said to be carried out now', async () => {
    judge();
    await say('approve shop');
    await stage.store.db.updateTable('plans').set({ state: 'done' }).where('id', '=', question.planId).execute();
    expect((await say(`approve ${question.id}`)).card.title).toBe('shop: nothing is asked about it now; release.rollback was done on that yes');
    await stage.store.db.updateTable('plans').set({ state: 'refused', why: 'PM2 is at work' }).where('id', '=', question.planId).execute();
    expect((await say(`approve ${question.id}`)).card.title).toBe('shop: nothing is asked about it now; release.rollback was not done: PM2 is at work');
  });

  it('comes by a pressed button too', async () => {
    judge();
    expect((await runPressed(`y:${question.id}`, await stage.as('Bob'))).data).toMatchObject({ outcome: 'counted', state: 'approved' });
  });
});

describe('a no', () => {
  it('says what is not done', async () => {
    judge();
    expect(await say('deny shop')).toMatchObject({ exit: 0, data: { answer: 'no', outcome: 'counted', state: 'denied', decidedBy: 'Ann' }, card: { title: 'shop: your no counts; I do not roll back to 9d1e003' } });
  });

  it('has nothing to follow', async () => {
    judge();
    expect((await runPressed(`n:${question.id}`, await stage.as('Bob'))).follow).toBeUndefined();
  });
});

describe('an answer that comes second', () => {
  it('of the same person changes nothing and repeats what was said', async () => {
    judge();
    await say('approve shop');
    const again = await say(`deny ${question.id}`);
    expect(again).toMatchObject({ exit: 1, data: { answer: 'yes', again: true, outcome: 'counted', state: 'approved' } });
    expect(again.card.title).toBe('shop: your yes counts; I roll back to 9d1e003 now');
    expect(again.card.body[0]).toBe('You said yes at 03:12 UTC already, and that stands.');
    expect(again.follow).toBeUndefined();
    expect(await answersTo(stage.store.db, question.id)).toHaveLength(1);
  });

  it('of another person is told who was first and when', async () => {
    judge();
    await say('approve shop');
    const late = await say(`approve ${question.id}`, 'Bob');
    expect(late).toMatchObject({ exit: 0, data: { outcome: 'already_decided', decidedBy: 'Ann' } });
    expect(late.card.title).toBe('shop: already approved by Ann at 03:12 UTC (roll back to 9d1e003)');
  });

  it('against what was decided exits 1', async () => {
    judge();
    await say('approve shop');
    expect((await say(`deny ${question.id}`, 'Bob')).exit).toBe(1);
  });

  it('that lost the race by a moment is judged so', async () => {
    judge('already_decided');
    const before = stage.meanwhile;
    stage.meanwhile = async () => {
      await stage.store.write((tx) => closeQuestion(tx, question.id, 'denied', 'Bob', BEGAN + MINUTE));
      await before();
    };
    expect((await say('approve shop')).card.title).toBe('shop: already denied by Bob at 03:13 UTC (roll back to 9d1e003)');
  });
});

describe('an answer that does not count', () => {
  it('is too late when the question has expired', async () => {
    await stage.store.write((tx) => closeQuestion(tx, question.id, 'expired', 'nobody answered in time', question.expiresAt));
    stage.now = question.expiresAt + MINUTE;
    const late = await say(`approve ${question.id}`);
    expect(late).toMatchObject({ exit: 1, data: { outcome: 'too_late', state: 'expired' } });
    expect(late.card.title).toBe('shop: too late: the question expired at 03:42 UTC, and nothing was done');
  });

  it('is too late also while the question has not been closed yet', async () => {
    judge('too_late');
    expect((await say('approve shop')).card.title).toBe('shop: too late: the question expired at 03:42 UTC, and nothing was done');
  });

  it('is not that of who asked for it', async () => {
    await stage.store.db.updateTable('plans').set({ asked_by: 'Ann' }).execute();
    judge('not_allowed');
    const own = await say('approve shop');
    expect(own).toMatchObject({ exit: 1, data: { outcome: 'not_allowed', state: 'open' } });
    expect(own.card).toMatchObject({ title: 'shop: you asked to roll back to 9d1e003; somebody else says yes to it', body: ['These may: Bob.'] });
  });

  it('is kept, and said to be, where no monitor judges it', async () => {
    const kept = await say('approve shop');
    expect(kept).toMatchObject({ exit: 3, data: { outcome: null, state: 'open' } });
    expect(kept.card.title).toBe('shop: your yes is kept; the monitor has not judged it yet');
    expect(stage.now - BEGAN).toBeLessThan(6_000);
    expect(await unjudgedAnswers(stage.store.db, stage.hostId)).toHaveLength(1);
  });

  it('comes twice in one redelivery and is one', async () => {
    await say('approve shop', 'Ann', { nonce: 'same' });
    await say('approve shop', 'Ann', { nonce: 'same' });
    expect(await answersTo(stage.store.db, question.id)).toHaveLength(1);
  });
});

describe('a question nobody knows', () => {
  it.each(['zzzzzz', 'abc', 'blog', '%', '______', '--------'])('%s: the open ones are named', async (which) => {
    const error = { code: 'question.unknown', errorClass: 'invalid', mend: `Open questions: shop (${question.id.slice(-6)}). Name the app, or the last 4 characters of the id or more.` };
    await expect(runWords(['approve', '--', which], await stage.as('Ann'))).rejects.toMatchObject(error);
  });

  it.each([
    ['blog', 'about blog nothing was ever asked'],
    ['zzzzzz', 'there never was a question “zzzzzz”'],
  ])('%s never was one, and that is said', async (which, message) => {
    await stage.store.write((tx) => closeQuestion(tx, question.id, 'cancelled', 'shop is good again', BEGAN));
    await expect(say(`approve ${which}`)).rejects.toMatchObject({ message, mend: 'No question is open now.' });
  });

  it('is said to be that of an incident about which nothing was asked', async () => {
    await stage.store.db.deleteFrom('questions').execute();
    await expect(say(`deny ${shortId(incident.id)}`)).rejects.toMatchObject({ message: `about the incident ${shortId(incident.id)} nothing was asked` });
  });
});

describe('a question that is over', () => {
  it.each([
    ['expired', 'nobody answered in time', 'shop: too late: the question expired at 03:42 UTC, and nothing was done'],
    ['cancelled', 'shop is good again', 'shop: too late: the question was taken back at 03:12 UTC, and nothing was done'],
    ['superseded', 'superseded: Otto asked for something else', 'shop: too late: something else took the question\'s place at 03:12 UTC, and this was not done'],
    ['denied', 'Ann', 'shop: already denied by Ann at 03:12 UTC (roll back to 9d1e003)'],
  ] as const)('%s: what became of it is said by app, incident and question', async (state, by, title) => {
    await stage.store.write((tx) => closeQuestion(tx, question.id, state, by, BEGAN));
    for (const which of ['shop', shortId(incident.id), question.id]) expect((await say(`approve ${which}`)).card.title).toBe(title);
  });
});
