/** A launch of 72 hours on the virtual clock: the real monitor, real relays and ears, both doubles, and people who answer. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Channel, Stop } from '../../../bot/channels/channel.js';
import { slackChannel } from '../../../bot/channels/slack/index.js';
import { telegram as telegramChannel } from '../../../bot/channels/telegram/index.js';
import { createInbox } from '../../../bot/inbox.js';
import { createRelay, type Relay } from '../../../bot/relay.js';
import { DEFAULT_TIERS } from '../../../src/domain/tiers.js';
import type { TimeWindow } from '../../../src/domain/time-window.js';
import { systemClock, type Clock } from '../../../src/io/clock.js';
import type { Io } from '../../../src/io/io.js';
import type { Pm2Process } from '../../../src/io/pm2.js';
import { keepLog } from '../../bot/stage.js';
import { startPm2Home, until } from '../../doubles/pm2-home.js';
import { SlackDouble } from '../../doubles/slack.js';
import { TelegramDouble } from '../../doubles/telegram.js';
import { virtualTime, type VirtualTime } from '../../doubles/virtual-time.js';
import { startWatched, type Watched } from '../../doubles/watched.js';
import { GROUP } from '../chats.js';
import { ANN, BOB } from '../town.js';
import { openRecord, type Record } from './record.js';
import { OUTAGES, TROUBLES, type Trouble } from './troubles.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A Friday morning, UTC. */
export const START = Date.UTC(2026, 10, 20, 9, 0, 0);
const APPS = ['shop', 'cart', 'blog'] as const;
const STEP_MS = 5 * MINUTE;
/** Who is asked looks at the phone after so long. */
const LOOKS_AFTER_MS = 4 * MINUTE;
const EARS_MS = 60_000;
const USUAL_MS = 90;
/** What a restart would end, and nobody lets happen, somebody mends by hand after so long. */
const BY_HAND_MS = 30 * MINUTE;
const NIGHT: TimeWindow = { days: [0, 1, 2, 3, 4, 5, 6], from: 22 * 60, to: 7 * 60, zone: 'UTC', text: '22:00 to 07:00' };

export interface Soaked {
  readonly watched: Watched;
  readonly record: Record;
  readonly slack: SlackDouble;
  readonly telegram: TelegramDouble;
  close(): Promise<void>;
}

