import { z } from 'zod';
import type { HttpAnswer } from '../../../src/io/http.js';
import { HypercareError } from '../../../src/domain/errors.js';
import type { Channel, ChannelKind, Ref } from '../channel.js';
import { httpParts, postHttp, type HttpParts, type Receiver } from '../post-http.js';
import { routeKeys, type Route } from '../route.js';
import { secretAddress } from '../secret-address.js';
import { draw, drawCall, type Message } from './draw.js';

const REF = z.object({ message: z.string() });

const ANEW = 'Make a new webhook (settings of the channel, "Integrations", "Webhooks"), and copy its URL into DISCORD_WEBHOOK_URL in .env.';
const DISCORD: Receiver = {
  name: 'Discord',
  mends: { 400: 'This is a fault of hypercare: please report it with this line.', 401: ANEW, 403: ANEW, 404: ANEW, other: `Look at status.discord.com. ${ANEW}` },
};

/** Discord's code for a message that somebody deleted; for a webhook that is gone it has another. */
const UNKNOWN_MESSAGE = 10_008;

/**
 * Cards through one of Discord's webhooks: one address, no app, nobody is heard. What it posted it can edit, so each thing
 * has one live card. A webhook has no idempotency key: when the answer to a post is lost, the next try posts again.
 */
export function discordKind(parts: () => HttpParts): ChannelKind<Route> {
  return {
    kind: 'discord',
    needs: ['DISCORD_WEBHOOK_URL'],
    options: z.strictObject(routeKeys),
    create(_options, secrets) {
      if (!secrets.DISCORD_WEBHOOK_URL) return null;
      const url = secretAddress('DISCORD_WEBHOOK_URL', secrets.DISCORD_WEBHOOK_URL, 'Copy the URL of the webhook whole: https://discord.com/api/webhooks/<number>/<token>.');
      const [, id] = /\/webhooks\/(\d+)\/[\w-]+\/?$/.exec(url.pathname) ?? [];
      if (id !== undefined) return open({ base: `${url.origin}${url.pathname.replace(/\/$/, '')}`, id, parts: parts() });
      throw new HypercareError('discord.address', 'invalid', 'DISCORD_WEBHOOK_URL is not the address of a webhook', 'Copy it whole: https://discord.com/api/webhooks/<number>/<token>.');
    },
  };
}

export const discord = discordKind(httpParts);

function open({ base, id, parts }: { readonly base: string; readonly id: string; readonly parts: HttpParts }): Channel {
  /** `wait` makes Discord say where it stands, and refuse what it does not keep. */
  async function post(message: Message): Promise<z.infer<typeof REF>> {
    const answer = await postHttp(parts, DISCORD, { url: `${base}?wait=true`, body: message });
    const posted = jsonOf(answer);
    if (typeof posted['id'] === 'string' && /^\d{1,25}$/.test(posted['id'])) return { message: posted['id'] };
    throw new HypercareError('discord.answer', 'transient', 'Discord answered a post without saying where it stands', 'It is tried again by itself.');
  }

  /** False where the message is there no more. */
  async function edit(message: string, to: Message): Promise<boolean> {
    const isGone = (answer: HttpAnswer): boolean => answer.status === 404 && jsonOf(answer)['code'] === UNKNOWN_MESSAGE;
    const answer = await postHttp(parts, DISCORD, { url: `${base}/messages/${message}`, method: 'PATCH', body: to, expects: isGone });
    return answer.status !== 404;
  }

  return {
    // The number is no secret, the token behind it is. Pointed elsewhere it is another channel.
    name: `discord:${id}`,
    alertsOnly: true,
    async deliver(card, _key, previous): Promise<Ref> {
      const at = REF.safeParse(previous).data;
      const message = draw(card);
      if (at !== undefined && (await edit(at.message, message))) return at;
      return post(message);
    },
    async call(call, at, fresh) {
      if (!fresh && REF.safeParse(at).success) await post(drawCall(call));
    },
  };
}

function jsonOf({ body }: HttpAnswer): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
