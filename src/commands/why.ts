import { z } from 'zod';
import { quietCard, whyCard } from '../cards/why-card.js';
import { HypercareError } from '../domain/errors.js';
import type { Incident } from '../domain/incident.js';
import type { Json } from '../domain/json.js';
import type { Resource } from '../domain/resource.js';
import type { Span } from '../domain/span.js';
import { appStatuses } from '../store/app-status.js';
import { incidentView } from '../store/incident-view.js';
import { newestIncidentOf } from '../store/incidents.js';
import { listResources } from '../store/resources.js';
import { lastNotGood } from '../store/samples.js';
import { spansOf } from '../store/spans.js';
import { watchOf } from '../store/watch.js';
import type { Command, Context, Result } from './command.js';
import { word } from './fields.js';
import { findApp } from './find-app.js';
import { findIncident } from './find-incident.js';
import { incidentDocument } from './incident-document.js';
import { iso } from './iso.js';
import { exitOf } from './status.js';

const args = z.strictObject({ of: word });

/** Why did it act, or not? Exit 1 while the incident is open; without any incident as `status`. */
export const why: Command<z.output<typeof args>> = {
  name: 'why',
  summary: 'why it acted or did not: every decision and every wait',
  usage: 'why <incident or app>',
  examples: ['why shop', 'why 7k2m9q'],
  role: 'viewer',
  words: { positionals: ['of'], flags: {} },
  args,
  async run({ of }, ctx) {
    const resource = await findResource(ctx, of);
    const incident = resource ? await incidentOf(ctx, resource) : await findNamed(ctx, of);
    return incident ? explained(ctx, incident) : quiet(ctx, resource as Resource);
  },
};

async function findResource(ctx: Context, name: string): Promise<Resource | null> {
  const all = await listResources(ctx.store.db, ctx.hostId);
  return all.find((one) => one.name === name) ?? all.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? null;
}

/** What is open and hurts it, be it at something it uses, before what is past. */
async function incidentOf(ctx: Context, resource: Resource): Promise<Incident | null> {
  const status = await statusOf(ctx, resource);
  return status?.incidents.at(-1) ?? (await newestIncidentOf(ctx.store.db, resource.id));
}

/** Whoever types an id that there is not may have meant an app. */
async function findNamed(ctx: Context, of: string): Promise<Incident> {
  try {
    return await findIncident(ctx, of);
  } catch (error) {
    if (!(error instanceof HypercareError) || /\d/.test(of)) throw error;
    await findApp(ctx, of);
    throw error;
  }
}

async function statusOf(ctx: Context, resource: Resource) {
  const all = await appStatuses(ctx.store.db, ctx.hostId, { tiers: ctx.tiers, settleMs: ctx.settleMs, now: ctx.now() });
  return all.find(({ app }) => app.id === resource.id) ?? null;
}

async function explained(ctx: Context, incident: Incident): Promise<Result> {
  const view = await incidentView(ctx.store.db, incident.id);
  const story = await spansOf(ctx.store.db, incident);
  return {
    data: { version: 1, at: view.resource.name, story: story.map(spanDocument), incident: incidentDocument(view) },
    card: whyCard(view, story, { now: ctx.now(), timeZone: ctx.timeZone }),
    exit: incident.state === 'resolved' ? 0 : 1,
  };
}

function spanDocument({ kind, text, why: rests, fromAt, toAt, times, auditSeq }: Span): Json {
  return { kind, text, why: rests, from: iso(fromAt), to: iso(toAt), times, auditSeq };
}

/** Nothing ever went wrong, or nobody could have known. */
async function quiet(ctx: Context, resource: Resource): Promise<Result> {
  const status = await statusOf(ctx, resource);
  if (!status) throw new HypercareError('incident.none', 'invalid', `${resource.name} has had no incident`, 'There is nothing to explain: “status” shows the apps that use it.');
  const watch = await watchOf(ctx.store.db, ctx.hostId);
  const lastBad = new Map(await Promise.all(status.checks.map(async ({ check }) => [check.name, await lastNotGood(ctx.store.db, check.id)] as const)));
  return {
    data: {
      version: 1, at: resource.name, story: [], incident: null, verdict: status.verdict, why: status.why,
      checks: status.checks.map(({ check, newest }) => ({ name: check.name, verdict: newest?.verdict ?? null, at: iso(newest?.at ?? null), note: newest?.note ?? null, lastNotGoodAt: iso(lastBad.get(check.name)?.at ?? null) })),
    },
    card: quietCard({ status, watch, lastBad }, { now: ctx.now(), timeZone: ctx.timeZone }),
    exit: exitOf({ apps: [status] }, watch, ctx.now()),
  };
}