/** Plays the whole of it. */
export async function soak(): Promise<Soaked> {
  const ends: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return { ...(await play(ends)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function play(ends: (() => unknown)[]): Promise<Omit<Soaked, 'close'>> {
  const home = await startPm2Home();
  ends.push(home.stop);
  for (const name of APPS) await home.startApp({ name, code: 'setInterval(() => undefined, 1000);', awaitAnswer: false });
  const time = virtualTime(START);
  const world = openWorld(time);
  const urls = await Promise.all(APPS.map(async (name) => [name, await serve(world, name, ends)] as const));
  const clock: Clock = { ...time.clock, sleep: systemClock.sleep };
  const watched = await startWatched((dir) => configOf(dir, home.home, urls), { time: { ...time, clock }, outside: world.outside });
  ends.push(() => watched.stop());
  const [slack, telegram] = [await SlackDouble.start(), await TelegramDouble.start()];
  ends.push(() => slack.stop(), () => telegram.close());
  slack.workspace.addUser(BOB, 'Bob');
  telegram.chat(GROUP);
  const record = openRecord({ slack, telegram }, time.clock.now);
  const bot = await openBot({ watched, time, slack, telegram, record });
  ends.push(bot.stop);
  await live({ time, watched, slack, telegram, record });
  return { watched, record, slack, telegram };
}

interface On {
  readonly watched: Watched;
  readonly time: VirtualTime;
  readonly slack: SlackDouble;
  readonly telegram: TelegramDouble;
  readonly record: Record;
}

/** The relays stop time where they have something to say; their places have their own idea of how long nothing may be said. */
async function openBot({ watched, time, slack, telegram, record }: On): Promise<{ readonly stop: Stop }> {
  const { store, monitor } = watched;
  const { hostId, settings } = monitor.ctx;
  const log = keepLog();
  const clock: Clock = { now: time.clock.now, monotonic: () => time.clock.now() - START, sleep: systemClock.sleep };
  const channels = [
    slackChannel.create(slackChannel.options.parse({ channel: slack.channel, api_url: slack.apiUrl }), { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken }, log),
    telegramChannel.create(telegramChannel.options.parse({ api_root: telegram.wire.origin }), { TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_CHAT_ID: String(GROUP.id) }, log),
  ] as readonly Channel[];
  const relays: readonly Relay[] = channels.map((channel) => createRelay({ store, hostId, hostName: 'vm-1', channel, clock, log, timeZone: 'UTC', quietHours: [NIGHT], onCall: null }));
  const hear = createInbox({ store, hostId, carrier: { poke: async () => monitor.loop.poke(), onPoke: async () => async () => undefined }, clock, log, tiers: DEFAULT_TIERS, settleMs: settings.settleMs, policy: settings.policy, timeZone: 'UTC' });
  const stops = await Promise.all(channels.map(async (channel) => channel.start?.(hear, [], () => undefined)));
  const never = new AbortController().signal;
  let newest = 0;
  time.beside?.({
    async nextAt() {
      // An event without a delivery yet is looked at now.
      const row = await store.db.selectFrom('events').select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow();
      if (Number(row.n) !== newest) {
        newest = Number(row.n);
        return clock.now();
      }
      const times = (await Promise.all(relays.map((relay) => relay.nextAt()))).filter((at) => at !== null);
      return times.length === 0 ? null : Math.min(...times);
    },
    async run() {
      for (const relay of relays) await relay.pass(never);
      record.look();
    },
  });
  return { stop: async () => void (await Promise.all(stops.map((stop) => stop?.()))) };
}

/** 72 hours and one more, with outages and people. */
async function live(on: On): Promise<void> {
  const { time, slack, telegram, record } = on;
  const asked = new Map<string, number>();
  for (let at = START; at <= START + 73 * HOUR; at += STEP_MS) {
    await time.reach(at);
    const away = OUTAGES.find(({ fromMs, untilMs }) => at >= START + fromMs && at < START + untilMs);
    slack.down = away?.slack === true;
    telegram.wire.down = away?.telegram === true;
    if (!away) await until('both to be heard again', () => slack.sockets.open > 0 && telegram.updates.waits, EARS_MS);
    await answer(on, at - START, asked);
    record.look();
  }
}

/** People press where they see a question that is theirs, a few minutes after they could see it. */
async function answer({ slack, telegram, record }: On, ageMs: number, asked: Map<string, number>): Promise<void> {
  const standing = { Slack: slack.messages.sights.findLast(({ ts }) => ts !== null && isAsked(slack, ts)), Telegram: telegram.messages(GROUP).findLast((message) => telegram.buttons(message).some(({ text }) => text === 'Do it')) };
  const trouble = TROUBLES.findLast(({ fromMs, answered }) => fromMs <= ageMs && answered !== null);
  const mine = trouble?.answered === 'Slack' ? standing.Slack?.ts : standing.Telegram?.message_id;
  if (!trouble || mine === undefined || mine === null) return;
  const key = `${trouble.answered} ${mine}`;
  const since = asked.get(key) ?? asked.set(key, ageMs).get(key) ?? ageMs;
  if (ageMs - since < LOOKS_AFTER_MS || isAway(trouble, ageMs)) return;
  if (trouble.answered === 'Slack') await (await slack.people.press(BOB, { channel: slack.channel, ts: String(mine) }, 'Do it')).saw();
  else {
    const button = telegram.buttons(standing.Telegram).find(({ text }) => text === 'Do it');
    await telegram.press(ANN, GROUP, Number(mine), button?.callback_data ?? '');
  }
  asked.delete(key);
  record.look();
}

function isAsked(slack: SlackDouble, ts: string): boolean {
  const last = slack.messages.sights.findLast((sight) => sight.ts === ts);
  return last?.onlyFor === null && last.buttons.includes('Do it');
}

function isAway({ answered }: Trouble, ageMs: number): boolean {
  return OUTAGES.some((one) => ageMs >= one.fromMs && ageMs < one.untilMs && (answered === 'Slack' ? one.slack : one.telegram));
}

interface World {
  readonly outside: (real: Io) => Io;
  /** What is wrong with an app now. */
  wrong(app: string): Trouble | null;
}

function openWorld(time: VirtualTime): World {
  const pids = new Map<string, number>();
  const began = new Map<string, number>();
  /** The app's process as it was when the trouble began. */
  const first = new Map<Trouble, number | undefined>();

  function isOver(trouble: Trouble): boolean {
    if (time.clock.now() >= START + trouble.fromMs + (trouble.ends === 'restart' ? BY_HAND_MS : trouble.ends)) return true;
    if (trouble.ends !== 'restart') return false;
    if (!first.has(trouble)) first.set(trouble, pids.get(trouble.app));
    return first.get(trouble) !== pids.get(trouble.app);
  }
  function seen(process: Pm2Process): Pm2Process {
    const run = `${process.pmId} ${process.startedAt}`;
    const startedAt = began.get(run) ?? time.clock.now();
    began.set(run, startedAt);
    pids.set(process.name, process.pid);
    return { ...process, startedAt, memoryBytes: process.memoryBytes === null ? null : 80 * 1_048_576 };
  }
  const world: World = {
    wrong: (app) => TROUBLES.find((trouble) => trouble.app === app && time.clock.now() >= START + trouble.fromMs && !isOver(trouble)) ?? null,
    outside: (real) => ({
      ...real,
      http: {
        close: () => real.http.close(),
        async request(request, signal) {
          const answer = await real.http.request(request, signal);
          if ('fault' in answer) return answer;
          const slow = Number(answer.headers['x-times'] ?? 1);
          // By the time alone, so that it hangs on nothing else.
          return { ...answer, ms: Math.round((USUAL_MS + ((time.clock.now() / 1_000) % 21)) * slow) };
        },
      },
      pm2: {
        ...real.pm2,
        list: async () => (await real.pm2.list()).map(seen),
        subscribe: (listen) => real.pm2.subscribe((event) => listen({ ...event, at: time.clock.now() })),
      },
    }),
  };
  return world;
}

async function serve(world: World, app: string, ends: (() => unknown)[]): Promise<string> {
  const server: Server = createServer((request, response) => {
    const wrong = world.wrong(app);
    const bad = wrong?.kind === 'down' || (wrong?.kind === 'checkout' && request.url === '/checkout');
    response.writeHead(bad ? 500 : 200, { 'x-times': wrong?.kind === 'slow' ? '8' : '1' }).end('ok');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  ends.push(() => new Promise((done) => server.close(done)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function configOf(dir: string, pm2Home: string, urls: readonly (readonly [string, string])[]): string {
  return `
data_dir: ${JSON.stringify(dir)}
pm2_home: ${JSON.stringify(pm2Home)}
host: { name: vm-1, every: 1h, cpu: 100 }
apps:
${urls.map(([name, url]) => `  ${name}:
    url: ${url}
    endpoints: [{ path: /, critical: true }, { path: /checkout, critical: true }]
    liveness: { path: /checkout, every: ${name === 'blog' ? '30m' : '10m'} }`).join('\n')}
watch:
  confirm: { every: 30s }
policy:
  rules:
    - { name: apps heal themselves, repair: pm2.reload, rung: act-and-tell }
    - { name: a restart is asked for, repair: pm2.restart, rung: ask }
people:
  - { name: Ann, role: approver, telegram: ${ANN.id} }
  - { name: Bob, role: approver, slack: ${BOB} }
`;
}
