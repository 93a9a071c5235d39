import { stringify } from 'yaml';
import type { FoundApp } from './find-apps.js';
import type { FoundServer } from './find-servers.js';

export interface Choices {
  /** PM2's names of the apps to watch. */
  readonly watch: readonly string[];
  /** What it may do at first. */
  readonly rung: 'observe' | 'ask';
  /** The person at this terminal. */
  readonly person: { readonly name: string; readonly user: string };
  readonly tell: 'terminal' | 'slack' | 'telegram';
}

export interface Draft {
  /** Text of hypercare.yaml. */
  readonly yaml: string;
  /** Lines of .env; an empty value is for people to fill in. */
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

/** The configuration of what was found and chosen. Addresses of servers hold passwords: they go into .env alone. */
export function draft(found: readonly FoundApp[], choices: Choices): Draft {
  const apps = found.filter(({ name }) => choices.watch.includes(name));
  const servers = nameServers(apps);
  const keys = keysOf(apps.map(({ name }) => name), servers.map(({ name }) => name));
  const uses = (app: FoundApp) => servers.filter(({ url }) => app.servers.some((one) => one.url === url)).map(({ name }) => name);
  const sections = [
    { apps: Object.fromEntries(apps.map((app) => [keys.get(app.name), appSection(app, keys.get(app.name) ?? '', uses(app))])) },
    ...(['redis', 'postgres'] as const).map((kind) => serverSection(kind, servers)),
    { policy: { default: choices.rung } },
    { people: [{ name: choices.person.name, role: 'approver', terminal: choices.person.user }] },
  ];
  const texts = sections.filter((section) => section !== null).map((section) => `${comment(Object.keys(section)[0] ?? '')}${stringify(section, { lineWidth: 0 })}`);
  return {
    yaml: [HEAD, ...texts, ...(choices.tell === 'slack' ? [SLACK] : [])].join('\n'),
    env: [...servers.map(({ setting, url }) => ({ name: setting, value: url })), ...tokensOf(choices.tell).map((name) => ({ name, value: '' }))],
  };
}

const HEAD = `# yaml-language-server: $schema=./hypercare.schema.json
# Written by \`hypercare init\`. Every key there is: hypercare.example.yaml. Whether it is right: npx hypercare config check
`;

/** Without its tokens a channel is a mistake: it waits as a comment until they stand in .env. */
const SLACK = `# When the tokens stand in .env, with the id of the channel instead of its name:
# channels:
#   console: {}
#   slack: { channel: C0123456789 }
`;

function comment(section: string): string {
  const said: Readonly<Record<string, string>> = {
    apps: 'What PM2 runs here. A path whose failing hurts users may be marked: { path: /checkout, critical: true }',
    redis: 'Servers the apps use: while one is bad, its apps are left alone. Their addresses stand in .env.',
    policy: 'observe: only look · suggest: say what would be done · ask: ask first · act-and-tell: do it, and say so',
    people: 'viewer: sees · operator: also asks for repairs · approver: also answers questions',
  };
  return said[section] ? `# ${said[section]}\n` : '';
}

function appSection(app: FoundApp, key: string, uses: readonly string[]): object {
  const [health] = app.paths.filter((path) => path !== '/');
  return {
    ...(key === app.name ? {} : { pm2: app.name }),
    ...(app.url === null ? {} : { url: app.url, ...(app.paths.length > 0 ? { endpoints: app.paths } : {}), ...(health ? { liveness: health } : {}) }),
    ...(app.release === null ? {} : { release: releaseSection(app.release) }),
    ...(uses.length > 0 ? { uses } : {}),
  };
}

function releaseSection(release: NonNullable<FoundApp['release']>): object {
  return release.mode === 'releases' && release.repo === null ? { mode: release.mode, dir: release.dir } : release;
}

interface NamedServer extends FoundServer {
  readonly name: string;
}

function serverSection(kind: FoundServer['kind'], servers: readonly NamedServer[]): { readonly [kind: string]: object } | null {
  const ofKind = servers.filter((one) => one.kind === kind);
  return ofKind.length === 0 ? null : { [kind]: Object.fromEntries(ofKind.map(({ name, setting }) => [name, { url: `\${${setting}}` }])) };
}

/** Each server once, however many apps use it: 'redis', 'redis-2'; its setting bears the app's name, as two apps may call theirs alike. */
function nameServers(apps: readonly FoundApp[]): readonly NamedServer[] {
  const named: NamedServer[] = [];
  for (const app of apps) {
    for (const server of app.servers.filter(({ url }) => named.every((one) => one.url !== url))) {
      const before = named.filter(({ kind }) => kind === server.kind).length;
      named.push({ ...server, name: before === 0 ? server.kind : `${server.kind}-${before + 1}`, setting: settingName(app.name, server.setting) });
    }
  }
  return named;
}

function settingName(app: string, setting: string): string {
  return `${app}_${setting}`.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_').replace(/^(?=\d)/, '_').slice(0, 100);
}

/** The names apps have in the configuration: PM2's where it may stand there. */
function keysOf(names: readonly string[], taken: readonly string[]): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const name of names) {
    const plain = name.toLowerCase().replaceAll(/[^a-z0-9._-]/g, '-').replace(/^[^a-z0-9]+/, '').slice(0, 50) || 'app';
    const used = new Set([...taken, ...keys.values()]);
    let key = plain;
    for (let n = 2; used.has(key); n += 1) key = `${plain}-${n}`;
    keys.set(name, key);
  }
  return keys;
}

function tokensOf(tell: Choices['tell']): readonly string[] {
  if (tell === 'slack') return ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'];
  return tell === 'telegram' ? ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_CHAT_ID'] : [];
}
