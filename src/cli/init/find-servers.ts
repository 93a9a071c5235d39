import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnvFile } from '../../config/env-file.js';

/** A server that an app's settings name. */
export interface FoundServer {
  readonly kind: 'redis' | 'postgres';
  /** The name of the setting: 'REDIS_URL'. */
  readonly setting: string;
  /** With user and password: it is a secret. */
  readonly url: string;
}

const FILES = ['.env', '.env.production', '.env.local'];
const MOST_BYTES = 65_536;
const KINDS = { 'redis:': 'redis', 'rediss:': 'redis', 'postgres:': 'postgres', 'postgresql:': 'postgres' } as const;

/** Servers named by the environment an app was started with, and by the settings files in its directory. */
export async function findServers(cwd: string, env: Readonly<Record<string, string>>): Promise<readonly FoundServer[]> {
  const files = await Promise.all(FILES.map((name) => valuesIn(join(cwd, name))));
  const found = Object.entries(Object.assign({}, ...files.toReversed(), env) as Record<string, string>).flatMap(([setting, url]) => {
    const kind = kindOf(url);
    return kind === null ? [] : [{ kind, setting, url }];
  });
  return found.filter(({ url }, index) => found.findIndex((one) => one.url === url) === index);
}

function kindOf(value: string): FoundServer['kind'] | null {
  if (!/^[a-z]+:\/\//.test(value) || !URL.canParse(value)) return null;
  const { protocol, hostname } = new URL(value);
  return hostname !== '' && protocol in KINDS ? KINDS[protocol as keyof typeof KINDS] : null;
}

async function valuesIn(file: string): Promise<Readonly<Record<string, string>>> {
  const size = (await stat(file).catch(() => null))?.size ?? Number.POSITIVE_INFINITY;
  return size > MOST_BYTES ? {} : { ...parseEnvFile(await readFile(file, 'utf8').catch(() => '')).values };
}
