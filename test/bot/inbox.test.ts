import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Hear, Reply, Utterance } from '../../bot/channels/channel.js';
import { createInbox } from '../../bot/inbox.js';
import { drawToken } from '../../src/cards/token.js';
import type { Platform } from '../../src/domain/person.js';
import { DEFAULT_TIERS } from '../../src/domain/tiers.js';
import { answersTo, judgeAnswer, unjudgedAnswers } from '../../src/store/answers.js';
import { HypercareError } from '../../src/domain/errors.js';
import { syncPeople } from '../../src/store/people.js';
import { closeQuestion } from '../../src/store/questions.js';
import { movePlan } from '../../src/store/plans.js';
import { asked, broken, monitorAnswers, openStage, watchShop, type Stage } from '../src/commands/stage.js';
import { policy } from '../src/policy/policies.js';
import { keepLog, type Log } from './stage.js';

const ACCOUNTS: Readonly<Record<string, { readonly platform: Platform; readonly userId: string }>> = {
  Ann: { platform: 'slack', userId: 'U0ANN' }, Bob: { platform: 'telegram', userId: '7002' }, Vera: { platform: 'slack', userId: 'U0VERA' },
  nobody: { platform: 'telegram', userId: '666' },
};

let stage: Stage;
let hear: Hear;
let log: Log;
let spoken = 0;
beforeEach(async () => {
  stage = await openStage();
  log = keepLog();
  const clock = { now: () => stage.now, monotonic: () => stage.now, sleep: async (ms: number) => (stage.now += ms, stage.meanwhile()) };
  hear = createInbox({ store: stage.store, hostId: stage.hostId, carrier: { poke: async () => void (stage.pokes += 1), onPoke: async () => async () => undefined }, clock, log, tiers: DEFAULT_TIERS, settleMs: 30_000, policy: policy('observe'), timeZone: 'UTC', dashboardAt: 'http://127.0.0.1:4880/dashboard' });
});
afterEach(() => stage.close());

const by = (name: string, said: Utterance['said'], nonce = `n-${(spoken += 1)}`): Promise<Reply> => hear({ ...(ACCOUNTS[name] as (typeof ACCOUNTS)[string]), userName: `${name} on a screen`, said, nonce });
const says = (name: string, words: string, nonce?: string): Promise<Reply> => by(name, { words }, nonce);
const title = async (reply: Promise<Reply>): Promise<string> => (await reply).card.title;
const text = ({ card }: Reply): string => [card.title, ...card.body, ...card.fields.map(({ name, value }) => `${name} ${value}`), card.footer ?? ''].join('\n');
const requests = () => stage.store.db.selectFrom('requests').selectAll().execute();

/** Plays the monitor's answer stage: the first yes decides, whoever comes later was too late. */
function judges(): void {
  let judging = Promise.resolve();
  stage.meanwhile = () => (judging = judging.then(async () => {
    for (const given of await unjudgedAnswers(stage.store.db, stage.hostId)) {
      await stage.store.write(async (tx) => {
        const first = await closeQuestion(tx, given.questionId, given.yes ? 'approved' : 'denied', given.name, stage.now);
        await judgeAnswer(tx, given, first ? 'counted' : 'already_decided');
      });
    }
  }));
}

