import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { slackClient } from '../../../../bot/channels/slack/client.js';
import { slackChannel } from '../../../../bot/channels/slack/index.js';
import { keepLog } from './stage.js';

describe('Slack\'s library', () => {
  it('is loaded on first use, once: it costs 250 ms and 29 MiB', async () => {
    const isLoaded = (): boolean => Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('@slack/bolt'));
    slackChannel.create({ channel: 'C0OPS0001', level: 'info', command: '/hypercare' }, { SLACK_BOT_TOKEN: 'xoxb-1-2-abc', SLACK_APP_TOKEN: 'xapp-1-A-2-abc' }, keepLog().log);
    expect(isLoaded()).toBe(false);
    const load = slackClient({ apiUrl: undefined, botToken: 'xoxb-1-2-abc', log: keepLog().log });
    expect(await load()).toBe(await load());
    expect(isLoaded()).toBe(true);
  });

  it('is told once in our log, however often it repeats itself', async () => {
    const { log, logs } = keepLog();
    const { logger } = await slackClient({ apiUrl: undefined, botToken: 'xoxb-1-2-abc', log })();
    for (let times = 0; times < 50; times += 1) logger.warn('http request failed fetch failed');
    expect(logs().split('\n')).toHaveLength(1);
  });

  it('writes into our log from warnings up, without tokens and addresses', async () => {
    const { log, logs } = keepLog();
    const { logger } = await slackClient({ apiUrl: undefined, botToken: 'xoxb-1-2-abc', log })();
    logger.debug('everything');
    logger.info('much');
    logger.warn('no pong', 'from wss://wss-primary.slack.com/link/?ticket=abc');
    expect(logs().split('\n')).toHaveLength(1);
    expect(logs()).toContain('no pong from [address]');
    const other = keepLog();
    (await slackClient({ apiUrl: undefined, botToken: 'xoxb-1-2-abc', log: other.log })()).logger.error(new Error('Bearer xapp-1-A-2-abc was refused'));
    expect(other.logs()).toContain('was refused');
    expect(other.logs()).not.toContain('xapp-1-A-2-abc');
    for (const secret of ['ticket=abc']) expect(logs()).not.toContain(secret);
  });
});
