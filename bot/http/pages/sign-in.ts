import { html } from 'hono/html';
import type { Person } from '../../../src/domain/person.js';
import { note, type Html } from './layout.js';

/** Looking at a link uses nothing up: chats and mail scanners open what is posted to them. The press does. */
export function signInPage(person: Pick<Person, 'name' | 'role'>, link: string): Html {
  return note('Open the dashboard', html`<p>This link is for ${person.name} (${person.role}), and works once.</p>
<form method="post" action="/dashboard/in/${link}"><button class="primary">Sign in as ${person.name}</button></form>`);
}

export function deadLinkPage(): Html {
  return note('This link is over', html`<p>It was used, or is older than ten minutes, or another was given since.</p>${how()}`);
}

export function signedOutPage(): Html {
  // A link from elsewhere brings no cookie along; one from here does.
  return note('You are not signed in', html`${how()}<p>Did you sign in before? <a href="/dashboard">Go on to the dashboard</a></p>`);
}

function how(): Html {
  return html`<p>Get a link: on the host with <code>hypercare dashboard</code>, or by writing <code>dashboard</code> to the bot in private.</p>`;
}
