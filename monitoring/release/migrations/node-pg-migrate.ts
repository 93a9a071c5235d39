import { judgeScript, type Vocabulary } from './judge-script.js';
import { judgeSql } from './judge-sql.js';
import { locateByName } from './by-name.js';
import type { MigrationTool } from './tool.js';

const WORDS: Vocabulary = {
  sql: ['sql'],
  creates: ['createTable'],
  adds: ['addColumn', 'addColumns', 'createIndex', 'addIndex'],
  plain: ['func', 'createExtension', 'addExtension', 'createType', 'addType', 'createSchema', 'createSequence', 'createDomain', 'noTransaction'],
  takes: ['dropTable', 'dropColumn', 'dropColumns', 'dropType', 'dropView', 'dropMaterializedView', 'dropSchema', 'dropSequence', 'dropFunction', 'dropExtension', 'dropDomain', 'renameColumn', 'renameTable', 'renameSchema', 'renameType', 'renameTypeValue', 'renameView'],
  required: /\bnotNull:\s*(?!false)/,
  filled: /\b(?:default|sequenceGenerated):/,
  key: /\breferences:/,
  goesAlong: /\bonDelete:\s*§\d+g/,
  rule: /\b(?:unique|primaryKey|check|exclude):\s*(?!false)/,
};

/** Its SQL files hold both ways. */
const DOWN = /^\s*--\s*down\s+migration[\s\S]*$/im;

/** Names are those of the files without their endings. It compares the applied ones with the files in their order. */
export const nodePgMigrate: MigrationTool = {
  name: 'node-pg-migrate',
  table: 'pgmigrations',
  columns: ['id', 'name', 'run_on'],
  query: 'select name::text as name, extract(epoch from run_on)::float8 * 1000 as at from %T order by run_on, id',
  packages: ['node-pg-migrate'],
  locate: ({ name }, tree) => locateByName(name, tree),
  judge: (text, path) => (path.endsWith('.sql') ? judgeSql(text.replace(DOWN, '')) : judgeScript(text, WORDS)),
  refuses({ applied, missing }) {
    const lacking = new Set(missing.map(({ name }) => name));
    const first = applied.findIndex(({ name }) => lacking.has(name));
    const inTheMiddle = first !== -1 && applied.slice(first).some(({ name }) => !lacking.has(name));
    return inTheMiddle ? 'node-pg-migrate checks the order, and one of the missing ones was applied before others: the older code does not start if it migrates at its start' : null;
  },
};
