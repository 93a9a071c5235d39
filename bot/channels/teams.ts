import { z } from 'zod';
import type { Call } from '../../src/cards/call.js';
import type { Card } from '../../src/cards/card.js';
import { cleanLine, cleanText, cutBytes, cutText } from '../../src/cards/clean.js';
import type { Channel, ChannelKind, Ref } from './channel.js';
import { heading, paragraphs } from './draw-text.js';
import { isNews, TOLD, toldOf } from './news.js';
import { httpParts, postHttp, type HttpParts, type Receiver } from './post-http.js';
import { routeKeys, type Route } from './route.js';
import { secretAddress } from './secret-address.js';

const ANEW = 'In Teams make a new workflow "Post to a channel when a webhook request is received", and copy its URL into TEAMS_WORKFLOW_URL in .env.';
const TEAMS: Receiver = {
  name: 'the Teams workflow',
  mends: { 401: `Let anyone start the workflow (its trigger says who can), or make another. ${ANEW}`, 403: `Let anyone start the workflow (its trigger says who can), or make another. ${ANEW}`, 413: 'This is a fault of hypercare: please report it with this line.', other: `Is the workflow still there, and turned on (Teams, Workflows)? ${ANEW}` },
};

/**
 * Teams refuses a message of more than 28 672 bytes, and a request of 24 453 had become one of 28 897 by then
 * (MicrosoftDocs/msteams-docs, issue 11274). These keep the largest request below 20,000.
 */
const MAX = { title: 300, call: 2_000, bytes: 12_000, lines: 60 } as const;

type Style = 'good' | 'emphasis' | 'warning' | 'attention';
const STYLES: Readonly<Record<Card['level'], Style>> = { good: 'good', info: 'emphasis', warning: 'warning', critical: 'attention' };

/**
 * Alerts through a workflow of Microsoft Teams, which takes an Adaptive Card at one address. It says nothing of where the
 * card stands, so none is edited: a version is posted where it is news, and all others are taken as delivered. Nor does it
 * say whether it posted what it took.
 */
export function teamsKind(parts: () => HttpParts): ChannelKind<Route> {
  return {
    kind: 'teams',
    needs: ['TEAMS_WORKFLOW_URL'],
    options: z.strictObject(routeKeys),
    create(_options, secrets) {
      if (!secrets.TEAMS_WORKFLOW_URL) return null;
      const url = secretAddress('TEAMS_WORKFLOW_URL', secrets.TEAMS_WORKFLOW_URL, 'Copy the URL of the workflow whole: https://….');
      return open(url.href, parts());
    },
  };
}

export const teams = teamsKind(httpParts);

function open(url: string, parts: HttpParts): Channel {
  const post = (content: object): Promise<unknown> => postHttp(parts, TEAMS, { url, body: { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }] } });
  return {
    name: 'teams',
    alertsOnly: true,
    postsAnew: true,
    async deliver(card, _key, previous): Promise<Ref> {
      const last = TOLD.safeParse(previous).data ?? null;
      if (!isNews(card, last)) return last;
      await post(draw(card));
      return toldOf(card);
    },
    async call(call, at, fresh) {
      if (!fresh && TOLD.safeParse(at).success) await post(drawCall(call));
    },
  };
}

/** Runs of text are not parsed, unlike a TextBlock's Markdown: data cannot become a link or a mention, whatever it holds. */
interface Line {
  readonly type: 'RichTextBlock';
  readonly spacing: 'None' | 'Default';
  readonly inlines: readonly [{ readonly type: 'TextRun'; readonly text: string; readonly weight?: 'Bolder' }];
}

export function draw(card: Card): object {
  const title = cutText(heading(card), MAX.title);
  return adaptive([
    { type: 'Container', style: STYLES[card.level], bleed: true, items: [{ ...line(title, 'Default'), inlines: [{ type: 'TextRun', text: title, weight: 'Bolder' }] }] },
    ...linesOf(cutBytes(paragraphs(card).join('\n\n'), MAX.bytes)),
  ]);
}

export function drawCall({ text }: Call): object {
  return adaptive(linesOf(cutText(cleanText(text).trim(), MAX.call)));
}

function adaptive(body: readonly object[]): object {
  return { $schema: 'http://adaptivecards.io/schemas/adaptive-card.json', type: 'AdaptiveCard', version: '1.4', msteams: { width: 'Full' }, body };
}

/** A block for each line: how a line end within one is shown differs between Teams' clients. */
function linesOf(text: string): readonly Line[] {
  const lines = text.split('\n').map((one) => cleanLine(one));
  const shown = lines.flatMap((one, index) => (one === '' ? [] : [line(one, lines[index - 1] === '' || index === 0 ? 'Default' : 'None')]));
  if (shown.length <= MAX.lines) return shown;
  return [...shown.slice(0, MAX.lines - 1), line(`… ${shown.length - MAX.lines + 1} more lines`, 'None')];
}

function line(text: string, spacing: Line['spacing']): Line {
  return { type: 'RichTextBlock', spacing, inlines: [{ type: 'TextRun', text }] };
}
