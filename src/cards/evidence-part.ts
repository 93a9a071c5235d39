import type { IncidentView } from '../domain/incident-view.js';

/** One line for each repair that touched something: what was kept of before, and what is missing and why. */
export function evidenceLines(view: IncidentView): readonly string[] {
  return view.remediations.filter(({ evidence }) => evidence.length > 0).map(({ repair, evidence }) => {
    const kept = evidence.filter(({ missing }) => missing === null).map(({ kind }) => kind);
    const missing = evidence.flatMap(({ kind, missing: why }) => (why === null ? [] : [`${kind} (${why})`]));
    return [`Kept before ${repair}: ${kept.join(', ') || 'nothing'}.`, ...(missing.length > 0 ? [`Not there: ${missing.join('; ')}.`] : [])].join(' ');
  });
}
