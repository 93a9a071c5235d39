import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A real process that works in a directory. */
export interface Worker {
  readonly pid: number;
  end(): Promise<void>;
}

export async function startWorker(dir: string, env: Readonly<Record<string, string>> = {}): Promise<Worker> {
  const child = spawn('sleep', ['60'], { cwd: dir, stdio: 'ignore', env: { ...process.env, ...env } });
  await once(child, 'spawn');
  const ended = once(child, 'exit');
  return {
    pid: child.pid as number,
    end: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
