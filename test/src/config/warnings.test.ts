import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../src/config/env.js';
import { mistakeLine } from '../../../src/config/mistake.js';
import { directory, loadText } from './written.js';

function warnings(yaml: string): readonly string[] {
  const loaded = loadText(yaml);
  expect(loaded.ok).toBe(true);
  return loaded.warnings.map(mistakeLine);
}

describe('what is allowed and most likely not meant is told with its place', () => {
  it.each([
    ['no app', 'log: {}', ['hypercare.yaml:1:1: apps: no app is watched']],
    ['a dependency nobody uses', 'apps: { shop: }\ndependencies:\n  payments: http://h', ['hypercare.yaml:3:3: dependencies.payments: no app `uses` it, so its trouble holds no repair back']],
    ['a question nobody may answer', 'apps: { shop: }\npolicy: { default: ask }\npeople: [{ name: Vera, role: viewer, terminal: vera }]', ['hypercare.yaml:2:20: policy.default: asks, and nobody in `people` is an approver']],
    ['a question for whom hypercare runs as, where nobody is named for the terminal', 'apps: { shop: }\npolicy: { default: ask }', []],
    [
      'a rule for more people than there are',
      'apps: { shop: }\npolicy: { rules: [{ rung: ask, approvers: 2 }] }\npeople: [{ name: Ann, role: approver, terminal: ann }]',
      ['hypercare.yaml:2:19: policy.rules[0]: asks 2 people, and 1 is an approver'],
    ],
    [
      'a rule for more people than there are with whom hypercare runs as',
      'apps: { shop: }\npolicy: { rules: [{ rung: ask, approvers: 3 }] }\npeople: [{ name: Ann, role: approver }]',
      ['hypercare.yaml:2:19: policy.rules[0]: asks 3 people, and 2 are approvers, with the user that hypercare runs as'],
    ],
    ['an app that no channel names', 'apps: { shop: , blog: }\nchannels: { console: { apps: [sho*] } }', ['hypercare.yaml:1:17: apps.blog: is named by no channel’s `apps`: nobody is told of it']],
    ['no app that one channel gets with all others', 'apps: { shop: , blog: }\nchannels: { console: { apps: [shop] }, slack: { channel: C1 } }', []],
    ['samples that are gone before the launch ends', 'apps: { shop: }\nkeep: { raw: 2d }', ['hypercare.yaml:2:14: keep.raw: is shorter than a launch is watched: its first samples are gone before it ends']],
    ['nothing', 'apps: { shop: http://h }', []],
  ])('%s', (_what, yaml, lines) => {
    expect(warnings(yaml)).toEqual(lines);
  });
});

describe('a .env that others may read', () => {
  it.each([0o640, 0o604, 0o620, 0o666])('is warned of with the command that mends it (mode %o)', (mode) => {
    const dir = directory();
    const envFile = join(dir, 'a b.env');
    writeFileSync(envFile, 'DATABASE_URL=postgres://u:p@h/db');
    chmodSync(envFile, mode);
    expect(readEnvironment({ env: {}, envFile }).warnings.map(({ message }) => message)).toEqual([`other users of this machine may read it: run chmod 600 '${envFile}'`]);
    chmodSync(envFile, 0o600);
    expect(readEnvironment({ env: {}, envFile }).warnings).toEqual([]);
  });
});
