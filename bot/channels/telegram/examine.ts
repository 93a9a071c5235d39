import { asTrouble, DeliveryDelay, type Channel } from '../channel.js';
import type { Api } from './api.js';
import { errorOf } from './trouble.js';

/** Is the token one? A running bot's polling is not disturbed. */
export function openExamine(api: Api): NonNullable<Channel['examine']> {
  return async () => {
    const self = await api.call('getMe', {});
    if (!('trouble' in self)) return [];
    return [asTrouble(self.trouble.kind === 'wait' ? new DeliveryDelay(self.trouble.ms) : errorOf(self.trouble))];
  };
}
