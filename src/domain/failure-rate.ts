/** More than this share of remediations that failed disarms the machine on its host. */
const MOST_FAILED = 0.3;
/** One failure of one says nothing. */
const LEAST_RUNS = 5;
export const FAILURES_WITHIN_MS = 24 * 3_600_000;

/** Why automatic repair is disarmed; null where enough of it helped. */
export function tooManyFailed({ ended, failed }: { readonly ended: number; readonly failed: number }): string | null {
  if (ended < LEAST_RUNS || failed / ended <= MOST_FAILED) return null;
  return `${failed} of the last ${ended} remediations failed (more than ${MOST_FAILED * 100} % within 24 h)`;
}
