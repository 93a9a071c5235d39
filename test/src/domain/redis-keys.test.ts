import { describe, expect, it } from 'vitest';
import { keyUse, prefixUse, shownKeys } from '../../../src/domain/redis-keys.js';

describe('keys that must not go with a cache', () => {
  it.each([
    ['bull:orders:wait', 'queue'], ['shop:bull:orders:7', 'queue'], ['{bull}:mail:stalled-check', 'queue'], ['_kombu.binding.celery', 'queue'],
    ['sess:Xy9', 'session'], ['spring:session:sessions:ab', 'session'], ['connect.sid:1', 'session'],
    ['lock:order:7', 'lock'], ['bullfree:7:lock', 'lock'], ['bull-mails:7:lock', 'queue'], ['redlock:pay', 'lock'],
    ['app:user_sessions:1', 'session'], ['PHPREDIS_SESSION:x', 'session'], ['app:session-abc', 'session'], ['app.session.abc', 'session'], ['userSession:7', 'session'], ['app:order-lock:7', 'lock'], ['app:cron_lock', 'lock'], ['bull-mails:wait', 'queue'],
    // As each library was seen to write them.
    ['rl:127.0.0.1', 'limiter'], ['rlflx:u1', 'limiter'], ['login_fail:u1', 'limiter'], ['fastify-rate-limit-127.0.0.1', 'limiter'], ['b_shop_settings', 'limiter'], ['b_shop_client_num_queued', 'limiter'],
  ])('%s is of a %s', (key, use) => {
    expect(keyUse(key)).toBe(use);
  });

  it.each(['page:/session/new', 'catalog:42', 'block:7', 'clock:utc', 'girl:1', 'user:sessioned:1', 'b_side:1', 'page:how-to-lock-a-door', 'page:/the-session', 'goods:bike-lock'])('%s is none of them', (key) => {
    expect(keyUse(key)).toBeNull();
  });

  it.each([['b', 'queue'], ['se', 'session'], ['session:', 'session'], ['r', 'queue'], ['lo', 'lock'], ['fastify-', 'limiter'], ['shop:locks:', 'lock'], ['b_shop_', 'limiter']])('the prefix %s would take keys of a %s along', (prefix, use) => {
    expect(prefixUse(prefix)).toBe(use);
  });

  it('the prefix page: would take none along', () => {
    expect(prefixUse('page:')).toBeNull();
  });
});

describe('keys as people may see them', () => {
  it('show what many have in common, and never who or which', () => {
    const keys = [...['ann', 'bob', 'cem'].map((name) => `page:user:${name}`), 'page:user:4711', 'page:user:eve@example.org', 'page:10.0.0.7', 'page:list'];
    expect(shownKeys(keys, 'page:')).toEqual(['page:user:…', 'page:…']);
  });

  it('are ten at most, and short', () => {
    const keys = Array.from({ length: 60 }, (_, n) => `page:${'abcdefghijklmnopqrst'[n % 20]}x:${n}`);
    const shown = shownKeys([...keys, `page:${'y'.repeat(500)}`], 'page:');
    expect(shown).toHaveLength(10);
    expect(shown.every((key) => key.length <= 80)).toBe(true);
  });
});
