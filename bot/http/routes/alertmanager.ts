import { z } from '@hono/zod-openapi';
import { alertsOf, appMeant, severityOf, type Alert } from '../../../src/domain/alert.js';
import { HypercareError } from '../../../src/domain/errors.js';
import type { Resource } from '../../../src/domain/resource.js';
import { maskText } from '../../../src/io/mask.js';
import { noteAlerts } from '../../../src/store/alerts.js';
import { listResources } from '../../../src/store/resources.js';
import { route } from '../route.js';

const MOST_AT_ONCE = 1_000;
/** So many may fire at a time; more tell nobody anything, and the store must not grow by them. */
const MOST_FIRING = 500;
const MOST_LABELS = 20;
const MOST_CHARS = 150;

const texts = z.record(z.string(), z.string());
const alert = z.looseObject({ status: z.enum(['firing', 'resolved']), labels: texts.default({}), annotations: texts.default({}), startsAt: z.string().optional(), fingerprint: z.string().regex(/^[\w-]{1,64}$/, 'must be the fingerprint that Alertmanager gives') });
type Told = z.output<typeof alert>;

export const alertmanagerRoute = route({
  method: 'post', path: '/hooks/alertmanager', group: 'live', role: 'operator', summary: 'What Alertmanager’s webhook sends: an alert that fires becomes a finding, one that is resolved ends it',
  body: { required: true, schema: z.looseObject({ version: z.literal('4', { error: 'must be "4", the format of Alertmanager’s webhooks' }), alerts: z.array(alert).max(MOST_AT_ONCE, `must be at most ${MOST_AT_ONCE}; set max_alerts in Alertmanager`) }) },
  answers: { 200: { about: 'How many fire and ended, and at what each stands', schema: z.object({ version: z.literal(1), firing: z.number(), resolved: z.number(), at: z.array(z.string()) }) }, 409: { about: 'Alerts are not taken here' }, 503: { about: 'Too many fire: nothing of this was taken' } },
  async serve({ body, ctx, parts }) {
    const places = new Map((await listResources(ctx.store.db, parts.hostId)).filter(({ kind }) => kind === 'alerts').map((one) => [one.name, one]));
    if (places.size === 0) throw new HypercareError('alerts.off', 'invalid', 'alerts are not taken here', 'Write “alertmanager: true” under “api” in hypercare.yaml, and run “npm start”.');
    const now = ctx.now();
    const firing = body.alerts.filter(({ status }) => status === 'firing').map((one) => alertOf(one, placeOf(one, places), now));
    const over = body.alerts.filter(({ status }) => status === 'resolved').map(({ fingerprint }) => fingerprint);
    await ctx.store.write(async (tx) => {
      if ((await noteAlerts(tx, parts.hostId, { firing, over, now })) > MOST_FIRING) throw new HypercareError('alerts.too_many', 'transient', `more than ${MOST_FIRING} alerts would fire at once`, 'Group them in Alertmanager, or send those that people shall hear of alone.');
    });
    await parts.carrier.poke();
    const at = [...places.values()].filter(({ id }) => firing.some(({ resourceId }) => resourceId === id)).map(({ name }) => name);
    return { json: { version: 1, firing: firing.length, resolved: over.length, at } };
  },
});

function placeOf({ labels }: Told, places: ReadonlyMap<string, Resource>): Resource {
  const apps = [...places.values()].flatMap(({ config }) => (config as { readonly app: string | null }).app ?? []);
  return places.get(alertsOf(appMeant(labels, apps))) as Resource;
}

function alertOf({ labels, annotations, startsAt, fingerprint }: Told, place: Resource, now: number): Alert {
  const began = Date.parse(startsAt ?? '');
  return {
    fingerprint, resourceId: place.id, name: shown(labels['alertname'] ?? '') || 'an alert', severity: severityOf(labels['severity']), summary: shown(annotations['summary'] ?? annotations['description'] ?? ''),
    labels: Object.fromEntries(Object.entries(labels).slice(0, MOST_LABELS).map(([label, value]) => [shown(label), shown(value)])), startedAt: Number.isFinite(began) ? Math.min(began, now) : now, at: now,
  };
}

/** One short line without control characters and secrets. */
function shown(text: string): string {
  return maskText(text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()).slice(0, MOST_CHARS);
}
