import { errorText, HypercareError } from '../domain/errors.js';
import type { Card } from './card.js';
import { noteCard } from './note-card.js';

const TITLE_CHARS = 100;
/** A warning tells of an app; this tells of the question. */
const ERROR = 'Error';

/** What went wrong, why, and what to do now. What is not ours is told as a fault of the product, without its stack. */
export function errorCard(thrown: unknown): Card {
  if (!(thrown instanceof HypercareError)) {
    return noteCard({ subject: 'error', level: 'critical', word: ERROR, title: 'hypercare itself failed', body: [errorText(thrown), 'Look at “status” before you try again, and report it if it stays.'] });
  }
  const { message, mend, errorClass } = thrown;
  const why = thrown.cause === undefined ? [] : [errorText(thrown.cause)];
  return noteCard({
    subject: 'error',
    level: errorClass === 'permanent' ? 'critical' : 'warning',
    word: errorClass === 'denied' ? 'Refused' : ERROR,
    title: message,
    body: [...(message.length > TITLE_CHARS ? [message] : []), ...why, ...(mend === null ? [] : [mend])],
    footer: null,
  });
}
