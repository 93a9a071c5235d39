import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/store.js';
import { stageOfEachTest } from '../commands/spoken.js';
import { cli, writeConfig } from './run.js';

const stage = stageOfEachTest((opened) => writeConfig(opened));

describe('no store', () => {
  const code = async (argv: readonly string[], as = {}): Promise<unknown> => {
    const ran = await cli(stage, [...argv, '--json'], as);
    return [ran.exit, (JSON.parse(ran.stdout) as { error: { code: string } }).error.code];
  };

  it('nothing has run here yet: no configuration', async () => {
    await rm(join(stage.dir, 'hypercare.yaml'));
    const ran = await cli(stage, ['status']);
    expect(ran.exit).toBe(3);
    expect(ran.stderr).toContain('nothing has run here yet');
    expect(ran.stderr).toContain('npm start');
  });

  it('nothing has run here yet: no store, and none is made', async () => {
    await writeConfig(stage, `host: vm-1\ndata_dir: ${stage.dir}/elsewhere\n`);
    expect(await code(['status'])).toEqual([3, 'store.none']);
    await expect(chmod(join(stage.dir, 'elsewhere'), 0o700)).rejects.toThrow('ENOENT');
  });

  it('there is none, and none can be made: that is no reason to start it', async () => {
    await writeFile(join(stage.dir, 'file'), '');
    await writeConfig(stage, `host: vm-1\ndata_dir: ${stage.dir}/file\n`);
    const ran = await cli(stage, ['status']);
    expect(ran.exit).toBe(3);
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toContain('there is no store, and none can be made: ');
    expect(ran.stderr).not.toContain('npm start');
  });

  it('nothing has run here yet: another host’s store', async () => {
    await writeConfig(stage, `host: vm-2\ndata_dir: ${stage.dir}\n`);
    expect(await code(['status'])).toEqual([3, 'store.none']);
  });

  it('is there, and this user may not see it', async () => {
    const closed = join(stage.dir, 'closed');
    await mkdir(closed);
    // Tests may run as root, whom no mode keeps out: a link to itself cannot be looked at by anybody.
    for (const name of ['hypercare.db', 'freeze']) await symlink(name, join(closed, name));
    await writeConfig(stage, `host: vm-1\ndata_dir: ${closed}\n`);
    const ran = await cli(stage, ['status']);
    expect(ran.exit).toBe(3);
    expect(ran.stderr).not.toContain('nothing has run here');
    expect(ran.stderr).not.toContain('Frozen');
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toContain('cannot be looked at by this user (ELOOP)');
  });

  it('was made by another version', async () => {
    await sql`delete from kysely_migration`.execute(stage.store.db);
    expect(await code(['status'])).toEqual([3, 'store.version']);
  });

  it('is an empty file', async () => {
    await mkdir(join(stage.dir, 'empty'));
    await openStore({ file: join(stage.dir, 'empty', 'hypercare.db') }).close();
    await writeConfig(stage, `host: vm-1\ndata_dir: ${stage.dir}/empty\n`);
    expect(await code(['status'])).toEqual([3, 'store.version']);
  });

  it('is no database at all', async () => {
    await mkdir(join(stage.dir, 'text'));
    await writeFile(join(stage.dir, 'text', 'hypercare.db'), 'this is a letter to my aunt, and no database whatever'.repeat(50));
    await writeConfig(stage, `host: vm-1\ndata_dir: ${stage.dir}/text\n`);
    expect(await code(['status'])).toEqual([3, 'store.unreadable']);
  });

  it('is a PostgreSQL that does not answer, and its password is not told', async () => {
    const ran = await cli(stage, ['status', '--json'], { env: { DATABASE_URL: 'postgresql://me:s3cret-word@127.0.0.1:1/none' } });
    expect([ran.exit, (JSON.parse(ran.stdout) as { error: { code: string } }).error.code]).toEqual([3, 'store.unreadable']);
    expect(ran.stdout + ran.stderr).not.toContain('s3cret-word');
  });
});

