import { dirname } from 'node:path';
import type { Tree } from '../tree.js';
import { judgeSql } from './judge-sql.js';
import type { MigrationTool } from './tool.js';

const JOURNAL = /(^|\/)meta\/_journal\.json$/;

interface Entry {
  readonly tag: string;
  readonly dir: string;
}

/**
 * Its table has no names: what is applied is known by the time the file was made, which stands in the journal beside the
 * files. When it is applied is not written down. What is applied and not there is passed over.
 */
export const drizzle: MigrationTool = {
  name: 'Drizzle',
  table: '__drizzle_migrations',
  columns: ['id', 'hash', 'created_at'],
  query: 'select created_at::text as name, null::float8 as at from %T order by created_at, id',
  packages: ['drizzle-orm'],
  async locate({ name }, tree) {
    for (const path of (await tree.paths()).filter((one) => JOURNAL.test(one))) {
      const entry = (await entriesOf(tree, path)).get(name);
      const file = entry && [entry.dir, `${entry.tag}.sql`].filter((part) => part !== '').join('/');
      if (file !== undefined && (await tree.paths()).includes(file)) return { path: file, label: file.slice(file.lastIndexOf('/') + 1) };
    }
    return null;
  },
  judge: (text) => judgeSql(text),
  refuses: () => null,
};

async function entriesOf(tree: Tree, journal: string): Promise<ReadonlyMap<string, Entry>> {
  const dir = dirname(dirname(journal)).replace(/^\.$/, '');
  try {
    const { entries } = JSON.parse((await tree.read(journal)) ?? '{}') as { readonly entries?: readonly { readonly when?: unknown; readonly tag?: unknown }[] };
    return new Map((entries ?? []).flatMap(({ when, tag }) => (typeof tag === 'string' ? [[String(when), { tag, dir }] as const] : [])));
  } catch {
    return new Map();
  }
}
