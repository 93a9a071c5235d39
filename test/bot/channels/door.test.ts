import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDoor, type Door, type DoorSettings, type Knock } from '../../../bot/channels/door.js';
import { systemClock } from '../../../src/io/clock.js';
import { keepLog } from '../stage.js';

async function door(differs: Partial<DoorSettings> = {}): Promise<{ readonly door: Door; readonly url: string; readonly entered: Knock[]; readonly lines: readonly string[] }> {
  const entered: Knock[] = [];
  const log = keepLog();
  const opened = await openDoor({
    name: 'slack', host: '127.0.0.1', port: 0, maxBytes: 1_000, clock: systemClock, log, judge: () => 'in',
    enter(knock, _, response) {
      entered.push(knock);
      response.end('welcome');
    },
    ...differs,
  });
  onTestFinished(() => opened.close());
  return { door: opened, url: `http://127.0.0.1:${opened.port}`, entered, lines: log.lines };
}

describe('the door', () => {
  it('hands the raw body on, and the path without its query', async () => {
    const { url, entered } = await door();
    const answer = await fetch(`${url}/slack/events?x=1`, { method: 'POST', body: 'ä=1' });
    expect(await answer.text()).toBe('welcome');
    expect(entered).toMatchObject([{ path: '/slack/events', body: Buffer.from('ä=1') }]);
  });

  it.each([['GET'], ['PUT'], ['DELETE']])('is shut for %s', async (method) => {
    const { url, entered } = await door();
    expect((await fetch(url, { method })).status).toBe(404);
    expect(entered).toEqual([]);
  });

  it('takes no longer body than its limit, whether it is announced or not', async () => {
    const { url, entered, lines } = await door();
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(1_000) })).status).toBe(200);
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(1_001) })).status).toBe(413);
    const unannounced = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(400));
      },
    });
    const status = await fetch(url, { method: 'POST', body: unannounced, duplex: 'half' } as RequestInit).then((answer) => answer.status, () => 'cut off');
    expect([413, 'cut off']).toContain(status);
    expect(entered).toHaveLength(1);
    expect(lines.join('\n')).toContain('refused a request: a body of more than 1000 bytes');
  });

  it('refuses with an empty answer, and counts each reason: told at once, and then at most every ten minutes', async () => {
    let now = 0;
    const { url, entered, lines } = await door({ judge: () => ({ refused: 'forged', status: 401 }), clock: { ...systemClock, monotonic: () => now } });
    const knock = async (): Promise<void> => {
      const answer = await fetch(url, { method: 'POST', body: 'x' });
      expect([answer.status, await answer.text()]).toEqual([401, '']);
    };
    for (let n = 0; n < 5; n += 1) await knock();
    expect(lines).toEqual(['warn slack: refused a request: forged {"times":1}']);
    now = 10 * 60_000;
    await knock();
    expect(lines.at(-1)).toBe('warn slack: refused a request: forged {"times":6}');
    expect(entered).toEqual([]);
  });

  it('stands at loopback unless told otherwise, and says what to do where the port is taken', async () => {
    const { door: first } = await door();
    await expect(door({ port: first.port })).rejects.toMatchObject({ code: 'slack.door', errorClass: 'transient', message: expect.stringContaining('something else listens there') as unknown, mend: expect.stringContaining('another port below slack') as unknown });
    await expect(door({ host: '203.0.113.7' })).rejects.toMatchObject({ errorClass: 'invalid', mend: expect.stringContaining('host and port') as unknown });
  });

  it('is not held open by who says nothing', async () => {
    const opened = await openDoor({ name: 'slack', host: '127.0.0.1', port: 0, maxBytes: 10, clock: systemClock, log: keepLog(), judge: () => 'in', enter: () => undefined });
    const silent = connect(opened.port, '127.0.0.1');
    await new Promise((done) => silent.once('connect', done));
    await opened.close();
    silent.destroy();
  });
});
