import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { codeOf } from './code-text.js';

export const ROOT = resolve(import.meta.dirname, '../..');
const HOUSE = ['src', 'monitoring', 'bot', 'scripts', 'bin', 'test'];
/** The sample shop's releases are apps that are watched, and no part of the house. */
const NOT_OURS = ['scripts/shop/releases/'];

export interface Source {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and strings blanked, offset for offset. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** A file of ours from the root ('src/io/clock.ts'), or a package ('pg', 'node:fs'). */
  readonly to: string;
  readonly ours: boolean;
}

/** Every TypeScript and JavaScript file of the repository. */
export function readSources(): readonly Source[] {
  const paths = HOUSE.flatMap((dir) => readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8' }).map((name) => `${dir}/${name}`));
  return [...paths, 'ecosystem.config.js', 'vitest.config.ts']
    .filter((path) => /\.(?:ts|mjs|js)$/.test(path) && !NOT_OURS.some((dir) => path.startsWith(dir)))
    .sort()
    .map((path) => sourceOf(path, readFileSync(join(ROOT, path), 'utf8')));
}

export function sourceOf(path: string, text: string): Source {
  const code = codeOf(text);
  return { path, text, code, imports: importsOf(path, text, code) };
}

/** `import … from`, `export … from`, `import '…'` and `import('…')`. */
function importsOf(path: string, text: string, code: string): readonly Import[] {
  const found = code.matchAll(/(?:\b(?:import|export)\b[^'"();]*?\bfrom\s*|\bimport\s*\(?\s*)(['"])( *)\1/gd);
  return [...found].map((match) => {
    const [from, to] = (match.indices as readonly (readonly [number, number])[])[2] as readonly [number, number];
    const named = text.slice(from, to);
    const ours = named.startsWith('.');
    return { to: ours ? normalize(join(dirname(path), named)).replace(/\.js$/, '.ts') : packageOf(named), ours };
  });
}

function packageOf(named: string): string {
  if (named.startsWith('node:')) return named;
  return named.split('/').slice(0, named.startsWith('@') ? 2 : 1).join('/');
}

export function lineOf(source: Source, offset: number): number {
  return source.text.slice(0, offset).split('\n').length;
}
