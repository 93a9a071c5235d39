import { describe, expect, it } from 'vitest';
import { sayPart, saySeverity, saySince } from '../../../bot/dashboard/say.js';

describe('words beside colours', () => {
  it.each([[91, 'good'], [90, 'fair'], [70, 'fair'], [69, 'poor'], [0, 'poor']] as const)('%i is %s', (score, word) => {
    expect(sayPart({ score, of: 1 })).toBe(word);
  });

  it('tell what is not watched from what is not known', () => {
    expect([sayPart({ score: null, of: 0 }), sayPart({ score: null, of: 2 })]).toEqual(['not watched', 'not known']);
  });

  it('call an emergency one, and never a time that lies ahead negative', () => {
    expect([saySeverity({ severity: 'critical', emergency: true }), saySeverity({ severity: 'info', emergency: false })]).toEqual(['Emergency', 'Info']);
    expect(saySince('2026-11-22T12:00:00Z', '2026-11-22T11:00:00Z')).toBe('0 ms');
  });
});
