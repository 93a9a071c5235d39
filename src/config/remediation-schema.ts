import * as z from 'zod';
import { BACKOFFS } from '../policy/backoff.js';
import { duration, list, section, wholeNumber } from './fields.js';
import { detection, factor, percent } from './short-forms.js';

const MAX_ENTRIES = 50;

const approval = () => z.enum(['auto', 'manual']).describe('auto: done by itself; manual: people are asked');

/** Remediation policies as many teams have them already: what differs from its desired state. */
export function driftRemediation() {
  const entry = z.strictObject({
    severity: z.enum(['low', 'medium', 'high', 'critical']),
    action: z.enum(['fix', 'notify']),
    approval: approval(),
    max_resources: wholeNumber(1, 1_000).optional(),
  });
  return section({ enabled: z.boolean().default(true), auto_fix: list(entry, MAX_ENTRIES).prefault([]) }).describe('Kept; nothing of this version repairs drift yet');
}

/** What is unwell, and what runs out of room. */
export function healthRemediation() {
  return section({
    unhealthy_service: section({
      action: z.enum(['restart', 'notify']),
      max_attempts: wholeNumber(1, 100).optional(),
      backoff: z.enum(BACKOFFS).optional(),
    }).optional().describe('restart: pm2 repairs act by themselves, on every app'),
    resource_exhaustion: section({
      action: z.enum(['scale_up', 'restart', 'notify']),
      threshold: percent().prefault('80%'),
      max_scale: factor().optional(),
    }).optional().describe('Below the threshold nothing is done about memory; scale_up is kept and shown, and done by hand: more workers take more memory'),
  });
}

/** What costs more than it should. */
export function costOptimization() {
  return section({
    idle_resources: section({ detection_period: duration('1h', '365d').prefault('7d'), action: z.enum(['stop', 'notify']), approval: approval() }).optional(),
    oversized_resources: section({ detection: detection(), action: z.enum(['recommend_downsize', 'downsize', 'notify']), approval: approval() }).optional(),
  }).describe('Kept; nothing of this version saves costs yet');
}

export type Remediation = {
  readonly drift?: z.output<ReturnType<typeof driftRemediation>> | undefined;
  readonly health?: z.output<ReturnType<typeof healthRemediation>> | undefined;
  readonly cost?: z.output<ReturnType<typeof costOptimization>> | undefined;
};
