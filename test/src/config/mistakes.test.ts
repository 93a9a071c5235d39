import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.js';
import { mistakeLine, MAX_MISTAKES } from '../../../src/config/mistake.js';
import { directory, linesFor, units } from './written.js';

/** Each row: why it is refused, what was written, and every line that is told. */
const BROKEN: readonly (readonly [why: string, yaml: string, lines: readonly string[]])[] = [
  // The text itself.
  ['an empty file is no mapping', '', ['1:1: must be a mapping, not empty']],
  ['a list is no mapping', '- a', ['1:1: must be a mapping, not a list']],
  ['tabs do not indent', 'apps:\n\tshop: {}', ['2:1: a tab is used for indentation: use spaces']],
  ['a quote is not closed', 'host: "web', ['1:11: something is missing before this: a closing quote or bracket, a comma, or a space after ":"']],
  ['a bracket is not closed', 'apps: {shop: [', ['1:15: the indentation does not fit the lines above, or a bracket above was not closed']],
  ['a second ": " in a line needs quotes', 'host: a: b', ['1:7: a second ": " in one line: put the value in quotes']],
  ['a value begins with @', 'host: @web', ['1:7: text that begins with this character needs quotes']],
  ['a name inside braces is not quoted', 'apps:\n  a:\n    url: http://x\n    headers: { a: ${NOPE}, b: 1 }\n    endpoints: [/]', ['4:19: a name (${…}) inside { } or [ ] needs quotes: put it in quotes, "${…}"']],
  ['two documents are one too many', 'host: a\n---\nhost: b', ['2:1: the file must hold one document: take out "---"']],
  ['tags are not read', 'host: !env NAME', ['1:7: tags (!) are not used here; text that begins with ! needs quotes']],
  ['a key stands twice', 'host: a\nlog: {}\nhost: b', ['3:1: host: stands twice; the first is on line 1']],
  ['a key stands twice deep inside', 'apps:\n  shop:\n    url: http://a\n    url: http://b', ['4:5: apps.shop.url: stands twice; the first is on line 3']],
  ['a key that is a list', '? [a, b]\n: 1', ['1:3: a key must be plain text']],
  ['a key that would change a prototype', 'apps: { __proto__: {} }', ['1:9: apps: may not hold a key of this name']],
  ['an alias names nothing', 'apps: { shop: *nobody }', ['1:15: apps.shop: this alias (*) names no anchor (&) that stands above it']],
  ['an alias stands inside what it names', 'apps: { shop: &a { uses: [*a] } }', ['1:27: apps.shop.uses[0]: this alias (*) stands inside what it names']],
  // Keys and their kinds.
  ['a misspelt key', 'aps: {}', ['1:1: aps: unknown key; did you mean "apps"? (known here: host, data_dir, pm2_home, apps, dependencies, redis, postgres, jobs, watch, policy, maintenance, people, quiet_hours, on_call, channels, keep, log, api, heartbeat)']],
  ['a policy that was pasted at the top', 'health_remediation: { unhealthy_service: { action: restart } }', ['1:1: health_remediation: belongs below “policy”: indent it there, as it is']],
  ['a key in camel case', 'watch: { warmUp: 5m }', ['1:10: watch.warmUp: unknown key; did you mean "warm_up"? (known here: tiers, confirm, hot, after_storm, settle, warm_up)']],
  ['a key that means nothing', 'log: { colour: red }', ['1:8: log.colour: unknown key (known here: format, level)']],
  ['a value out of a set', 'log: { level: warning }', ['1:15: log.level: must be one of debug, info, warn, error; did you mean "warn"?']],
  ['half of a word', 'policy: { default: act }', ['1:20: policy.default: must be one of observe, suggest, ask, act-and-tell; did you mean "act-and-tell"?']],
  ['a number where text is meant', 'host: 12', ['1:7: host: must be a mapping or text']],
  ['text where a list is meant', 'people: Ann', ['1:9: people: must be a list, not text']],
  ['text where a number is meant', 'policy: { rollbacks_per_24h: one }', ['1:30: policy.rollbacks_per_24h: must be a number, not text']],
  ['a fraction where a whole number is meant', 'policy: { rollbacks_per_24h: 1.5 }', ['1:30: policy.rollbacks_per_24h: must be a whole number, not a fraction']],
  // Durations and sizes.
  ['a duration without a unit', 'watch: { hot: 2 }', ['1:15: watch.hot: must be a duration like 500ms, 30s, 15m, 6h or 7d']],
  ['a duration with an unknown unit', 'watch: { hot: 2 hours }', ['1:15: watch.hot: must be a duration like 500ms, 30s, 15m, 6h or 7d']],
  ['a duration out of its bounds', 'watch: { hot: 100h }', ['1:15: watch.hot: must lie between 1m and 72h']],
  ['a size without a unit', 'apps: { shop: { limits: { memory: "512" } } }', ['1:35: apps.shop.limits.memory: must be a size like 512MB or 1GB']],
  // Apps.
  ['an app name in capitals', 'apps: { Shop: {} }', ['1:9: apps.Shop: this name must have 1 to 63 of a-z, 0-9, ".", "_" and "-", and begin with a letter or digit']],
  ['an address of another kind', 'apps: { shop: ftp://host }', ['1:15: apps.shop: must be a URL that begins with http:// or https://']],
  ['a password in an address', 'apps: { shop: "http://ann:pw@host" }', ['1:15: apps.shop: may hold no user or password, because addresses are shown: send them in headers']],
  ['a path without an address', 'apps: { shop: { endpoints: [/health] } }', ['1:29: apps.shop.endpoints[0]: is a path, and the app has no `url` to put it behind']],
  ['an endpoint that is neither path nor address', 'apps: { shop: { url: http://h, endpoints: [health] } }', ['1:44: apps.shop.endpoints[0]: must be a path that begins with /, or a URL that begins with http:// or https://']],
  ['an endpoint without a path', 'apps: { shop: { url: http://h, endpoints: [{ critical: true }] } }', ['1:44: apps.shop.endpoints[0].path: is missing: a path like /health or a URL']],
  ['a misspelt key in an endpoint', 'apps: { shop: { url: http://h, endpoints: [{ path: /a, timout: 3s }] } }', ['1:56: apps.shop.endpoints[0].timout: unknown key; did you mean "timeout"? (known here: path, name, critical, method, status, body, timeout, headers, samples)']],
  ['a status that is none', "apps: { shop: { url: http://h, endpoints: [{ path: /a, status: [200, 2x] }] } }", ["1:70: apps.shop.endpoints[0].status[1]: must be a status like 200 or '2xx'"]],
  ['a body in the answer to HEAD', 'apps: { shop: { url: http://h, endpoints: [{ path: /a, method: HEAD, body: ok }] } }', ['1:76: apps.shop.endpoints[0].body: can never be found: the answer to HEAD has no body']],
  ['two endpoints of one name', 'apps: { shop: { url: http://h, endpoints: [/a?q=1, /a?q=2] } }', ['1:52: apps.shop.endpoints[1]: would have the same name as apps.shop.endpoints[0]: give one of them a `name`']],
  ['a header that breaks the line', 'apps: { shop: { url: http://h, endpoints: [{ path: /a, headers: { x-a: "b\\nc" } }] } }', ['1:72: apps.shop.endpoints[0].headers.x-a: may hold no line breaks or control characters']],
  ['liveness that is neither off nor a path', 'apps: { shop: { url: http://h, liveness: true } }', ['1:42: apps.shop.liveness: must be a mapping or false or a path like /health or a URL']],
  ['liveness that overtakes itself', 'apps: { shop: { url: http://h, liveness: { every: 1s, timeout: 2s } } }', ['1:64: apps.shop.liveness.timeout: is longer than `every`: the next one would begin before this one ends']],
  ['a release without a directory', 'apps: { shop: { release: { mode: in-place } } }', ['1:17: apps.shop.release.dir: is missing: an absolute path']],
  ['a relative directory', 'apps: { shop: { release: { mode: in-place, dir: srv/shop } } }', ['1:49: apps.shop.release.dir: must be an absolute path: begin with / or ~/']],
  ['the root as directory', 'apps: { shop: { release: { mode: in-place, dir: / } } }', ['1:49: apps.shop.release.dir: must name a directory of its own, without ..']],
  ['a configuration file outside of the release', 'apps: { shop: { release: { mode: in-place, dir: /a/b, config_files: [../.env] } } }', ['1:70: apps.shop.release.config_files[0]: must be a path inside the directory, without a leading / and without ..']],
  ['apps that use each other in a circle', 'apps: { a: { uses: b }, b: { uses: [c] }, c: { uses: [d, a] }, d: { uses: b } }', [
    '1:58: apps.c.uses[1]: closes a circle (a → b → c → a): while one is down, none of them would be repaired; take one `uses` out',
    '1:75: apps.d.uses: closes a circle (b → c → d → b): while one is down, none of them would be repaired; take one `uses` out',
  ]],
  ['an unknown repair in a runbook', 'apps: { shop: { runbook: { hang: [pm2.restrt] } } }', ['1:35: apps.shop.runbook.hang[0]: names no repair; did you mean "pm2.restart"? (known: pm2.reload, pm2.restart, release.rollback)']],
  ['one restart is no loop', 'apps: { shop: { limits: { restarts: 1 } } }', ['1:37: apps.shop.limits.restarts: must be at least 2']],
  // PM2 names: a wrong one would let a repair hit something else.
  ['our own process', 'apps: { bot: { pm2: hypercare-bot } }', ["1:21: apps.bot.pm2: is hypercare's own process, which it does not watch itself"]],
  ['our own process by the name of the app', 'apps: { hypercare-monitor: {} }', ["1:9: apps.hypercare-monitor: is also the name of its PM2 process, which is hypercare's own process, which it does not watch itself"]],
  ['every process', 'apps: { shop: { pm2: [web, all] } }', ['1:28: apps.shop.pm2[1]: must be the name of a PM2 process (not its id, not "all", not a pattern)']],
  ['a process id', "apps: { shop: { pm2: '0' } }", ['1:22: apps.shop.pm2: must be the name of a PM2 process (not its id, not "all", not a pattern)']],
  ['a pattern of processes', 'apps: { shop: { pm2: /sh.*/ } }', ['1:22: apps.shop.pm2: must be the name of a PM2 process (not its id, not "all", not a pattern)']],
  ['two apps with one process', 'apps:\n  shop:\n  api: { pm2: [api, shop] }', ['3:21: apps.api.pm2[1]: claims the same PM2 process as apps.shop']],
  // What apps use.
  ['a dependency that is not there', 'apps: { shop: { uses: paymets } }\ndependencies: { payments: http://h }', ['1:23: apps.shop.uses: names no dependency and no other app; did you mean "payments"? (known: payments)']],
  ['an app that uses itself', 'apps: { shop: { uses: [shop] } }', ['1:24: apps.shop.uses[0]: names no dependency and no other app (known: nothing)']],
  ['an app and a dependency of one name', 'apps: { shop: {} }\ndependencies: { shop: http://h }', ['2:17: dependencies.shop: has the name of an app: `uses` could mean either']],
  ['a Redis and a dependency of one name', 'apps: { shop: {} }\ndependencies: { cache: http://h }\nredis: { cache: redis://h }', ['3:10: redis.cache: has the name of a dependency: `uses` could mean either']],
  ['an app with the name of the host', 'apps: { host: {} }', ['1:9: apps.host: is the name under which the host itself is watched: choose another']],
  ['a pattern where the beginning of keys is meant', 'redis: { cache: { url: redis://h, invalidate: "page:*" } }', ['1:47: redis.cache.invalidate: is what keys begin with, without * and other patterns: page:, not page:*']],
  ['a cache that would take sessions along', 'redis: { cache: { url: redis://h, invalidate: ["page:", "se"] } }', ['1:57: redis.cache.invalidate[1]: would take keys of a session along: name the cache\'s own keys more exactly']],
  ['locks that would take a queue along', 'redis: { cache: { url: redis://h, locks: ["bull:mail:"] } }', ['1:43: redis.cache.locks[0]: would take keys of a queue along: name the locks more exactly']],
  ['a socket without a path, and a PostgreSQL without a host', 'redis: { cache: "unix://" }\npostgres: { db: "postgres:///blog" }', ['1:17: redis.cache: is no address that can be called: check host and port, and write special characters of the password as %..', '2:17: postgres.db: is no address that can be called: check host and port, and write special characters of the password as %..']],
  ['a Sentinel or a Cluster by its scheme', 'redis: { cache: "redis-sentinel://h:26379/mymaster" }', ['1:17: redis.cache: names several servers: give the address of the one that takes changes, like redis://10.0.0.5; behind a Sentinel that is the primary, and a Redis Cluster is not watched: leave it out']],
  ['several hosts, but not a password with a comma', 'redis: { one: "redis://:a,b@h:6379/1", more: "redis://:a,b@h1:26379,h2:26379" }\npostgres: { db: "postgres://h1,h2/blog" }', ['1:46: redis.more: names several servers: give the address of the one that takes changes, like redis://10.0.0.5; behind a Sentinel that is the primary, and a Redis Cluster is not watched: leave it out', '2:17: postgres.db: names several servers: give the address of the one that takes changes, like postgres://10.0.0.5']],
  ['an address that is no Redis', 'apps: { shop: {} }\nredis: { cache: http://h }', ['2:17: redis.cache: must be an address that begins with redis:// or rediss:// or unix://']],
  // Tiers.
  ['tiers that go backwards', 'watch:\n  tiers:\n    - { until: 6h, every: 15m }\n    - { until: 2h, every: 15m }', ['4:16: watch.tiers[1].until: must be later than the end of the tier before']],
  ['a tier shorter than its cadence', 'watch: { tiers: [{ until: 6h, every: 15m }, { until: 7h, every: 4h }] }', ['1:65: watch.tiers[1].every: is longer than the tier itself']],
  ['more ticks than anybody meant', 'watch: { tiers: [{ until: 72h, every: 1s }] }', ['1:17: watch.tiers: make more than 5000 ticks: measure less often, or end earlier']],
  ['no tier', 'watch: { tiers: [] }', ['1:17: watch.tiers: must have at least 1 entries']],
  // Policy and people.
  ['a rule for no repair', 'policy: { rules: [{ repair: pm3.*, rung: ask }] }', ['1:29: policy.rules[0].repair: fits no repair (known: pm2.reload, pm2.restart, release.rollback)']],
  ['a channel for no app', 'apps: { shop: {} }\nchannels: { console: { apps: [shop, shp] } }', ['2:37: channels.console.apps[1]: fits no app; did you mean "shop"? (known: shop)']],
  ['a rule for no app', 'apps: { shop: {} }\npolicy: { rules: [{ target: shp, rung: ask }] }', ['2:29: policy.rules[0].target: fits no app and no dependency; did you mean "shop"? (known: shop, host)']],
  ['two rules of one name', 'policy: { rules: [{ name: a, rung: ask }, { name: a, rung: ask }] }', ['1:51: policy.rules[1].name: is the same name as policy.rules[0].name']],
  ['a rule without a rung', 'policy: { rules: [{ name: a }] }', ['1:19: policy.rules[0].rung: is missing: one of observe, suggest, ask, act-and-tell']],
  ['a display name instead of an id', "people: [{ name: Ann, role: viewer, slack: '@ann' }]", ['1:44: people[0].slack: must be a member ID like U012AB3CD (in Slack: profile, ⋮, Copy member ID), or the ID of a user group like S012AB3CD']],
  ['a user group with an account of one person', "people: [{ name: on call, role: operator, slack: S012AB3CD, telegram: 7 }]", ['1:50: people[0].slack: is a user group, which has no other account: put telegram into an entry of its own']],
  ['a Telegram name instead of an id', "people: [{ name: Ann, role: viewer, telegram: '@ann' }]", ['1:47: people[0].telegram: must be a numeric user id, not an @name']],
  ['one person twice', 'people: [{ name: Ann, role: viewer }, { name: ann, role: approver }]', ['1:47: people[1].name: is the same person as people[0].name: put all accounts of a person into one entry']],
  ['one account twice', "people: [{ name: Ann, role: viewer, telegram: 7 }, { name: Ben, role: viewer, telegram: '7' }]", ['1:89: people[1].telegram: is the same account as people[0].telegram']],
  // Keys that the file itself calls something else.
  ['a cache that holds locks', 'redis: { cache: { url: redis://127.0.0.1, invalidate: ["page:", "app:"], locks: "app:jobs:" } }', ["1:65: redis.cache.invalidate[1]: would take along what this file calls keys of locks: name the cache's own keys more exactly"]],
  ['a cache that holds a limiter', 'redis: { cache: { url: redis://127.0.0.1, invalidate: ["app:"] } }\napps: { shop: { uses: [cache], limiters: [{ prefix: "app:hits:" }] } }', ["1:56: redis.cache.invalidate[0]: would take along what this file calls keys of a rate limiter: name the cache's own keys more exactly"]],
  // Jobs that ping.
  ['jobs that nobody listens for', `jobs: { nightly: { ping: ${'a'.repeat(64)}, every: 1d } }`, ['1:7: jobs: can ping nobody: without `api` nothing listens']],
  ['a token itself in place of its hash', 'api:\njobs: { nightly: { ping: hc_secret, every: 1d } }', ['2:26: jobs.nightly.ping: must be the 64 hex digits that “hypercare token” prints, and never the token itself']],
  ['two jobs of one token', `api:\njobs: { a: { ping: ${'a'.repeat(64)}, every: 1d }, b: { ping: ${'a'.repeat(64)}, every: 1d } }`, ['2:110: jobs.b.ping: is the same token as jobs.a.ping']],
  ['a job with the token of a person', `api:\njobs: { a: { ping: ${'a'.repeat(64)}, every: 1d } }\npeople: [{ name: Ann, role: viewer, api: ${'a'.repeat(64)} }]`, ['2:20: jobs.a.ping: is also the token of a person: addresses stand in logs, so give the job one of its own']],
  ['a job that pings nobody knows when', `api:\njobs: { a: { ping: ${'a'.repeat(64)} } }`, ['2:9: jobs.a.every: is missing: a duration like 500ms, 30s, 15m, 6h or 7d']],
  // When it is quiet.
  ['quiet hours without an end', 'quiet_hours: [{ from: "07:00", to: "07:00" }]', ['1:15: quiet_hours[0]: leaves no time of the day in which anything else is told']],
  // Who is called in turns.
  ['a turn for somebody unknown', 'people: [{ name: Ann, role: approver, slack: U0123ANN }]\non_call: { people: [An], from: "2026-11-23T09:00" }', ['2:21: on_call.people[0]: names nobody of `people`; did you mean "Ann"? (known: Ann)']],
  ['a turn for somebody who may not say yes', 'people: [{ name: Ann, role: operator, slack: U0123ANN }]\non_call: { people: [Ann], from: "2026-11-23T09:00" }', ['2:21: on_call.people[0]: may not say yes: give the person the role approver, or name another']],
  ['a turn for somebody whom no chat reaches', 'people: [{ name: Ann, role: approver, terminal: ann }]\non_call: { people: [Ann], from: "2026-11-23T09:00" }', ['2:21: on_call.people[0]: cannot be called: the person has no account of `slack` or `telegram`']],
  ['turns that begin at a moment of another zone', 'people: [{ name: Ann, role: approver, telegram: 7 }]\non_call: { people: [Ann], from: "2026-11-23T09:00Z" }', ['2:33: on_call.from: must be when the first turn began, in quotes and without a zone, like "2026-11-23T09:00"']],
  ['turns of hours', 'people: [{ name: Ann, role: approver, telegram: 7 }]\non_call: { people: [Ann], turn: 36h, from: "2026-11-23T09:00" }', ['2:33: on_call.turn: must be whole days, like 7d']],
  // Channels: their schemas are handed in.
  ['an unknown channel', 'channels: { slak: {} }', ['1:13: channels.slak: unknown key; did you mean "slack"? (known here: console, slack)']],
  ["a channel's own rule", 'channels: { slack: { channel: general } }', ['1:31: channels.slack.channel: must be a channel id']],
  ['an unknown key of a channel whose schema is open', 'channels: { slack: { channel: C1, chanel: C2 } }', ['1:35: channels.slack.chanel: unknown key; did you mean "channel"? (known here: channel)']],
  // Names of the environment.
  ['a name that is not set', 'host: a-${WHERE}', ['1:9: host: ${WHERE} is not set: put WHERE into .env or the environment, or write ${WHERE:-default}']],
  ['a name that is not closed', "host: 'a-${WHERE'", ['1:10: host: write ${NAME} or ${NAME:-default}, and $${ for a plain ${']],
  ['an address that is not set', 'apps: { shop: { url: "${SHOP}", endpoints: [/a] } }', ['1:23: apps.shop.url: ${SHOP} is not set: put SHOP into .env or the environment, or write ${SHOP:-default}']],
];

