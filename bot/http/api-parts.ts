import type { Context } from '../../src/commands/command.js';
import type { HostId } from '../../src/domain/ids.js';
import type { Tier } from '../../src/domain/tiers.js';
import type { Carrier } from '../../src/io/carrier.js';
import type { Clock } from '../../src/io/clock.js';
import type { Logger } from '../../src/io/log.js';
import type { Store } from '../../src/store/store.js';

/** What the HTTP API is given. It writes requests and answers, as every place does where people speak. */
export interface ApiParts {
  readonly store: Store;
  readonly hostId: HostId;
  readonly hostName: string;
  readonly carrier: Pick<Carrier, 'poke' | 'onPoke'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tiers: readonly Tier[];
  readonly settleMs: number;
  readonly policy: Context['policy'];
  readonly repairs: Context['repairs'];
  readonly auditAnchor?: string;
  readonly freezeFile?: string;
  /** The version of hypercare, for documents. */
  readonly release: string;
  readonly at: {
    readonly listen: string;
    readonly port: number;
    readonly hosts: readonly string[];
    readonly perSecond: number;
  };
}
