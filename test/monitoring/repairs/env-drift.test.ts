import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { driftNotes } from '../../../monitoring/repairs/env-drift.js';
import { pm2Restart } from '../../../monitoring/repairs/pm2-restart.js';
import type { Io } from '../../../src/io/io.js';
import { idleApp, startPm2Home, until } from '../../doubles/pm2-home.js';
import type { Pm2Home } from '../../doubles/pm2-home.js';
import { instancesOf, ioOf, prepareStep } from '../../doubles/pm2-repair.js';

let home: Pm2Home;
let io: Io;

beforeAll(async () => {
  home = await startPm2Home();
  io = ioOf(home.home);
});
afterAll(async () => {
  await io.pm2.close();
  await home.stop();
});

let apps = 0;

/** An app that runs from such a file, which is then written over with the next. */
async function ran(was: string, is: string, cluster = false): Promise<{ readonly name: string; readonly file: string; notes(): Promise<readonly string[]> }> {
  const name = `app-${(apps += 1)}`;
  const { cwd } = await home.startApp({ name: `${name}-place`, code: idleApp });
  const file = join(cwd, 'ecosystem.config.cjs');
  const text = (env: string): string => `const { join } = require('node:path');\nmodule.exports = { apps: [{ name: '${name}', cwd: __dirname, script: join(__dirname, 'app.cjs'), ${cluster ? "exec_mode: 'cluster', instances: 1, " : ''}${env} }] };`;
  await writeFile(file, text(was));
  await home.pm2('start', file);
  await until('it to run', async () => (await instancesOf(io, name)).every(({ status }) => status === 'online'));
  await writeFile(file, text(is));
  return { name, file, notes: async () => driftNotes(name, await instancesOf(io, name)) };
}

test.each([['fork mode', false], ['a cluster', true]])('in %s, a value that was changed or added since the start is named, and nothing of its content', async (_, cluster) => {
  const { name, file, notes } = await ran("env: { SPEED: 'slow', SAME: 1 }", "env: { SPEED: 's3cret', SAME: 1, NEW: true }", cluster);
  expect(await notes()).toEqual([`${name} runs with another SPEED, NEW than ecosystem.config.cjs says, and keeps it now: pm2 restart ecosystem.config.cjs takes the file's`]);
  expect((await prepareStep(pm2Restart, name, {}, io)).prepared.notes.at(-1)).toContain('another SPEED, NEW');
  await home.pm2('restart', file);
  await until('the file’s values to be there', async () => (await notes()).length === 0);
});

test.each([
  ['nothing was changed', "env: { SPEED: 'slow' }", "env: { SPEED: 'slow' }"],
  ['a value comes from the environment', "env: { SPEED: process.env.SPEED || 'slow' }", "env: { SPEED: process.env.SPEED || 'fast' }"],
  ['it is the value of another environment of the file', "env: { SPEED: 'slow' }", "env: { SPEED: 'fast' }, env_staging: { SPEED: 'slow' }"],
  ['the file needs more than can be given here', "env: { SPEED: 'slow' }", "env: { SPEED: require('node:fs').readFileSync('/etc/hostname', 'utf8') }"],
  ['the file never ends', "env: { SPEED: 'slow' }", 'env: (() => { for (;;); })()'],
  ['the file is broken', "env: { SPEED: 'slow' }", 'env: {'],
])('where %s, nothing is said', async (_, was, is) => {
  expect(await (await ran(was, is)).notes()).toEqual([]);
});