describe('who may ask what', () => {
  it('a link into the dashboard is given where nobody else reads it', async () => {
    const asks = (privately?: boolean): Promise<Reply> => hear({ platform: 'telegram', userId: '7002', userName: 'Bob', said: { words: 'dashboard' }, nonce: `d-${(spoken += 1)}`, ...(privately === undefined ? {} : { privately }) });
    expect(text(await asks(true))).toContain('http://127.0.0.1:4880/dashboard/in/');
    for (const others of [await asks(false), await asks()]) expect([others.card.title, text(others).includes('/in/')]).toEqual(['others would see the link here, and could use it', false]);
  });

  describe('a member of a user group', () => {
    const OPS = { name: 'on call', role: 'operator', accounts: [{ platform: 'slack', userId: 'S0OPS' }] } as const;
    const LEADS = { name: 'leads', role: 'approver', accounts: [{ platform: 'slack', userId: 'S0LEAD' }] } as const;
    const ANN = { name: 'Ann', role: 'viewer', accounts: [{ platform: 'slack', userId: 'U0ANN' }] } as const;
    const asks = (userId: string, isIn: (group: string) => Promise<boolean>, words = 'whoami'): Promise<Reply> => hear({ platform: 'slack', userId, userName: 'x', said: { words }, nonce: `g-${(spoken += 1)}`, privately: true, isIn });
    beforeEach(() => stage.store.write((tx) => syncPeople(tx, stage.hostId, [OPS, LEADS, ANN], stage.now)));

    it('speaks for the group, of several for the one that may most, and by name for nobody but himself', async () => {
      expect(await title(asks('U0NEW', async (group) => group === 'S0OPS'))).toBe('you are on call, operator');
      expect(await title(asks('U0NEW', async () => true))).toBe('you are leads, approver');
      expect(await title(asks('U0ANN', async () => true))).toBe('you are Ann, viewer');
      expect(await title(asks('U0NEW', async () => false))).toContain('nobody is known');
    });

    it('may nothing where nobody can tell whether he is one, and is told so', async () => {
      const lost = async (): Promise<boolean> => Promise.reject(new HypercareError('denied.group', 'denied', 'it could not be found out', 'Try again.'));
      expect(await title(asks('U0NEW', lost, 'repair pm2.reload shop'))).toContain('it could not be found out');
      expect(await requests()).toEqual([]);
    });

    it('gets no link into the dashboard, which would stand for whoever is in the group', async () => {
      expect(await title(asks('U0NEW', async () => true, 'dashboard'))).toContain('people who are named');
    });
  });

  it('a stranger is told who he is here, and how to be known, and nothing else', async () => {
    expect(text(await says('nobody', 'whoami'))).toMatch(/nobody is known by the telegram account 666[^]*hypercare\.yaml/);
    const refused = await says('nobody', 'status');
    expect(refused).toMatchObject({ audience: 'person', card: { level: 'warning', title: '“status” asks for a viewer, and the telegram account 666 belongs to nobody who is known here' } });
    for (const name of ['Ann', 'Bob', 'Otto', 'Vera']) expect(text(refused)).not.toContain(name);
    const help = text(await says('nobody', 'help'));
    expect(help).toContain('whoami');
    expect(help).not.toContain('rollback');
  });

  it('a stranger’s press is not counted', async () => {
    const { question } = await asked(stage, await broken(stage));
    expect(await title(by('nobody', { pressed: drawToken({ asks: 'yes', id: question.id }) }))).toContain('asks for an operator');
    expect(await answersTo(stage.store.db, question.id)).toEqual([]);
  });

  it('a viewer sees, and may neither ask for repairs nor answer', async () => {
    await watchShop(stage);
    expect(await title(says('Vera', 'status shop'))).toContain('shop: good');
    const { question } = await asked(stage, await broken(stage));
    for (const refused of [await says('Vera', 'repair general shop'), await says('Vera', 'approve shop'), await by('Vera', { pressed: drawToken({ asks: 'no', id: question.id }) })]) expect(refused.card.title).toContain('Vera is a viewer');
    expect([await requests(), await answersTo(stage.store.db, question.id)]).toEqual([[], []]);
  });

  it('a display name gives nobody any right', async () => {
    const reply = await hear({ platform: 'telegram', userId: '667', userName: 'Ann', said: { words: 'repair general shop' }, nonce: 'forged' });
    expect(reply.card.title).toContain('belongs to nobody');
  });

  it('the same number on another platform is somebody else', async () => {
    const reply = await hear({ platform: 'slack', userId: '7002', userName: 'Bob', said: { words: 'status' }, nonce: 'x' });
    expect(reply.card.title).toContain('belongs to nobody');
  });
});

describe('what is asked of the monitor', () => {
  it('is one request, in the person’s name', async () => {
    monitorAnswers(stage, () => ({ ok: true, data: { refused: 'nothing to do' } }));
    expect(await title(says('Bob', 'repair pm2.reload shop'))).toContain('not possible: nothing to do');
    expect(await requests()).toMatchObject([{ verb: 'repair', resource_id: stage.shop, via: 'telegram', key: expect.stringMatching(/^\w+:telegram:7002:/) as string }]);
  });

  it('is one request however often it is delivered, and is answered each time', async () => {
    monitorAnswers(stage, () => ({ ok: true, data: { refused: 'nothing to do' } }));
    const replies = [await says('Bob', 'repair pm2.reload shop', 'tg:1'), await says('Bob', 'repair pm2.reload shop', 'tg:1')];
    expect(replies[1]).toEqual(replies[0]);
    expect(await requests()).toHaveLength(1);
  });

  it('is the same nonce of two people two requests', async () => {
    monitorAnswers(stage, () => ({ ok: true, data: { refused: 'nothing to do' } }));
    await says('Bob', 'repair pm2.reload shop', 'same');
    await says('Ann', 'repair pm2.reload shop', 'same');
    expect(await requests()).toHaveLength(2);
  });

  it('is told to be withdrawn when no monitor takes it', async () => {
    expect(text(await says('Bob', 'repair pm2.reload shop'))).toMatch(/the monitor did not take it within 5 s; the request was withdrawn[^]*npm start/);
  });
});

