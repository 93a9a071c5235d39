import { judgeScript, type Vocabulary } from './judge-script.js';
import { judgeSql } from './judge-sql.js';
import { locateByName } from './by-name.js';
import type { MigrationTool } from './tool.js';

const WORDS: Vocabulary = {
  sql: ['query'],
  creates: ['createTable'],
  adds: ['addColumn', 'addIndex'],
  plain: [
    'literal', 'fn', 'all', 'commit', 'rollback', 'createSchema', 'describeTable', 'showAllTables', 'tableExists', 'STRING', 'TEXT', 'CHAR', 'INTEGER', 'BIGINT', 'SMALLINT',
    'FLOAT', 'DOUBLE', 'REAL', 'DECIMAL', 'NUMERIC', 'DATE', 'ENUM', 'ARRAY', 'GEOMETRY', 'GEOGRAPHY', 'BLOB',
  ],
  takes: ['dropTable', 'dropAllTables', 'dropSchema', 'dropEnum', 'dropAllEnums', 'removeColumn', 'renameColumn', 'renameTable', 'bulkDelete'],
  required: /\ballowNull:\s*false/,
  filled: /\bdefaultValue:|\bautoIncrement:\s*true/,
  key: /\breferences:/,
  goesAlong: /\bonDelete:\s*§\d+g/,
  rule: /\b(?:unique|primaryKey):\s*(?!false)|^addIndex\([\s\S]*\btype:/,
};

/** Names are those of the files, endings too, and when is not written down. What is applied and not there is passed over. */
export const sequelize: MigrationTool = {
  name: 'Sequelize',
  table: 'SequelizeMeta',
  columns: ['name'],
  query: 'select name::text as name, null::float8 as at from %T order by name',
  packages: ['sequelize', 'sequelize-cli', 'umzug'],
  locate: ({ name }, tree) => locateByName(name, tree),
  judge: (text, path) => (path.endsWith('.sql') ? judgeSql(text) : judgeScript(text, WORDS)),
  refuses: () => null,
};
