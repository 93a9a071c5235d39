import type { IncomingMessage } from 'node:http';
import type { HTTPReceiver } from '@slack/bolt';
import type { Clock } from '../../../src/io/clock.js';
import type { Logger } from '../../../src/io/log.js';
import { openDoor, type Door } from '../door.js';
import type { Slack } from './client.js';
import { createGuard } from './guard.js';

/** Where Slack calls the bot, in place of Socket Mode. */
export interface HttpLine {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly signingSecret: string;
}

/** Slack's largest payloads, a press on a message of 50 blocks, are below 200 kB. */
const MAX_BODY_BYTES = 1_048_576;

/** Slack's own receiver, which parses and acknowledges; it gets nothing that the guard has not let in. */
export function createReceiver({ bolt, logger }: Slack, { path, signingSecret }: HttpLine): HTTPReceiver {
  return new bolt.HTTPReceiver({ signingSecret, endpoints: [path], logger, bodyLimit: MAX_BODY_BYTES });
}

/** Opens the door before Slack's receiver, at loopback unless told otherwise. */
export function receive(receiver: HTTPReceiver, { host, port, path, signingSecret }: HttpLine, { clock, log }: { readonly clock: Clock; readonly log: Logger }): Promise<Door> {
  return openDoor({
    name: 'slack', host, port, maxBytes: MAX_BODY_BYTES, clock, log,
    judge: createGuard({ path, signingSecret, clock }),
    // The body was read for the signature; Slack's receiver takes it from here.
    enter: ({ body }, request, response) => receiver.requestListener(Object.assign(request, { rawBody: body }) as IncomingMessage, response),
  });
}
