import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliIo } from '../../../src/cli/cli-io.js';
import { runCli } from '../../../src/cli/run-cli.js';
import type { Stage } from '../commands/stage.js';

export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface As {
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly cwd?: string;
}

/** Runs the command line in this process over the stage's store; its clock is the stage's, so waiting costs nothing. */
export async function cli(stage: Pick<Stage, 'dir' | 'now' | 'meanwhile'>, argv: readonly string[], as: As = {}): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const tty = { isTTY: as.isTTY ?? false, ...(as.columns === undefined ? {} : { columns: as.columns }) };
  const io: CliIo = {
    argv, env: as.env ?? {}, cwd: as.cwd ?? stage.dir, home: stage.dir, user: as.user ?? 'ann', timeZone: 'UTC',
    stdout: { write: (text) => void (stdout += text), ...tty },
    stderr: { write: (text) => void (stderr += text), ...tty },
    clock: {
      now: () => stage.now,
      monotonic: () => stage.now,
      async sleep(ms) {
        stage.now += ms;
        await stage.meanwhile();
      },
    },
  };
  const exit = await runCli(io);
  return { exit, stdout, stderr };
}

/** The configuration the stage's store was made with. */
export async function writeConfig(stage: Pick<Stage, 'dir'>, yaml = `host: vm-1\ndata_dir: ${stage.dir}\n`): Promise<string> {
  const file = join(stage.dir, 'hypercare.yaml');
  await writeFile(file, yaml);
  return file;
}
