/** The second half of `npm start`, once everything is installed and built. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { processEnv } from '../src/config/env.js';
import { SECRET_NAMES } from '../src/config/secrets.js';
import { errorText, HypercareError } from '../src/domain/errors.js';
import { createExec } from '../src/io/exec.js';
import { packageRoot } from '../src/io/package-root.js';
import { usersPm2Home } from './pm2-cli.js';
import { firstLook, type Seen, hasWayBack } from './start/first-look.js';
import { requireUp, startOwn } from './start/own-processes.js';
import { findPlace, type Place } from './start/place.js';
import { prepareSample } from './start/sample.js';
import { closingWords, firstTry, processWords, strayWords } from './start/words.js';

const CHECK_WITHIN_MS = 20_000;
const EXIT_USAGE = 2;
const MOST_PLANNED = 3;

const say = (line: string): void => console.log(line);

async function up(): Promise<void> {
  const env = processEnv();
  const pm2Home = usersPm2Home();
  const place = findPlace(env, packageRoot());
  let shopUrl: string | null = null;
  if (place.sample) {
    say(existsSync(place.config) ? 'The sample shop …' : `No hypercare.yaml here: setting up the bundled sample shop in ${place.dataDir} …`);
    const shop = await prepareSample(place, pm2Home);
    shopUrl = shop.url;
    say(`  it is at ${shop.url}`);
  }
  await checkConfig(place, pm2Home);
  say('Monitor and bot, under PM2 …');
  const own = await startOwn({ root: packageRoot(), pm2Home }, place);
  say(`  ${processWords(own)}`);
  const stray = strayWords(place, SECRET_NAMES.filter((name) => env[name]));
  if (stray) say(stray);
  say('Waiting for the first look at every app …');
  const look = await firstLook(place, () => requireUp(pm2Home, own));
  if (look.kind === 'blind') throw new HypercareError('own.blind', 'transient', `Monitor and bot run, but how the apps are cannot be told: ${look.why}`, 'See why: npx pm2 logs /hypercare/ --nostream');
  say(closingWords(place, look, firstTry(shopUrl, shopUrl === null ? await appWithWayBack(place, look) : null)));
}

/** Of the apps it is tried with, the first that has a release to go back to. */
async function appWithWayBack(place: Place, look: Seen): Promise<string | null> {
  for (const { app } of look.apps.slice(0, MOST_PLANNED)) if (await hasWayBack(place, app)) return app;
  return null;
}

/** Mistakes and warnings of the configuration are shown as `hypercare config check` shows them, before anything is started. */
async function checkConfig(place: Place, pm2Home: string): Promise<void> {
  if (!existsSync(join(packageRoot(), 'dist', 'src', 'cli', 'main.js'))) return;
  const bin = join(packageRoot(), 'bin', 'hypercare.js');
  const check = await createExec().run(process.execPath, [bin, 'config', 'check', place.config], { cwd: packageRoot(), env: { PM2_HOME: pm2Home }, timeoutMs: CHECK_WITHIN_MS });
  if (check.code === EXIT_USAGE) throw new HypercareError('config.invalid', 'invalid', `${check.stdout}${check.stderr}`.trim(), `Correct ${place.config}, then run \`npm start\` again.`);
  if (check.stdout.includes('warning: ')) say(check.stdout.trim());
}

try {
  await up();
} catch (error) {
  console.error(error instanceof HypercareError ? [error.message, error.mend].filter(Boolean).join('\n') : errorText(error));
  process.exitCode = error instanceof HypercareError && error.errorClass === 'invalid' ? EXIT_USAGE : 1;
}
