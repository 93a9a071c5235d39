import { isDiskFull } from '../domain/disk-full.js';
import { errorText, HypercareError } from '../domain/errors.js';
import type { Card } from './card.js';
import { noteCard } from './note-card.js';

const TITLE_CHARS = 100;
/** A warning tells of an app; this tells of the question. */
const ERROR = 'Error';

/** What went wrong, why, and what to do now. What is not ours is told as a fault of the product, without its stack. */
export function errorCard(thrown: unknown): Card {
  if (isDiskFull(thrown)) {
    const body = ['Nothing new can be kept, and nothing was. Make room on the host: df -h, then pm2 flush or old files.', 'To stop everything meanwhile: hypercare freeze --reason "…" --offline'];
    return noteCard({ subject: 'error', level: 'critical', word: ERROR, title: 'the disk of hypercare’s store is full', body });
  }
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
