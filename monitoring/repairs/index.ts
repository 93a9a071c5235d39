import { hostCleanDisk } from './host-clean-disk.js';
import { hostCompressLogs } from './host-compress-logs.js';
import { hostTruncateLogs } from './host-truncate-logs.js';
import { pm2CollectGarbage } from './pm2-collect-garbage.js';
import { pm2DrainRestart } from './pm2-drain-restart.js';
import { pm2FlushLogs } from './pm2-flush-logs.js';
import { pm2Kill } from './pm2-kill.js';
import { pm2RaiseMemoryLimit } from './pm2-raise-memory-limit.js';
import { pm2Reload } from './pm2-reload.js';
import { pm2ResetPool } from './pm2-reset-pool.js';
import { pm2Restart } from './pm2-restart.js';
import { pm2Resurrect } from './pm2-resurrect.js';
import { pm2ScaleDown } from './pm2-scale-down.js';
import { pm2ScaleUp } from './pm2-scale-up.js';
import { pm2Stop } from './pm2-stop.js';
import { postgresCancel } from './postgres-cancel.js';
import { postgresCreateIndex } from './postgres-create-index.js';
import { postgresTerminate } from './postgres-terminate.js';
import { ratelimitClear } from './ratelimit-clear.js';
import { redisClearLocks } from './redis-clear-locks.js';
import { redisFlushDb } from './redis-flush-db.js';
import { redisInvalidate } from './redis-invalidate.js';
import { redisKillClients } from './redis-kill-clients.js';
import { releaseDeploy } from './release-deploy.js';
import { releaseRehearse } from './release-rehearse.js';
import { releaseRollback } from './release-rollback.js';
import { releaseTag } from './release-tag.js';
import type { Repair } from './repair.js';

/** What could put it right? One line for each repair, by its kind. */
export const repairs = {
  'host.clean-disk': hostCleanDisk,
  'host.compress-logs': hostCompressLogs,
  'host.truncate-logs': hostTruncateLogs,
  'pm2.collect-garbage': pm2CollectGarbage,
  'pm2.drain-restart': pm2DrainRestart,
  'pm2.flush-logs': pm2FlushLogs,
  'pm2.kill': pm2Kill,
  'pm2.raise-memory-limit': pm2RaiseMemoryLimit,
  'pm2.reload': pm2Reload,
  'pm2.reset-pool': pm2ResetPool,
  'pm2.restart': pm2Restart,
  'pm2.resurrect': pm2Resurrect,
  'pm2.scale-down': pm2ScaleDown,
  'pm2.scale-up': pm2ScaleUp,
  'pm2.stop': pm2Stop,
  'postgres.cancel': postgresCancel,
  'postgres.create-index': postgresCreateIndex,
  'postgres.terminate': postgresTerminate,
  'ratelimit.clear': ratelimitClear,
  'redis.clear-locks': redisClearLocks,
  'redis.flush-db': redisFlushDb,
  'redis.invalidate': redisInvalidate,
  'redis.kill-clients': redisKillClients,
  'release.deploy': releaseDeploy,
  'release.rehearse': releaseRehearse,
  'release.rollback': releaseRollback,
  'release.tag': releaseTag,
} satisfies Readonly<Record<string, Repair<unknown>>>;
