import { basename } from 'node:path';
import { judgeScript, type Vocabulary } from './judge-script.js';
import type { MigrationTool } from './tool.js';

const NEVER = /(?!)/;

/** What its own API adds is built of classes; those of its migrations that can be read are SQL. */
const WORDS: Vocabulary = {
  sql: ['query'], creates: [], adds: [], plain: [],
  takes: ['dropTable', 'dropColumn', 'dropColumns', 'dropSchema', 'dropDatabase', 'dropView', 'renameColumn', 'renameTable', 'clearTable', 'clearDatabase'],
  required: NEVER, filled: NEVER, key: NEVER, goesAlong: NEVER, rule: NEVER,
};

/** Names are those of classes and end in the 13 digits with which its files begin. What is applied and not there is passed over. */
export const typeorm: MigrationTool = {
  name: 'TypeORM',
  table: 'migrations',
  columns: ['id', 'timestamp', 'name'],
  query: 'select name::text as name, null::float8 as at from %T order by "timestamp", id',
  packages: ['typeorm'],
  async locate({ name }, tree) {
    const [digits] = /\d{13}$/.exec(name) ?? [];
    if (digits === undefined) return null;
    const found = (await tree.paths()).filter((path) => path.includes(digits) && basename(path).startsWith(digits) && /\.[cm]?[jt]s$/.test(path) && !/\.d\.[cm]?ts$/.test(path));
    const [path] = found.toSorted((a, b) => a.length - b.length);
    return path === undefined ? null : { path, label: basename(path) };
  },
  judge: (text) => judgeScript(text, WORDS),
  refuses: () => null,
};
