import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { draft, type Choices } from '../../../../src/cli/init/draft.js';
import type { FoundApp } from '../../../../src/cli/init/find-apps.js';

const BLOG: FoundApp = {
  name: 'blog', workers: 1, url: 'http://127.0.0.1:3100', paths: ['/health', '/'], release: { mode: 'in-place', dir: '/srv/blog' },
  servers: [{ kind: 'redis', setting: 'REDIS_URL', url: 'redis://:s3cret@10.0.0.5:6379/0' }],
};
const CHOICES: Choices = { watch: ['blog'], rung: 'observe', person: { name: 'Ann', user: 'ann' }, tell: 'terminal' };

const yamlOf = (found: readonly FoundApp[], choices: Partial<Choices> = {}) => draft(found, { ...CHOICES, watch: found.map(({ name }) => name), ...choices });

describe('a drafted configuration', () => {
  it('has the app with what was seen of it, and the person at the terminal as approver', () => {
    expect(parse(yamlOf([BLOG]).yaml)).toEqual({
      apps: { blog: { url: 'http://127.0.0.1:3100', endpoints: ['/health', '/'], liveness: '/health', release: { mode: 'in-place', dir: '/srv/blog' }, uses: ['redis'] } },
      redis: { redis: { url: '${BLOG_REDIS_URL}' } },
      policy: { default: 'observe' },
      people: [{ name: 'Ann', role: 'approver', terminal: 'ann' }],
    });
  });

  it('keeps addresses of servers, which hold passwords, out of hypercare.yaml', () => {
    const { yaml, env } = yamlOf([BLOG]);
    expect(yaml).not.toContain('s3cret');
    expect(env).toEqual([{ name: 'BLOG_REDIS_URL', value: 'redis://:s3cret@10.0.0.5:6379/0' }]);
  });

  it('names a server once that two apps use, and another one apart', () => {
    const other = { kind: 'redis', setting: 'REDIS_URL', url: 'redis://10.0.0.6:6379' } as const;
    const { redis, apps } = parse(yamlOf([BLOG, { ...BLOG, name: 'front', servers: [...BLOG.servers, other] }]).yaml) as Record<string, Record<string, { uses: string[] }>>;
    expect(redis).toEqual({ redis: { url: '${BLOG_REDIS_URL}' }, 'redis-2': { url: '${FRONT_REDIS_URL}' } });
    expect(apps?.['blog']?.uses).toEqual(['redis']);
    expect(apps?.['front']?.uses).toEqual(['redis', 'redis-2']);
  });

  it('gives an app whose name may not stand there another one, and none twice', () => {
    const named = (name: string): FoundApp => ({ name, workers: 1, url: null, paths: [], release: null, servers: [] });
    const { apps } = parse(yamlOf([named('Shop Front'), named('shop-front'), named('Größe')]).yaml) as { apps: object };
    expect(apps).toEqual({ 'shop-front': { pm2: 'Shop Front' }, 'shop-front-2': { pm2: 'shop-front' }, 'gr--e': { pm2: 'Größe' } });
  });

  it('leaves out what was not chosen, and what only that used', () => {
    const { yaml, env } = yamlOf([BLOG, { ...BLOG, name: 'front', servers: [] }], { watch: ['front'] });
    expect(Object.keys((parse(yaml) as { apps: object }).apps)).toEqual(['front']);
    expect(env).toEqual([]);
  });

  it('names the tokens a chat needs, to be filled in', () => {
    expect(yamlOf([BLOG], { tell: 'telegram' }).env.slice(1)).toEqual([{ name: 'TELEGRAM_BOT_TOKEN', value: '' }, { name: 'TELEGRAM_CHAT_ID', value: '' }]);
    expect(yamlOf([BLOG], { tell: 'slack' }).yaml).toContain('# channels:');
  });
});
