import { HypercareError } from '../../../src/domain/errors.js';

/** What nodemailer throws, as far as it matters here. */
interface Thrown {
  readonly code?: string;
  /** Of the socket or of TLS, where `code` is nodemailer's own. */
  readonly originalCode?: string;
  /** SMTP's: 4xx may go right later, 5xx will not. */
  readonly responseCode?: number;
}

const LOGIN = 'Check `user` of the email channel in hypercare.yaml, and SMTP_PASSWORD in .env; some providers want a password made for programs.';
const TLS = 'Use the name that stands in the server’s certificate as `host`, and port 465 or 587; `insecure: true` sends without TLS, for everybody on the way to read.';
const ADDRESS = 'Check `from` and `to` of the email channel in hypercare.yaml: the server takes no mail from the one or for the others.';
const LATER = 'It is tried again by itself. If it lasts, look at `host` and `port` of the email channel, and at the way out of this host.';

/** Codes of certificates that are not accepted; OpenSSL's have no common beginning. */
const CERTIFICATE = /CERT|ERR_TLS|UNABLE_TO|ERR_SSL|EPROTO/;

/**
 * Anything that sending a letter threw, classified once. The server's own words are left out, as the cause is: they may
 * repeat what was sent to it.
 */
export function mailFailure(thrown: unknown): HypercareError {
  const { code = '', originalCode = '', responseCode } = thrown as Thrown;
  const status = responseCode === undefined ? '' : ` (${responseCode})`;
  if (responseCode !== undefined && responseCode >= 400 && responseCode < 500) return new HypercareError('email.later', 'transient', `the mail server puts it off${status}`, 'It is tried again by itself.');
  if (code === 'EAUTH' || code === 'ENOAUTH') return new HypercareError('email.login', 'permanent', `the mail server does not accept the login${status}`, LOGIN);
  if (code === 'ETLS' || code === 'EREQUIRETLS' || CERTIFICATE.test(originalCode)) return new HypercareError('email.tls', 'permanent', 'the mail server speaks no TLS, or its certificate is not accepted', TLS);
  if (code === 'EENVELOPE') return new HypercareError('email.address', 'permanent', `the mail server refuses the sender or all recipients${status}`, ADDRESS);
  if (responseCode !== undefined) return new HypercareError('email.refused', 'permanent', `the mail server refuses it${status}`, 'Look into the log of the mail server.');
  const reason = originalCode === 'ECONNREFUSED' ? 'the connection was refused' : code === 'EDNS' ? 'its name could not be resolved' : code === 'ETIMEDOUT' ? 'there was no answer in time' : 'the connection broke';
  return new HypercareError('email.failed', 'transient', `the mail server was not reached: ${reason}`, LATER);
}
