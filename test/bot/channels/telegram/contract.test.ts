import { DeliveryDelay, type Channel } from '../../../../bot/channels/channel.js';
import { channelContract, type Fault as ContractFault } from '../../../contracts/channel.js';
import { Refusal, type Fault } from '../../../doubles/telegram.js';
import { GROUP, startStage } from './stage.js';

const FAULTS: Readonly<Record<ContractFault, Fault>> = {
  network: 'destroy',
  rateLimit: new Refusal(429, 'Too Many Requests: retry after 1', { retry_after: 1 }),
  gone: new Refusal(403, 'Forbidden: bot was kicked from the group chat'),
};

channelContract('telegram', async () => {
  const stage = await startStage();
  /** A caller that waits as long as it is told to: until then the channel does not ask Telegram again. */
  const patient: Channel['deliver'] = async (card, key, previous) => {
    try {
      return await stage.channel.deliver(card, key, previous);
    } catch (thrown) {
      if (thrown instanceof DeliveryDelay) stage.double.advance(thrown.retryAfterMs);
      throw thrown;
    }
  };
  return {
    channel: { ...stage.channel, deliver: patient },
    shown: async () => stage.double.messages(GROUP).map((message) => ({ text: stage.double.read(message), buttons: stage.double.buttons(message).map((button) => button.text) })),
    secrets: [stage.double.token],
    breakOnce: (kind) => stage.double.breakOnce(['sendMessage', 'editMessageText'], FAULTS[kind]),
    logs: () => stage.logs(),
    stop: () => stage.end(),
  };
});
