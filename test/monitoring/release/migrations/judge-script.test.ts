import { describe, expect, it } from 'vitest';
import { knex } from '../../../../monitoring/release/migrations/knex.js';
import { nodePgMigrate } from '../../../../monitoring/release/migrations/node-pg-migrate.js';
import { sequelize } from '../../../../monitoring/release/migrations/sequelize.js';
import { typeorm } from '../../../../monitoring/release/migrations/typeorm.js';

const up = (body: string): string => `exports.up = async (knex) => {\n${body}\n};\nexports.down = async (knex) => { await knex.schema.dropTable('gone'); };`;
const judgeKnex = (body: string) => knex.judge(up(body), '1.js');

describe('a migration of Knex', () => {
  it.each([
    ["await knex.schema.createTable('orders', (t) => {\n  t.increments('id');\n  t.string('note').notNullable();\n  t.timestamps(true, true);\n});"],
    ["await knex.schema.alterTable('orders', (t) => {\n  t.string('note')\n    .nullable();\n  t.integer('n').notNullable().defaultTo(0);\n});"],
    ["return knex.schema.table('orders', function (t) { t.text('a'); t.index(['a']); }).then(() => knex.schema.createTable('b', (t) => { t.uuid('id').defaultTo(knex.raw('gen_random_uuid()')); }));"],
    ["await knex.schema.createTable('a', (t) => { t.integer('u').references('id').inTable('users').onDelete('CASCADE'); });"],
    ["if (!(await knex.schema.hasColumn('a', 'b'))) await knex.schema.alterTable('a', (t) => { t.text('b'); }); // dropColumn('b')"],
    ["await knex.raw('create index on orders (note)');"],
    ["await knex.raw(`\n  alter table orders add column x int\n`);"],
  ])('only adds: %s', (body) => {
    expect(judgeKnex(body)).toEqual({ effect: 'additive', why: null });
  });

  it.each([
    ["await knex.schema.dropTable('orders');", 'dropTable'],
    ["await knex.schema.alterTable('orders', (t) => { t.dropColumn('a'); });", 'dropColumn'],
    ["await knex.schema.alterTable('orders', (t) => { t.renameColumn('a', 'b'); });", 'renameColumn'],
    ["await knex.schema.alterTable('orders', (t) => { t.string('a', 10).alter(); });", 'alter'],
    ["await knex.schema.alterTable('orders', (t) => {\n  t.string('a').notNullable()\n  t.string('b').defaultTo('x')\n});", 'a new column that older code does not fill in'],
    ["await knex('orders').del();", 'del'],
    ["await knex.raw('drop table orders');", 'drop table'],
  ])('takes something away: %s', (body, why) => {
    expect(judgeKnex(body)).toEqual({ effect: 'destructive', why });
  });

  it.each([
    ["await knex('orders').update({ a: 1 });"],
    ["await knex.raw(`alter table ${table} add column a int`);"],
    ["await knex.raw('alter table ?? add column a int', [table]);"],
    ["await addColumns(knex);"],
    ["await knex.schema.alterTable('orders', addColumns);"],
    ["await knex.schema.alterTable('orders', (t) => { t.unique(['a']); });"],
    ["await knex.schema.alterTable('orders', (t) => { t.foreign('a').references('id').inTable('b').onDelete('CASCADE'); });"],
    ["await knex.schema.createTable('a', (t) => { t.integer('u').references('id').inTable('users'); });"],
    ["await knex.schema['drop' + 'Table']('orders');"],
    ["const gone = knex.schema.dropTable; await gone('orders');"],
    ["await knex.schema.createTable('a', (t) => { t.increments(); }).then(after);"],
    ['await sql`drop table orders`;'],
    [''],
  ])('is unknown: %s', (body) => {
    expect(judgeKnex(body).effect).toBe('unknown');
  });

  it('is judged by its up alone, in whatever way it is written', () => {
    const add = "{ await knex.schema.alterTable('a', (t) => { t.text('b'); }); }";
    const drop = "{ await knex.schema.dropTable('a'); }";
    for (const text of [`export async function up(knex: Knex): Promise<void> ${add}\nexport async function down(knex: Knex) ${drop}`, `module.exports = { async up(knex) ${add}, async down(knex) ${drop} };`, `export async function down(knex) ${drop}\nexport async function up(knex) ${add}`]) {
      expect(knex.judge(text, '1.ts')).toEqual({ effect: 'additive', why: null });
    }
    expect(knex.judge("exports.up = require('./other').up;", '1.js').effect).toBe('unknown');
    expect(knex.judge('nothing of the kind', '1.js').effect).toBe('unknown');
  });
});

