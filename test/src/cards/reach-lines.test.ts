import { describe, expect, it } from 'vitest';
import { reachLines } from '../../../src/cards/reach-lines.js';
import type { ChannelState } from '../../../src/domain/channel-state.js';

const AT = Date.UTC(2026, 10, 22, 4, 12);
const reader = { now: AT + 60_000, timeZone: 'UTC' };
const well = (name: string, part: ChannelState['part'] = 'speaks'): ChannelState => ({ name, part, since: AT, trouble: null });
const bad = (name: string, part: ChannelState['part'] = 'speaks'): ChannelState => ({ name, part, since: AT, trouble: { why: 'the token is refused.', mend: 'Copy it again.' } });

describe('whether people can be reached', () => {
  it.each([
    ['is not mentioned where all is well', [well('console'), well('slack:C1'), well('slack:C1', 'hears')], []],
    ['is not mentioned where there is the console alone', [bad('console')], []],
    ['is told of each channel that takes nothing', [well('telegram:-5'), bad('slack:C1')], ['Slack: not reached since 04:12 UTC: the token is refused. Copy it again.']],
    ['is told of a channel that is not heard', [well('slack:C1'), bad('slack:C1', 'hears')], ['Slack: not heard since 04:12 UTC: the token is refused. Copy it again.']],
    ['is doubted where a channel does not hear and nothing was told there yet', [bad('slack:C1', 'hears'), well('telegram:-5')], ['Slack: not reached since 04:12 UTC: the token is refused. Copy it again.']],
    ['is told first where only who reads the log can be', [well('console'), bad('slack:C1')], ['Told in the log alone (pm2 logs hypercare-bot). Slack: not reached since 04:12 UTC: the token is refused. Copy it again.']],
    ['is told first where nobody can be', [bad('console'), bad('slack_webhook'), bad('telegram')], [
      'Nobody can be told. Slack’s webhook: not reached since 04:12 UTC: the token is refused. Copy it again.',
      'Telegram: not reached since 04:12 UTC: the token is refused. Copy it again.',
    ]],
  ] as const)('%s', (_what, states, lines) => {
    expect(reachLines(states, reader)).toEqual(lines);
  });
});