describe('a broken file is refused with its place and what is allowed', () => {
  it.each(BROKEN)('%s', (_why, yaml, lines) => {
    expect(linesFor(yaml)).toEqual(lines.map((line) => `hypercare.yaml:${line}`));
  });
});

describe('every mistake is told at once, in the order of the lines', () => {
  it('in one app and across the file', () => {
    const lines = linesFor(
      [
        'apps:',
        '  shop:',
        '    url: shop.example',
        '    liveness: { every: soon }',
        '    uses: [payment]',
        '    pm2: hypercare-monitor',
        'dependencies: { payments: https://pay.example }',
        'people: [{ name: Ann, role: boss }, { name: ann }]',
        'heartbeat: ${PING}',
      ].join('\n'),
    );
    expect(lines).toEqual([
      'hypercare.yaml:3:10: apps.shop.url: must be a URL that begins with http:// or https://',
      'hypercare.yaml:4:24: apps.shop.liveness.every: must be a duration like 500ms, 30s, 15m, 6h or 7d',
      'hypercare.yaml:5:12: apps.shop.uses[0]: names no dependency and no other app; did you mean "payments"? (known: payments)',
      "hypercare.yaml:6:10: apps.shop.pm2: is hypercare's own process, which it does not watch itself",
      'hypercare.yaml:8:29: people[0].role: must be one of viewer, operator, approver',
      'hypercare.yaml:8:37: people[1].role: is missing: one of viewer, operator, approver',
      'hypercare.yaml:8:45: people[1].name: is the same person as people[0].name: put all accounts of a person into one entry',
      'hypercare.yaml:9:12: heartbeat: ${PING} is not set: put PING into .env or the environment, or write ${PING:-default}',
    ]);
  });

  it('up to a hundred, and then how many more there are', () => {
    const keys = Array.from({ length: MAX_MISTAKES + 7 }, (_, index) => `wrong${index}: 1`);
    const lines = linesFor(keys.join('\n'));
    expect(lines).toHaveLength(MAX_MISTAKES + 1);
    expect(lines.at(-1)).toBe('hypercare.yaml: and 7 more');
  });
});

