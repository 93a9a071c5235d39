import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../../src/io/clock.js';
import type { Knock, Verdict } from '../door.js';

/** Slack's own window; older ones may be a recording. */
const OLDEST_S = 300;
/** Slack's library lets any future time in, so that a recording made with a stolen secret would be good for ever. Clocks differ by less. */
const AHEAD_S = 60;
/** So many requests are remembered within the window; only Slack can sign one, so nobody can push them out. */
const MOST_REMEMBERED = 10_000;

const REFUSED = 401;

export interface Guard {
  readonly path: string;
  readonly signingSecret: string;
  readonly clock: Clock;
}

/**
 * Judges a request by its signature over the raw body, before anything of it is parsed: it must be Slack's, of the last
 * five minutes, and not have come before. The same words delivered again by Slack have another time and signature.
 */
export function createGuard({ path, signingSecret, clock }: Guard): (knock: Knock) => Verdict {
  /** Signatures by the second they were made in, in the order they came. */
  const seen = new Map<string, number>();

  return (knock) => {
    if (knock.path !== path) return { refused: 'another path', status: 404 };
    const signature = knock.headers['x-slack-signature'];
    const time = knock.headers['x-slack-request-timestamp'];
    // Slack tries the certificate so, unsigned; nothing of it is handed on.
    if (signature === undefined && isCertificateCheck(knock.body)) return { done: 200 };
    if (typeof signature !== 'string' || typeof time !== 'string' || !/^\d{1,12}$/.test(time)) return { refused: 'not signed', status: REFUSED };
    if (!isSigned(knock.body, { signature, time, signingSecret })) return { refused: 'forged, or signed with another secret than SLACK_SIGNING_SECRET', status: REFUSED };
    const now = Math.floor(clock.now() / 1_000);
    const age = now - Number(time);
    if (age > OLDEST_S) return { refused: 'older than five minutes: a recording, or the clock of this host is wrong', status: REFUSED };
    if (age < -AHEAD_S) return { refused: 'from the future: the clock of this host is wrong', status: REFUSED };
    if (seen.has(signature)) return { refused: 'replayed', status: REFUSED };
    remember(signature, Number(time), now);
    return 'in';
  };

  function remember(signature: string, time: number, now: number): void {
    for (const [old, at] of seen) {
      if (seen.size < MOST_REMEMBERED && now - at <= OLDEST_S + AHEAD_S) break;
      seen.delete(old);
    }
    seen.set(signature, time);
  }
}

function isCertificateCheck(body: Buffer): boolean {
  return /(?:^|&)ssl_check=1(?:&|$)/.test(body.toString('latin1'));
}

function isSigned(body: Buffer, { signature, time, signingSecret }: { readonly signature: string; readonly time: string; readonly signingSecret: string }): boolean {
  const right = Buffer.from(`v0=${createHmac('sha256', signingSecret).update(`v0:${time}:`).update(body).digest('hex')}`);
  const given = Buffer.from(signature);
  return given.length === right.length && timingSafeEqual(given, right);
}
