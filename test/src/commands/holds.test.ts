import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { holds } from '../../../src/commands/holds.js';
import { commandContract } from '../../contracts/command.js';
import { keepHolds } from './keep-holds.js';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest(keepHolds);
const say = sayOn(stage);

commandContract(holds);

describe('holds', () => {
  it('shows what is held, by whom, since and until when, and why', async () => {
    expect((await say('holds', 'Vera')).card).toMatchObject({ level: 'good', title: 'nothing is held: hypercare acts as its policy says' });
    await say('freeze shop --for 2h --reason "deploying by hand"');
    await say('silence blog --reason "we know"');
    const { card, data } = await say('holds', 'Vera');
    expect(card.body.map((line) => line.replaceAll(/\d\d:\d\d UTC/g, '‹clock›').replaceAll(/just now|\d+ (s|ms|min) ago/g, '‹time› ago'))).toEqual([
      'Frozen: shop, by Ann since ‹clock›, ‹time› ago, until ‹clock›, in 2 h: deploying by hand',
      'Silenced: blog, by Ann since ‹clock›, ‹time› ago, until ‹clock›, in 1 h: we know',
    ]);
    expect(data['holds']).toHaveLength(2);
  });

  it('shows the freeze file, although no monitor has seen it', async () => {
    const file = join(stage.dir, 'freeze');
    await writeFile(file, 'stop\n');
    expect((await say('holds', 'Vera', { freezeFile: file })).data['holds']).toMatchObject([{ kind: 'freeze', scope: '*', reason: 'stop', until: null }]);
    expect((await say('status', 'Vera', { freezeFile: file })).card.body[0]).toMatch(/^Frozen: everything, by .*: stop$/);
  });
});
