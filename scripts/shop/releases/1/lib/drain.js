import net from 'node:net';

// Long enough for a client on a kept connection to come by once more, short of PM2's kill_timeout.
const IDLE_GRACE_MS = 1_000;
const DRAIN_WITHIN_MS = 2_500;

/**
 * A reload that loses no request: stop taking connections, let each kept connection end with its next answer
 * (Connection: close), then leave. http.Server.close would cut idle connections at once, under a request on its way.
 */
export function drainOnSigint(server) {
  let draining = false;
  server.prependListener('request', (_request, response) => {
    if (draining) response.setHeader('connection', 'close');
  });
  process.once('SIGINT', () => {
    draining = true;
    net.Server.prototype.close.call(server, () => process.exit(0));
    setTimeout(() => server.closeIdleConnections(), IDLE_GRACE_MS);
    setTimeout(() => process.exit(0), DRAIN_WITHIN_MS);
  });
}
