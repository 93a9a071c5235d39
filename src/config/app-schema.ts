import * as z from 'zod';
import {
  absolutePath, checkedText, duration, entries, innerPath, list, noneOrMany, oneOrMany, pathOrUrl, resourceName, section, size, webUrl, wholeNumber,
} from './fields.js';
import { limitersSchema } from './limiter-schema.js';
import { mustBe } from './issue-text.js';
import { didYouMean, listed } from './did-you-mean.js';
import { isOwnProcess } from '../domain/own-processes.js';


const MAX_ENDPOINTS = 50;
const MAX_NAMES = 50;
const MAX_RUNGS = 10;

/** One app of `apps`: its address alone, a mapping, or nothing (then PM2 alone is asked). */
export function appSchema({ repairs, incidents = [] }: { readonly repairs: readonly string[]; readonly incidents?: readonly string[] }) {
  const asked = endpoint();
  const front = asked.parse('/');
  const app = z.strictObject({
    pm2: oneOrMany(checkedText('the name of a PM2 process', pm2NameProblem), MAX_NAMES).optional().describe('PM2 process name or names; default: the name of the app'),
    url: baseUrl().optional().describe('Where the app answers; paths are put behind it'),
    endpoints: z.preprocess((input) => input ?? undefined, z.array(asked).max(MAX_ENDPOINTS).optional()).optional()
      .describe('What is measured at each tick; default: / where there is a url'),
    liveness: liveness().prefault({})
      .describe('The light probe between ticks; default: the first endpoint that is no POST; false: none'),
    release: release().optional().describe('Where releases stand, for the way back'),
    uses: noneOrMany(resourceName(), MAX_NAMES).prefault([]).describe('Dependencies and other apps it cannot work without'),
    limiters: limitersSchema(),
    limits: limits().prefault({}).describe('When values count as bad'),
    runbook: runbook({ repairs, incidents }),
  });
  const complete = app.transform((one) => ({ ...one, endpoints: one.endpoints ?? (one.url === undefined ? [] : [front]) }));
  return z.union([complete, baseUrl().transform((url) => complete.parse({ url })), z.null().transform(() => complete.parse({}))]);
}

/** What is asked over HTTP, shared by endpoints and dependencies. */
export function httpAsk(timeout: string) {
  return {
    method: z.enum(['GET', 'HEAD', 'POST']).default('GET'),
    status: oneOrMany(status(), 20).prefault('2xx').describe("Good answers: 200, '2xx', or a list of them"),
    body: z.string().min(1).max(1_000).optional().describe('Text the answer must contain'),
    timeout: duration('50ms', '1m').prefault(timeout),
    headers: entries(z.string().regex(/^[A-Za-z0-9-]{1,64}$/, { error: 'must be the name of a header' }), headerValue(), 20).prefault({}),
  };
}

/** PM2 takes a number for an id, 'all' for everything and '/…/' for a pattern: none of these may pass as a name. */
export function pm2NameProblem(text: string): string | null {
  if (isOwnProcess(text)) return "is hypercare's own process, which it does not watch itself";
  const plain = /^[A-Za-z0-9_@][A-Za-z0-9_@ .:/+-]{0,99}$/.test(text) && !/^\d+$/.test(text) && text !== 'all';
  return plain ? null : 'must be the name of a PM2 process (not its id, not "all", not a pattern)';
}

