import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import { logLine } from './log-line.js';
import { maskFacts, maskText } from './mask.js';

/** Structured log; one is passed in, with a child per incident and plan. Secrets never go in. */
export interface Logger {
  info(facts: Readonly<Record<string, unknown>>, message: string): void;
  warn(facts: Readonly<Record<string, unknown>>, message: string): void;
  error(facts: Readonly<Record<string, unknown>>, message: string): void;
  child(facts: Readonly<Record<string, unknown>>): Logger;
}

export interface LogSettings {
  /** text: one line for people · json: one object a line, for machines. */
  readonly format: 'text' | 'json';
  readonly level: 'info' | 'warn' | 'error' | 'silent';
}

/**
 * Writes to stdout, or to `write` where given (one line, with its newline). "Secrets never go in" is the callers' rule;
 * masking by name and by look is the net below it.
 */
export function createLogger(settings: LogSettings, write?: (line: string) => void): Logger {
  const out = write ? { write } : pino.destination({ dest: 1, sync: true });
  const stream: DestinationStream = settings.format === 'json' ? out : { write: (line) => out.write(logLine(line)) };
  return wrap(pino({ level: settings.level, base: null, formatters: { level: (label) => ({ level: label }) } }, stream));
}

function wrap(log: Pino): Logger {
  const say = (level: 'info' | 'warn' | 'error') => (facts: Readonly<Record<string, unknown>>, message: string) => {
    if (log.isLevelEnabled(level)) log[level](maskFacts(facts) as object, maskText(message));
  };
  return {
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    child: (facts) => wrap(log.child(maskFacts(facts) as Record<string, unknown>)),
  };
}
