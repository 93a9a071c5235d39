import { describe, expect, it } from 'vitest';
import { openUntil, isInside, opensAt, type TimeWindow } from '../../../src/domain/time-window.js';

const office: TimeWindow = { days: [1, 2, 3, 4, 5], from: 540, to: 1_080, zone: 'Europe/Berlin', text: '' };
const night: TimeWindow = { days: [5], from: 22 * 60, to: 6 * 60, zone: 'Europe/Berlin', text: '' };
const allSunday: TimeWindow = { days: [0], from: 0, to: 1_440, zone: 'Europe/Berlin', text: '' };

describe('a time window', () => {
  it.each([
    ['opens to the minute', office, '2026-11-20T08:00:00Z', true],
    ['is shut the moment before', office, '2026-11-20T07:59:59Z', false],
    ['closes to the minute', office, '2026-11-20T17:00:00Z', false],
    ['is shut on other days', office, '2026-11-21T10:00:00Z', false],
    ['goes by summer time in summer', office, '2026-07-17T07:00:00Z', true],
    ['over midnight begins on its day', night, '2026-11-20T22:00:00Z', true],
    ['over midnight goes on in the morning after', night, '2026-11-21T04:59:00Z', true],
    ['over midnight ends there', night, '2026-11-21T05:00:00Z', false],
    ['over midnight does not hold in the morning of its own day', night, '2026-11-20T04:00:00Z', false],
    ['of a whole day holds at its last minute', allSunday, '2026-11-22T22:59:00Z', true],
    ['of a whole day ends with it', allSunday, '2026-11-22T23:00:00Z', false],
    ['holds through the hour that clocks show twice', allSunday, '2026-10-25T00:30:00Z', true],
    ['and its second time', allSunday, '2026-10-25T01:30:00Z', true],
    ['whose zone is none is shut', { ...office, zone: 'no/zone' }, '2026-11-20T10:00:00Z', false],
  ])('%s', (_, window, at, inside) => {
    expect(isInside(window, Date.parse(at))).toBe(inside);
  });

  it('that begins in the hour that clocks leave out opens after it', () => {
    const gap: TimeWindow = { days: [0], from: 150, to: 240, zone: 'Europe/Berlin', text: '' };
    expect(isInside(gap, Date.parse('2026-03-29T00:59:00Z'))).toBe(false);
    expect(isInside(gap, Date.parse('2026-03-29T01:00:00Z'))).toBe(true);
  });

  it.each([
    ['the next workday', [office], '2026-11-20T18:00:00Z', '2026-11-23T08:00:00.000Z'],
    ['the first of several', [office, night], '2026-11-20T18:00:00Z', '2026-11-20T21:00:00.000Z'],
    ['over the change of clocks', [office], '2026-10-23T16:30:00Z', '2026-10-26T08:00:00.000Z'],
  ])('opens again at %s', (_, windows, from, opens) => {
    expect(new Date(opensAt(windows, Date.parse(from))?.at ?? 0).toISOString()).toBe(opens);
  });

  it('without days never opens', () => {
    expect(opensAt([{ ...office, days: [] }], 0)).toBeNull();
  });
});

describe('until when windows are open', () => {
  const NIGHT = { days: [0, 1, 2, 3, 4, 5, 6], from: 22 * 60, to: 7 * 60, zone: 'Europe/Berlin', text: 'night' };
  const WEEKEND = { days: [6, 0], from: 0, to: 1_440, zone: 'Europe/Berlin', text: 'weekend' };
  const until = (at: string, windows = [NIGHT]) => {
    const found = openUntil(windows, Date.parse(at));
    return found === null ? null : new Date(found).toISOString();
  };

  it.each([
    ['2026-11-18T21:59:00+01:00', null],
    ['2026-11-18T22:00:30+01:00', '2026-11-19T06:00:00.000Z'],
    ['2026-11-19T06:59:30+01:00', '2026-11-19T06:00:00.000Z'],
    // The night in which the clocks go back, and the one in which they go on.
    ['2026-10-24T23:00:00+02:00', '2026-10-25T06:00:00.000Z'],
    ['2027-03-27T23:00:00+01:00', '2027-03-28T05:00:00.000Z'],
  ])('at %s: %s', (at, ends) => {
    expect(until(at)).toBe(ends);
  });

  it('is the last end where one begins before another is over', () => {
    expect(until('2026-11-20T23:00:00+01:00', [NIGHT, WEEKEND])).toBe('2026-11-23T06:00:00.000Z');
  });

  it('comes to an end where they never shut', () => {
    expect(until('2026-11-20T23:00:00+01:00', [{ ...NIGHT, from: 0, to: 1_440 }])).not.toBeNull();
  });
});
