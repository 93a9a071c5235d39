import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type { Ref } from '../../../../bot/channels/channel.js';
import { email, emailKind } from '../../../../bot/channels/email/index.js';
import type { Server } from '../../../../bot/channels/email/send.js';
import type { About, Card } from '../../../../src/cards/card.js';
import { PASSWORD, type MailFault } from '../../../doubles/mail-server.js';
import { card, keepLog } from '../slack/stage.js';
import { openStage, type Given, type Stage } from './stage.js';

const ABOUT: About = { kind: 'incident', state: 'open', resource: 'shop', apps: ['shop'], asked: null };
const ASKED = { id: 'q1', what: 'roll back', mayDecide: ['Ann'], need: 1, yes: [], expiresAt: 0 };
const OPEN = card('shop: checkout fails', { body: ['Since 12:03 UTC.'], about: ABOUT });
const ASKING = card('shop: may I roll back to 9d1e003?', { about: { ...ABOUT, state: 'asking', asked: ASKED } });

let stage: Stage | undefined;
afterEach(() => stage?.stop());

async function begin(given?: Given): Promise<Stage> {
  stage = await openStage(given);
  return stage;
}

async function tell({ channel }: Stage, ...versions: readonly Card[]): Promise<Ref> {
  let ref: Ref | undefined;
  for (const [index, version] of versions.entries()) ref = JSON.parse(JSON.stringify(await channel.deliver(version, `e${index}`, ref))) as Ref;
  return ref ?? null;
}

const header = ({ server }: Stage, name: string): readonly (string | undefined)[] => server.received.map(({ headers }) => headers.get(name));

describe('the letters about one thing', () => {
  it('are one for each thing that a reader has to know, and none for what only counts on', async () => {
    const on = await begin();
    const repairing = { ...OPEN, body: ['A reload is under way.'], about: { ...ABOUT, state: 'repairing' } };
    const decided = { ...OPEN, title: 'shop: rolling back', about: { ...ABOUT, state: 'repairing' } };
    const over = card('shop is good again after 4 min', { level: 'good', about: { ...ABOUT, state: 'resolved' } });
    await tell(on, OPEN, { ...OPEN, body: ['At 12:05: 9 of 10 fail.'] }, repairing, ASKING, { ...ASKING, body: ['Expires in 4 min.'] }, decided, over, over);
    expect(on.server.received.map(({ text }) => text.split('\n')[0])).toEqual(['Critical: shop: checkout fails', 'Critical: shop: may I roll back to 9d1e003?', 'Critical: shop: rolling back', 'Good: shop is good again after 4 min']);
  });

  it('are one conversation, by subject and by the ids of the letters before', async () => {
    const on = await begin();
    await tell(on, OPEN, ASKING, card('shop is good again', { level: 'good', about: { ...ABOUT, state: 'resolved' } }));
    expect(header(on, 'subject')).toEqual(['[vm-1] shop: checkout fails', 'Re: [vm-1] shop: checkout fails', 'Re: [vm-1] shop: checkout fails']);
    const [first, second, third] = header(on, 'message-id');
    expect(new Set([first, second, third]).size).toBe(3);
    expect(first).toMatch(/^<[0-9a-f]{32}@example\.com>$/);
    expect(header(on, 'in-reply-to')).toEqual([undefined, first, second]);
    expect(header(on, 'references')).toEqual([undefined, first, `${first} ${second}`]);
  });

  it('another thing begins another conversation', async () => {
    const on = await begin();
    await tell(on, OPEN);
    await tell(on, card('cart: memory grows', { subject: 'incident-2' }));
    expect(header(on, 'references')).toEqual([undefined, undefined]);
  });

  it('come from a program, and say what is urgent', async () => {
    const on = await begin({ options: { to: ['ops@example.com', 'ann@example.com'] } });
    await tell(on, card('shop is slow', { level: 'info', about: ABOUT }), ASKING);
    expect(header(on, 'from')).toEqual(Array(2).fill('"hypercare vm-1" <hypercare@example.com>'));
    expect(header(on, 'to')).toEqual(Array(2).fill('ops@example.com, ann@example.com'));
    expect(header(on, 'auto-submitted')).toEqual(['auto-generated', 'auto-generated']);
    expect(header(on, 'importance')).toEqual([undefined, 'High']);
    expect(on.server.received.map(({ encrypted }) => encrypted)).toEqual([true, true]);
  });

  it('call people once more where nothing was sent just now', async () => {
    const on = await begin();
    const ref = await tell(on, OPEN);
    await on.channel.call?.({ text: 'shop needs you', people: [] }, ref, true, 'e1');
    await on.channel.call?.({ text: 'shop still needs you after 15 min', people: [] }, ref, false, 'e2');
    expect(on.server.received.map(({ text }) => text)).toEqual([expect.any(String), 'shop still needs you after 15 min']);
    expect(header(on, 'in-reply-to')[1]).toBe(header(on, 'message-id')[0]);
  });

  it('are sent again under the same id where the answer was lost, so that a mailbox sees one', async () => {
    const on = await begin();
    on.server.breakOnce('lose');
    await expect(on.channel.deliver(OPEN, 'e1', undefined)).rejects.toMatchObject({ errorClass: 'transient' });
    await on.channel.deliver(OPEN, 'e1', undefined);
    expect(on.server.received).toHaveLength(2);
    expect(on.server.shown()).toHaveLength(1);
  });
});

