import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { circlesIn } from './architecture/circles.js';
import { EXCEPTIONS, type Rule } from './architecture/exceptions.js';
import { functionsOf } from './architecture/functions.js';
import { covers, HOMES, KINDS, roomOf, STARTED, WITHOUT_NODE } from './architecture/rooms.js';
import { lineOf, readSources, ROOT, type Source } from './architecture/sources.js';

const MOST_FILE_LINES = 300;
/** Tables of cases and transcripts are long without being deep. */
const MOST_TEST_LINES = 500;
const MOST_FUNCTION_LINES = 60;
const ROOMS_FILE = 'test/architecture/rooms.ts';
const EXCEPTIONS_FILE = 'test/architecture/exceptions.ts';

const sources = readSources();
const product = sources.filter(({ path }) => !path.startsWith('test/') && path !== 'vitest.config.ts');
const inRooms = product.filter(({ path }) => /^(?:src|monitoring|bot|scripts)\//.test(path));

/** What stands before ': ' is the key of an exception, the rest says more. */
interface Breach {
  readonly key: string;
  readonly says?: string;
}

/** Fails with every breach that is no exception, and with every exception that nothing needs. */
function holds(rule: Rule, means: string, breaches: readonly Breach[], stands = EXCEPTIONS_FILE): void {
  const excepted = EXCEPTIONS[rule];
  const broken = breaches.filter(({ key }) => !Object.hasOwn(excepted, key)).map(({ key, says }) => (says ? `${key}: ${says}` : key));
  const idle = Object.keys(excepted).filter((key) => !breaches.some((breach) => breach.key === key)).map((key) => `${key}: this exception is needed no more; take it out of ${EXCEPTIONS_FILE}`);
  const found = [...new Set([...broken, ...idle])].sort();
  if (found.length > 0) expect.fail(`${means}\n(the rule stands in ${stands}, exceptions with their reason in ${EXCEPTIONS_FILE})\n\n${found.map((line) => `  ${line}`).join('\n')}\n`);
}

function matchesIn(source: Source, pattern: RegExp): readonly { readonly text: string; readonly line: number }[] {
  return [...source.code.matchAll(pattern)].map((match) => ({ text: match[0].trim(), line: lineOf(source, match.index) }));
}

describe('imports', () => {
  it('lead from each room only to where its table allows', () => {
    holds('imports', 'A file may import only what the table gives its room.', inRooms.flatMap(({ path, imports }) => {
      const room = roomOf(path);
      if (!room) return [{ key: path, says: 'stands in no room of the table' }];
      const { may } = room;
      const allowed = (to: string) => (may === 'anything' ? !to.startsWith('test/') : roomOf(to) === room || may.some((place) => covers(place, to)));
      const says = `${room.is.join(', ')} may import ${may === 'anything' ? 'anything but test/' : may.join(', ') || 'nothing of ours'}`;
      return imports.filter(({ to, ours }) => ours && !allowed(to)).map(({ to }) => ({ key: `${path} → ${to}`, says }));
    }), ROOMS_FILE);
  });

  it('lead in no circle', () => {
    expect(circlesIn(sources), 'what files need of each other stands by itself, or with the one that makes it').toEqual([]);
  });

  it('never lead from monitoring to bot or back: they meet in the store', () => {
    const roots = ['monitoring/main.ts', 'bot/main.ts'];
    const crossing = (path: string, to: string) => (path.startsWith('monitoring/') && to.startsWith('bot/')) || (path.startsWith('bot/') && to.startsWith('monitoring/'));
    const found = inRooms.filter(({ path }) => !roots.includes(path)).flatMap(({ path, imports }) => imports.filter(({ to }) => crossing(path, to)).map(({ to }) => `${path} → ${to}`));
    expect(found, 'only the two roots know both, for the schemas of each other’s options').toEqual([]);
  });

  it('of node’s modules are for rooms that touch the outside', () => {
    holds('node modules', 'Domain, policy, cards, detectors, stages and schedule touch the outside through src/io or not at all.', inRooms
      .filter(({ path }) => WITHOUT_NODE.some((place) => covers(place, path)))
      .flatMap(({ path, imports }) => imports.filter(({ to }) => to.startsWith('node:')).map(({ to }) => ({ key: `${path} → ${to}` }))), ROOMS_FILE);
  });

  it('of a library stand in its one home, and the domain has none', () => {
    holds('libraries', 'Each library has one home.', inRooms.flatMap(({ path, imports }) => imports
      .filter(({ to, ours }) => !ours && !to.startsWith('node:') && !(HOMES[to] ?? []).some((place) => covers(place, path)))
      .map(({ to }) => ({ key: `${path} → ${to}`, says: HOMES[to] ? `its home is ${HOMES[to]?.join(', ')}` : 'has no home yet: give it a line' }))), ROOMS_FILE);
  });

  it('name libraries that package.json lists', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
    const used = (files: readonly Source[]) => files.flatMap(({ path, imports }) => imports.filter(({ to, ours }) => !ours && !to.startsWith('node:')).map(({ to }) => ({ path, to })));
    expect(used(product).filter(({ to }) => !(to in dependencies)), 'what the product imports is a dependency').toEqual([]);
    expect(used(sources).filter(({ to }) => !(to in dependencies) && !(to in devDependencies)), 'what tests import is a dependency of the development at least').toEqual([]);
  });
});

