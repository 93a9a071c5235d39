import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { host } from '../../../monitoring/probes/host.js';
import type { Io } from '../../../src/io/io.js';

const io = { pm2: { home: tmpdir() } } as unknown as Io;

it('measures how full disk and memory are, and is bad from the limit on', async () => {
  const roomy = await host.measure({ diskPercent: 101 }, io, new AbortController().signal);
  expect(roomy).toMatchObject({ verdict: 'good', note: null });
  expect(roomy.values).toHaveLength(host.fields.length);
  const full = await host.measure({ diskPercent: 0 }, io, new AbortController().signal);
  expect(full).toMatchObject({ verdict: 'bad', note: expect.stringMatching(/^disk [\d.]+ % full$/) });
});
