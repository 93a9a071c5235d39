import { channelContract } from '../../../contracts/channel.js';
import { openStage } from './stage.js';

const WRITING = ['chat.postMessage', 'chat.update'];

channelContract('slack', async () => {
  const { double, channel, logs, stop } = await openStage();
  return {
    channel,
    shown: async () => double.shown(),
    secrets: [double.botToken, double.appToken],
    breakOnce(kind) {
      if (kind === 'network') double.fault(WRITING, { kind: 'destroy' });
      else if (kind === 'rateLimit') double.fault(WRITING, { kind: 'rateLimit', retryAfterS: 7 });
      else double.fault(WRITING, { kind: 'error', error: 'channel_not_found' });
    },
    logs,
    stop,
  };
});
