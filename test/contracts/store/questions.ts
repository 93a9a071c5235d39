import { describe, expect, it } from 'vitest';
import type { PersonId, QuestionId } from '../../../src/domain/ids.js';
import { personNamed, syncPeople } from '../../../src/store/people.js';
import { answer, answersTo, judgeAnswer, unjudgedAnswers } from '../../../src/store/answers.js';
import { ask, closeQuestion, getQuestion, markWarned, openQuestions, questionOf, questionsEndingWith } from '../../../src/store/questions.js';
import { askAbout, NOW, planFor, type Stage } from './stage.js';

export function questionsContract(stage: Stage): void {
  const asked = () => stage.write((tx) => askAbout(tx, stage.shop));
  const people = async (): Promise<{ readonly ann: PersonId; readonly bob: PersonId }> => {
    await stage.write((tx) => syncPeople(tx, stage.hostId, ['ann', 'bob'].map((name) => ({ name: stage.unique(name), role: 'approver', accounts: [] })), NOW));
    const [ann, bob] = await Promise.all(['ann', 'bob'].map((name) => personNamed(stage.store.db, stage.hostId, stage.unique(name))));
    return { ann: (ann as { id: PersonId }).id, bob: (bob as { id: PersonId }).id };
  };

  describe('questions', () => {
    it('are one an app while they are open', async () => {
      const { planId, questionId } = await asked();
      const again = (now: number) => stage.write((tx) => ask(tx, { planId, appId: stage.shop, hash: 'h2', need: 2, expiresAt: now }, now));
      await expect(again(NOW + 1)).rejects.toThrow(/unique/i);
      expect(await openQuestions(stage.store.db, stage.hostId)).toMatchObject([{ id: questionId, appId: stage.shop, appName: 'shop', state: 'open', warnedAt: null }]);
      await stage.write((tx) => closeQuestion(tx, questionId, 'expired', 'nobody', NOW + 2));
      const second = await again(NOW + 3);
      expect(await questionOf(stage.store.db, planId)).toMatchObject({ id: second, need: 2, hash: 'h2' });
      expect(await getQuestion(stage.store.db, questionId)).toMatchObject({ state: 'expired', decidedBy: 'nobody', decidedAt: NOW + 2 });
    });

    it('are closed by exactly one of two connections at once', async () => {
      const other = stage.another();
      for (let round = 0; round < 5; round += 1) {
        const { questionId } = await stage.write(async (tx) => {
          const planId = await planFor(tx, stage.unique(`i${round}`) as never, stage.shop);
          return { questionId: await ask(tx, { planId, appId: stage.shop, hash: 'h', need: 1, expiresAt: NOW }, NOW) };
        });
        const won = await Promise.all([
          stage.store.write((tx) => closeQuestion(tx, questionId, 'approved', 'Ann', NOW)),
          other.write((tx) => closeQuestion(tx, questionId, 'denied', 'Bob', NOW)),
        ]);
        expect([...won].sort()).toEqual([false, true]);
        expect(await getQuestion(stage.store.db, questionId)).toMatchObject(won[0] ? { state: 'approved', decidedBy: 'Ann' } : { state: 'denied', decidedBy: 'Bob' });
      }
    });

    it('are warned of, and found by their plan and by the end of their id', async () => {
      const { planId, questionId } = await asked();
      await stage.write((tx) => markWarned(tx, questionId, NOW + 1));
      expect(await questionOf(stage.store.db, planId)).toMatchObject({ warnedAt: NOW + 1 });
      expect(await questionOf(stage.store.db, 'none' as never)).toBeNull();
      expect(await getQuestion(stage.store.db, 'none' as never)).toBeNull();
      const found = async (ending: string) => (await questionsEndingWith(stage.store.db, stage.hostId, ending)).map(({ id }) => id);
      expect([await found(questionId.slice(-5)), await found(questionId.slice(-5).toUpperCase())]).toEqual([[questionId], [questionId]]);
      for (const ending of ['', '%', '____']) expect(await found(ending), ending).toEqual([]);
    });
  });

  describe('answers', () => {
    const give = (questionId: QuestionId, personId: PersonId, nonce: string, yes = true, store = stage.store) =>
      store.write((tx) => answer(tx, { questionId, personId, yes, via: 'slack', nonce: stage.unique(nonce) }, NOW));

    it('count once a nonce and once a person, the first of them; but a no takes back the yes of the same person', async () => {
      const { questionId } = await asked();
      const { ann, bob } = await people();
      expect([await give(questionId, ann, 'n1'), await give(questionId, bob, 'n1'), await give(questionId, ann, 'n2'), await give(questionId, bob, 'n3', false)]).toEqual([true, false, false, true]);
      expect(await answersTo(stage.store.db, questionId)).toMatchObject([{ personId: ann, yes: true, name: stage.unique('ann') }, { personId: bob, yes: false }]);
      await stage.write((tx) => judgeAnswer(tx, { questionId, personId: ann }, 'counted'));
      expect([await give(questionId, ann, 'n4', false), await give(questionId, ann, 'n5', false), await give(questionId, ann, 'n6')]).toEqual([true, false, false]);
      expect(await unjudgedAnswers(stage.store.db, stage.hostId)).toMatchObject([{ personId: bob, yes: false }, { personId: ann, yes: false }]);
    });

    it('of two clicks at once on two connections count once', async () => {
      const { questionId } = await asked();
      const { ann } = await people();
      const kept = await Promise.all([give(questionId, ann, 'c1'), give(questionId, ann, 'c2', true, stage.another())]);
      expect(kept.sort()).toEqual([false, true]);
    });

    it('wait for the monitor to judge them', async () => {
      const { questionId } = await asked();
      const { ann } = await people();
      await give(questionId, ann, 'n1');
      expect(await unjudgedAnswers(stage.store.db, stage.hostId)).toMatchObject([{ questionId, personId: ann, name: stage.unique('ann'), outcome: null, via: 'slack' }]);
      await stage.write((tx) => judgeAnswer(tx, { questionId, personId: ann }, 'counted'));
      expect(await unjudgedAnswers(stage.store.db, stage.hostId)).toEqual([]);
      expect(await answersTo(stage.store.db, questionId)).toMatchObject([{ outcome: 'counted' }]);
    });
  });
}
