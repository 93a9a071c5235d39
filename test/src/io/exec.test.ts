import { spawn } from 'node:child_process';
import { existsSync, readFileSync, stat } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { createExec } from '../../../src/io/exec.js';

const exec = createExec();
const node = process.execPath;

function alive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** A program that starts a child of its own; both ignore SIGTERM; it prints both pids and never ends. */
const STUBBORN_PAIR = `
  process.on('SIGTERM', () => {});
  const child = require('node:child_process').spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)"], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.once('data', () => console.log(process.pid + ' ' + child.pid));
  setInterval(() => {}, 1000);
`;

describe('exec', () => {
  it('gives exit code, output and error output as a result, not a throw', async () => {
    const result = await exec.run(node, ['-e', "console.log('out'); console.error('err'); process.exit(3)"], { timeoutMs: 10_000 });
    expect(result).toEqual({ code: 3, signal: null, timedOut: false, stdout: 'out\n', stderr: 'err\n' });
  });

  it('passes arguments as they are, without a shell', async () => {
    const result = await exec.run(node, ['-e', 'console.log(process.argv[1])', '$(id); "x" > y'], { timeoutMs: 10_000 });
    expect(result.stdout).toBe('$(id); "x" > y\n');
  });

  it('kills the whole group at the deadline, though every member ignores SIGTERM', async () => {
    const result = await exec.run(node, ['-e', STUBBORN_PAIR], { timeoutMs: 1_500 });
    expect(result).toMatchObject({ timedOut: true, code: null, signal: 'SIGKILL' });
    const pids = result.stdout.trim().split(' ').map(Number);
    expect(pids).toHaveLength(2);
    await vi.waitFor(() => expect(pids.filter(alive)).toEqual([]), { timeout: 5_000 });
  });

  it('kills what the program left in its group when only the child ignores SIGTERM', async () => {
    const result = await exec.run(node, ['-e', STUBBORN_PAIR.replace("process.on('SIGTERM', () => {});\n", '')], { timeoutMs: 1_500 });
    expect(result).toMatchObject({ timedOut: true, signal: 'SIGTERM' });
    const pids = result.stdout.trim().split(' ').map(Number);
    expect(pids).toHaveLength(2);
    await vi.waitFor(() => expect(pids.filter(alive)).toEqual([]), { timeout: 5_000 });
  });

  it('throws the reason of an abort, with the program dead', async () => {
    const controller = new AbortController();
    const pidFile = `${tmpdir()}/exec-abort-${process.pid}`;
    const running = exec.run(node, ['-e', `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`], { timeoutMs: 30_000 }, controller.signal);
    running.catch(() => undefined);
    const pid = await vi.waitFor(() => {
      const text = readFileSync(pidFile, 'utf8');
      expect(text).not.toBe('');
      return Number(text);
    }, { timeout: 10_000 });
    controller.abort(new Error('the step was cancelled'));
    await expect(running).rejects.toThrow('the step was cancelled');
    expect(alive(pid)).toBe(false);
    (await import('node:fs')).rmSync(pidFile);
  });

  it('does not start anything under a signal that is aborted already', async () => {
    await expect(exec.run('no-such-program', [], { timeoutMs: 1_000 }, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });

  it('keeps the last bytes of a flood, not the first', async () => {
    const flood = "for (let n = 0; n < 40000; n++) console.log('line ' + n)";
    const result = await exec.run(node, ['-e', flood], { timeoutMs: 20_000, maxOutputBytes: 1_000 });
    expect(Buffer.byteLength(result.stdout)).toBe(1_000);
    expect(result.stdout.endsWith('line 39999\n')).toBe(true);
  });

  it('settles after the program ended, though a child that left the group holds its output open', async () => {
    const leave = "const c = require('node:child_process').spawn('sleep', ['20'], { detached: true, stdio: 'inherit' }); console.log(c.pid); c.unref()";
    const result = await exec.run(node, ['-e', leave], { timeoutMs: 15_000 });
    expect(result).toMatchObject({ code: 0, timedOut: false });
    process.kill(Number(result.stdout.trim()), 'SIGKILL');
  });

  it('gives the child nothing of our environment but PATH, HOME, LANG and what is asked for', async () => {
    process.env['HYPERCARE_TEST_TOKEN'] = 'xoxb-not-for-children';
    try {
      const result = await exec.run(node, ['-e', 'console.log(Object.keys(process.env).sort().join())'], { timeoutMs: 10_000, env: { MINE: '1' } });
      expect(result.stdout).toBe('HOME,LANG,MINE,PATH\n');
    } finally {
      delete process.env['HYPERCARE_TEST_TOKEN'];
    }
  });

  it('feeds standard input, and does not mind a program that never reads it', async () => {
    const echo = await exec.run('cat', [], { timeoutMs: 10_000, stdin: 'hello' });
    expect(echo.stdout).toBe('hello');
    const deaf = await exec.run('true', [], { timeoutMs: 10_000, stdin: 'x'.repeat(1_000_000) });
    expect(deaf.code).toBe(0);
  });

  it('says which program or directory is missing', async () => {
    await expect(exec.run('no-such-program', [], { timeoutMs: 1_000 })).rejects.toMatchObject({ code: 'exec.missing', errorClass: 'permanent' });
    await expect(exec.run('true', [], { timeoutMs: 1_000, cwd: '/no/such/dir' })).rejects.toMatchObject({ code: 'exec.missing', message: expect.stringContaining('/no/such/dir') });
  });

  it('keeps what was said though nobody came to read before the program had long ended', async () => {
    const block = (ms: number): void => {
      const until = performance.now() + ms;
      while (performance.now() < until);
    };
    // The end of another child and this file are told in one round of the loop, the file first; our child ends within it.
    const said = await new Promise((done) => {
      setImmediate(() => {
        spawn('true', { stdio: 'ignore' });
        stat('/', () => {
          void exec.run('echo', ['hello'], { timeoutMs: 20_000 }).then(({ stdout }) => done(stdout));
          block(400);
          setImmediate(() => block(900));
        });
        block(400);
      });
    });
    expect(said).toBe('hello\n');
  });
});
