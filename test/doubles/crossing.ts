import type { Crossing } from '../../monitoring/release/preflight/check.js';
import type { Release } from '../../src/domain/release.js';
import { systemClock } from '../../src/io/clock.js';
import { createExec } from '../../src/io/exec.js';
import { createGit, type Git } from '../../src/io/git.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';

/** A release as the ledger has it. */
export function side(fields: Partial<Release> = {}): Release {
  return { id: `r-${fields.commit ?? 'a'}`, appId: 'app', commit: 'a'.repeat(40), dir: '/srv/a', lockHash: 'x', configHash: null, nodeVersion: null, envKeys: null, firstSeenAt: 0, verdict: 'stable', verdictAt: 0, verdictReason: null, quarantinedAt: null, ...fields } as Release;
}

/** From b back to a, of a shop that is one worker in a cluster. */
export function crossing(fields: Partial<Crossing> = {}): Crossing {
  return {
    app: 'shop', from: side({ commit: 'b'.repeat(40), dir: '/srv/b' }), to: side(), repo: '/srv/repo', mode: 'releases', base: '/srv', processes: ['shop'], away: [], listed: [],
    builds: false, installs: false, databases: [], past: null, ...fields,
  };
}

export function lookIo(git: Partial<Git> = createGit(), parts: Partial<Io> = {}): Io {
  return { clock: systemClock, exec: createExec(), git, ...parts } as unknown as Io;
}

export function listed(name: string, cwd: string, execPath = `${cwd}/app.js`): Pm2Process {
  return { name, cwd, execPath, pid: 1, status: 'online' } as Pm2Process;
}

export const going = new AbortController().signal;
