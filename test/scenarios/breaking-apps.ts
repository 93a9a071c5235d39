/** Apps that scenarios break: the code of each, as PM2 runs it. */

/**
 * /break/a makes /a answer 500 until /mend/a or a restart, with ALWAYS in its environment in every life from then on,
 * and so on for any other path; /die ends it with code 1.
 */
export const FRAGILE = `
const http = require('node:http');
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const broken = new Set(existsSync('broken') ? [readFileSync('broken', 'utf8')] : []);
http.createServer((request, response) => {
  const [, act, what] = request.url.split('/');
  if (act === 'die') return process.exit(1);
  if (act === 'break') broken.add(what);
  if (act === 'break' && process.env.ALWAYS) writeFileSync('broken', what);
  if (act === 'mend') broken.delete(what);
  response.writeHead(broken.has(act) ? 500 : 200).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

/** Its checkout fails while a file 'broken' lies beside it: no restart helps. */
export const MARKED = `
const { existsSync } = require('node:fs');
require('node:http').createServer((request, response) => response.writeHead(request.url === '/checkout' && existsSync('broken') ? 500 : 200).end()).listen(Number(process.env.PORT), '127.0.0.1');
`;
