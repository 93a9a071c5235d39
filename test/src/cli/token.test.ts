import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newToken } from '../../../src/cli/token.js';
import { drawPlain } from '../../../src/cards/plain.js';
import { loadConfig } from '../../../src/config/load.js';
import { mistakeLine } from '../../../src/config/mistake.js';
import { maskText } from '../../../src/io/mask.js';

function load(people: string, api = 'api:') {
  const dir = mkdtempSync(join(tmpdir(), 'hypercare-token-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'hypercare.yaml');
  writeFileSync(file, `apps: { shop: "http://127.0.0.1:3100" }\n${api}\npeople:\n${people}`);
  return loadConfig({ file, env: {}, envFile: join(dir, '.env'), home: dir, units: { channels: {}, repairs: [] } });
}

const mistakes = (...given: Parameters<typeof load>): readonly string[] => {
  const loaded = load(...given);
  return loaded.ok ? [] : loaded.mistakes.map((one) => mistakeLine(one).replace(/^.*hypercare\.yaml:/, ''));
};

describe('token', () => {
  it('is another each time, of 256 bits, and prints the hash for the config', () => {
    const [one, other] = [newToken([]).data, newToken([]).data] as never as readonly { readonly token: string; readonly hash: string }[];
    expect(one?.token).toMatch(/^hc_[\w-]{43}$/);
    expect(one?.hash).toBe(createHash('sha256').update(one?.token ?? '').digest('hex'));
    expect(one?.token).not.toBe(other?.token);
    const shown = drawPlain(newToken([]).card, { width: 80, color: false });
    const [token = ''] = /hc_[\w-]{43}/.exec(shown) ?? [];
    expect(shown).toContain(`api: ${createHash('sha256').update(token).digest('hex')}`);
  });

  it('takes no words, and is masked wherever it stands', () => {
    expect(() => newToken(['Ann'])).toThrow('takes no words');
    expect(maskText(`sent ${String(newToken([]).data['token'])} today`)).toBe('sent [redacted] today');
  });
});

describe('its hash', () => {
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];

  it('is an account of a person, one or several', () => {
    const loaded = load(`  - { name: Ann, role: approver, api: ${a} }\n  - { name: deploy, role: operator, api: [${b}, ${'c'.repeat(64)}] }\n`);
    expect(loaded.ok && loaded.config.people.map(({ accounts }) => accounts.map(({ platform, userId }) => `${platform} ${userId[0]}`))).toEqual([['api a'], ['api b', 'api c']]);
    expect(loaded.ok && loaded.config.api).toEqual({ listen: '127.0.0.1', port: 4880, hosts: [], alertmanager: false, perSecond: 50 });
  });

  it('is refused where it is the token itself, which is not repeated, and where two people have it', () => {
    const token = `hc_${'s3cret'.repeat(7)}x`;
    const told = mistakes(`  - { name: Ann, role: approver, api: ${token} }\n`);
    expect(told).toEqual(['4:39: people[0].api: must be the 64 hex digits that “hypercare token” prints, and never the token itself']);
    expect(mistakes(`  - { name: Ann, role: approver, api: ${a} }\n  - { name: Ben, role: operator, api: [${b}, ${a}] }\n`)).toEqual(['5:106: people[1].api[1]: is the same token as people[0].api']);
  });
});

describe('api', () => {
  it('is off where it is not written', () => {
    const loaded = load('  - { name: Ann, role: approver }\n', '');
    expect(loaded.ok && loaded.config.api).toBeNull();
  });

  it.each([['{ listen: localhost }', 'api.listen: must be an address of this machine, like 127.0.0.1'], ['{ port: 70000 }', 'api.port: '], ['{ hosts: ["https://x.example"] }', 'api.hosts[0]: must be a name like'], ['{ prot: 1 }', 'api.prot: unknown key; did you mean "port"?']])('of %s is refused: %s', (api, why) => {
    expect(mistakes('  - { name: Ann, role: approver }\n', `api: ${api}`)[0]).toContain(why);
  });
});
