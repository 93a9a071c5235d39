import { hostname } from 'node:os';
import { z } from 'zod';
import type { Card } from '../../../src/cards/card.js';
import { HypercareError } from '../../../src/domain/errors.js';
import { sha256 } from '../../../src/io/hash.js';
import type { Logger } from '../../../src/io/log.js';
import type { Channel, ChannelKind, Ref, Secrets, Trouble } from '../channel.js';
import { isNews, TOLD, toldOf } from '../news.js';
import { routeKeys, type Route } from '../route.js';
import { drawCall, drawLetter, subjectOf, type Letter } from './letter.js';
import { createSend, type Mail, type Send, type Server } from './send.js';

export interface EmailOptions extends Route {
  readonly host: string;
  readonly port: number;
  /** Whose password is SMTP_PASSWORD; absent: the server takes mail without a login. */
  readonly user?: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
  /** Said by a person: everybody on the way may read. */
  readonly insecure: boolean;
}

/** Bare addresses: no name, no comment, no line end, so that none can bring a header or a further recipient along. */
const ADDRESS = z.string().max(254).regex(/^[\w.!#$%&*+/=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'must be a bare address such as ops@example.com');
const MOST_RECIPIENTS = 20;
const TLS_PORT = 465;
const OWN_HOSTS = new Set(['127.0.0.1', 'localhost', '::1']);

/** The conversation about a thing: its first letter and its last, by their ids, its subject, and what was told last. */
const REF = TOLD.extend({ first: z.string(), last: z.string(), subject: z.string() });

/** The kind with its way of sending exchanged; everybody but tests uses `email`. */
export function emailKind(sending: (server: Server) => Send): ChannelKind<EmailOptions> {
  return {
    kind: 'email',
    needs: [],
    options: z.strictObject({
      ...routeKeys,
      host: z.string().regex(/^[A-Za-z0-9:](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/, 'must be the name of a mail server such as smtp.example.com'),
      port: z.number().int().min(1).max(65_535).default(587),
      user: z.string().min(1).max(254).optional(),
      from: ADDRESS,
      to: z.union([z.array(ADDRESS).min(1).max(MOST_RECIPIENTS), ADDRESS.transform((one) => [one])]),
      insecure: z.boolean().default(false),
    }),
    create(options, secrets, log, host = hostname()) {
      return open({ options, host, log, send: sending(serverOf(options, secrets)) });
    },
  };
}

export const email = emailKind(createSend);

function serverOf({ host, port, user, insecure }: EmailOptions, { SMTP_PASSWORD: pass }: Secrets): Server {
  if (user !== undefined && !pass) throw new HypercareError('email.password', 'invalid', '`user` is set for email, but SMTP_PASSWORD is not', 'Write the password into SMTP_PASSWORD in .env; without a login leave `user` out.');
  const login = user === undefined || !pass ? null : { user, pass };
  // What stays on this machine nobody reads on the way.
  const security = port === TLS_PORT ? 'tls' : insecure || OWN_HOSTS.has(host) ? 'plain' : 'starttls';
  return { host, port, login, security };
}

interface Opening {
  readonly options: EmailOptions;
  readonly host: string;
  readonly log: Logger;
  readonly send: Send;
}

/**
 * One conversation for each thing, by mail: what was sent cannot be edited, so a letter follows only where there is news.
 * Each letter has the delivery's key in its id: one that is sent again after a lost answer is the same to a mailbox.
 */
function open({ options: { from, to }, host, log, send }: Opening): Channel {
  let refused = 0;
  const idOf = (key: string): string => `<${sha256(`${host} ${key}`).slice(0, 32)}@${from.slice(from.lastIndexOf('@') + 1)}>`;

  async function post(letter: Letter, mail: Pick<Mail, 'subject' | 'messageId' | 'references' | 'urgent'>): Promise<void> {
    const now = await send({ ...letter, ...mail, from: { name: `hypercare ${host.replace(/[^\w.-]/g, '')}`, address: from }, to });
    if (now > 0 && now !== refused) log.warn({ refused: now, of: to.length }, 'email: the mail server refused some of the recipients, and took it for the others');
    refused = now;
  }

  async function deliver(card: Card, key: string, previous: Ref | undefined): Promise<Ref> {
    const before = REF.safeParse(previous).data ?? null;
    if (before !== null && !isNews(card, before)) return before;
    const messageId = idOf(key);
    const urgent = card.level === 'critical' || (card.about?.asked ?? null) !== null;
    const subject = before?.subject ?? subjectOf(card, host);
    await post(drawLetter(card), { messageId, urgent, subject: before === null ? subject : `Re: ${subject}`, references: before === null ? [] : chain(before) });
    return { ...toldOf(card), first: before?.first ?? messageId, last: messageId, subject } satisfies z.infer<typeof REF>;
  }

  return {
    name: 'email',
    alertsOnly: true,
    postsAnew: true,
    deliver,
    async call(call, at, fresh, key) {
      const standing = REF.safeParse(at).data;
      if (fresh || standing === undefined) return;
      await post(drawCall(call), { messageId: idOf(`${key} call`), urgent: true, subject: `Re: ${standing.subject}`, references: chain(standing) });
    },
    async examine(): Promise<readonly Trouble[]> {
      return refused === 0 ? [] : [{ why: `the mail server refused ${refused} of ${to.length} recipients`, mend: 'Correct `to` of the email channel in hypercare.yaml.', passes: false }];
    },
  };
}

/** The first and the last letter are enough for any reader to find the conversation. */
function chain({ first, last }: { readonly first: string; readonly last: string }): readonly string[] {
  return first === last ? [first] : [first, last];
}
