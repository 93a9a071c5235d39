import { judgeScript, type Vocabulary } from './judge-script.js';
import { locateByName } from './by-name.js';
import type { MigrationTool } from './tool.js';

const WORDS: Vocabulary = {
  sql: ['raw'],
  creates: ['createTable'],
  adds: ['table', 'alterTable'],
  plain: [
    'createSchema', 'createSchemaIfNotExists', 'withSchema', 'hasTable', 'hasColumn', 'now', 'uuid', 'increments', 'bigIncrements', 'integer', 'bigInteger', 'tinyint',
    'smallint', 'mediumint', 'bigint', 'text', 'string', 'float', 'double', 'decimal', 'boolean', 'date', 'datetime', 'dateTime', 'time', 'timestamp', 'timestamps',
    'binary', 'enum', 'enu', 'json', 'jsonb', 'specificType', 'nullable', 'notNullable', 'defaultTo', 'unsigned', 'comment', 'collate', 'index', 'unique', 'primary',
    'references', 'inTable', 'onDelete', 'onUpdate', 'foreign', 'withKeyName',
  ],
  takes: ['dropTable', 'dropTableIfExists', 'dropColumn', 'dropColumns', 'dropTimestamps', 'dropSchema', 'dropSchemaIfExists', 'dropView', 'dropNullable', 'renameColumn', 'renameTable', 'alter', 'truncate', 'del', 'delete'],
  required: /\bnotNullable\s*\(/,
  filled: /\bdefaultTo\s*\(/,
  key: /\breferences\s*\(/,
  goesAlong: /\bonDelete\s*\(\s*§\d+g/,
  rule: /\b(?:unique|primary|increments|bigIncrements|foreign)\s*\(/,
};

/** Names are those of the files, endings too. It calls the directory corrupt when one that is applied is missing. */
export const knex: MigrationTool = {
  name: 'Knex',
  table: 'knex_migrations',
  columns: ['id', 'name', 'batch', 'migration_time'],
  query: 'select name::text as name, extract(epoch from migration_time)::float8 * 1000 as at from %T order by id',
  packages: ['knex'],
  locate: ({ name }, tree) => locateByName(name, tree),
  judge: (text) => judgeScript(text, WORDS),
  refuses: ({ missing, tolerant }) => (missing.length === 0 || tolerant ? null : 'Knex calls the migration directory corrupt where an applied file is missing: the older code does not start if it migrates at its start'),
};
