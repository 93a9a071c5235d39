import type { Card } from '../cards/card.js';
import { errorCard } from '../cards/error-card.js';
import { drawPlain } from '../cards/plain.js';
import type { Document, Exit, Result } from '../commands/command.js';
import { mistakeLine } from '../config/mistake.js';
import { errorText, HypercareError } from '../domain/errors.js';
import type { CliIo, Sink } from './cli-io.js';
import { ConfigMistakes } from './load-config.js';

const USUAL_WIDTH = 80;
/** Longer lines are tiring to read, however wide the window is. */
const MOST_WIDTH = 100;

/** The result on stdout: JSON for machines, the card for people. */
export async function putResult(io: CliIo, json: boolean, result: Pick<Result, 'data' | 'card' | 'lines' | 'text'>): Promise<void> {
  if (json && result.lines) {
    for await (const line of result.lines) io.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  if (!json && result.text !== undefined) return void io.stdout.write(result.text);
  io.stdout.write(json ? drawJson(result.data) : `${drawCard(io, io.stdout, result.card)}\n`);
}

/** What went wrong: a document on stdout for machines, what/why/what to do on stderr for people. Gives the exit code. */
export function putError(io: CliIo, json: boolean, thrown: unknown): Exit {
  if (json) io.stdout.write(drawJson(errorDocument(thrown)));
  else io.stderr.write(`${drawError(io, thrown)}\n`);
  return exitOf(thrown);
}

function drawCard(io: CliIo, to: Sink, card: Card): string {
  return drawPlain(card, { width: Math.min(MOST_WIDTH, widthOf(io, to)), color: wantsColor(io, to) });
}

/** A terminal knows how wide it is; for a pipe COLUMNS may say it. */
function widthOf(io: CliIo, to: Sink): number {
  const said = Number(io.env['COLUMNS']);
  return (to.isTTY ? to.columns : undefined) ?? (Number.isInteger(said) && said > 0 ? said : USUAL_WIDTH);
}

/** Colour only for a terminal that did not say no (no-color.org). */
function wantsColor(io: Pick<CliIo, 'env'>, to: Sink): boolean {
  return to.isTTY === true && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb';
}

function drawJson(document: Document): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function drawError(io: CliIo, thrown: unknown): string {
  const card = errorCard(thrown);
  if (!(thrown instanceof ConfigMistakes)) return drawCard(io, io.stderr, card);
  return [drawCard(io, io.stderr, { ...card, body: [] }), ...thrown.mistakes.map(mistakeLine), thrown.mend].join('\n');
}

function errorDocument(thrown: unknown): Document {
  const known = thrown instanceof HypercareError;
  const error = { code: known ? thrown.code : 'internal', message: known ? thrown.message : errorText(thrown), mend: known ? thrown.mend : null };
  if (!(thrown instanceof ConfigMistakes)) return { version: 1, error };
  return { version: 1, error, mistakes: thrown.mistakes.map(({ file, line, column, path, message }) => ({ file, line, column, path, message })) };
}

/** 2: what was asked or configured is wrong, or not allowed · 3: it could not be checked or done. */
function exitOf(thrown: unknown): Exit {
  return thrown instanceof HypercareError && (thrown.errorClass === 'invalid' || thrown.errorClass === 'denied') ? 2 : 3;
}
