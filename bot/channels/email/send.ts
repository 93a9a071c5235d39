import type { Letter } from './letter.js';
import { mailFailure } from './failure.js';

export interface Server {
  readonly host: string;
  readonly port: number;
  /** Null: it takes mail without. */
  readonly login: { readonly user: string; readonly pass: string } | null;
  /** tls: from the first byte · starttls: before anything is said, or not at all · plain: for everybody to read. */
  readonly security: 'tls' | 'starttls' | 'plain';
  /** Certificates that are believed beside the system's; for tests. */
  readonly ca?: string;
}

/** A letter with everything that goes into its headers. */
export interface Mail extends Letter {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: readonly string[];
  readonly subject: string;
  readonly messageId: string;
  /** Of the letters before it, oldest first; empty: it begins the conversation. */
  readonly references: readonly string[];
  readonly urgent: boolean;
}

/** Gives how many of the recipients were refused, where at least one was not. */
export type Send = (mail: Mail) => Promise<number>;

const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;

/** Nodemailer is loaded with the first letter, and each has a connection of its own: there are few. */
export function createSend(server: Server): Send {
  return async (mail) => {
    const { createTransport } = await import('nodemailer');
    const transport = createTransport(optionsOf(server));
    try {
      const sent = await transport.sendMail({
        from: mail.from,
        to: mail.to.map((address) => ({ name: '', address })),
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        textEncoding: 'quoted-printable' as const,
        messageId: mail.messageId,
        ...(mail.references.length === 0 ? {} : { inReplyTo: mail.references.at(-1) ?? '', references: [...mail.references] }),
        ...(mail.urgent ? { priority: 'high' as const } : {}),
        // RFC 3834: nobody's vacation answers a program.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      });
      return sent.rejected.length;
    } catch (thrown) {
      throw mailFailure(thrown);
    } finally {
      transport.close();
    }
  };
}

function optionsOf({ host, port, login, security, ca }: Server) {
  return {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'plain',
    ...(login === null ? {} : { auth: login }),
    tls: { minVersion: 'TLSv1.2' as const, ...(ca === undefined ? {} : { ca }) },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    // A letter is made of texts alone: no part of it is fetched or read from a file.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
