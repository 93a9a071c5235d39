import type { Migration } from 'kysely';
import type { Engine } from '../engine.js';
import { first } from './0001-first.js';
import { sampledAt } from './0002-sampled-at.js';
import { decisions } from './0004-decisions.js';
import { spans } from './0005-spans.js';
import { holdsOfHosts } from './0006-holds.js';
import { channels } from './0007-channels.js';
import { peopleOfHosts } from './0008-people-of-hosts.js';
import { acks } from './0009-acks.js';
import { envKeys } from './0010-env-keys.js';
import { lanesOfServers } from './0011-lanes-of-servers.js';
import { scores } from './0012-scores.js';
import { imported } from './0013-imported.js';
import { leases } from './0014-leases.js';
import { visits } from './0015-visits.js';
import { ledger } from './0016-ledger.js';
import { pings } from './0017-pings.js';
import { alerts } from './0018-alerts.js';

/** Append-only: a migration that has been released is never changed. */
export function migrations(engine: Engine): Record<string, Migration> {
  return {
    '0001-first': first(engine),
    '0002-sampled-at': sampledAt(engine),
    '0004-decisions': decisions(),
    '0005-spans': spans(engine),
    '0006-holds': holdsOfHosts(engine),
    '0007-channels': channels(engine),
    '0008-people-of-hosts': peopleOfHosts(engine),
    '0009-acks': acks(engine),
    '0010-env-keys': envKeys(),
    '0011-lanes-of-servers': lanesOfServers(),
    '0012-scores': scores(engine),
    '0013-imported': imported(engine),
    '0014-leases': leases(engine),
    '0015-visits': visits(engine),
    '0016-ledger': ledger(),
    '0017-pings': pings(engine),
    '0018-alerts': alerts(engine),
  };
}
