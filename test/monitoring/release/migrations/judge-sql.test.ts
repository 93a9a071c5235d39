import { describe, expect, it } from 'vitest';
import { judgeSql } from '../../../../monitoring/release/migrations/judge-sql.js';

describe('SQL only adds for sure', () => {
  it.each([
    ['create table orders (id serial primary key, note text not null)'],
    ['CREATE TABLE IF NOT EXISTS "public"."orders" ("id" text NOT NULL, CONSTRAINT "pk" PRIMARY KEY ("id"))'],
    ['create table a (b int references b (id) on delete cascade)'],
    ['alter table orders add column note text'],
    ["alter table orders add note text not null default 'none; drop table orders'"],
    ['ALTER TABLE "orders" ADD COLUMN "a" TEXT, ADD COLUMN "b" INTEGER NOT NULL DEFAULT 0'],
    ['alter table only orders add column user_id int references users (id) on delete set null'],
    ['create index concurrently if not exists orders_note on orders (note)'],
    ['create table orders (id int); create unique index u on orders (id); alter table orders add constraint c check (id > 0); insert into orders values (1)'],
    ["create type mood as enum ('sad', 'ok'); comment on table orders is 'drop table'; create extension if not exists citext"],
    ['begin; set local lock_timeout = 1000; alter table orders add column note text; commit;'],
    ['-- drop table orders;\n/* truncate orders; */ create view v as select 1'],
    ["create function f() returns int language sql as $body$ select 1; drop table orders $body$"],
    [''],
  ])('%s', (sql) => {
    expect(judgeSql(sql)).toEqual({ effect: 'additive', why: null });
  });
});

describe('SQL takes something away or changes it', () => {
  it.each([
    ['drop table orders', 'drop table'],
    ['create table a (id int); DROP TABLE orders', 'drop table'],
    ['alter table orders drop column note', 'drop column'],
    ['alter table orders add column a int, drop column note', 'drop column'],
    ['alter table orders drop note', 'drop column'],
    ['alter table orders rename column a to b', 'rename'],
    ['alter table orders alter column a type bigint using a::bigint', 'another type of a column'],
    ['alter table orders alter a set data type bigint', 'another type of a column'],
    ['alter table orders alter column a set not null', 'set not null'],
    ['alter table orders add column a int not null', 'a new column that older code does not fill in'],
    ['truncate orders', 'truncate'],
    ['delete from orders where true', 'delete from'],
    ["select 1; /* ' */ drop schema s cascade", 'drop schema'],
    [`comment on table "a;b" is 'x'; drop view v`, 'drop view'],
  ])('%s', (sql, why) => {
    expect(judgeSql(sql)).toEqual({ effect: 'destructive', why });
  });
});

describe('SQL of which it is not sure is unknown', () => {
  it.each([
    ["update orders set state = 'new'", 'update'],
    ['insert into settings values (1)', 'insert into a table that was there'],
    ['with gone as (delete from orders returning *) insert into old select * from gone', 'with'],
    ['do $$ begin drop table orders; end $$', 'do'],
    ['select cleanup()', 'select'],
    ['create or replace function f() returns int language sql as $$ select 2 $$', 'create or replace function'],
    ['create trigger t before insert on orders execute function f()', 'create trigger'],
    ['create unique index u on orders (note)', 'a unique index: older code may write what it does not allow'],
    ['alter table orders add constraint c check (a > 0)', 'add constraint'],
    ['alter table orders drop constraint c', 'drop constraint'],
    ['alter table orders add column a int unique', 'a new column with unique'],
    ['create table a (b int references b (id))', 'a foreign key: older code may not be able to delete what it points to'],
    ["alter type mood add value 'happy'", 'alter type'],
    ['alter table orders enable row level security', 'enable'],
    ['alter table orders alter column a drop not null', 'alter column'],
    ['vacuum', 'vacuum'],
  ])('%s', (sql, why) => {
    expect(judgeSql(sql)).toMatchObject({ effect: 'unknown', why: expect.stringContaining(why) as string });
  });

  it('and shows none of its names and values', () => {
    expect(judgeSql("update customers set token = 'hunter2'").why).not.toMatch(/customers|token|hunter2/);
  });
});
