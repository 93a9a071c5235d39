import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createSelfCheck } from '../../../src/io/self-check.js';
import { compile } from '../../doubles/compiled.js';

const run = promisify(execFile);

/** Nothing of this process runs meanwhile. */
function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const turns = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

describe('our own trouble', () => {
  it('is none while all is well, for good and for bad readings', async () => {
    const self = createSelfCheck();
    const [good, bad] = [self.begin(), self.begin()];
    await turns(150);
    expect([await good(false), await bad(true)]).toEqual([null, null]);
  });

  it('is that we stood still for a good part of the measurement, whichever measurement it was', async () => {
    const self = createSelfCheck();
    const [early, late] = [self.begin(), self.begin()];
    await turns(20);
    standStill(800);
    expect(await early(true)).toMatch(/^hypercare itself stood still for \d{3} ms$/);
    await turns(20);
    expect(await late(false)).toMatch(/^hypercare itself stood still for/);
  });

  it('is not a pause that a long measurement does not feel, nor one that was over before it began', async () => {
    const self = createSelfCheck();
    const long = self.begin();
    await turns(20);
    standStill(600);
    const after = self.begin();
    await turns(2_300);
    expect([await long(true), await after(true)]).toEqual([null, null]);
  });

  it('is a machine that does not answer itself', async () => {
    const held: Socket[] = [];
    // Nobody takes what is queued while this process stands still; the kernel drops what does not fit.
    const child = `const { createServer } = require('node:net'); const s = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => { console.log(s.address().port); process.kill(process.pid, 'SIGSTOP'); });`;
    const deaf = execFile(process.execPath, ['-e', child]);
    try {
      const stopped = Number(await new Promise<string>((said) => deaf.stdout?.once('data', (data) => said(String(data)))));
      await turns(200);
      for (let n = 0; n < 8; n += 1) held.push(connect({ port: stopped, host: '127.0.0.1' }).on('error', () => undefined));
      await turns(200);
      expect(await createSelfCheck({ port: stopped }).begin()(true)).toBe('this machine does not answer itself: a connection to 127.0.0.1 stayed open for 1000 ms');
    } finally {
      deaf.kill('SIGKILL');
      for (const socket of held) socket.destroy();
    }
  });

  it.skipIf(existsSync('/usr/bin/prlimit') === false)('is that descriptors are used up', { timeout: 60_000 }, async () => {
    const compiled = await compile('src/io/self-check.ts');
    try {
      writeFileSync(join(compiled.dir, 'few.js'), `
        import { openSync } from 'node:fs';
        import { createSelfCheck } from './src/io/self-check.js';
        const said = [await createSelfCheck().begin()(true)];
        try { for (;;) openSync('/dev/null'); } catch { said.push(await createSelfCheck().begin()(true)); }
        console.log(JSON.stringify(said));
      `);
      const { stdout } = await run('prlimit', ['--nofile=64:64', process.execPath, join(compiled.dir, 'few.js')]);
      expect(JSON.parse(stdout)).toEqual([null, expect.stringMatching(/^hypercare itself has used up its descriptors/)]);
    } finally {
      compiled.remove();
    }
  });
});
