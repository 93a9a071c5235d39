import { expect, it } from 'vitest';
import { saidQuery } from '../../../src/io/postgres-query.js';

it.each([
  ["select * from users where mail = 'ann@x.org' and id = 42", 'select * from users where mail = ? and id = ?'],
  ["update t set a = 'it''s', b = E'x\\'y', c = -1.5e3", 'update t set a = ?, b = ?, c = ?'],
  ["do $$ begin perform secret('x'); end $$", 'do ?'],
  ['select $body$ hunter2 $body$, $1', 'select ?, $1'],
  ["select 1 -- password 'hunter2'\n, 2 /* hunter3 */", 'select ?, ?'],
  ["select 'a -- b'\n, 'hunter2', 'c\\', 'hunter3'", 'select ?, ?, ?, ?'],
  ["select \"don't\", 'hunter2' from x where a in('hunter3')", 'select "don\'t", ? from x where a in(?)'],
  ["insert into t values ('cut off in the mid", 'insert into t values (?'],
  ['select id from orders_2024 o2', 'select id from orders_2024 o2'],
  ['  select\n\t a ', 'select a'],
])('%s is said without what stands in it', (query, said) => {
  expect(saidQuery(query, 200)).toBe(said);
});

it('is cut', () => {
  expect(saidQuery('select aaaaaaaaaaaaaaaaaaaa', 10)).toBe('select aa…');
});