describe('units', () => {
  it.each(KINDS)('of the kind $type in $folder are registered in its index.ts, and have a test', ({ folder, type }) => {
    const declares = new RegExp(`\\bexport\\s+(?:const\\s+\\w+\\s*:\\s*${type}(?:<|\\s*=)|const\\s+\\w+\\s*=[^;]*\\bsatisfies\\s+${type}<|function\\s+\\w+\\([^{]*\\)\\s*:\\s*${type}<)`);
    const makesNone = /\bexport\s+(?:const\s+\w+\s*:\s*readonly\b|function\s+(?:find)\w+)/;
    const units = product.filter(({ path, code }) => path.startsWith(`${folder}/`) && !path.endsWith(`${folder}/index.ts`) && declares.test(code.replace(makesNone, '')));
    expect(units.length, `no ${type} was found: the rule looks for “export const name: ${type}”`).toBeGreaterThan(0);
    const index = sources.find(({ path }) => path === `${folder}/index.ts`);
    const tests = sources.filter(({ path }) => path.startsWith(`test/${folder}/`) && path.endsWith('.test.ts'));
    holds('registries', `A ${type} is one file, one line in ${folder}/index.ts and one test.`, units.flatMap(({ path }) => [
      ...(index?.imports.some(({ to }) => to === path) ? [] : [{ key: path, says: `is not registered in ${folder}/index.ts` }]),
      ...(tests.some((test) => tested(test, path, folder)) ? [] : [{ key: path, says: `no test below test/${folder}/ imports it, or bears its name` }]),
    ]), ROOMS_FILE);
  });

  it('and everything else are reached: what nobody imports is started by somebody, or is dead', () => {
    const imported = new Set(product.flatMap(({ imports }) => imports.map(({ to }) => to)));
    const started = (path: string) => STARTED.some((start) => (typeof start === 'string' ? start === path : start.test(path)));
    holds('reached', 'A file that nobody imports is started by somebody, or is not wired up.', product
      .filter(({ path }) => !imported.has(path) && !started(path)).map(({ path }) => ({ key: path, says: 'only tests know it' })), ROOMS_FILE);
  });
});

/** By importing the unit's file, or by standing under its name (also as a folder: slack/index.ts → slack/). */
function tested(test: Source, unit: string, folder: string): boolean {
  const name = unit.slice(folder.length + 1).replace(/(?:\/index)?\.ts$/, '');
  const below = test.path.slice(`test/${folder}/`.length);
  return test.imports.some(({ to }) => to === unit) || below === `${name}.test.ts` || below.startsWith(`${name}/`);
}

