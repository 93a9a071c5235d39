import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { channelSchemas } from '../bot/channels/index.js';
import { slackManifest } from '../bot/channels/slack/manifest.js';
import { repairs } from '../monitoring/repairs/index.js';
import { OWN_VERBS } from '../src/cli/usage.js';
import { commands } from '../src/commands/index.js';
import { configLoader } from '../src/config/load.js';
import { mistakeLine } from '../src/config/mistake.js';
import { packageRoot } from '../src/io/package-root.js';
import { ROOMS } from './architecture/rooms.js';
import { namesInEnvExample } from './doubles/env-example.js';

const root = packageRoot();
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
/** What users read: the README, and its chapters that are too long for it. */
const GUIDE = ['README.md', 'docs/servers.md', 'docs/policy.md', 'docs/releases.md', 'docs/http.md', 'docs/channels.md'] as const;
const DOCS = [...GUIDE, 'ARCHITECTURE.md', 'CHANGELOG.md'] as const;
const guide = GUIDE.map(read).join('\n');

/** Fenced blocks of one language, with the indentation of the list they stand in taken off. */
function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^ *```$/gm)]
    .filter(([, , named]) => named === language)
    .map(([, indent = '', , body = '']) => body.split('\n').map((line) => line.slice(line.startsWith(indent) ? indent.length : 0)).join('\n'));
}

/** What stands between backticks, and the lines of shell blocks. */
function codes(text: string): readonly string[] {
  const spans = text.replace(/^ *```[\s\S]*?^ *```$/gm, '').matchAll(/`([^`\n]+)`/g);
  return [...[...spans].map(([, code = '']) => code), ...blocks(text, 'sh').flatMap((block) => block.split('\n'))];
}

