import { describe, expect, it } from 'vitest';
import { codeOf } from './code-text.js';
import { functionsOf } from './functions.js';
import { covers, roomOf } from './rooms.js';
import { sourceOf } from './sources.js';

/** The rules read TypeScript as text: here is what that text may hold without fooling them. */
describe('code without what only reads like code', () => {
  it.each([
    ['a // Date.now()\nb', 'a              \nb'],
    ['a /* x\n } */ b', 'a     \n      b'],
    ["x = 'it\\'s { Date' + y", "x = '            ' + y"],
    ['x = `a ${b + `c ${d}`} e` + f', 'x = `  ${b + `  ${d}`}  ` + f'],
    ['x = `${{ a: 1 }.a} }`;', 'x = `${{ a: 1 }.a}  `;'],
    ['x = a.replace(/[/"\'`]\\//g, b) / 2', 'x = a.replace(/        /g, b) / 2'],
    ['x = a / b; // c / d', 'x = a / b;         '],
    ['x = (a + b) / c / d', 'x = (a + b) / c / d'],
    ["x = /^ab?:\\/\\//.test('//')", "x = /         /.test('  ')"],
    ['`not closed ${', '`           ${'],
  ])('is %j → %j', (text, code) => {
    expect(codeOf(text)).toBe(code);
    expect(codeOf(text)).toHaveLength(text.length);
  });
});

describe('imports', () => {
  const imports = (text: string) => sourceOf('src/store/x.ts', text).imports.map(({ to }) => to);

  it('are found in every form, and not in what only reads like one', () => {
    expect(imports("import a from '../io/a.js';\nimport type { B } from './b.js';\nimport {\n  c,\n  d,\n} from '../../bot/c.js';\nimport './e.js';\nexport { f } from './f.js';\nexport * from \"./g.js\";\nconst h = await import('./h.js');"))
      .toEqual(['src/io/a.ts', 'src/store/b.ts', 'bot/c.ts', 'src/store/e.ts', 'src/store/f.ts', 'src/store/g.ts', 'src/store/h.ts']);
    expect(imports("// import a from './a.js'\nconst text = `import b from './b.js'`;\nexport function from(c: string) {\n  return c + './d.js';\n}")).toEqual([]);
  });

  it('name a package without what lies in it', () => {
    expect(imports("import a from 'node:fs/promises';\nimport b from '@slack/bolt/x';\nimport c from 'telegraf/types';")).toEqual(['node:fs/promises', '@slack/bolt', 'telegraf']);
  });
});

describe('functions', () => {
  const sizes = (text: string) => functionsOf({ code: codeOf(text) }).map(({ line, lines }) => `${line}+${lines}`);

  it.each([
    ['function a() {\n  b;\n}', ['1+3']],
    ['function a<T>(b: T): Promise<{ readonly c: string; d(): void }> {\n}', ['1+2']],
    ['function a(): { readonly b: string } | null {\n}', ['1+2']],
    ['const a = async (b: () => void) => {\n\n};', ['1+3']],
    ['const a = {\n  b(c) {\n    d;\n  },\n  get e(): string {\n    return f;\n  },\n};', ['2+3', '5+3']],
    ['class A {\n  constructor(private readonly b: B) {\n  }\n}', ['2+2']],
    ['it("says", () => {\n  a;\n});', ['1+3']],
  ])('have the lines of their body: %j', (text, found) => expect(sizes(text)).toEqual(found));

  it.each(['if (a) {\n}', 'for (const a of b) {\n}', 'while (a) {\n}', 'switch (a) {\n}', 'try {\n} catch (a) {\n}', 'interface A {\n  b: { c: string };\n}', 'const a = { b: (c), d: {\n} };', 'class A {\n}'])('are not other braces: %j', (text) => {
    expect(sizes(text)).toEqual([]);
  });
});

describe('rooms', () => {
  it('are found by the place that names a file most exactly', () => {
    expect(roomOf('bot/main.ts')?.may).toBe('anything');
    expect(roomOf('bot/relay.ts')?.is).toEqual(['bot/']);
    expect(roomOf('bot/channels/slack/draw.ts')?.is).toEqual(['bot/channels/']);
    expect(roomOf('monitoring/loop.ts')).toBe(roomOf('monitoring/stages/plan.ts'));
    expect(roomOf('monitoring/new.ts')).toBeNull();
    expect([covers('src/io/', 'src/io/clock.ts'), covers('src/io/clock.ts', 'src/io/clock.ts.ts'), covers('src/io/', 'src/ion.ts')]).toEqual([true, false, false]);
  });
});