describe('sizes', () => {
  it(`of files are ${MOST_FILE_LINES} lines at most, of tests ${MOST_TEST_LINES}`, () => {
    const lines = ({ text }: Source) => text.split('\n').length - 1;
    const most = ({ path }: Source) => (path.startsWith('test/') ? MOST_TEST_LINES : MOST_FILE_LINES);
    holds('file sizes', 'A file past its limit holds two ideas.', sources.filter((source) => lines(source) > most(source)).map((source) => ({ key: source.path, says: `${lines(source)} lines, ${most(source)} at most` })));
  });

  it(`of functions are ${MOST_FUNCTION_LINES} lines at most`, () => {
    holds('function sizes', `A function past ${MOST_FUNCTION_LINES} lines does two things.`, product.flatMap((source) => functionsOf(source)
      .filter(({ lines }) => lines > MOST_FUNCTION_LINES).map(({ line, lines }) => ({ key: source.path, says: `the function that begins at line ${line} has ${lines} lines` }))));
  });
});

describe('what is read from outside', () => {
  it('is the time in the clock alone', () => {
    holds('clock', 'Time is an argument: nothing but src/io/clock.ts reads it.', product.filter(({ path }) => path !== 'src/io/clock.ts').flatMap((source) =>
      matchesIn(source, /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bprocess\.hrtime\b/g).map(({ text, line }) => ({ key: source.path, says: `reads ${text} in line ${line}; take io.clock, or the time as an argument` }))));
  });

  it('is the environment in src/config alone', () => {
    holds('environment', 'Nothing but src/config reads process.env.', product.filter(({ path }) => !path.startsWith('src/config/')).flatMap((source) =>
      matchesIn(source, /\bprocess\.env\b/g).map(({ line }) => ({ key: source.path, says: `reads process.env in line ${line}; take processEnv() of src/config/env.ts` }))));
  });

  it('are environment names that .env.example lists', () => {
    const example = new Set([...readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name));
    const reads = /(?:\bprocess\.env|\bprocessEnv\(\)|\benv)(?:\[\s*'([A-Z][A-Z0-9_]*)'|\.([A-Z][A-Z0-9_]+)\b)/g;
    holds('environment names', 'Every environment name that is read stands in .env.example.', product.flatMap(({ path, text, code }) => [...text.matchAll(reads)]
      .filter(({ index }) => code.startsWith('process.env', index) || code.startsWith('env', index) || code.startsWith('processEnv', index))
      .map(([, quoted, plain]) => (quoted ?? plain) as string).filter((name) => !example.has(name)).map((name) => ({ key: name, says: `is read by ${path}` }))), '.env.example');
  });
});

describe('the language', () => {
  const never = [
    { what: 'any', pattern: /(?:[:<|&]|=>|\b(?:as|satisfies|extends))\s*any\b(?!\s*[(:.])|,\s*any\s*[>\]]|\bany\[\]/g },
    { what: 'an enum', pattern: /\benum\s+\w+\s*\{/g },
    { what: 'a default export', pattern: /\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/g },
  ] as const;

  it.each(never)('has no $what', ({ what, pattern }) => {
    const configs = ['vitest.config.ts', 'ecosystem.config.js', 'bot/dashboard/vite.config.js'];
    holds('language', 'There is no any, no enum, no default export and no silenced compiler.', [
      ...sources.filter(({ path }) => !configs.includes(path)).flatMap((source) => matchesIn(source, pattern).map(({ line }) => ({ key: `${source.path}: ${what}`, says: `line ${line}` }))),
      ...keysOf('language').filter((key) => !key.endsWith(`: ${what}`)).map((key) => ({ key })),
    ]);
  });

  it('has no comment that silences the compiler', () => {
    const found = sources.filter(({ path, text, code }) => !path.startsWith('test/architecture') && [...text.matchAll(/@ts-(?:ignore|expect-error|nocheck)/g)].some(({ index }) => code[index] === ' ')).map(({ path }) => path);
    expect(found).toEqual([]);
  });
});

function keysOf(rule: Rule): readonly string[] {
  return Object.keys(EXCEPTIONS[rule]);
}
