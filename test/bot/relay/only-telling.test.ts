import { expect, it, onTestFinished } from 'vitest';
import type { Channel } from '../../../bot/channels/channel.js';
import { createChannels } from '../../../bot/channels/index.js';
import { closeQuestion } from '../../../src/store/questions.js';
import { MailServer, PASSWORD, USER } from '../../doubles/mail-server.js';
import { SECRET, WebhookReceiver } from '../../doubles/webhook-receiver.js';
import { asked } from '../../src/commands/stage.js';
import { tellingHouse } from './telling.js';

const MINUTE = 60_000;

const { house, opened, over } = tellingHouse();

/** As the bot makes them from a config, with a real receiver and a real mail server behind them. */
async function begin(): Promise<{ readonly receiver: WebhookReceiver; readonly mail: MailServer; readonly webhook: Channel; readonly email: Channel }> {
  const receiver = await WebhookReceiver.start();
  const mail = await MailServer.start();
  onTestFinished(async () => {
    await receiver.place.close();
    await mail.stop();
  });
  const email = { kind: 'email', options: { level: 'warning', host: '127.0.0.1', port: mail.port, user: USER, from: 'hypercare@example.com', to: ['ops@example.com'], insecure: false } };
  const made = createChannels([{ kind: 'webhook', options: {} }, email], { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: SECRET, SMTP_PASSWORD: PASSWORD }, { log: house.log, host: 'vm-1' });
  const [first, second] = made.channels;
  if (!first || !second) throw new Error('the channels were not made');
  return { receiver, mail, webhook: first, email: second };
}

/** An incident from its beginning over a question and a yes to its end, told as it goes. */
async function story(channel: Channel): Promise<string> {
  const relay = house.relay(channel);
  const incident = await opened();
  await house.settle(relay);
  const { question } = await asked(house, incident);
  await house.tell('question.asked', { incidentId: incident.id });
  await house.settle(relay);
  house.pass(MINUTE);
  await house.store.write((tx) => closeQuestion(tx, question.id, 'approved', 'Ann', house.now));
  await house.tell('question.closed', { incidentId: incident.id });
  await house.settle(relay);
  house.pass(MINUTE);
  await over(incident);
  await house.settle(relay, 30 * MINUTE);
  return incident.id;
}

it('a program follows an incident from its beginning to its end, each document once and in order', async () => {
  const { receiver, webhook } = await begin();
  const subject = await story(webhook);
  expect(receiver.documents.map(({ type }) => type)).toEqual(['incident.open', 'incident.asking', 'people.called', 'incident.open', 'incident.resolved']);
  expect(new Set(receiver.documents.map(({ data }) => data.subject))).toEqual(new Set([subject]));
  expect(receiver.documents.map(({ data }) => data['before'])).toMatchObject([null, { state: 'open' }, {}, { state: 'asking' }, { state: 'open' }].map((one, index) => (index === 2 ? undefined : one)));
  expect(receiver.documents[1]?.data).toMatchObject({ resource: 'shop', question: { asks: expect.stringContaining('roll back') as string, may_decide: ['Ann', 'Bob'], needs: 1 }, text: expect.stringContaining('To decide: hypercare approve shop') as string });
});

it('a receiver that fails, asks to wait and loses its answers is told how it stands when its turn comes, in order and nothing twice', async () => {
  const { receiver, webhook } = await begin();
  for (const fault of ['lose', { status: 503 }, { status: 429, headers: { 'retry-after': '40' } }, 'destroy', 'lose'] as const) receiver.place.breakOnce(fault);
  await story(webhook);
  const sent = receiver.place.requests.map(({ headers, body }) => ({ id: String(headers['webhook-id']), type: (JSON.parse(body) as { readonly type: string }).type }));
  // Lost, refused; asked to wait until the question was over; broken; lost, and sent again.
  expect(sent.map(({ type }) => type)).toEqual(['incident.open', 'incident.open', 'incident.asking', 'incident.open', 'incident.resolved', 'incident.resolved']);
  expect(receiver.documents.map(({ type }) => type)).toEqual(['incident.open', 'incident.resolved']);
  expect([sent[0]?.id === sent[1]?.id, sent[4]?.id === sent[5]?.id]).toEqual([true, true]);
  expect(receiver.documents[1]?.data['before']).toBeNull();
});

it('a mailbox has one conversation of four letters: opened, asked, decided, over', async () => {
  const { mail, email } = await begin();
  await story(email);
  expect(mail.received.map(({ text }) => text.split('\n')[0])).toEqual([
    expect.stringMatching(/^Critical: shop: /) as string,
    expect.stringMatching(/^Critical: shop: may I roll back/) as string,
    expect.stringMatching(/^Critical: shop: /) as string,
    expect.stringMatching(/^Good: shop: over after/) as string,
  ]);
  expect(new Set(mail.received.map(({ headers }) => headers.get('subject')?.replace('Re: ', ''))).size).toBe(1);
  expect(mail.received[1]?.text).toContain('Nobody hears an answer here. To decide: hypercare approve shop, or hypercare deny shop, in a terminal on the host.');
  expect(mail.received[2]?.text).toContain('Ann said yes');
});
