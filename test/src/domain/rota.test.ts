import { describe, expect, it } from 'vitest';
import { calledInTurn, type Rota } from '../../../src/domain/rota.js';

const WEEKS: Rota = { people: ['Ann', 'Bob', 'Cleo'], days: 7, from: { date: '2026-10-19', minutes: 9 * 60 }, zone: 'Europe/Berlin' };
const called = (at: string, reminders = 0, rota = WEEKS) => calledInTurn(rota, { at: Date.parse(at), reminders });

describe('whose turn it is', () => {
  it.each([
    ['2026-10-19T09:00:00+02:00', 'Ann'],
    // The clocks go back on the 25th; the hand-over stays at nine.
    ['2026-10-26T08:59:00+01:00', 'Ann'],
    ['2026-10-26T09:00:00+01:00', 'Bob'],
    ['2026-11-02T09:00:00+01:00', 'Cleo'],
    ['2026-11-09T09:00:00+01:00', 'Ann'],
    ['2026-10-19T08:59:00+02:00', 'Cleo'],
    ['2026-10-05T12:00:00+02:00', 'Bob'],
  ])('at %s: %s', (at, who) => {
    expect(called(at)).toEqual([who]);
  });

  it('changes each day where turns are that short', () => {
    const days = { ...WEEKS, days: 1, people: ['Ann', 'Bob'] };
    expect(['2026-10-19', '2026-10-20', '2026-10-21'].map((day) => called(`${day}T12:00:00+02:00`, 0, days)?.[0])).toEqual(['Ann', 'Bob', 'Ann']);
  });
});

describe('who does not answer', () => {
  it('has the next one called beside him, and then everybody', () => {
    expect([0, 1, 2, 3].map((reminders) => called('2026-11-02T12:00:00Z', reminders))).toEqual([['Cleo'], ['Cleo', 'Ann'], null, null]);
  });

  it('is named once where there is nobody else in the rota', () => {
    expect(called('2026-11-02T12:00:00Z', 1, { ...WEEKS, people: ['Ann'] })).toEqual(['Ann']);
  });
});
