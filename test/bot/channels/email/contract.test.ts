import { PASSWORD } from '../../../doubles/mail-server.js';
import { channelContract } from '../../../contracts/channel.js';
import { openStage } from './stage.js';

channelContract('email', async () => {
  const { server, channel, logs, stop } = await openStage();
  return {
    channel,
    neverWaits: true,
    shown: async () => server.shown(),
    secrets: [PASSWORD, Buffer.from(PASSWORD).toString('base64')],
    breakOnce: (kind) => server.breakOnce(kind === 'network' ? 'drop' : { at: kind === 'gone' ? 'RCPT' : 'MAIL', code: kind === 'gone' ? 550 : 451, says: `5.0.0 ${PASSWORD}` }),
    logs,
    stop,
  };
});
