import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { channelSchemas } from '../../../bot/channels/index.js';
import { repairs } from '../../../monitoring/repairs/index.js';
import { configJsonSchema } from '../../../src/config/json-schema.js';
import { loadConfig } from '../../../src/config/load.js';
import { mistakeLine } from '../../../src/config/mistake.js';
import { SECRET_NAMES } from '../../../src/config/secrets.js';
import { readSources } from '../../architecture/sources.js';
import { namesInEnvExample } from '../../doubles/env-example.js';

const units = { channels: channelSchemas, repairs: Object.keys(repairs) };

function path(name: string): string {
  return fileURLToPath(new URL(`../../../${name}`, import.meta.url));
}

/** An empty directory in which there is no .env. */
function home(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hypercare-example-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}

/** Every key that may be written, by its way from the top; what the operator names himself is `*`. */
function keysOf(schema: JsonSchema, at: string): readonly string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, below]) => [`${at}${key}`, ...keysOf(below, `${at}${key}.`)]);
  const named = typeof schema.additionalProperties === 'object' ? keysOf(schema.additionalProperties, `${at}*.`) : [];
  const below = [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])].flatMap((one) => keysOf(one, at));
  return [...own, ...named, ...below];
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
}

/** The keys that are written, spelt as in `keysOf`: entries of a mapping are tried by their name and as `*`. */
function keysIn(value: unknown, at: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keysIn(item, at));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, below]) => {
    const ways = at.flatMap((way) => [`${way}${key}`, `${way}*`]);
    return [...ways, ...keysIn(below, ways.map((way) => `${way}.`))];
  });
}

/** Rungs of a ladder are written everywhere as they are for an app. */
const RUNG_AGAIN = /^(?:host|redis|postgres)\..*runbook\.\*\./;

describe('hypercare.example.yaml', () => {
  it('is right, and warns of nothing', () => {
    const loaded = loadConfig({ file: path('hypercare.example.yaml'), env: {}, envFile: join(home(), '.env'), home: '/home/ann', units });
    expect(loaded.ok ? [] : loaded.mistakes.map(mistakeLine)).toEqual([]);
    expect(loaded.warnings).toEqual([]);
  });

  it('shows every key there is', () => {
    const written = new Set(keysIn(parse(readFileSync(path('hypercare.example.yaml'), 'utf8')), ['']));
    const known = keysOf(JSON.parse(configJsonSchema(units)) as JsonSchema, '').filter((key) => !key.startsWith('channels.') && !RUNG_AGAIN.test(key));
    expect(known).toContain('apps.*.endpoints.critical');
    expect(known.filter((key) => !written.has(key))).toEqual([]);
  });

  it('names every kind of channel', () => {
    const text = readFileSync(path('hypercare.example.yaml'), 'utf8');
    expect(Object.keys(channelSchemas).filter((kind) => !text.includes(`${kind}:`))).toEqual([]);
  });
});

it('hypercare.schema.json is up to date (npm run schema)', () => {
  expect(readFileSync(path('hypercare.schema.json'), 'utf8')).toBe(configJsonSchema(units));
});

/** What the machine sets, and no operator for hypercare. */
const OF_THE_MACHINE = ['PATH', 'HOME', 'LANG', 'TERM', 'COLUMNS'];

/** The names that the product's code reads one by one. */
function namesRead(): readonly string[] {
  const product = readSources().filter((source) => /^(?:src|monitoring|bot)\/|^ecosystem/.test(source.path));
  const found = product.flatMap(({ text }) => [...text.matchAll(/\b(?:env|lookup)(?:\['|\('|\.)([A-Z][A-Z0-9_]*)\b/g)].map(([, name]) => name as string));
  return [...new Set(found)].filter((name) => !OF_THE_MACHINE.includes(name));
}

it('.env.example lists exactly what is read: what the code names, and each secret in both its forms', () => {
  const secrets = SECRET_NAMES.flatMap((name) => [name, `${name}_FILE`]);
  expect(namesInEnvExample().toSorted()).toEqual([...namesRead(), ...secrets].sort());
});
