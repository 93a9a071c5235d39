import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { SlackDouble } from '../slack.js';
import { actions, answerOf, button, clientOf } from './asking.js';
import { until } from './until.js';

const ADA = 'U0ADA0001';

let double: SlackDouble;
beforeEach(async () => {
  double = await SlackDouble.start();
  double.workspace.addUser(ADA, 'Ada');
});
afterEach(() => double.stop());

describe('the socket (1.9, 1.10)', () => {
  async function connect(): Promise<{ readonly socket: WebSocket; readonly frames: { readonly type: string; readonly envelope_id?: string; readonly payload?: unknown }[] }> {
    const { url = '' } = await clientOf(double, double.appToken).apps.connections.open({});
    return open(url);
  }

  async function open(url: string): Promise<Awaited<ReturnType<typeof connect>>> {
    const socket = new WebSocket(url);
    const frames: Awaited<ReturnType<typeof connect>>['frames'] = [];
    socket.on('message', (data) => frames.push(JSON.parse(String(data)) as { type: string }));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return { socket, frames };
  }

  it('takes a ticket once', async () => {
    const { url = '' } = await clientOf(double, double.appToken).apps.connections.open({});
    await open(url);
    await expect(open(url)).rejects.toThrow('401');
  });

  it('says hello first, unless told to be silent', async () => {
    const { frames } = await connect();
    await until(() => frames[0]?.type === 'hello', 'hello');
    double.sockets.hello = false;
    const silent = await connect();
    await new Promise((resolve) => silent.socket.once('pong', resolve).ping());
    expect(silent.frames).toEqual([]);
  });

  it('refuses an eleventh connection', async () => {
    for (let index = 0; index < 10; index += 1) await connect();
    expect(await answerOf(clientOf(double, double.appToken).apps.connections.open({}))).toBe('too_many_websockets');
  });

  it('keeps acknowledgements with their time, and fails a deed that gets none', async () => {
    const { socket, frames } = await connect();
    const deed = double.people.command(ADA, '/hypercare status');
    const { envelope_id: id } = await until(() => frames.find(({ type }) => type === 'slash_commands'), 'the command');
    socket.send(JSON.stringify({ envelope_id: id, payload: { text: 'on it' } }));
    expect((await deed).ack.latencyMs).toBeLessThan(2_000);
    expect((await deed).seen()).toMatchObject([{ via: 'ack', text: 'on it', onlyFor: ADA }]);
    double.sockets.ackWithinMs = 50;
    await expect(double.people.again(await deed, ADA)).rejects.toThrow('acknowledgement');
    expect(frames.filter(({ envelope_id: again }) => again === id)).toMatchObject([{}, { retry_attempt: 1 }]);
  });

  it('sends a payload to one of two connections', async () => {
    const both = [await connect(), await connect()];
    double.sockets.ackWithinMs = 50;
    await double.people.command(ADA, '/x').catch(() => {});
    expect(both.flatMap(({ frames }) => frames).filter(({ type }) => type === 'slash_commands')).toHaveLength(1);
  });

  it('without a connection tells the person that it failed', async () => {
    await expect(double.people.command(ADA, '/x')).rejects.toThrow('dispatch_failed');
  });

  it('asks to reconnect, closes, drops, and stops answering pings', async () => {
    const asked = await connect();
    double.sockets.askToReconnect('warning');
    await until(() => asked.frames.find(({ type }) => type === 'disconnect'), 'the frame');
    double.sockets.close();
    await new Promise((resolve) => asked.socket.once('close', resolve));
    double.sockets.pong = false;
    const { socket } = await connect();
    socket.once('pong', () => expect.unreachable());
    socket.ping();
    double.sockets.drop();
    await new Promise((resolve) => socket.once('close', resolve));
  });

  it('gives a press its message with everything escaped, and none for a message to one person', async () => {
    const where = { channel: double.channel };
    const blocks = [{ type: 'section', text: { type: 'plain_text', text: 'a < b' } }, actions(button())] as never;
    const { ts = '' } = await clientOf(double).chat.postMessage({ ...where, text: 'x', blocks });
    const { message_ts: whispered = '' } = await clientOf(double).chat.postEphemeral({ ...where, user: ADA, text: 'x', blocks });
    expect(JSON.stringify(double.people.pressEnvelope(ADA, { ...where, ts }, 'xxx').payload)).toContain('a &lt; b');
    expect(double.people.pressEnvelope(ADA, { ...where, ts: whispered }, 'xxx').payload).not.toHaveProperty('message');
    expect(() => double.people.pressEnvelope(ADA, { ...where, ts }, 'no such')).toThrow('no button');
  });
});
