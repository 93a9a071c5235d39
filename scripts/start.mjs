/** `npm start`: installs and builds what is missing, then hands over to the compiled scripts/up.js. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, checkTools, install, root, runLoudly, SetupError } from './setup.mjs';

const up = join(root, 'dist', 'scripts', 'up.js');

try {
  checkTools();
  await install(console.log);
  await build(console.log);
  if (!existsSync(up)) throw new SetupError('The build left no dist/scripts/up.js. Delete dist/ and try again.');
  process.exitCode = await runLoudly([process.execPath, up]);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
