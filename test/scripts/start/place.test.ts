import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findPlace, sampleShopDir } from '../../../scripts/start/place.js';

let cwd: string;
let dataDir: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'hypercare-place-'));
  dataDir = join(cwd, 'data');
  mkdirSync(dataDir);
});

afterEach(() => rmSync(cwd, { recursive: true }));

it('a configuration that is named and missing is an error, and never the sample instead', () => {
  expect(() => findPlace({ HYPERCARE_HOME: dataDir, HYPERCARE_CONFIG: 'other.yaml' }, cwd)).toThrow('no such file');
});

it('a configuration that is named wins over the one that lies here', () => {
  writeFileSync(join(cwd, 'hypercare.yaml'), '');
  writeFileSync(join(cwd, 'other.yaml'), '');
  expect(findPlace({ HYPERCARE_HOME: 'data', HYPERCARE_CONFIG: 'other.yaml' }, cwd)).toEqual({ config: join(cwd, 'other.yaml'), dataDir, sample: false });
});

it('the one that lies here wins over the sample', () => {
  writeFileSync(join(cwd, 'hypercare.yaml'), '');
  expect(findPlace({ HYPERCARE_HOME: dataDir }, cwd)).toEqual({ config: join(cwd, 'hypercare.yaml'), dataDir, sample: false });
});

it('without any the sample is watched, the first time and later', () => {
  const sample = { config: join(dataDir, 'hypercare.yaml'), dataDir, sample: true };
  expect(findPlace({ HYPERCARE_HOME: dataDir }, cwd)).toEqual(sample);
  writeFileSync(sample.config, `dir: ${sampleShopDir(dataDir)}`);
  expect(findPlace({ HYPERCARE_HOME: dataDir }, cwd)).toEqual(sample);
});

it("a sample's configuration that was turned into one's own brings no shop back", () => {
  writeFileSync(join(dataDir, 'hypercare.yaml'), 'apps: { mine: }');
  expect(findPlace({ HYPERCARE_HOME: dataDir }, cwd)).toMatchObject({ sample: false });
});
