import { HypercareError, type ErrorClass } from '../../src/domain/errors.js';

/** An error as every route answers it, in the form that `--json` has. */
export interface Refusal {
  readonly status: number;
  readonly body: { readonly version: 1; readonly error: { readonly code: string; readonly message: string; readonly mend: string | null } };
}

const OF_CLASS: Readonly<Record<ErrorClass, number>> = { invalid: 400, denied: 403, transient: 503, permanent: 500 };

/** Where the code says more than the class. */
const OF_CODE: Readonly<Record<string, number>> = {
  'token.unknown': 401, 'token.missing': 401, 'rate.exceeded': 429, 'body.too_large': 413, 'body.type': 415, 'host.unknown': 421,
  'route.unknown': 404, 'route.method': 405, 'repair.under_way': 409, 'not_watched': 409, 'listeners.too_many': 503, 'alerts.off': 409,
};

/** What is named and not there. */
const NOT_THERE = /^(?:app|resource|target|incident|question|release|deployment|launch|plan|command|job)\.(?:unknown|none)$/;

export function refusalOf(thrown: unknown): Refusal {
  if (!(thrown instanceof HypercareError)) return refused(500, 'internal', 'this could not be done; the log of hypercare-bot says why', 'See “npx pm2 logs hypercare-bot”.');
  const status = OF_CODE[thrown.code] ?? (NOT_THERE.test(thrown.code) ? 404 : OF_CLASS[thrown.errorClass]);
  return refused(status, thrown.code, thrown.message, thrown.mend);
}

function refused(status: number, code: string, message: string, mend: string | null): Refusal {
  return { status, body: { version: 1, error: { code, message, mend } } };
}