describe('the configuration', () => {
  it('is named by --config, by HYPERCARE_CONFIG or lies in the data directory', async () => {
    const elsewhere = join(stage.dir, 'etc');
    await mkdir(elsewhere);
    const nowhere = { cwd: elsewhere };
    expect((await cli(stage, ['whoami', '--config', join(stage.dir, 'hypercare.yaml')], nowhere)).exit).toBe(0);
    expect((await cli(stage, ['whoami', '--config=../hypercare.yaml'], nowhere)).exit).toBe(0);
    expect((await cli(stage, ['whoami'], { ...nowhere, env: { HYPERCARE_CONFIG: join(stage.dir, 'hypercare.yaml') } })).exit).toBe(0);
    expect((await cli(stage, ['whoami'], { ...nowhere, env: { HYPERCARE_HOME: stage.dir } })).exit).toBe(0);
    expect((await cli(stage, ['whoami'], nowhere)).exit).toBe(3);
  });

  it('with mistakes stops nobody who looks or answers: one line tells the first of them', async () => {
    await writeConfig(stage, `host: { name: vm-1, disk: full }\ndata_dir: ${stage.dir}\nappps: {}\n`);
    for (const words of [['status'], ['why', 'shop'], ['incidents'], ['holds'], ['audit'], ['whoami']]) {
      const ran = await cli(stage, words);
      expect([words, ran.exit, ran.stderr.split('\n').length]).toEqual([words, expect.any(Number), 2]);
      expect([words, [0, 1].includes(ran.exit) || ran.stdout !== '']).toEqual([words, true]);
      expect(ran.stderr).toContain('hypercare.yaml has 2 mistakes, the first: ');
    }
    const frozen = await cli(stage, ['freeze', '--reason', 'stop']);
    expect(frozen.stderr).toContain('the monitor did not take it');
    expect((await cli(stage, ['approve', 'shop'])).stderr).toContain('nothing was ever asked');
  });

  it('with mistakes has no policy to tell', async () => {
    await writeConfig(stage, `host: vm-1\ndata_dir: ${stage.dir}\nappps: {}\n`);
    expect((await cli(stage, ['policy', 'show'])).exit).toBe(2);
  });

  it('with mistakes that hide the store is told line by line, with exit 2', async () => {
    await writeConfig(stage, 'host: vm-1\nappps: {}\n');
    const ran = await cli(stage, ['status']);
    expect(ran).toMatchObject({ exit: 2, stdout: '' });
    expect(ran.stderr).toMatch(/hypercare\.yaml:2:1: .*did you mean "apps"\?/);
    expect(JSON.parse((await cli(stage, ['status', '--json'])).stdout)).toMatchObject({ error: { code: 'config.invalid' }, mistakes: [{ line: 2, column: 1 }] });
  });

  it('is checked', async () => {
    const right = await cli(stage, ['config', 'check']);
    expect(right).toMatchObject({ exit: 0, stderr: '' });
    await writeConfig(stage, 'host: vm-1\nappps: {}\nkeep: {raw: 3 parsecs}\n');
    const wrong = await cli(stage, ['config', 'check', '--json']);
    expect(wrong.exit).toBe(2);
    expect(JSON.parse(wrong.stdout)).toMatchObject({ version: 1, ok: false, mistakes: [{ line: 2, column: 1 }, { line: 3 }] });
    expect((await cli(stage, ['config', 'check', 'hypercare.yaml'])).stdout).toMatch(/the configuration has 2 mistakes/);
  });

  it('that is not there is a mistake of the check', async () => {
    const ran = await cli(stage, ['config', 'check', 'no-such.yaml', '--json']);
    expect(ran.exit).toBe(2);
    expect(JSON.parse(ran.stdout)).toMatchObject({ ok: false, mistakes: [{ message: expect.stringContaining('there is no such file') as unknown }] });
  });
});
