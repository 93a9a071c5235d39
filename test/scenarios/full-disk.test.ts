import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { incidentCard } from '../../src/cards/incident-card.js';
import { drawPlain } from '../../src/cards/plain.js';
import type { Incident } from '../../src/domain/incident.js';
import { systemClock } from '../../src/io/clock.js';
import type { Io } from '../../src/io/io.js';
import { incidentView } from '../../src/store/incident-view.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { startPm2Home, until, type Pm2Home } from '../doubles/pm2-home.js';
import { NO_MOUNT, smallDisk, type SmallDisk } from '../doubles/small-disk.js';
import { masked } from './masked.js';
import { beginWatch, BRISK, type Watch } from './watch.js';

const MIB = 1_048_576;

let home: Pm2Home;
let disk: SmallDisk;
let watch: Watch | null = null;

beforeAll(async () => {
  if (NO_MOUNT === null) [home, disk] = await Promise.all([startPm2Home(), smallDisk(24)]);
});

afterAll(async () => {
  await watch?.stop();
  await home?.stop();
  await disk?.remove();
});

function shown(text: string): string {
  return text.replaceAll(disk.dir, '‹disk›').replace(/\b[\d.]+ readings/g, 'some readings').replace(/\bplan [0-9a-f]{12}\b/g, 'plan ‹hash›');
}

/** When a file was put where it stands nobody can set, so repairs are told a later time. */
const LATER_S = 30 * 86_400;

/** Files of an upload that nobody needs any more, and one that somebody does. */
async function uploads(): Promise<void> {
  await mkdir(join(disk.dir, 'uploads'));
  for (const name of ['a', 'b', 'c', 'today']) await writeFile(join(disk.dir, 'uploads', `${name}.part`), Buffer.alloc(4 * MIB));
  await utimes(join(disk.dir, 'uploads', 'today.part'), 0, systemClock.now() / 1_000 + LATER_S);
}

function later({ clock, ...io }: Io): Io {
  return { ...io, clock: { ...clock, now: () => clock.now() + LATER_S * 1_000 } };
}

it.skipIf(NO_MOUNT !== null)(`a full disk is seen, cleaned as the config allows, proved and told${NO_MOUNT === null ? '' : ` (skipped: ${NO_MOUNT})`}`, async () => {
  const app = await home.startApp({ name: 'shop', awaitAnswer: true });
  await uploads();
  watch = await beginWatch((dataDir) => `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(home.home)}
host:
  every: 1s
  disk: 90
  disk_free: 3MB
  clean: [{ dir: ${JSON.stringify(join(disk.dir, 'uploads'))}, older_than: 7d, match: "*.part" }]
apps: { shop: { url: "http://127.0.0.1:${app.port}", liveness: { every: 1s } } }
policy:
  default: observe
  rules: [{ name: old uploads, repair: host.clean-disk, rung: act-and-tell }]
people: [{ name: Ann, role: approver, terminal: tester }]
${BRISK}`, { outside: later });
  await watch.steady();
  const { store, monitor } = watch;
  expect(shown(await watch.say('repair', 'host.clean-disk', 'host', '--dry-run'))).toMatchInlineSnapshot(`
    "
    i INFO  host: host.clean-disk would be done without asking; nothing was done now
      It would do exactly this:
      1. remove files below ‹disk›/uploads that fit *.part and were not written for 7 d (at most 5 min)

      ‹disk›/uploads: 3 files of 12 MiB, among them a.part, b.part, c.part
      At most 20000 files.
      There is no way back from it.

      Policy: auto, because Ann asked for it, and may approve (rule asked-by-approver).

      plan ‹hash›
    "
  `);
  await disk.fill(MIB / 2);
  const newest = async (): Promise<Incident | undefined> => (await recentIncidents(store.db, monitor.ctx.hostId, 1))[0];
  await until('it to be over', async () => (await newest())?.state === 'resolved', 45_000);
  expect(await readdir(join(disk.dir, 'uploads'))).toEqual(['today.part']);
  const card = incidentCard(await incidentView(store.db, (await newest())?.id as Incident['id']), { now: monitor.ctx.clock.now(), timeZone: 'UTC' });
  expect(shown(masked(`\n${drawPlain(card, { width: 2_000, color: false })}\n`))).toMatchInlineSnapshot(`
    "
    ✓ GOOD  host is good again after a while: the disk of ‹disk›/uploads is 97.9 % full, 0.5 MiB free
      Lasted a while, from ‹clock› to ‹clock›.
      Mended by host.clean-disk after a while; verified by 3 good checks.
      It removed 3 files of 12 MiB below ‹disk›/uploads, and 12 MiB more is free.

      incident ‹id›
    "
  `);
  expect(shown(await watch.story())).toMatchInlineSnapshot(`
    "
    hypercare: the monitor began
        watches shop
    hypercare: launch of shop shop began
        first seen
    hypercare: incident on host: the disk of ‹disk›/uploads is 97.9 % full, 0.5 MiB free
        some readings in a row, for a while; what apps write may fail, their logs first
    hypercare: host.clean-disk is tried first
        for host-disk-full the order is host.clean-disk, host.compress-logs, host.truncate-logs
    hypercare: host.clean-disk on host: auto
        the rule “old uploads” lets it act and tell
    hypercare: host.clean-disk on host began
        rule old uploads, plan hash ‹hash›
    hypercare: host.clean-disk on host ended: verified
        3 good readings in a row of each of 2 checks
    hypercare: incident over: the disk of ‹disk›/uploads is 97.9 % full, 0.5 MiB free
        host.clean-disk mended it after a while: 3 good readings in a row of each of 2 checks
    "
  `);
  expect(shown(await watch.say('repair', 'host.clean-disk', 'host', '--dry-run'))).toMatchInlineSnapshot(`
    "
    ! WARNING  host: host.clean-disk is not possible
      there is nothing to remove. ‹disk›/uploads: no such file that is old enough
    "
  `);
}, 90_000);