describe('a migration of node-pg-migrate', () => {
  const judge = (body: string) => nodePgMigrate.judge(`exports.up = (pgm) => {\n${body}\n};\nexports.down = (pgm) => { pgm.dropTable('gone'); };`, '1.js').effect;

  it.each([
    ["pgm.createTable('orders', { id: 'id', note: { type: 'text', notNull: true } });", 'additive'],
    ["pgm.addColumns('orders', { a: { type: 'text', notNull: true, default: '' }, b: { type: 'int' } });", 'additive'],
    ["pgm.addColumn('orders', { u: { type: 'int', references: 'users', onDelete: 'CASCADE' } }); pgm.createIndex('orders', 'u');", 'additive'],
    ["pgm.sql('alter table orders add column a int');", 'additive'],
    ["pgm.addColumns('orders', { a: { type: 'text', notNull: true } });", 'destructive'],
    ["pgm.addColumns('orders', { a: { type: 'text', notNull: true, comment: { x: 1 } }, b: { type: 'int', default: 1 } });", 'destructive'],
    ["pgm.dropColumns('orders', ['a']);", 'destructive'],
    ["pgm.renameTable('a', 'b');", 'destructive'],
    ["pgm.alterColumn('orders', 'a', { notNull: true });", 'unknown'],
    ["pgm.createIndex('orders', 'u', { unique: true });", 'unknown'],
    ["pgm.addColumns('orders', columns);", 'unknown'],
    ["pgm.addColumns('orders', { a: wanted });", 'unknown'],
    ["pgm.addColumns('orders', { ...wanted });", 'unknown'],
    ["pgm.addColumn('orders', { u: { type: 'int', references: 'users' } });", 'unknown'],
    ["pgm.addConstraint('orders', 'c', 'check (a > 0)');", 'unknown'],
  ])('%s is %s', (body, effect) => {
    expect(judge(body)).toBe(effect);
  });

  it('in SQL is judged without its way down', () => {
    expect(nodePgMigrate.judge('-- Up Migration\nalter table a add b int;\n-- Down Migration\nalter table a drop b;', '1.sql').effect).toBe('additive');
  });
});

describe('a migration of Sequelize', () => {
  const judge = (body: string) => sequelize.judge(`module.exports = { async up(queryInterface, Sequelize) {\n${body}\n}, async down(queryInterface) { await queryInterface.dropTable('gone'); } };`, '1.js').effect;

  it.each([
    ["await queryInterface.createTable('orders', { id: { type: Sequelize.INTEGER, primaryKey: true, allowNull: false } });", 'additive'],
    ["await queryInterface.addColumn('orders', 'note', Sequelize.STRING);", 'additive'],
    ["await queryInterface.addColumn('orders', 'n', { type: Sequelize.INTEGER, allowNull: false, defaultValue: 0 });", 'additive'],
    ["await queryInterface.sequelize.query('create index on orders (n)', { transaction });", 'additive'],
    ["await queryInterface.addColumn('orders', 'n', { type: Sequelize.INTEGER, allowNull: false });", 'destructive'],
    ["await queryInterface.removeColumn('orders', 'n');", 'destructive'],
    ["await queryInterface.changeColumn('orders', 'n', { type: Sequelize.BIGINT });", 'unknown'],
    ["await queryInterface.addColumn('orders', 'n', column);", 'unknown'],
    ["await queryInterface.addIndex('orders', ['n'], { unique: true });", 'unknown'],
    ["await queryInterface.bulkInsert('orders', [{ n: 1 }]);", 'unknown'],
  ])('%s is %s', (body, effect) => {
    expect(judge(body)).toBe(effect);
  });
});

describe('a migration of TypeORM', () => {
  const judge = (body: string) => typeorm.judge(`export class A1700000000000 implements MigrationInterface {\n  name = 'A1700000000000'\n  public async up(queryRunner: QueryRunner): Promise<void> {\n${body}\n  }\n  public async down(queryRunner: QueryRunner): Promise<void> { await queryRunner.query(\`DROP TABLE "a"\`); }\n}`, '1.ts').effect;

  it.each([
    ['await queryRunner.query(`ALTER TABLE "orders" ADD "note" character varying`);', 'additive'],
    ['await queryRunner.query(`ALTER TABLE "orders" ADD "note" character varying NOT NULL`);', 'destructive'],
    ['await queryRunner.query(`ALTER TABLE "orders" DROP COLUMN "note"`);', 'destructive'],
    ['await queryRunner.query(`ALTER TABLE "${name}" ADD "note" text`);', 'unknown'],
    ["await queryRunner.addColumn('orders', new TableColumn({ name: 'a', type: 'text' }));", 'unknown'],
  ])('%s is %s', (body, effect) => {
    expect(judge(body)).toBe(effect);
  });
});
