import { z } from '@hono/zod-openapi';
import { route } from '../route.js';

const GROUP = 'guide';

interface Documented {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly summary?: string; readonly tags?: readonly string[]; readonly security?: readonly object[] }>>>>;
}

interface Line {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly group: string;
  readonly token: boolean;
}

export const guideRoute = route({
  method: 'get', path: '/', group: GROUP, role: null, summary: 'What there is: a page for browsers, a list for programs',
  answers: { 200: { about: 'Every route', schema: z.object({ version: z.literal(1), hypercare: z.string(), routes: z.array(z.object({ method: z.string(), path: z.string(), summary: z.string(), group: z.string(), token: z.boolean() })) }), types: ['text/html'] } },
  async serve({ header, document, parts }) {
    const lines = linesOf(document() as Documented);
    if ((header('accept') ?? '').includes('text/html')) return { text: page(lines, parts.release), type: 'text/html; charset=utf-8' };
    return { json: { version: 1, hypercare: parts.release, routes: lines } };
  },
});

export const openApiRoute = route({
  method: 'get', path: '/openapi.json', group: GROUP, role: null, summary: 'This API as OpenAPI 3.1',
  answers: { 200: { about: 'The document', schema: z.looseObject({ openapi: z.string() }) } },
  serve: async ({ document }) => ({ json: document() }),
});

function linesOf({ paths }: Documented): readonly Line[] {
  return Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, { summary = '', tags = [], security = [] }]) => ({
    method: method.toUpperCase(), path, summary, group: tags[0] ?? '', token: security.length > 0 && security.every((one) => 'token' in one),
  })));
}

const STYLE = 'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}code{font-family:ui-monospace,monospace}td{padding:.2rem .8rem .2rem 0;vertical-align:top}h2{font-size:1rem;margin-top:2rem}@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}a{color:#8cf}}';

/** Plain HTML that fetches nothing. Every text in it is ours. */
function page(lines: readonly Line[], release: string): string {
  const groups = [...new Set(lines.map(({ group }) => group))];
  const table = (group: string) => `<h2>${escaped(group)}</h2><table>${lines.filter((line) => line.group === group).map(({ method, path, summary, token }) => `<tr><td><code>${method}</code></td><td><code>${method === 'GET' && !token && !path.includes('{') ? `<a href="${escaped(path)}">${escaped(path)}</a>` : escaped(path)}</code></td><td>${escaped(summary)}${token ? '' : ' <em>(no token)</em>'}</td></tr>`).join('')}</table>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>hypercare</title><style>${STYLE}</style></head><body><h1>hypercare ${escaped(release)}</h1><p>Send <code>authorization: Bearer &lt;token&gt;</code> where a token is asked for; <code>hypercare token</code> makes one. All of it as <a href="/openapi.json">OpenAPI 3.1</a>. For people there is <a href="/dashboard">the dashboard</a>.</p>${groups.map(table).join('')}</body></html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
