import type { Channel } from '../../../../bot/channels/channel.js';
import { emailKind } from '../../../../bot/channels/email/index.js';
import { createSend, type Server } from '../../../../bot/channels/email/send.js';
import { MailServer, PASSWORD, USER, type MailServerOptions } from '../../../doubles/mail-server.js';
import { keepLog } from '../slack/stage.js';

export interface Stage {
  readonly server: MailServer;
  readonly channel: Channel;
  logs(): string;
  stop(): Promise<void>;
}

export interface Given {
  readonly server?: MailServerOptions;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly password?: string;
  /** The server's own certificate is believed unless this says otherwise. */
  readonly differs?: Partial<Server>;
}

/** The channel with its real client beside a real server: over STARTTLS, although both are on loopback. */
export async function openStage({ server: how, options = {}, password = PASSWORD, differs = {} }: Given = {}): Promise<Stage> {
  const server = await MailServer.start(how);
  const { log, logs } = keepLog();
  const kind = emailKind((to) => createSend({ ...to, security: 'starttls', ca: server.certificate, ...differs }));
  const parsed = kind.options.parse({ host: '127.0.0.1', port: server.port, user: USER, from: 'hypercare@example.com', to: ['ops@example.com'], ...options });
  const channel = kind.create(parsed, { SMTP_PASSWORD: password }, log, 'vm-1');
  if (channel === null) throw new Error('the channel was not made');
  return { server, channel, logs, stop: () => server.stop() };
}
