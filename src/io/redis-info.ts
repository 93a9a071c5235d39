import type { CallLimits, Redis } from './redis.js';

/** What INFO says, by its names. */
export type RedisInfo = Readonly<Record<string, string>>;

export async function redisInfo(redis: Redis, url: string, limits?: CallLimits): Promise<RedisInfo> {
  return readInfo(String(await redis.call(url, ['INFO'], limits)));
}

export function readInfo(text: string): RedisInfo {
  return Object.fromEntries(text.split(/\r?\n/).flatMap((line) => {
    const at = line.indexOf(':');
    return at <= 0 || line.startsWith('#') ? [] : [[line.slice(0, at), line.slice(at + 1)]];
  }));
}

/** A number of it; null where this version has none. */
export function infoNumber(info: RedisInfo, name: string): number | null {
  const value = info[name];
  return value === undefined || value === '' || !Number.isFinite(Number(value)) ? null : Number(value);
}
