import type { QueryCompiler } from 'kysely';

/** NUL, which PostgreSQL refuses, and halves of surrogate pairs (an emoji cut in two), which each engine spoils in its own way. */
const UNKEPT = /[\0\p{Surrogate}]/gu;

/** The text as both engines give it back: without NUL bytes, and with U+FFFD for half a character. */
export function storable(text: string): string {
  return text.replace(UNKEPT, (unkept) => (unkept === '\0' ? '' : '\ufffd'));
}

/** Every parameter of every query passes here: text that comes from outside cannot break a write, or a comparison with what was written. */
export function withStorableText(compiler: QueryCompiler): QueryCompiler {
  return {
    compileQuery(node, queryId) {
      const compiled = compiler.compileQuery(node, queryId);
      return { ...compiled, parameters: compiled.parameters.map((value) => (typeof value === 'string' ? storable(value) : value)) };
    },
  };
}