/** A link of a document: a file, a heading of its own, or one of another document. */
function leadsSomewhere(from: string, target: string): boolean {
  const [path = '', heading] = target.split('#');
  const file = path === '' ? from : join(dirname(from), path);
  if (!existsSync(join(root, file))) return false;
  return heading === undefined || [...read(file).matchAll(/^#+ (.+)$/gm)].some(([, words = '']) => words.toLowerCase().replace(/[^\w -]/g, '').replaceAll(' ', '-') === heading);
}

describe.each(DOCS)('%s', (name) => {
  const text = read(name);

  it('links only to files and headings that are there', () => {
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((target) => !/^https?:/.test(target));
    expect(targets.filter((target) => !leadsSomewhere(name, target))).toEqual([]);
  });

  it('names only npm scripts that are there', () => {
    const scripts = Object.keys((JSON.parse(read('package.json')) as { readonly scripts: object }).scripts);
    const named = codes(text).flatMap((code) => [...code.matchAll(/\bnpm (?:run )?(start|stop|test|(?<=run )[\w:-]+)\b/g)].map(([, script = '']) => script));
    expect(named.filter((script) => !scripts.includes(script))).toEqual([]);
  });

  it('names only commands and flags that hypercare has', () => {
    const known = [...commands, ...OWN_VERBS];
    const everywhere = ['json', 'config', 'help', 'version', 'offline'];
    const said = codes(text).flatMap((code) => [...code.matchAll(/\bhypercare ((?:[a-z]|--)[^|#\n]*)/g)].map(([, words = '']) => words.trim().split(/\s+/)));
    const wrong = said.filter(([verb = '', ...words]) => {
      const command = known.find((one) => one.name === verb);
      const flags = words.flatMap((word) => /^\[?--([a-z-]+)/.exec(word)?.[1] ?? []);
      return !verb.startsWith('--') && (!command || flags.some((flag) => !everywhere.includes(flag) && !(flag in command.words.flags)));
    });
    expect(wrong).toEqual([]);
  });

  it('names only files of the tree that are there', () => {
    const paths = codes(text).filter((code) => /^(?:src|monitoring|bot|scripts|test|docs|bin)\/[\w./-]*$/.test(code));
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names only environment names that are in .env.example', () => {
    const named = [...text.matchAll(/\b(?:[A-Z][A-Z0-9]*_[A-Z0-9_]+|NO_COLOR)\b/g)].map(([one]) => one);
    expect(named.filter((one) => !namesInEnvExample().includes(one))).toEqual([]);
  });

  it('holds one sentence a line, outside of tables and code', () => {
    const prose = text.replace(/^ *```[\s\S]*?^ *```$/gm, '').split('\n').filter((line) => !line.trimStart().startsWith('|'));
    expect(prose.filter((line) => /[a-z)`*][.!?] [A-Z]/.test(line.replace(/^\s*(?:- )?\*\*.*?\*\*/, '')))).toEqual([]);
  });
});

describe('the guide', () => {
  const yaml = blocks(guide, 'yaml');
  const load = configLoader({ channels: channelSchemas, repairs: Object.keys(repairs) });

  it.each(yaml.map((block, index) => [index + 1, block] as const))('shows a configuration that loads without mistakes or warnings (block %i)', (_n, block) => {
    const dir = mkdtempSync(join(tmpdir(), 'hypercare-docs-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    writeFileSync(join(dir, 'hypercare.yaml'), block);
    const loaded = load({ file: join(dir, 'hypercare.yaml'), env: {}, envFile: join(dir, '.env'), home: dir });
    expect([...(loaded.ok ? [] : loaded.mistakes), ...loaded.warnings].map(mistakeLine)).toEqual([]);
  });

  it('shows some', () => {
    expect(yaml.length).toBeGreaterThan(2);
  });

  it('names every fault of the demo, and every command', () => {
    const demo = OWN_VERBS.find(({ name }) => name === 'demo')?.usage ?? '';
    const faults = /<(.+)>/.exec(demo)?.[1]?.split('|') ?? [];
    expect(faults.length).toBeGreaterThan(0);
    expect([...faults.map((fault) => `\`${fault}\``), ...[...commands, ...OWN_VERBS].map(({ name }) => `\`hypercare ${name}`)].filter((words) => !guide.includes(words))).toEqual([]);
  });

  it('names every repair with its worst case', () => {
    expect(Object.keys(repairs).filter((kind) => !guide.includes(`\n| \`${kind}\` |`))).toEqual([]);
  });
});

describe('the manifest of the Slack app', () => {
  it('asks for the scopes the README explains, and no others', () => {
    const { oauth_config: oauth, settings } = slackManifest({ command: '/hypercare', url: null });
    const section = /## Connect Slack[\s\S]*?\n## /.exec(guide)?.[0] ?? '';
    const explained = section.split('\n').flatMap((line) => [...(/^ *\| (`[^|]+) \|/.exec(line)?.[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, scope = '']) => scope));
    expect([...(oauth?.scopes?.bot ?? [])].sort()).toEqual([...explained].sort());
    expect(settings?.event_subscriptions?.bot_events?.filter((event) => !section.includes(`\`${event}\``))).toEqual([]);
  });
});

describe('ARCHITECTURE.md', () => {
  it('shows the import table that the architecture test holds', () => {
    const table = /\| room \| may import \|\n\|[-|]+\|\n((?:\|.*\|\n)+)/.exec(read('ARCHITECTURE.md'))?.[1] ?? '';
    const cells = (cell = ''): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
    const shown = table.trim().split('\n').map((row) => row.split('|')).map(([, is, may]) => ({ is: cells(is), may: may?.trim() === 'anything' ? 'anything' : cells(may) }));
    expect(shown).toEqual(ROOMS);
  });
});

describe('docs/traps.md', () => {
  const rows = read('docs/traps.md').split('\n').filter((line) => /^\| (?!trap|brake|\|?-)/.test(line) && !line.startsWith('|-'));
  const held = rows.flatMap((row) => [...row.matchAll(/`(test\/[^`]+)` “(.+?)”(?= ·| \||;)/g)].map(([, file = '', name = '']) => ({ file, name })));

  it('names only tests that are there', () => {
    expect(held.length).toBeGreaterThan(80);
    expect(held.filter(({ file, name }) => !existsSync(join(root, file)) || !read(file).includes(name))).toEqual([]);
  });

  it('has a test, or “not yet”, in each row, and no test that is not read here', () => {
    expect(rows.filter((row) => !/` “|not yet: /.test(row))).toEqual([]);
    expect(held.length).toBe([...read('docs/traps.md').matchAll(/`test\/[^`]+` “/g)].length);
  });

  it('names each trap once', () => {
    const numbers = rows.flatMap((row) => [...(/^\| ([\d–]+) \|/.exec(row)?.[1] ?? '').matchAll(/(\d+)(?:–(\d+))?/g)].flatMap(([, from, to = from]) => Array.from({ length: Number(to) - Number(from) + 1 }, (_, n) => Number(from) + n)));
    expect(numbers).toEqual(Array.from({ length: 53 }, (_, n) => n + 1));
  });
});

describe('the pictures', () => {
  it.each(['docs/incident.svg', 'docs/way-of-the-data.svg'])('%s fetches nothing, and has words for who cannot see it', (name) => {
    const svg = read(name);
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|<image|@import|@font-face|<script/);
    expect(svg).toMatch(/role="img" aria-label/);
    expect(svg).toContain('prefers-color-scheme: dark');
  });
});
