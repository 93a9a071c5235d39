import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seatFile } from '../../../src/store/seat.js';
import { openStage, type Stage } from '../commands/stage.js';
import { cli, writeConfig } from './run.js';

let stage: Stage;
let holder: ChildProcess | null = null;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(async () => {
  if (holder) {
    holder.kill('SIGKILL');
    await once(holder, 'close');
  }
  await stage.close();
});

describe('--offline beside somebody who holds the seat', () => {
  it('is refused, and told which process that is and what to do', async () => {
    const pm2Home = join(stage.dir, 'pm2');
    mkdirSync(pm2Home);
    await writeConfig(stage, `host: vm-1\ndata_dir: ${stage.dir}\npm2_home: ${pm2Home}\n`);
    holder = hold(seatFile(pm2Home));
    await once(holder.stdout as NodeJS.ReadableStream, 'data');
    const ran = await cli(stage, ['rollback', 'shop', '--plan', '--offline', '--json']);
    expect((await cli(stage, ['incidents', '--offline'])).exit).toBe(0);
    expect([ran.exit, JSON.parse(ran.stdout)]).toMatchObject([2, { error: {
      code: 'seat.taken',
      message: `a monitor (pid ${holder.pid}) watches this PM2: two may not act at once`,
      mend: `Ask it: the same command without --offline. If it does not answer, end it (“npm stop”, or “kill ${holder.pid}”), then ask again.`,
    } }]);
  });
});

/** Another process on the seat, as a monitor is. */
function hold(file: string): ChildProcess {
  const sqlite = createRequire(import.meta.url).resolve('better-sqlite3');
  const program = `const lock = new (require(${JSON.stringify(sqlite)}))(${JSON.stringify(file)}); lock.exec('begin exclusive'); console.log('held'); setInterval(() => lock.open, 1000);`;
  return spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
}