describe('text from outside', () => {
  it('brings no header and no recipient along, wherever it stands', async () => {
    const on = await begin();
    const evil = 'x\r\nBcc: evil@example.com\r\n\r\n<b>body</b>\n.\nRCPT TO:<evil@example.com>';
    await tell(on, card(evil, { subject: evil, body: [evil], fields: [{ name: evil, value: evil }], footer: evil, about: { ...ABOUT, resource: evil } }));
    expect(on.server.received.map(({ recipients }) => recipients)).toEqual([['ops@example.com']]);
    expect(header(on, 'bcc')).toEqual([undefined]);
    expect(header(on, 'subject')).toEqual(['[vm-1] x Bcc: evil@example.com <b>body</b> . RCPT TO:<evil@example.com>']);
  });

  it('is text in the HTML too, which fetches nothing', async () => {
    const on = await begin();
    await tell(on, card('<script>alert(1)</script>', { body: ['<img src="http://evil.example/x"> & "quoted"\n<a href=\'//evil\'>x</a>'] }));
    const html = on.server.received[0]?.html ?? '';
    expect(html).toContain('Critical: &lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('&lt;img src=&quot;http://evil.example/x&quot;&gt; &amp; &quot;quoted&quot;<br>&lt;a href=&#39;//evil&#39;&gt;');
    expect(html).not.toMatch(/<(?:script|img|a|link|iframe)\b|\bsrc=["']|url\(/);
  });
});

describe('what the server answers', () => {
  it.each<[string, MailFault, 'transient' | 'permanent', string]>([
    ['greylisting', { at: 'RCPT', code: 450 }, 'transient', 'by itself'],
    ['a server that is closing', { at: 'MAIL', code: 421 }, 'transient', 'by itself'],
    ['a full mailbox', { at: 'DATA', code: 452 }, 'transient', 'by itself'],
    ['a sender that it does not take', { at: 'MAIL', code: 553 }, 'permanent', '`from` and `to`'],
    ['recipients that it does not know', { at: 'RCPT', code: 550 }, 'permanent', '`from` and `to`'],
    ['what it takes for spam', { at: 'DATA', code: 554 }, 'permanent', 'log of the mail server'],
    ['a connection that breaks', 'drop', 'transient', 'by itself'],
  ])('%s is told with what mends it, and without its words', async (_what, fault, errorClass, mend) => {
    const on = await begin();
    on.server.breakOnce(typeof fault === 'string' ? fault : { ...fault, says: `what you sent was ${PASSWORD}` });
    const thrown: unknown = await on.channel.deliver(OPEN, 'e1', undefined).then(() => expect.unreachable(), (error: unknown) => error);
    expect(thrown).toMatchObject({ errorClass, mend: expect.stringContaining(mend) as string });
    expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain(PASSWORD);
    await on.channel.deliver(OPEN, 'e1', undefined);
    expect(on.server.shown()).toHaveLength(1);
  });

  it.each<[string, Given, 'transient' | 'permanent', string]>([
    ['a wrong password', { password: 'wrong-password' }, 'permanent', 'SMTP_PASSWORD'],
    ['no TLS', { server: { speaksNoTls: true } }, 'permanent', '`insecure: true`'],
    ['a certificate that nobody knows', { differs: { ca: '' } }, 'permanent', 'certificate'],
    ['nobody at all', { options: { port: 1 } }, 'transient', '`host` and `port`'],
  ])('%s is told with what mends it, and nothing is sent', async (_what, given, errorClass, mend) => {
    const on = await begin(given);
    const thrown: unknown = await on.channel.deliver(OPEN, 'e1', undefined).then(() => expect.unreachable(), (error: unknown) => error);
    expect(thrown).toMatchObject({ errorClass, mend: expect.stringContaining(mend) as string });
    expect(inspect(thrown, { depth: 20, showHidden: true })).not.toMatch(/wrong-password|very-secret/);
    expect(on.server.received).toEqual([]);
  });

  it('that one of the recipients is unknown is told, and the others get it once', async () => {
    const on = await begin({ options: { to: ['ops@example.com', 'nobody@example.com'] } });
    await tell(on, OPEN);
    expect(on.server.received.map(({ recipients }) => recipients)).toEqual([['ops@example.com']]);
    expect(await on.channel.examine?.()).toMatchObject([{ why: 'the mail server refused 1 of 2 recipients', mend: expect.stringContaining('`to`') as string }]);
    expect(on.logs()).toContain('refused some of the recipients');
  });

  it('is the same over TLS from the first byte', async () => {
    const on = await begin({ server: { tlsAtOnce: true }, differs: { security: 'tls' } });
    await tell(on, OPEN);
    expect(on.server.received.map(({ encrypted }) => encrypted)).toEqual([true]);
  });
});

describe('what is configured', () => {
  const given = { host: 'smtp.example.com', from: 'a@example.com', to: ['b@example.com'] };
  const serverOf = (options: object, secrets: object = {}): Server | undefined => {
    let server: Server | undefined;
    const kind = emailKind((one) => ((server = one), async () => 0));
    kind.create(kind.options.parse({ ...given, ...options }), secrets, keepLog().log);
    return server;
  };

  it.each<[object, Server['security']]>([
    [{}, 'starttls'],
    [{ port: 465 }, 'tls'],
    [{ port: 465, insecure: true }, 'tls'],
    [{ insecure: true }, 'plain'],
    [{ host: '127.0.0.1', port: 25 }, 'plain'],
    [{ host: 'localhost.evil.example' }, 'starttls'],
  ])('%j is sent by %s', (options, security) => {
    expect(serverOf(options)?.security).toBe(security);
  });

  it.each(['a@b.c\r\nBcc: evil@x.y', 'Ann <a@b.c>', 'a@b.c, evil@x.y', 'a b@c.d', '@b.c', 'a@', 'a@-b.c', '"a b"@c.d', 'a@b.c>', 'a@b_c.d', ''])('an address that could bring more along is refused: %j', (address) => {
    expect(email.options.safeParse({ ...given, to: [address] }).success).toBe(false);
    expect(email.options.safeParse({ ...given, from: address }).success).toBe(false);
  });

  it.each(['smtp.example.com/x', 'smtp example', 'smtp.example.com\n', '-x', ''])('a host that is none is refused: %j', (host) => {
    expect(email.options.safeParse({ ...given, host }).success).toBe(false);
  });

  it('takes one recipient without a list', () => {
    expect(email.options.parse({ ...given, to: 'ops@example.com' })).toMatchObject({ to: ['ops@example.com'] });
  });

  it('a user without a password is refused, with what mends it', () => {
    expect(() => serverOf({ user: 'ann' })).toThrow(expect.objectContaining({ errorClass: 'invalid', mend: expect.stringContaining('SMTP_PASSWORD') as string }) as Error);
    expect(serverOf({ user: 'ann' }, { SMTP_PASSWORD: 'x' })?.login).toEqual({ user: 'ann', pass: 'x' });
    expect(serverOf({})?.login).toBeNull();
  });
});
