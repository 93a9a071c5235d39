import { describe, expect, it } from 'vitest';
import { bottleneck } from '../../../src/domain/limiters/bottleneck.js';
import { expressRateLimit } from '../../../src/domain/limiters/express-rate-limit.js';
import { fastifyRateLimit } from '../../../src/domain/limiters/fastify-rate-limit.js';
import { limitersOf } from '../../../src/domain/limiters/index.js';
import { rateLimiterFlexible } from '../../../src/domain/limiters/rate-limiter-flexible.js';
import { isNear, shownIdentity } from '../../../src/domain/limiters/shown-identity.js';

const UUID = '3f2a91bc-1111-4222-8333-123456789abc';

describe('whom a key counts', () => {
  it.each([
    [expressRateLimit, 'rl:203.0.113.7', '203.0.113.7', null],
    [expressRateLimit, 'rl:2001:db8::/56', '2001:db8::/56', null],
    [expressRateLimit, 'rl:', null, null],
    [rateLimiterFlexible, 'rlflx:login:ann', 'login:ann', null],
    [fastifyRateLimit, 'fastify-rate-limit-203.0.113.7', '203.0.113.7', null],
    [fastifyRateLimit, 'fastify-rate-limit-GET/sign-in-203.0.113.7', '203.0.113.7', 'GET/sign-in'],
    [fastifyRateLimit, 'fastify-rate-limit-GET,HEAD/-2001:db8::', '2001:db8::', 'GET,HEAD/'],
    [fastifyRateLimit, `fastify-rate-limit-POST/sign-in-${UUID}`, UUID, 'POST/sign-in'],
    [fastifyRateLimit, 'fastify-rate-limit-user-7', 'user-7', null],
    [bottleneck, 'b_mails_settings', 'mails', null],
    [bottleneck, 'b_group-key-ann_settings', 'group-key-ann', null],
    [bottleneck, 'b_mails_job_weights', null, null],
    [bottleneck, 'b__settings', null, null],
  ])('%# %s', (library, key, identity, route) => {
    expect(library.counted(key, library.prefix)).toEqual(identity === null ? null : { identity, route });
  });
});

describe('which limiters are looked for', () => {
  it('follows from the packages: one that brings no client of a Redis counts in memory', () => {
    expect(limitersOf(['express-rate-limit', 'rate-limit-redis', 'rate-limiter-flexible', 'lodash'], [])).toEqual([{ library: expressRateLimit, prefix: 'rl:', limit: null }]);
    expect(limitersOf(['express-rate-limit', 'ioredis'], [])).toEqual([]);
  });

  it('follows from the config where it names some, and these are read as the app’s only library writes them', () => {
    expect(limitersOf(['@fastify/rate-limit', 'ioredis'], [{ prefix: 'shop-', limit: 9 }])).toEqual([{ library: fastifyRateLimit, prefix: 'shop-', limit: 9 }]);
    expect(limitersOf([], [{ prefix: 'hits:', limit: null }, { prefix: 'b_', limit: null }])).toEqual([{ library: null, prefix: 'hits:', limit: null }, { library: bottleneck, prefix: 'b_', limit: null }]);
  });
});

describe('an identity as people see it', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'], ['2001:db8::/56', '2001:db8::/56'], ['ann@example.org', 'ann@example.org'], ['user-4711', 'user-4711'],
    ['sk_live_0123456789abcdef', 'sk_liv…'], ['eyJhbGciOi.J9.x', 'eyJhbG…'], [UUID, '3f2a91…'],
    ['a\u001b[31m\nb', 'a?[31m?b'], ['\u202eevil', '?evil'], ['\ud800', '?'], ['x'.repeat(99), `${'x'.repeat(59)}…`],
  ])('%j is %j', (identity, shown) => {
    expect(shownIdentity(identity)).toBe(shown);
  });

  it.each([['127.0.0.1', true], ['::1', true], ['::/56', true], ['::ffff:127.0.0.1', true], ['10.0.0.5', true], ['172.16.0.1', true], ['fd00::1', true], ['172.32.0.1', false], ['203.0.113.7', false], ['ann', false]])('%s may stand for many: %s', (identity, near) => {
    expect(isNear(identity)).toBe(near);
  });
});
