import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { downError, lastWords } from '../../../scripts/start/last-words.js';
import { createLogger } from '../../../src/io/log.js';

const dir = mkdtempSync(join(tmpdir(), 'hypercare-words-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** What a monitor writes that ends twice, of another cause each time. */
function written(format: 'text' | 'json'): string {
  const lines: string[] = [];
  const log = createLogger({ format, level: 'info' }, (line) => lines.push(line));
  log.error({ error: 'an older trouble', mend: null }, 'the monitor ended');
  log.info({}, 'watches');
  log.error({ error: 'the data directory "/srv/x" cannot be written (EROFS)', mend: 'Let the user write there.' }, 'the monitor ended');
  log.info({}, 'another line');
  return lines.join('');
}

describe('why monitor or bot do not stay up', () => {
  it.each(['text', 'json'] as const)('is their newest last word, in a log of format %s', (format) => {
    expect(lastWords(written(format))).toEqual({ error: 'the data directory "/srv/x" cannot be written (EROFS)', mend: 'Let the user write there.' });
  });

  it('is not made up where they left none', () => {
    expect(lastWords('')).toBeNull();
    expect(lastWords('2026-11-21 09:15:02 INFO  watches  apps=shop\n')).toBeNull();
    expect(lastWords('{"msg":"the monitor ended"}\n')).toBeNull();
  });

  it('is told in one sentence, with what to do', async () => {
    const log = join(dir, 'out.log');
    writeFileSync(log, written('text'));
    const error = await downError({ name: 'hypercare-monitor', log });
    expect(error.message).toBe('hypercare-monitor does not stay up: the data directory "/srv/x" cannot be written (EROFS)');
    expect(error.mend).toMatch(/^Let the user write there\.\nPM2 tries again by itself/);
  });

  it('sends to the log where that cannot be read', async () => {
    expect(await downError({ name: 'hypercare-bot', log: join(dir, 'none') })).toMatchObject({ message: 'hypercare-bot does not stay up', mend: 'See more: npx pm2 logs hypercare-bot --nostream --lines 20' });
  });
});
