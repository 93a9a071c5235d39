import { describe, expect, it } from 'vitest';
import { DeliveryDelay } from '../../../../bot/channels/channel.js';
import type { Connection } from '../../../../bot/channels/slack/connection.js';
import { keepLine } from '../../../../bot/channels/slack/line.js';
import { HypercareError } from '../../../../src/domain/errors.js';
import type { Clock } from '../../../../src/io/clock.js';
import { until } from '../../../doubles/slack/until.js';
import { keepLog } from './stage.js';

interface World {
  readonly clock: Clock;
  readonly waits: number[];
  /** How each try to open ends, in order; after the last one it hangs. */
  open(): Promise<Connection>;
  readonly ended: string[];
}

type Try = Error | { readonly holdsMs: number } | { readonly hangs: Promise<void> };

/** A clock on which waits take no time, and connections that hold as long as they are told. */
function world(tries: Try[]): World {
  let now = 0;
  const waits: number[] = [];
  const ended: string[] = [];
  return {
    waits,
    ended,
    clock: {
      now: () => now,
      monotonic: () => now,
      sleep: async (ms) => {
        waits.push(ms);
        now += ms;
      },
    },
    async open() {
      const next = tries.shift() ?? { holdsMs: Number.POSITIVE_INFINITY };
      if (next instanceof Error) throw next;
      if ('hangs' in next) await next.hangs;
      const holdsMs = 'holdsMs' in next ? next.holdsMs : Number.POSITIVE_INFINITY;
      return {
        /** Time passes once somebody waits for the end. */
        get ended() {
          return holdsMs === Number.POSITIVE_INFINITY ? new Promise<void>(() => {}) : Promise.resolve().then(() => void (now += holdsMs));
        },
        end: async () => void ended.push('ended'),
      };
    },
  };
}

const broken = (): Error => new HypercareError('slack.failed', 'transient', 'broken');
const refused = new HypercareError('slack.refused', 'permanent', 'refused', 'mend it');

async function waitsOf(tries: Try[], count: number): Promise<readonly number[]> {
  const { open, clock, waits } = world(tries);
  const stop = await keepLine({ open, hearing: () => undefined, clock, log: keepLog().log });
  await until(() => waits.length >= count, `${count} waits`);
  const waited = [...waits];
  await stop();
  return waited;
}

describe('how long it waits before another connection', () => {
  it('longer after each failure, up to 30 s', async () => {
    const failures = Array.from({ length: 9 }, broken);
    expect(await waitsOf([{ holdsMs: 60_000 }, ...failures], 10)).toEqual([250, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('longer after connections that end at once, as when too many are open', async () => {
    expect(await waitsOf([{ holdsMs: 10 }, { holdsMs: 10 }, { holdsMs: 10 }], 3)).toEqual([250, 500, 1_000]);
  });

  it('shortly again after one that held', async () => {
    expect(await waitsOf([{ holdsMs: 10 }, { holdsMs: 10 }, { holdsMs: 3_600_000 }], 3)).toEqual([250, 500, 250]);
  });

  it('as long as Slack says', async () => {
    expect(await waitsOf([{ holdsMs: 60_000 }, new DeliveryDelay(42_000)], 2)).toEqual([250, 42_000]);
  });

  it('five minutes where a person must mend something', async () => {
    expect(await waitsOf([{ holdsMs: 60_000 }, refused], 2)).toEqual([250, 300_000]);
  });

  it('not at all for the first one, whose failure is the caller\'s', async () => {
    const { open, clock, waits } = world([broken()]);
    await expect(keepLine({ open, hearing: () => undefined, clock, log: keepLog().log })).rejects.toThrow('broken');
    expect(waits).toEqual([]);
  });
});

describe('stopping while a connection is being opened', () => {
  it('does not wait for it long, and ends it as soon as it stands', async () => {
    let stand = (): void => {};
    const hangs = new Promise<void>((resolve) => (stand = resolve));
    const { open, clock, waits, ended } = world([{ holdsMs: 60_000 }, { hangs }]);
    const stop = await keepLine({ open, hearing: () => undefined, clock, log: keepLog().log });
    await until(() => waits.length > 0, 'the second try');
    await stop();
    expect(ended).toEqual([]);
    stand();
    await until(() => ended.length === 1, 'the end');
  });
});
