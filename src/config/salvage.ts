import type { Lookup } from './interpolate.js';
import type { ConfigFile, ConfigSchema } from './schema.js';
import { readYaml } from './yaml-tree.js';

/** Sections of which none is a promise to act: what a person needs to reach the store, and to read what it says. */
const SECTIONS = ['host', 'data_dir', 'pm2_home', 'watch', 'people'] as const;

/** More is not tried: each section is parsed by itself. */
const MOST_SECTIONS = 200;

/**
 * What a hypercare.yaml with mistakes says all the same. The monitor goes on acting while somebody edits the file, so
 * whoever wants to stop it must be heard: each section is read by itself, and one with a mistake counts as not written.
 */
export function salvage(text: string, schema: ConfigSchema, lookup: Lookup): ConfigFile {
  const written = Object.assign({}, ...text.split(/^(?=[A-Za-z_]+[ \t]*:)/m).slice(0, MOST_SECTIONS).map((section) => mappingOf(section, lookup))) as Readonly<Record<string, unknown>>;
  const kept = SECTIONS.flatMap((name) => {
    const value = [written[name], justItsName(written[name])].find((one) => one !== undefined && schema.shape[name].safeParse(one).success);
    return value === undefined ? [] : [[name, value]];
  });
  return schema.parse(Object.fromEntries(kept));
}

function mappingOf(section: string, lookup: Lookup): object {
  const value = readYaml(section, lookup).root?.value;
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

/** Of a host whose limits are wrong, the name: its rows in the store are found by it. */
function justItsName(value: unknown): unknown {
  return value !== null && typeof value === 'object' ? (value as { readonly name?: unknown }).name : undefined;
}
