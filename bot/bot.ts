import { commands } from '../src/commands/index.js';
import type { Rota } from '../src/domain/rota.js';
import type { TimeWindow } from '../src/domain/time-window.js';
import { errorText, HypercareError } from '../src/domain/errors.js';
import type { Clock } from '../src/io/clock.js';
import { within } from '../src/io/within.js';
import { forgetChannels } from '../src/store/channels.js';
import { botSeen } from '../src/store/hosts.js';
import { createAlarm, type Alarm } from './alarm.js';
import type { Channel, Hear, Refused, Stop, Verb } from './channels/channel.js';
import { createInbox, type InboxParts } from './inbox.js';
import { whileLeased } from './lease.js';
import { createReach } from './reach.js';
import { createRelay } from './relay.js';

const SEEN_EVERY_MS = 10_000;
/** Events are looked for so often even if no poke tells of them. */
const LOOK_EVERY_MS = 10_000;
const AFTER_FAILURE_MS = 1_000;
/** A channel that could not begin to listen is tried again after so long; after longer where a person has to mend it. */
const LISTEN_AGAIN_MS = 5_000;
const MENDED_MS = 60_000;
/** Stopping waits so long for what is being said and heard; PM2 kills after ten seconds. */
const STOP_WITHIN_MS = 8_000;

export interface BotParts extends InboxParts {
  readonly hostName: string;
  /** See RelayParts. */
  readonly quietHours: readonly TimeWindow[];
  readonly onCall: Rota | null;
  readonly channels: readonly Channel[];
  readonly refused?: readonly Refused[];
  /** What listens and never speaks: the HTTP API. */
  readonly ears?: readonly Ear[];
}

export type Ear = Pick<Channel, 'name' | 'start' | 'listensAs'>;

export interface Bot {
  stop(): Promise<void>;
}

/** The people's process: for each channel an ear and a relay that speaks, and a sign of life for the monitor. */
export async function startBot(parts: BotParts): Promise<Bot> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const alarms: Alarm[] = [];
  const ringAll = (): void => alarms.forEach((alarm) => alarm.ring());
  const stopPokes = await parts.carrier.onPoke(ringAll);
  const hear = createInbox(parts);
  const verbs = commands.filter(({ terminalOnly }) => !terminalOnly).map(({ name, summary }) => ({ name, summary }));
  const serve = async (held: AbortSignal): Promise<void> => {
    alarms.length = 0;
    held.addEventListener('abort', ringAll, { once: true });
    const part = { ...parts, signal: held };
    await noteRefused(parts);
    await Promise.all([
      showLife(part),
      ...[...parts.channels, ...(parts.ears ?? [])].map((ear) => hearIn(ear, { ...part, hear, verbs })),
      ...parts.channels.map((channel) => {
        const alarm = createAlarm();
        alarms.push(alarm);
        return speak(channel, alarm, part);
      }),
    ]);
  };
  const work = whileLeased({ ...parts, signal }, { name: `bot:${parts.hostId}`, work: serve, waits: () => parts.log.warn({}, 'another bot serves this host; this one waits, and takes over when that is gone') });
  return {
    async stop() {
      stopping.abort();
      ringAll();
      await stopPokes();
      await within(work, STOP_WITHIN_MS, parts.clock);
    },
  };
}

type Part = BotParts & { readonly signal: AbortSignal };

/** The monitor starts a bot anew that it has not seen for a minute. */
async function showLife({ store, hostId, clock, log, signal }: Part): Promise<void> {
  while (!signal.aborted) {
    await store.write((tx) => botSeen(tx, hostId, clock.now())).catch((error: unknown) => log.error({ error: errorText(error) }, 'could not write that the bot lives'));
    await pause(clock, SEEN_EVERY_MS, signal);
  }
}

/** Of what was configured and cannot be used, people learn from `status`. */
async function noteRefused(parts: BotParts): Promise<void> {
  await parts.store.write((tx) => forgetChannels(tx, parts.hostId)).catch((error: unknown) => parts.log.error({ error: errorText(error) }, 'could not write which channels there are'));
  for (const { kind, error } of parts.refused ?? []) await createReach(parts, kind).note('speaks', error);
}

type Hearing = Part & { readonly hear: Hear; readonly verbs: readonly Verb[] };

/** Two that listen with one token would take each other's words: on a store of many hosts one of them does, and the others say so. */
async function hearIn(channel: Ear, part: Hearing): Promise<void> {
  if (!channel.start) return;
  if (channel.listensAs === undefined) return listen(channel, part);
  const waits = (): void => {
    part.log.warn({ channel: channel.name }, 'another bot listens with this token; this one waits');
    void createReach(part, channel.name).note('hears', new HypercareError('channel.elsewhere', 'transient', 'the bot of another host listens with the same token', 'Give this host an app or bot of its own, if people shall speak to it.'));
  };
  await whileLeased(part, { name: `ear:${channel.listensAs}`, work: (signal) => listen(channel, { ...part, signal }), waits });
}

/** Hears until stopped; what goes wrong before the first word is heard is tried again, later than that is the channel's own care. */
async function listen(channel: Ear, part: Hearing): Promise<void> {
  const { hear, verbs, clock, log, signal } = part;
  const reach = createReach(part, channel.name);
  let stop: Stop | null = null;
  while (channel.start && !stop && !signal.aborted) {
    try {
      // It may be trying still, and says itself when it hears, and when no more.
      stop = await channel.start(hear, verbs, (trouble) => void reach.note('hears', trouble));
      log.info({ channel: channel.name }, 'was told to listen');
    } catch (error) {
      const needsHand = error instanceof HypercareError && error.errorClass !== 'transient';
      const isNew = await reach.note('hears', error);
      if (isNew) log.error({ channel: channel.name, error: errorText(error), mend: error instanceof HypercareError ? error.mend : null }, 'cannot listen; it is tried again');
      await pause(clock, needsHand ? MENDED_MS : LISTEN_AGAIN_MS, signal);
    }
  }
  if (!stop) return;
  if (!signal.aborted) await new Promise((stopped) => signal.addEventListener('abort', stopped, { once: true }));
  await stop().catch((error: unknown) => log.warn({ channel: channel.name, error: errorText(error) }, 'did not stop listening in order'));
}

async function speak(channel: Channel, alarm: Alarm, part: Part): Promise<void> {
  const { clock, log, signal } = part;
  const relay = createRelay({ ...part, channel });
  while (!signal.aborted) {
    try {
      await relay.pass(signal);
      const at = await relay.nextAt();
      await alarm.sleep(Math.min(LOOK_EVERY_MS, Math.max(0, (at ?? Number.POSITIVE_INFINITY) - clock.now())));
    } catch (error) {
      log.error({ channel: channel.name, error: errorText(error) }, 'the relay failed; it is run again');
      await pause(clock, AFTER_FAILURE_MS, signal);
    }
  }
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch(() => undefined);
}
