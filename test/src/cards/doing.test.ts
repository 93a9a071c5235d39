import { describe, expect, it } from 'vitest';
import { sayDoing, type Around } from '../../../src/cards/doing.js';

const open = { state: 'open', reason: null } as const;
const nothing: Around = { asked: false, waitsFor: null, run: null };

describe('what is being done about an incident', () => {
  it.each([
    ['a question comes before all else', open, { asked: true, waitsFor: 'w', run: { repair: 'pm2.reload', state: 'failed' } }, 'a question waits for your answer'],
    ['a repair that runs', open, { ...nothing, run: { repair: 'pm2.reload', state: 'running' } }, 'pm2.reload is under way'],
    ['one that is taken back', open, { ...nothing, run: { repair: 'pm2.reload', state: 'undoing' } }, 'pm2.reload is being undone'],
    ['one that is not proved yet', open, { ...nothing, run: { repair: 'pm2.reload', state: 'settling' } }, 'pm2.reload was done; fresh readings decide whether it helped'],
    ['one that ended says nothing of now', open, { ...nothing, waitsFor: 'for the budget', run: { repair: 'pm2.reload', state: 'failed' } }, 'for the budget'],
    ['where the machine stopped, people', { state: 'escalated', reason: 'nothing helped' }, nothing, 'people are needed: nothing helped'],
    ['where nothing holds it up', open, nothing, 'it is looked at again'],
    ['of one that is over, how it ended', { state: 'resolved', reason: 'well again' }, { ...nothing, asked: true }, 'well again'],
  ] as const)('%s', (_what, incident, around, says) => {
    expect(sayDoing(incident, around)).toBe(says);
  });
});
