import { sayBytes } from '../domain/bytes.js';
import type { Baseline, ValueBaseline } from '../domain/baseline.js';
import { sayDuration } from '../domain/duration.js';
import { releaseName, type Release } from '../domain/release.js';
import type { Card } from './card.js';
import { noteCard } from './note-card.js';

/** What one check looks like in one release when the app is healthy. */
export interface CheckBaseline {
  readonly check: string;
  readonly probe: string;
  readonly baseline: Baseline | null;
}

export interface ReleaseBaseline {
  readonly release: Release;
  readonly checks: readonly CheckBaseline[];
}

/** Which of a probe's values people understand, by their place, and how they are said. */
const SHOWN: Readonly<Record<string, readonly { readonly at: number; readonly name: string; readonly say: (value: number) => string }[]>> = {
  http: [{ at: 0, name: 'answers in', say: sayDuration }],
  pm2: [{ at: 3, name: 'memory', say: sayBytes }, { at: 4, name: 'CPU', say: (value) => `${Math.round(value)} %` }, { at: 5, name: 'event loop', say: sayDuration }],
};

/** What is compared with: the last stable release's values where there are some, else what the running one showed at first. */
export function baselineCard(app: string, running: ReleaseBaseline | null, stable: ReleaseBaseline | null): Card {
  const compared = stable !== null && isKnown(stable) ? stable : running !== null && isKnown(running) ? running : null;
  const from = compared === null ? null : compared === stable ? `those of release ${releaseName(compared.release)}, which is stable` : 'what the running release showed at first';
  return noteCard({
    subject: `baseline-${app}`, level: 'info',
    title: compared === null ? `${app}: what is usual is not known yet` : `${app}: readings are held against ${from}`,
    body: [
      ...(compared === null ? ['It is learned from the first good readings after a launch has warmed up. Until then absolute limits hold.'] : []),
      ...[running, stable].filter((one) => one !== null && isKnown(one)).map((one) => drawRelease(one as ReleaseBaseline)),
    ],
  });
}

function isKnown({ checks }: ReleaseBaseline): boolean {
  return checks.some(({ baseline }) => baseline !== null);
}

function drawRelease({ release, checks }: ReleaseBaseline): string {
  const lines = checks.flatMap(({ check, probe, baseline }) => (baseline === null ? [] : drawCheck({ check, probe, baseline })));
  return [`Release ${releaseName(release)} (${release.verdict}):`, ...lines].join('\n');
}

function drawCheck({ check, probe, baseline }: CheckBaseline & { readonly baseline: Baseline }): readonly string[] {
  const values = (SHOWN[probe] ?? []).flatMap(({ at, name, say }) => {
    const value = baseline.values[at];
    return value ? [`${name} ${sayValue(value, say)}`] : [];
  });
  return values.length === 0 ? [] : [`- ${check}: ${values.join(', ')}; from ${baseline.n} good readings`];
}

function sayValue({ median, p95 }: ValueBaseline, say: (value: number) => string): string {
  const [usual, most] = [say(median), say(p95)];
  return usual === most ? usual : `${usual}, mostly below ${most}`;
}
