import { HypercareError } from '../../src/domain/errors.js';
import type { ResourceId } from '../../src/domain/ids.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import type { RepairTarget } from '../../monitoring/repairs/repair.js';

/** A process as PM2 lists it: one online instance in fork mode, unless told otherwise. */
export function listed(fields: Partial<Pm2Process> = {}): Pm2Process {
  return {
    pmId: 0, name: 'shop', pid: 4_711, status: 'online', mode: 'fork', startedAt: 1_000, uniqueId: 'u', restarts: 0, exitCode: null,
    memoryBytes: 50_000_000, cpuPercent: 1, eventLoopP95Ms: null, heapUsedBytes: null, requestsPerS: null, execPath: '/srv/shop/app.cjs', cwd: '/srv/shop',
    nodeVersion: '20.20.2', maxMemoryRestartBytes: null, autorestart: true, actions: [], outLog: null, errLog: null, ...fields,
  };
}

/** For code that only reads the list: it is these processes, or fails with this error. Anything else asked of it throws. */
export function ioListing(answer: readonly Pm2Process[] | HypercareError): Io {
  const list = async (): Promise<readonly Pm2Process[]> => {
    if (answer instanceof HypercareError) throw answer;
    return answer;
  };
  return { pm2: { list } } as unknown as Io;
}

/** An app as repairs are told of it. */
export function appOf(processes: readonly string[], fields: Partial<RepairTarget> = {}): RepairTarget {
  return { id: 'app-1' as ResourceId, kind: 'app', name: 'shop', url: null, options: {}, users: [], uses: [], processes, release: null, running: null, ledger: [], checks: ['liveness', 'http:/'], settleMs: 5_000, ...fields };
}
