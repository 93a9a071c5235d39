import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../doubles/slack/until.js';
import { ADA, BUTTONS, card, openStage, toPerson, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(async () => {
  await stage.stop();
});

/** Waits for the n-th connection since the start. */
async function connections(count: number): Promise<void> {
  await until(() => stage.double.sockets.opened >= count && stage.double.sockets.open === 1, `connection ${count}`);
}

async function isHeard(): Promise<boolean> {
  return (await (await stage.double.people.command(ADA, '/hypercare status')).saw()).length > 0;
}

describe('a connection that ends', () => {
  it.each(['drop', 'close', 'refresh'] as const)('is followed by another: %s', async (how) => {
    await stage.listen();
    const { sockets } = stage.double;
    if (how === 'refresh') sockets.askToReconnect('refresh_requested');
    else sockets[how]();
    await connections(2);
    expect(await isHeard()).toBe(true);
  });

  it('is followed by another although Slack is in trouble for a while', async () => {
    await stage.listen();
    stage.double.fault('apps.connections.open', { kind: 'status', status: 503 });
    stage.double.fault('apps.connections.open', { kind: 'destroy' });
    stage.double.fault('apps.connections.open', { kind: 'error', error: 'internal_error' });
    stage.double.sockets.drop();
    await connections(2);
    expect(await isHeard()).toBe(true);
    expect(stage.double.called('apps.connections.open')).toHaveLength(5);
    expect(stage.hearing).toMatchObject([null, { code: 'slack.failed' }, { code: 'slack.failed' }, { code: 'slack.failed' }, null]);
  });

  it('waits as long as Slack asks', async () => {
    await stage.listen();
    stage.double.fault('apps.connections.open', { kind: 'rateLimit', retryAfterS: 1 });
    stage.double.sockets.drop();
    await connections(2);
    const [, limited, then] = stage.double.called('apps.connections.open').map(({ at }) => at);
    expect((then ?? 0) - (limited ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it('and a token that was revoked meanwhile is told once, with what to do, and does not end the process', async () => {
    await stage.listen();
    stage.double.tokens.delete(stage.double.appToken);
    stage.double.sockets.drop();
    await until(() => stage.logs().includes('cannot listen until somebody mends this'), 'the log line');
    expect(stage.logs()).toContain('SLACK_APP_TOKEN');
    expect(stage.double.called('apps.connections.open')).toHaveLength(2);
  });

  it('does not drop what was said when its acknowledgement came too late', async () => {
    const heard = await stage.listen();
    stage.double.sockets.sendAndClose(stage.double.people.commandEnvelope(ADA, '/hypercare rollback shop'));
    await until(() => heard.length > 0, 'the command');
    expect(stage.logs()).toContain('could not acknowledge');
  });

  it('does not lose what was said just before it: Slack says it again, and it is heard once', async () => {
    const heard = await stage.listen();
    const envelope = stage.double.people.commandEnvelope(ADA, '/hypercare rollback shop');
    stage.double.sockets.sendAndDrop(envelope);
    await connections(2);
    await stage.double.people.deliver(ADA, { ...envelope, retry_attempt: 1, retry_reason: 'timeout' });
    await until(() => heard.length > 0, 'the command');
    await isHeard();
    expect(heard.map(({ said }) => said)).toEqual([{ words: 'rollback shop' }, { words: 'status' }]);
  });
});

describe('stopping', () => {
  it('closes the socket and opens no other', async () => {
    const stop = await stage.channel.start?.(async () => toPerson('heard'), [], () => undefined);
    await stop?.();
    await until(() => stage.double.sockets.open === 0, 'the socket to close');
    expect(stage.double.called('apps.connections.open')).toHaveLength(1);
  });

  it('ends the waiting for a Slack that is down', async () => {
    await stage.listen();
    stage.double.tokens.delete(stage.double.appToken);
    stage.double.sockets.drop();
    await until(() => stage.logs().includes('cannot listen'), 'the log line');
    const began = performance.now();
    await stage.stop();
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('waits for what is being answered', async () => {
    let finish = (): void => {};
    const slow = new Promise<void>((resolve) => (finish = resolve));
    await stage.listen(async () => {
      await slow;
      return toPerson('in the end');
    });
    const deed = await stage.double.people.mention(ADA, 'status');
    await until(() => stage.double.called('users.info').length > 0, 'the work to begin');
    setTimeout(finish, 100);
    await stage.stop();
    expect(deed.seen()).toHaveLength(1);
  });

  it('can be followed by another start', async () => {
    const stop = await stage.channel.start?.(async () => toPerson('first life'), [], () => undefined);
    await stop?.();
    await stage.listen(() => toPerson('second life'));
    const [answer] = await (await stage.double.people.command(ADA, '/hypercare status')).saw();
    expect(answer?.text).toContain('second life');
  });
});

describe('secrets', () => {
  it('stand in no log line and no error, whatever goes wrong', async () => {
    const { double } = stage;
    await stage.listen();
    double.fault('users.info', { kind: 'status', status: 500 });
    double.fault('hook', { kind: 'destroy' });
    double.fault('chat.postEphemeral', { kind: 'status', status: 500 });
    await (await double.people.command(ADA, '/hypercare status')).saw();
    const place = (await stage.channel.deliver(card('shop is down', { buttons: BUTTONS }), 'k', undefined)) as { channel: string; ts: string };
    await (await double.people.press(ADA, place, 'Not now')).saw();
    double.tokens.clear();
    double.sockets.drop();
    await until(() => stage.logs().includes('cannot listen'), 'the log line');
    const thrown: unknown = await stage.channel.deliver(card('shop is down'), 'k', undefined).catch((caught: unknown) => caught);
    const told = stage.logs() + inspect(thrown, { depth: 20, showHidden: true });
    expect(told).toContain('invalid_auth');
    for (const secret of [double.botToken, double.appToken, '/hooks/', 'ticket=']) expect(told).not.toContain(secret);
  });
});
