import { describe, expect, it } from 'vitest';
import { alertsFiring } from '../../../src/store/alerts.js';
import { listResources, syncResources } from '../../../src/store/resources.js';
import { apiOfEachTest } from './stage.js';

const api = apiOfEachTest({}, ({ stage }) => stage.store.write(async (tx) => {
  const known = (await listResources(tx, stage.hostId)).map(({ kind, name, config }) => ({ kind, name, config }));
  await syncResources(tx, stage.hostId, [...known, { kind: 'alerts', name: 'shop.alerts', config: { app: 'shop' } }, { kind: 'alerts', name: 'alerts', config: { app: null } }], 0);
}));

const alert = (change: Record<string, unknown> = {}) => ({ status: 'firing', fingerprint: 'c0ffee0123456789', labels: { alertname: 'HighErrors', app: 'shop', severity: 'page' }, annotations: { summary: 'one of ten answers is wrong' }, startsAt: '2026-11-22T02:00:00.123456789Z', endsAt: '0001-01-01T00:00:00Z', generatorURL: 'http://prometheus/graph', ...change });
const send = (alerts: readonly unknown[], who: 'Otto' | 'Vera' | null = 'Otto', extra: Record<string, unknown> = {}) => api.ask('POST', '/hooks/alertmanager', { who, body: { version: '4', groupKey: '{}:{}', truncatedAlerts: 0, status: 'firing', receiver: 'hc', groupLabels: {}, commonLabels: {}, commonAnnotations: {}, externalURL: 'http://am', alerts, ...extra } });
const firing = async () => {
  const places = await listResources(api.stage.store.db, api.stage.hostId);
  return (await alertsFiring(api.stage.store.db, api.stage.hostId, api.stage.now)).map(({ resourceId, fingerprint, name, severity, summary }) => ({ at: places.find(({ id }) => id === resourceId)?.name, fingerprint, name, severity, summary }));
};

describe('an alert of Alertmanager', () => {
  it('stands at the app that its labels name until it is resolved', async () => {
    expect((await send([alert()])).json).toEqual({ version: 1, firing: 1, resolved: 0, at: ['shop.alerts'] });
    expect(await firing()).toEqual([{ at: 'shop.alerts', fingerprint: 'c0ffee0123456789', name: 'HighErrors', severity: 'critical', summary: 'one of ten answers is wrong' }]);
    expect((await send([alert({ status: 'resolved' })])).json).toMatchObject({ firing: 0, resolved: 1 });
    expect(await firing()).toEqual([]);
  });

  it.each([
    [{ alertname: 'A', service: 'shop' }, 'shop.alerts', 'warning'], [{ alertname: 'A', job: 'node', severity: 'info' }, 'alerts', 'info'], [{ alertname: 'A', app: 'elsewhere', job: 'shop' }, 'shop.alerts', 'warning'], [{}, 'alerts', 'warning'],
  ])('with the labels %j stands at %s', async (labels, at, severity) => {
    await send([alert({ labels })]);
    expect(await firing()).toMatchObject([{ at, severity }]);
  });

  it('told again and again is one row, and one that nobody tells of for a day is over', async () => {
    for (let n = 0; n < 50; n += 1) await send([alert()]);
    expect((await firing()).length).toBe(1);
    api.stage.now += 24 * 3_600_000 + 1;
    expect(await firing()).toEqual([]);
  });

  it('is data: one short line without secrets and control characters', async () => {
    await send([alert({ labels: { alertname: '\u001b[31mA\nB\u202e', app: 'shop' }, annotations: { summary: `Bearer hc_${'s'.repeat(43)} ${'x'.repeat(5_000)}` } })]);
    const [told] = await firing();
    expect(told?.name).toBe('[31mA B');
    expect([told?.summary.length, told?.summary.includes('hc_s'), /[\p{Cc}\p{Cf}]/u.test(JSON.stringify(told))]).toEqual([150, false, false]);
  });

  it.each([
    ['nobody', null, [alert()], 401, 'token.missing'], ['who only looks', 'Vera', [alert()], 403, 'denied.role'], ['an odd fingerprint', 'Otto', [alert({ fingerprint: '../../x' })], 400, 'input'],
    ['no status', 'Otto', [alert({ status: 'perhaps' })], 400, 'input'], ['labels that are no text', 'Otto', [alert({ labels: { app: { deep: 1 } } })], 400, 'input'], ['much', 'Otto', Array.from({ length: 2_000 }, (_, n) => alert({ fingerprint: `f${n}`, annotations: { summary: 'x'.repeat(200) } })), 413, 'body.too_large'],
    ['many', 'Otto', Array.from({ length: 1_001 }, (_, n) => ({ status: 'firing', fingerprint: `f${n}` })), 400, 'input'],
  ] as const)('of %s is refused, and nothing is kept', async (_what, who, alerts, status, code) => {
    const answered = await send(alerts, who);
    expect([answered.status, (answered.json as { error: { code: string } }).error.code]).toEqual([status, code]);
    expect(await firing()).toEqual([]);
  });

  it('is refused whole where more than 500 would fire, so that Alertmanager tries again', async () => {
    const { status, json } = await send(Array.from({ length: 501 }, (_, n) => ({ status: 'firing', fingerprint: `f${n}` })));
    expect([status, (json as { error: { code: string } }).error.code, (await firing()).length]).toEqual([503, 'alerts.too_many', 0]);
  });

  it('is not taken where the config does not say so', async () => {
    await api.stage.store.write((tx) => tx.updateTable('resources').set({ retired: 1 }).where('kind', '=', 'alerts').execute());
    expect((await send([alert()])).status).toBe(409);
  });
});
