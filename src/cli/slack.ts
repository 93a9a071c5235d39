import { existsSync } from 'node:fs';
import { manifestLink, slackManifest } from '../../bot/channels/slack/manifest.js';
import type { Exit } from '../commands/command.js';
import { HypercareError } from '../domain/errors.js';
import type { CliIo } from './cli-io.js';
import { findConfig } from './find-config.js';
import { readRemains } from './load-config.js';
import type { Argv } from './read-argv.js';
import { ownWords } from './usage.js';

/** What Slack calls where the address names no path. */
const USUAL_PATH = '/slack/events';

/** The manifest alone on stdout, ready to paste or to pipe; what to do with it on stderr. */
export async function slack(words: readonly string[], io: CliIo, { json, config }: Pick<Argv, 'json' | 'config'>): Promise<Exit> {
  const { said, flags } = ownWords('slack', words);
  if (said[0] !== 'manifest') throw new HypercareError('usage', 'invalid', said[0] === undefined ? '“slack” alone does nothing: it has a manifest' : `there is no “slack ${said[0].slice(0, 40)}”`, 'Write “hypercare slack manifest”, or “hypercare slack manifest --http https://…”.');
  const url = typeof flags['http'] === 'string' ? publicAddress(flags['http']) : null;
  const manifest = slackManifest({ command: await commandIn(io, config), url });
  const link = manifestLink(manifest);
  io.stdout.write(`${JSON.stringify(json ? { version: 1, manifest, link } : manifest, null, 2)}\n`);
  if (!json) io.stderr.write(`\n${steps(link, url).join('\n')}\n`);
  return 0;
}

/** The command's name may be another one in hypercare.yaml, as two bots in one workspace need. */
async function commandIn(io: CliIo, named: string | null): Promise<string> {
  const paths = findConfig(io, named);
  if (!existsSync(paths.file)) return '/hypercare';
  const { config } = await readRemains(io, paths);
  const options = config.channels.find(({ kind }) => kind === 'slack')?.options as { readonly command?: string } | undefined;
  return options?.command ?? '/hypercare';
}

function publicAddress(typed: string): string {
  const url = URL.canParse(typed) ? new URL(typed) : null;
  if (url?.protocol !== 'https:' || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new HypercareError('usage', 'invalid', '--http needs an https address that Slack can reach, without user, query or fragment', 'For example: hypercare slack manifest --http https://hooks.example/slack/events');
  }
  return url.pathname === '/' ? new URL(USUAL_PATH, url).href : url.href;
}

function steps(link: string, url: string | null): readonly string[] {
  const token = url === null
    ? ['3. Basic Information, App-Level Tokens: make one with the scope connections:write, and copy it (xapp-…) into SLACK_APP_TOKEN.']
    : ['3. Basic Information, App Credentials: copy the Signing Secret into SLACK_SIGNING_SECRET.', `   Below slack in hypercare.yaml write http: { path: ${new URL(url).pathname} }, and let ${url} lead to it; until it answers, Slack calls the address unverified.`];
  return [
    '1. Open this link (or paste the manifest at https://api.slack.com/apps: Create New App, From a manifest), choose the workspace, and create the app:',
    `   ${link}`,
    '2. Install App: install it, and copy the Bot User OAuth Token (xoxb-…) into SLACK_BOT_TOKEN in .env.',
    ...token,
    '4. In Slack: /invite @hypercare into the channel, and write its id below slack in hypercare.yaml.',
    '5. hypercare chat test says whether it works.',
  ];
}
