import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_MOUNT, smallDisk } from '../../doubles/small-disk.js';
import { readFreeze } from '../../../src/store/freeze-file.js';
import { openStage, type Stage } from '../commands/stage.js';
import { cli, writeConfig } from './run.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
  await writeConfig(stage);
});
afterEach(() => stage.close());

describe('freeze --offline', () => {
  const file = (): string => join(stage.dir, 'freeze');

  it('needs neither monitor nor store, and neither does its end', async () => {
    await rm(stage.file);
    const frozen = await cli(stage, ['freeze', '--reason', 'stop it', '--offline']);
    expect([frozen.exit, await readFile(file(), 'utf8')]).toEqual([0, 'stop it\n']);
    expect(frozen.stdout).toContain('everything is frozen: hypercare does nothing, whoever asks');
    const thawed = await cli(stage, ['unfreeze', '--offline', '--json']);
    expect([thawed.exit, JSON.parse(thawed.stdout)]).toEqual([0, { version: 1, frozen: false, file: file() }]);
    expect((await cli(stage, ['unfreeze', '--offline'])).stdout).toContain('there was no freeze file');
  });

  it('is shown by status when the store does not answer', async () => {
    await writeFile(stage.file, 'no database');
    await writeFile(file(), 'by hand\n');
    const { exit, stderr } = await cli(stage, ['status']);
    expect(exit).toBe(3);
    expect(stderr).toMatch(/^Frozen: everything, by .* until it is lifted: by hand/);
  });

  it('is also a link that leads nowhere, which unfreeze removes', async () => {
    await rm(file(), { force: true });
    await symlink(join(stage.dir, 'gone'), file());
    await writeFile(stage.file, 'no database');
    expect((await readFreeze(file()))?.reason).toContain('cannot be looked at');
    expect((await cli(stage, ['unfreeze', '--offline'])).stdout).toContain('the freeze file is removed');
    expect(await readFreeze(file())).toBeNull();
  });

  it('says what to do where the file cannot be written', async () => {
    await rm(file(), { force: true });
    await writeConfig(stage, `host: vm-1\ndata_dir: ${join(stage.dir, 'nowhere')}\n`);
    const { exit, stderr } = await cli(stage, ['freeze', '--reason', 'x', '--offline']);
    expect(exit).toBe(3);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`touch ${join(stage.dir, 'nowhere', 'freeze')}`);
  });

  it.skipIf(NO_MOUNT !== null)('holds on a full disk too, where there is no room for the reason', async () => {
    const disk = await smallDisk(1);
    try {
      await writeConfig(stage, `host: vm-1\ndata_dir: ${disk.dir}\n`);
      await disk.fill(0);
      const { exit, stdout } = await cli(stage, ['freeze', '--reason', 'the disk is full', '--offline']);
      expect(exit).toBe(0);
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain('everything is frozen: hypercare does nothing, whoever asks');
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain('there was no room for the reason');
      expect(await readFile(join(disk.dir, 'freeze'), 'utf8')).toBe('');
    } finally {
      await disk.remove();
    }
  });

  it.each([
    ['a key nobody knows', 'appps: {}'],
    ['no YAML', 'apps: [ {'],
    ['a tab', 'apps:\n\tshop: x'],
    ['a wrong limit of this host', 'watch: { hot: soon }'],
  ])('works while somebody edits the configuration: %s', async (_name, slip) => {
    await writeConfig(stage, `host: vm-1\n${slip}\ndata_dir: ${stage.dir}\n`);
    const frozen = await cli(stage, ['freeze', '--reason', 'stop it', '--offline']);
    expect([frozen.exit, await readFile(file(), 'utf8')]).toEqual([0, 'stop it\n']);
    expect(frozen.stderr).toMatch(/^.*hypercare\.yaml has .*mistakes?, the first: .*hypercare\.yaml:[23]:\d+: .* \(“hypercare config check” shows all\); what is in .* is used all the same\n$/);
    expect((await cli(stage, ['unfreeze', '--offline'])).exit).toBe(0);
    await expect(readFile(file())).rejects.toThrow('ENOENT');
  });

  it('freezes nothing where the mistakes hide which directory is meant', async () => {
    await writeConfig(stage, `host: vm-1\ndata_dri: ${stage.dir}\n`);
    const { exit, stderr } = await cli(stage, ['freeze', '--reason', 'stop it', '--offline']);
    expect(exit).toBe(2);
    expect(stderr).toContain('did you mean "data_dir"?');
  });
});
