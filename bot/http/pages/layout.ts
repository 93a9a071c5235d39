import { html } from 'hono/html';

/** What a template gives; what stands in one by `${…}` is escaped. */
export type Html = ReturnType<typeof html>;

interface Page {
  readonly title: string;
  readonly body: Html;
  /** The word that changing requests of this page bear; null: nobody is let in. */
  readonly page?: string | null;
  /** The program that makes the page live; absent: it stays as it is. */
  readonly script?: string | null;
}

/** A whole page. It names no other origin, and holds no script and no style of its own. */
export function layout({ title, body, page = null, script = null }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${page === null ? '' : html`<meta name="hypercare-page" content="${page}">`}
<title>${title}</title>
<link rel="icon" href="/dashboard/assets/icon.svg">
<link rel="stylesheet" href="/dashboard/assets/style.css">
${script === null ? '' : html`<script type="module" src="/dashboard/assets/${script}"></script>`}
</head>
<body>
<a class="skip" href="#main">To the content</a>
${body}
</body>
</html>
`;
}

/** A short page that says one thing. */
export function note(title: string, body: Html): Html {
  return layout({ title: `${title} · hypercare`, body: html`<main id="main" class="note"><h1>${title}</h1>${body}</main>` });
}

