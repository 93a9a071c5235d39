import { channelContract } from '../../../contracts/channel.js';
import { httpChannelContract } from '../../../contracts/http-channel.js';
import { openStage, SECRETS } from './stage.js';

channelContract('webhook', async () => {
  const { receiver, channel, logs, stop } = await openStage();
  return {
    channel,
    shown: async () => receiver.shown(),
    secrets: SECRETS,
    breakOnce: (kind) => receiver.place.breakOnce(kind === 'network' ? 'destroy' : kind === 'rateLimit' ? { status: 429, headers: { 'retry-after': '3' } } : { status: 410 }),
    logs,
    stop,
  };
});

httpChannelContract('webhook', async () => {
  const { receiver, channel, stop } = await openStage();
  return { channel, place: receiver.place, secrets: SECRETS, stop };
});
