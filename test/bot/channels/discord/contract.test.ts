import { channelContract } from '../../../contracts/channel.js';
import { httpChannelContract } from '../../../contracts/http-channel.js';
import { openStage, SECRETS } from './stage.js';

channelContract('discord', async () => {
  const { double, channel, logs, stop } = await openStage();
  return {
    channel,
    shown: async () => double.shown(),
    secrets: SECRETS,
    breakOnce: (kind) => double.place.breakOnce(kind === 'network' ? 'destroy' : kind === 'rateLimit' ? { status: 429, headers: { 'retry-after': '1.337' } } : { status: 404, body: '{"message":"Unknown Webhook","code":10015}' }),
    logs,
    stop,
  };
});

httpChannelContract('discord', async () => {
  const { double, channel, stop } = await openStage();
  return { channel, place: double.place, secrets: SECRETS, stop };
});
