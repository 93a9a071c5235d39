import { describe, expect, it } from 'vitest';
import { createAlarm } from '../../bot/alarm.js';

const LONG = 60_000;

describe('a sleep that a ring ends', () => {
  it('ends by itself', async () => {
    await createAlarm().sleep(1);
  });

  it('ends at a ring', async () => {
    const alarm = createAlarm();
    const sleeping = alarm.sleep(LONG);
    alarm.ring();
    await sleeping;
  });

  it('does not begin after a ring that nobody heard, and begins the time after', async () => {
    const alarm = createAlarm();
    alarm.ring();
    alarm.ring();
    await alarm.sleep(LONG);
    const second = alarm.sleep(LONG);
    expect(await Promise.race([second.then(() => 'woken'), Promise.resolve('sleeps')])).toBe('sleeps');
    alarm.ring();
    await second;
  });
});
