import type { Incident } from '../domain/incident.js';
import type { IncidentView } from '../domain/incident-view.js';
import type { Json } from '../domain/json.js';
import { saidBy } from '../domain/receipt.js';
import { releaseName } from '../domain/release.js';
import { iso } from './iso.js';

type JsonObject = { readonly [key: string]: Json };

/** An incident in lists. */
export function incidentSummary(incident: Incident, at: string): JsonObject {
  return {
    id: incident.id, at, kind: incident.kind, severity: incident.severity, emergency: incident.emergency, state: incident.state, title: incident.title,
    openedAt: iso(incident.openedAt), closedAt: iso(incident.closedAt), reason: incident.reason, ackedBy: incident.ackedBy, ackedAt: iso(incident.ackedAt),
  };
}

/** An incident whole: findings, what was planned and done for it, and the question. Secrets and witnesses stay out. */
export function incidentDocument(view: IncidentView): JsonObject {
  return {
    ...incidentSummary(view.incident, view.resource.name),
    release: view.release && releaseName(view.release),
    launchedRelease: view.launched && releaseName(view.launched),
    findings: view.findings.map(({ detector, kind, severity, title, evidence, firstAt, lastAt, open }) => ({ detector, kind, severity, title, evidence, firstAt: iso(firstAt), lastAt: iso(lastAt), open })),
    plans: view.plans.map((plan) => ({
      id: plan.id, repair: plan.repair, risk: plan.risk, state: plan.state, verdict: plan.verdict, rule: plan.rule, why: plan.why, askedBy: plan.askedBy, hash: plan.hash,
      does: plan.prepared?.does.map(({ does }) => does) ?? null, wayBack: plan.prepared?.wayBack ?? null, notes: plan.prepared?.notes ?? [],
    })),
    remediations: view.remediations.map((run) => ({
      planId: run.planId, repair: run.repair, state: run.state, startedAt: iso(run.startedAt), endedAt: iso(run.endedAt), outcome: run.outcome,
      steps: run.steps.map(({ dir, n, name, state, error, receipt }) => ({ dir, n, name, state, error, said: saidBy(receipt) })),
      evidence: run.evidence.map(({ kind, at, missing }) => ({ kind, at: iso(at), missing })),
    })),
    question: questionDocument(view),
    approvers: view.approvers,
  };
}

function questionDocument({ question }: IncidentView): Json {
  if (!question) return null;
  return {
    id: question.id, planId: question.planId, state: question.state, need: question.need, askedAt: iso(question.askedAt), expiresAt: iso(question.expiresAt),
    decidedAt: iso(question.decidedAt), decidedBy: question.decidedBy,
    answers: question.answers.map(({ name, yes, via, at, outcome }) => ({ name, yes, via, at: iso(at), outcome })),
  };
}