function baseUrl() {
  return webUrl().refine((text) => !/[?#]/.test(text), { error: 'may hold no ? or #, because paths are put behind it' });
}

function endpoint() {
  const whole = z.strictObject({
    path: pathOrUrl().describe('A path on the app, or a URL'),
    name: z.string().min(1).max(100).regex(/^[^\s?#]*$/, { error: 'may hold no spaces, ? or #' }).optional()
      .describe('How it is called; default: its path without the query'),
    critical: z.boolean().default(false).describe('Users are hurt when it fails: counts for an emergency by itself'),
    ...httpAsk('15s'),
    samples: wholeNumber(1, 20).default(3).describe('How often it is asked at each tick'),
  });
  return z.union([whole, pathOrUrl().transform((path) => whole.parse({ path }))]);
}

function liveness() {
  const whole = z.strictObject({
    path: pathOrUrl().optional(),
    every: duration('500ms', '1h').prefault('30s'),
    timeout: duration('50ms', '1m').optional().describe('Default: 2s, or `every` where that is shorter'),
  });
  return z.union([whole, z.literal(false), pathOrUrl().transform((path) => whole.parse({ path }))]);
}

function release() {
  return z.strictObject({
    mode: z.enum(['releases', 'in-place']).describe('releases: built beside the live one, switched by one rename; in-place: a git tree'),
    dir: absolutePath().describe('Holds releases/ and current, or is the working tree'),
    repo: absolutePath().optional().describe('The git repository releases are built from'),
    config_files: noneOrMany(innerPath(), MAX_NAMES).prefault('.env').describe('Files, relative to the release, that count as its configuration'),
    rehearse: duration('1h', '90d').optional().describe('How often the way back is built and looked at while the app is well, as policy says of release.rehearse; without it only when somebody asks'),
    tag: z.boolean().prefault(false).describe('Write each release that becomes stable down as an annotated git tag, as policy says of release.tag; nothing is pushed'),
    smoke: smoke().optional().describe('How a release is started on a spare port and asked, before it goes live; without it none is'),
  });
}

/** An undeclared boot on a live host could migrate a schema or take jobs from a queue: so nothing here has a default but the time. */
function smoke() {
  return z.strictObject({
    command: z.array(z.string().min(1).max(1_000)).min(1).max(50).describe('The program and its arguments, started in the release; no shell'),
    env: entries(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be the name of a variable' }), z.string().max(8_192), 100).prefault({})
      .describe('All that it is told beside PATH, HOME, LANG, PORT and HOST'),
    path: z.string().max(1_000).regex(/^\//, { error: 'must begin with /' }).describe('What is asked of it at 127.0.0.1; 2xx is good'),
    timeout: duration('1s', '10m').prefault('30s').describe('How long it may take until it answers well'),
  });
}

function limits() {
  const restarts = z.strictObject({ count: wholeNumber(2, 1_000), within: duration('10s', '24h').prefault('5m') });
  return section({
    latency: duration('1ms', '10m').optional().describe('A reading whose median is above this is bad; default: 2s'),
    latency_ratio: z.number().min(1.1).max(100).optional().describe('So many times slower than the baseline is bad; default: 3'),
    memory: size().optional().describe('From 90 % of this in one process it is bad; default: its max_memory_restart in PM2'),
    restarts: z.union([restarts, wholeNumber(2, 1_000).transform((count) => restarts.parse({ count }))]).optional().describe('So many restarts are a crash loop; default: 3 within 10m, or 6 within 1h'),
  });
}

/** Ladders by kind of incident, for whatever has repairs. */
export function runbook({ repairs, incidents = [] }: { readonly repairs: readonly string[]; readonly incidents?: readonly string[] }) {
  return entries(incidentKind(incidents), list(runbookRung(repairs), MAX_RUNGS), MAX_NAMES)
    .prefault({}).describe('Repairs to try, in this order, by kind of incident; replaces the shipped ladder of that kind');
}

function incidentKind(known: readonly string[]) {
  return z.string().regex(/^[a-z][a-z0-9.-]{0,62}$/, { error: 'must be a kind of incident, like endpoint-failing' }).superRefine((text, context) => {
    if (known.length === 0 || known.includes(text)) return;
    context.addIssue({ code: 'custom', message: `names no kind of incident${didYouMean(text, known)} (known: ${listed(known)})`, input: text });
  });
}

function runbookRung(repairs: readonly string[]) {
  const kind = z.string().superRefine((text, context) => {
    if (repairs.length === 0 || repairs.includes(text)) return;
    context.addIssue({ code: 'custom', message: `names no repair${didYouMean(text, repairs)} (known: ${listed(repairs)})`, input: text });
  });
  const whole = z.strictObject({ repair: kind, args: entries(z.string(), z.json(), 20).prefault({}) });
  return z.union([whole, kind.transform((repair) => ({ repair, args: {} }))]);
}

function status() {
  const what = "a status like 200 or '2xx'";
  const text = z.string().regex(/^([1-5]xx|[1-5]\d\d)$/i, { error: `must be ${what}` });
  const read = text.transform((written) => (/x/i.test(written) ? written.toLowerCase() : Number(written)));
  return z.union([z.int().min(100).max(599), read], { error: mustBe(what) });
}

function headerValue() {
  return z.string().max(8_192).regex(/^[\t\x20-\x7e\x80-\xff]*$/, { error: 'may hold no line breaks or control characters' });
}
