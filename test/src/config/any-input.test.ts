import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseDuration } from '../../../src/domain/duration.js';
import { parseEnvFile } from '../../../src/config/env-file.js';
import { mistakeLine } from '../../../src/config/mistake.js';
import { loadText } from './written.js';

const EXAMPLE = readFileSync(new URL('../../../hypercare.example.yaml', import.meta.url), 'utf8');
const KEYS = ['apps', 'shop', 'url', 'pm2', 'endpoints', 'path', 'status', 'liveness', 'every', 'release', 'dir', 'uses', 'limits', 'restarts', 'runbook', 'watch', 'tiers', 'until', 'policy', 'rules', 'target', 'repair', 'people', 'name', 'telegram', 'channels', 'slack', 'constructor', '__proto__', 'toString'];

/** Whatever is loaded: it is right, or every line that is told is one line with a place. */
function expectAnAnswer(text: string | Uint8Array, env: Record<string, string> = {}): void {
  const loaded = loadText(text, { env });
  if (loaded.ok) return;
  expect(loaded.mistakes.length).toBeGreaterThan(0);
  for (const line of loaded.mistakes.map(mistakeLine)) expect(line).toMatch(/^[^\n]+$/);
}

describe('no input makes the loader throw', () => {
  it('of any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => expectAnAnswer(bytes)), { numRuns: 200 });
  });

  it('of any text made of what YAML is made of', () => {
    const pieces = fc.array(fc.constantFrom(...KEYS, ':', ': ', '- ', '\n', '\n  ', '{', '}', '[', ']', ', ', '&a ', '*a', '"', "'", '|', '>', '#', '? ', '!t', '<<', '${A}', '${A:-', '$${', '\t', '%YAML 1.1', '---\n', '1', '.inf', '~', '2024-01-01', '\\x'), { maxLength: 40 });
    fc.assert(fc.property(pieces, fc.string(), (text, value) => expectAnAnswer(text.join(''), { A: value })), { numRuns: 400 });
  });

  it('of any values under the keys it knows', () => {
    const word = fc.oneof(fc.constantFrom('http://h', '/a', '30s', '2xx', '512MB', 'shop', 'pm2.*', '${A}', 'ask', 'http://[', '~/', 'https://h:99999'), fc.string());
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ depthSize: 'medium', maxDepth: 6 }, word, fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(tie('tree'), { maxLength: 4 }), fc.dictionary(fc.constantFrom(...KEYS), tie('tree'), { maxKeys: 6 })),
    }));
    fc.assert(fc.property(fc.dictionary(fc.constantFrom(...KEYS), tree), (file) => expectAnAnswer(stringify(file), { A: 'http://h' })), { numRuns: 300 });
  });

  it('of the example with something cut out and something put in', () => {
    const edit = fc.tuple(fc.nat(EXAMPLE.length), fc.nat(60), fc.oneof(fc.string(), fc.constantFrom('\n', ': ', '{', ']', 'null', '"', '-1', '1e999')));
    fc.assert(fc.property(edit, ([at, cut, put]) => expectAnAnswer(EXAMPLE.slice(0, at) + put + EXAMPLE.slice(at + cut))), { numRuns: 120 });
  });
});

it('no text makes the .env parser throw, and every line is an assignment, a comment or a mistake', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('A=1', '# c', '', 'B="x', "C='y' z"))), (lines) => {
      const text = lines.join('\n');
      const meant = text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
      const { values, problems } = parseEnvFile(text);
      expect(Object.keys(values).length + problems.length).toBeLessThanOrEqual(meant.length);
      expect(problems.length + new Set(meant).size >= Object.keys(values).length).toBe(true);
    }),
  );
});

it('what is loaded holds no time that is not a positive number of milliseconds', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.constantFrom('ms', 's', 'm', 'h', 'd', 'w'), (amount, unit) => {
      const loaded = loadText(`watch: { hot: ${amount}${unit} }`);
      const ms = parseDuration(`${amount}${unit}`) as number;
      expect(loaded.ok).toBe(ms >= 60_000 && ms <= 72 * 3_600_000);
      if (loaded.ok) expect(loaded.config.watch.hotMs).toBe(ms);
    }),
    { numRuns: 100 },
  );
});
