import { describe, expect, it } from 'vitest';
import { jobsOf, placesOf } from '../../../../scripts/crash/asked/deck.js';
import { ROADS } from '../../../../scripts/crash/asked/road.js';
import { seeded } from '../../../../scripts/crash/draw.js';
import { sayPoint } from '../../../../scripts/crash/kill-point.js';
import type { TraceLine } from '../../../../scripts/crash/trace.js';

/** Reached and ended, the second so much later. */
function passed(what: string, at: number, took: number): readonly TraceLine[] {
  return [{ line: 'reached', at, what }, { line: 'ended', at: at + took, what }];
}

const TRACE: readonly TraceLine[] = [
  ...passed('samples', 0, 1), ...passed('steps=intended', 1, 1), ...passed('acts+plans=running+remediations=running', 2, 1),
  ...passed('steps=intended', 3, 1), ...passed('act check out', 4, 90), ...passed('run git checkout', 5, 60), ...passed('steps=receipt', 95, 1), ...passed('steps=done', 97, 1),
  ...passed('act renew app', 100, 1_000), ...passed('pm2 reload', 101, 990), ...passed('samples', 500, 1),
];
const withoutLate = (word: string) => word.replace(/\+\d+$/, '');
const words = (seed: number) => placesOf(TRACE, seeded(seed)).map(sayPoint);

describe('the places around a step of the journal', () => {
  it('are before its row, between row and act, in the act and in what it runs, between act and receipt, after the receipt', () => {
    expect(words(1).map((word) => word.replace(/\+\d+$/, '+…'))).toEqual([
      'monitor/acts+plans=running+remediations=running#1/before', 'monitor/acts+plans=running+remediations=running#1/after',
      'monitor/steps=intended#2/before',
      'monitor/act check out#1/before', 'monitor/act check out#1/during+…', 'monitor/act check out#1/during+…',
      'monitor/run git checkout#1/during+…', 'monitor/run git checkout#1/during+…', 'monitor/run git checkout#1/torn+…', 'monitor/run git checkout#1/torn+…',
      'monitor/steps=receipt#1/before', 'monitor/steps=receipt#1/after', 'monitor/steps=done#1/before', 'monitor/steps=done#1/after',
      'monitor/act renew app#1/before', 'monitor/act renew app#1/during+…', 'monitor/act renew app#1/during+…', 'monitor/pm2 reload#1/during',
    ]);
  });

  it('lie within the time an act took', () => {
    const late = words(3).filter((word) => word.includes('git checkout')).map((word) => Number(word.split('+')[1]));
    expect(late.length).toBe(4);
    expect(late.every((ms) => ms >= 0 && ms < 60)).toBe(true);
  });
});

describe('the runs of a seed', () => {
  const walked = ROADS.map((road) => ({ road, trace: TRACE }));
  const jobs = (seed: number, runs: number) => jobsOf(walked, seed, runs);

  it('come to every place of every road once, and go on with draws of several deaths', () => {
    const places = ROADS.length * words(1).length;
    const all = jobs(1, places + 60);
    expect(all.slice(0, places).every(({ points }) => points.length === 1)).toBe(true);
    const kinds = new Set(words(1).map(withoutLate));
    const walkedOn = (name: string) => new Set(all.slice(0, places).filter(({ road }) => road.name === name).flatMap(({ points }) => points.map(sayPoint).map(withoutLate)));
    for (const { name } of ROADS) expect(walkedOn(name)).toEqual(kinds);
    expect(all.slice(places).some(({ points }) => points.length > 1)).toBe(true);
  });

  it('are the same for the same seed, and of few there are some of both modes', () => {
    const said = (seed: number) => jobs(seed, 20).map(({ road, points }) => `${road.name} ${points.map(sayPoint).join()}`);
    expect(said(7)).toEqual(said(7));
    expect(said(7)).not.toEqual(said(8));
    expect(new Set(jobs(7, 8).map(({ road }) => road.mode)).size).toBe(2);
  });

  it('find workers that serve where a reload is to be cut short', () => {
    expect(jobs(2, 200).filter(({ points }) => points.some(({ what }) => what === 'pm2 reload') && points.length === 1).every(({ serving }) => serving)).toBe(true);
  });
});