describe('two people in two chats', () => {
  it('decide once: the second is told who decided, and when', async () => {
    judges();
    const { question } = await asked(stage, await broken(stage));
    const yes = { pressed: drawToken({ asks: 'yes', id: question.id }) } as const;
    const [first, second] = await Promise.all([by('Bob', yes), by('Ann', yes)]);
    const told = [first?.card.title, second?.card.title].toSorted();
    expect(told).toEqual([expect.stringMatching(/shop: already approved by (Ann|Bob) at 03:12 UTC/), expect.stringMatching(/shop: your yes counts/)]);
    expect((await answersTo(stage.store.db, question.id)).map(({ outcome }) => outcome).toSorted()).toEqual(['already_decided', 'counted']);
  });

  it('gives the one who presses twice the same answer twice, and counts once', async () => {
    judges();
    const { question } = await asked(stage, await broken(stage));
    const yes = { pressed: drawToken({ asks: 'yes', id: question.id }) } as const;
    expect(await title(by('Bob', yes))).toContain('your yes counts');
    expect(text(await by('Bob', yes))).toContain('You said yes at 03:12 UTC already, and that stands.');
    expect(await answersTo(stage.store.db, question.id)).toHaveLength(1);
  });

  it('answers a press on what is over, and on what it never knew', async () => {
    const { plan, question } = await asked(stage, await broken(stage));
    await stage.store.write(async (tx) => {
      await closeQuestion(tx, question.id, 'expired', 'nobody answered in time', stage.now);
      await movePlan(tx, plan.id, 'asked', 'expired');
    });
    expect(await title(by('Bob', { pressed: drawToken({ asks: 'yes', id: question.id }) }))).toContain('too late: the question expired');
    expect(await title(by('Bob', { pressed: drawToken({ asks: 'yes', id: 'zzzzzzzzzzzzzzzzz' }) }))).toContain('there never was a question');
    expect(await title(by('Bob', { pressed: 'from another bot' }))).toBe('this button is not one of ours, or of another version');
  });

  it('shows the details of an incident to who presses for them', async () => {
    const incident = await broken(stage);
    expect(await title(by('Bob', { pressed: drawToken({ asks: 'details', id: incident.id }) }))).toContain('/checkout');
  });
});

describe('what goes wrong', () => {
  it.each([
    ['stauts', 'there is no command “stauts”', 'Did you mean “status”?'],
    ['rollback shpo --plan', 'shpo', 'Did you mean “shop”?'],
    ['rollback shop', 'rollback: --reason is missing', 'Usage: rollback <app> --reason <why>'],
    ['status "shop', 'the quote " is not closed', 'help'],
  ])('is told with what was meant: %s', async (words, what, mend) => {
    const reply = await says('Ann', words);
    expect(reply.card.level).toBe('warning');
    expect(text(reply)).toContain(what);
    expect(text(reply)).toContain(mend);
  });

  it('no words at all ask for help', async () => {
    expect(await title(says('Ann', '   '))).toBe('what you may ask here');
  });

  it('comes back as a reply when the store is gone, and is in the log without what was said', async () => {
    await stage.store.close();
    const reply = await says('Ann', 'rollback shop --reason "the secret plan"');
    expect(reply).toMatchObject({ audience: 'person', card: { level: 'critical', title: 'hypercare itself failed' } });
    expect(log.lines).toHaveLength(1);
    expect(log.lines.join()).not.toContain('secret');
  });

  it('the log holds the verb and no more of what people say', async () => {
    await says('Ann', 'help "my password"');
    await says('Ann', 'whoami');
    expect(log.lines.join()).toContain('"said":"whoami"');
    expect(log.lines.join()).not.toContain('password');
  });
});