describe('the file itself', () => {
  const load = (file: string, home: string): readonly string[] => {
    const loaded = loadConfig({ file, env: {}, envFile: join(home, '.env'), home, units });
    return loaded.ok ? [] : loaded.mistakes.map(mistakeLine).map((line) => line.replace(`${home}/`, ''));
  };

  it('is missing', () => {
    const dir = directory();
    expect(load(join(dir, 'hypercare.yaml'), dir)).toEqual(['hypercare.yaml: there is no such file: copy hypercare.example.yaml there, or name another with HYPERCARE_CONFIG']);
  });

  it('is a directory', () => {
    const dir = directory();
    mkdirSync(join(dir, 'hypercare.yaml'));
    expect(load(join(dir, 'hypercare.yaml'), dir)).toEqual(['hypercare.yaml: is a directory, not a file']);
  });

  it('is no regular file, which could block the start for ever', () => {
    expect(load('/dev/zero', '/nowhere')).toEqual(['/dev/zero: is not a regular file']);
  });

  it('is larger than a mebibyte', () => {
    expect(linesFor(`# ${'x'.repeat(1_048_576)}`)).toEqual(['hypercare.yaml: is larger than 1024 KiB']);
  });

  it('is not UTF-8: the line of the first wrong byte is named', () => {
    expect(linesFor(Buffer.from('host: a\nlog: {}\n# Z\xfcrich', 'latin1'))).toEqual(['hypercare.yaml:3:1: is not UTF-8 text: save it as UTF-8']);
  });

  it('has a name that cannot be', () => {
    expect(load('a\0b', '/nowhere')).toEqual(['a\0b: cannot be read (ERR_INVALID_ARG_VALUE)']);
  });

  it('holds a bomb of anchors: it is refused long before it fills the memory', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(', ')}]`)];
    const lines = linesFor(bomb.join('\n'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('the file holds more than 20000 values, aliases followed');
  });

  it('is nested too deeply', () => {
    expect(linesFor(`apps: ${'['.repeat(40)}${']'.repeat(40)}`).at(-1)).toMatch(/^hypercare\.yaml:1:39: apps(\[0\])+: is nested more than 32 deep$/);
    expect(linesFor('['.repeat(20_000))[0]).toMatch(/^hypercare\.yaml:1:\d+: is nested too deeply$/);
  });

  it('makes its values grow beyond measure by the names in it', () => {
    expect(linesFor(`apps: { shop: "${'${LONG}'.repeat(20)}" }`, { env: { LONG: 'x'.repeat(1_000) } })).toEqual(['hypercare.yaml:1:16: apps.shop: grows beyond 16384 characters with what its names stand for']);
  });
});

describe('what is secret is not repeated', () => {
  const SECRET = 'xoxb-very-secret';

  it.each([
    ['as a duration', 'watch: { hot: "${TOKEN}" }'],
    ['as an address', 'apps: { shop: "${TOKEN}" }'],
    ['as a rung', 'policy: { default: "${TOKEN}" }'],
    ['as a repair', 'apps: { shop: { runbook: { hang: "${TOKEN}" } } }\npolicy: { rules: [{ repair: "${TOKEN}", target: "${TOKEN}", rung: ask }] }'],
    ['as a process, twice', 'apps: { a: { pm2: "${TOKEN}" }, b: { pm2: "${TOKEN}" } }'],
    ['as a dependency', 'apps: { shop: { uses: "${TOKEN}" } }'],
    ['as an account, twice', 'people: [{ name: "${TOKEN}", role: viewer, slack: "${TOKEN}" }, { name: "${TOKEN}", role: viewer, slack: "${TOKEN}" }]'],
    ['as a header, with a slip beside it', 'apps: { shop: { url: http://h, endpoints: [{ path: /a, headers: { a: "${TOKEN}\\n" } }] } }'],
    ['written down in text that is no YAML', `host: "${SECRET}" ${SECRET}\nlog: @${SECRET}\n*${SECRET}: 1`],
    ['as a misspelt name', `host: "\${${SECRET}}"`],
  ])('%s', (_where, yaml) => {
    const lines = linesFor(yaml, { env: { TOKEN: SECRET } });
    expect(lines).not.toEqual([]);
    expect(lines.join('\n')).not.toContain('very-secret');
  });
});

it('a broken .env is told with the broken file beside it', () => {
  expect(linesFor('hst: a', { dotEnv: 'GOOD=1\nSLACK_BOT_TOKEN: xoxb-1' })).toEqual([
    '.env:2:1: is not NAME=value',
    expect.stringContaining('hypercare.yaml:1:1: hst: unknown key; did you mean "host"?'),
  ]);
});

it('a file that is not there is asked for once, even where .env cannot be read either', () => {
  const dir = directory();
  writeFileSync(join(dir, '.env'), Buffer.from([0x41, 0x3d, 0xff]));
  const loaded = loadConfig({ file: join(dir, 'none.yaml'), env: {}, envFile: join(dir, '.env'), home: dir, units });
  expect(loaded.ok ? [] : loaded.mistakes.map(({ message }) => message)).toEqual([
    'is not UTF-8 text: save it as UTF-8',
    expect.stringMatching(/^there is no such file/),
  ]);
});
