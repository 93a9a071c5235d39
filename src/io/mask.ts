import { errorText } from '../domain/errors.js';

const HIDDEN = '[redacted]';
const SECRET_KEY = /token|secret|passw|authorization|cookie|webhook|api_?-?key/i;

/** Texts that are secrets wherever they stand: Slack's tokens and webhooks, Telegram's bot tokens, our own, passwords in URLs, bearer tokens. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/\bx(?:ox[a-z]|app)-[\w-]+/g, HIDDEN],
  [/https?:\/\/hooks\.slack\.com\/\S+/gi, HIDDEN],
  [/https?:\/\/[^\s/]+\/api\/(?:v\d+\/)?webhooks\/\d+\/[\w-]+/gi, HIDDEN],
  [/([?&]sig=)[\w%~.-]{8,}/gi, `$1${HIDDEN}`],
  [/(InstrumentationKey=)[0-9a-f-]{8,}/gi, `$1${HIDDEN}`],
  [/\b(bot)?\d{6,12}:[\w-]{30,}/g, HIDDEN],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi, `$1:${HIDDEN}@`],
  [/\bhc_[\w-]{20,}/g, HIDDEN],
  [/\bwhsec_[\w+/=-]{8,}/g, HIDDEN],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
];

/** Of text that others write (an app's log): what stands under a secret's name, keys of clouds, signed tokens, private keys. */
const FOREIGN_SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, HIDDEN],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, HIDDEN],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|npm_|sk_live_|sk-|rk_live_)[\w-]{16,}/g, HIDDEN],
  [/((?:token|secret|passw(?:or)?d|passphrase|authorization|cookie|api[_-]?key|access[_-]?key|private[_-]?key|signature|session(?:id)?)[\w-]*["']?\s*[:=]\s*)(?:(?:bearer|basic)\s+)?(?:"[^"]*"|'[^']*'|[^\s,;&}]+)/gi, `$1${HIDDEN}`],
];

const MAX_DEPTH = 6;
const MAX_MEMBERS = 100;
const MAX_TEXT = 4_000;

/** The text with everything in it that looks like a secret replaced. */
export function maskText(text: string): string {
  return SECRET_TEXTS.reduce((masked, [pattern, by]) => masked.replace(pattern, by), text.slice(0, MAX_TEXT));
}

/** The text of anything thrown, to be stored or told: what a client threw may hold the address it was given, password and all. */
export function maskedError(thrown: unknown): string {
  return maskText(errorText(thrown));
}

/** The same for text that others write, whole however long it is; rather too much is hidden than too little. */
export function maskForeign(text: string): string {
  return [...SECRET_TEXTS, ...FOREIGN_SECRETS].reduce((masked, [pattern, by]) => masked.replace(pattern, by), text);
}

/** A copy without secrets, at most 6 deep and 100 members wide; errors become their code and text. */
export function maskFacts(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? undefined : value;
  if (depth >= MAX_DEPTH) return '…';
  if (value instanceof Error) return maskError(value, depth);
  if (Array.isArray(value)) return value.slice(0, MAX_MEMBERS).map((item) => maskFacts(item, depth + 1));
  const members = Object.entries(value).slice(0, MAX_MEMBERS);
  return Object.fromEntries(members.map(([key, member]) => [key, maskMember(key, member, depth)]));
}

/** A count under a secret's name ("tokens: 12") is no secret. */
function maskMember(key: string, member: unknown, depth: number): unknown {
  const hides = SECRET_KEY.test(key) && member !== null && member !== undefined && typeof member !== 'number' && typeof member !== 'boolean';
  return hides ? HIDDEN : maskFacts(member, depth + 1);
}

function maskError(error: Error, depth: number): unknown {
  const code = (error as { code?: unknown }).code;
  return {
    message: maskText(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.cause === undefined ? {} : { cause: maskFacts(error.cause, depth + 1) }),
  };
}
