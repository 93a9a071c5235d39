/** `hypercare demo <fault>`: breaks a sample shop for real, in a PM2 and a store of its own, and tells what happens. */
import type { Exit } from '../src/commands/command.js';
import type { CliIo } from '../src/cli/cli-io.js';
import { HypercareError } from '../src/domain/errors.js';
import { nearestWord } from '../src/domain/nearest.js';
import { endOf } from './demo/ending.js';
import { createNarrator, type Narrator } from './demo/narrator.js';
import { answering } from './demo/person.js';
import { setScene, type Scene } from './demo/scene.js';
import { settleIn } from './demo/settle-in.js';
import { tellStory } from './demo/story.js';
import { breakShop, SHOP_FAULTS, type ShopFault } from './shop/break-shop.js';

const STORY_WITHIN_MS = 150_000;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const WHAT: Readonly<Record<ShopFault, string>> = {
  crash: 'its price list is gone while it restarts: every worker dies at boot until PM2 gives up, and nobody starts it again',
  'late-crash-loop': 'a release goes live that runs well for 20 s and then crashes at every boot, which PM2 by itself never ends',
  hang: 'its event loop is blocked for ever, and PM2 calls it online',
  errors: 'its memory is corrupted: pages answer 500 until it is restarted, and PM2 calls it online',
  slow: 'every page becomes slow until it is restarted, and PM2 calls it online',
  leak: 'it eats memory until it is restarted',
  'bad-release': 'a release goes live whose checkout answers 500, which no restart mends',
};

export async function runDemo(words: readonly string[], io: CliIo, options: { readonly json: boolean }): Promise<Exit> {
  const fault = readFault(words);
  const narrator = createNarrator(io, options.json);
  narrator.tell('setting', 'a sample shop opens: two workers, in a PM2 and a store of its own; nothing of yours is touched');
  const setting = setScene({ user: io.user });
  let stopped = false;
  const interrupted = () => {
    stopped = true;
    void cleared(setting, narrator).finally(() => process.exit(1));
  };
  for (const signal of SIGNALS) process.once(signal, interrupted);
  try {
    return await play(await setting, fault, { io, narrator, yes: words.includes('--yes'), json: options.json });
  } catch (error) {
    // The scene was taken away from under it; whoever took it away ends the process.
    if (stopped) return await new Promise<never>(() => undefined);
    throw error;
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, interrupted);
    await setting.then((scene) => scene.end(), () => undefined);
  }
}

/** A scene that is still being set is ended once it stands: half of one cannot be found again. */
async function cleared(setting: Promise<Scene>, narrator: Narrator): Promise<void> {
  await setting.then((scene) => scene.end(), () => undefined);
  narrator.tell('stopped', 'stopped; everything of the demo is gone');
}

interface Playing {
  readonly io: CliIo;
  readonly narrator: Narrator;
  readonly yes: boolean;
  readonly json: boolean;
}

async function play(scene: Scene, fault: ShopFault, { io, narrator, yes, json }: Playing): Promise<Exit> {
  const release = await settleIn(scene, io);
  narrator.tell('ready', `it sells at ${scene.shop.url}, hypercare watches it, and its release ${release} is known to be good`);
  narrator.tell('break', `now it breaks: ${WHAT[fault]}`);
  const { brokenAt } = await breakShop(scene.shop, fault);
  const incidents = await tellStory(scene, { io, narrator, answer: answering(io, narrator, { yes, json }) }, { from: brokenAt, withinMs: STORY_WITHIN_MS });
  const end = await endOf(scene, { fault, brokenAt, incidents });
  narrator.tell('result', end.text, end.facts);
  return end.exit;
}

function readFault(words: readonly string[]): ShopFault {
  const unknownFlag = words.find((word) => word.startsWith('-') && word !== '--yes');
  if (unknownFlag) throw new HypercareError('usage', 'invalid', `demo does not know ${unknownFlag}`, 'It takes a fault and --yes.');
  const [word = '', second] = words.filter((one) => !one.startsWith('-'));
  if (second !== undefined) throw new HypercareError('usage', 'invalid', `demo shows one fault, and does not know what to do with “${second}”`, `Show one after the other: demo ${word}, then demo ${second}.`);
  const fault = SHOP_FAULTS.find((known) => known === word);
  if (fault) return fault;
  const near = nearestWord(word, SHOP_FAULTS);
  throw new HypercareError('usage', 'invalid', word === '' ? 'demo needs the fault to show' : `there is no fault named “${word}”${near ? `; did you mean ${near}?` : ''}`, `One of: ${SHOP_FAULTS.join(', ')}.`);
}
