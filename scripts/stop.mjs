/** `npm stop`: hands over to the compiled scripts/down.js. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, runLoudly } from './setup.mjs';

const down = join(root, 'dist', 'scripts', 'down.js');

if (existsSync(down)) {
  process.exitCode = await runLoudly([process.execPath, down]);
} else {
  console.log('Nothing to stop: this checkout was never built. (If hypercare runs all the same: npx pm2 delete hypercare-monitor hypercare-bot)');
}
