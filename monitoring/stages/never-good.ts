import type { Check } from '../../src/domain/check.js';
import type { Claim, DetectorClaims } from '../../src/domain/finding.js';
import { everGood } from '../../src/store/ever-good.js';
import type { Db } from '../../src/store/schema.js';

/** The kind of an incident of addresses that were never good: most likely a mistake in the config. No repair is for it. */
export const NEVER_GOOD = 'never-good';

/** Why no repair is planned, for people. */
export const WHY_LEFT_ALONE = 'it was never good since it is watched, so a wrong address is likelier than a sick app: compare its url, port and path in hypercare.yaml with what the app listens on';

/** What these claim rests on answers to addresses; the others have PM2's word. */
const OF_ADDRESSES = ['endpoint-failing', 'hang', 'all-endpoints-failing'];

/** What was never good, in no release, is told as a doubt about the config; once it was good it is sickness like any other. */
export async function doubtAddresses(db: Db, checks: readonly Check[], made: readonly DetectorClaims[]): Promise<readonly DetectorClaims[]> {
  const http = checks.filter(({ probe }) => probe === 'http');
  return Promise.all(made.map(async ({ detector, claims }) => {
    if (!OF_ADDRESSES.includes(detector)) return { detector, claims };
    return { detector, claims: await Promise.all(claims.map((claim) => doubt(db, http, claim))) };
  }));
}

async function doubt(db: Db, http: readonly Check[], claim: Claim): Promise<Claim> {
  if (claim.state === 'absent') return claim;
  const own = http.filter(({ name }) => claim.fingerprint.endsWith(`:${name}`));
  if (await everGood(db, (own.length > 0 ? own : http).map(({ id }) => id))) return claim;
  return { ...claim, kind: NEVER_GOOD, severity: 'warning', emergency: false, title: `${claim.title}; never good since it is watched: is the address right?` };
}
