/**
 * `npm test`: brings what the tests need, checks types, builds, and runs them. `--all`, or CI=true, runs test/slow too;
 * other arguments go to vitest. Its last line is always `N passed, N failed, N skipped`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bringServices } from './bring-services.mjs';
import { build, checkTools, install, root, runLoudly, SetupError } from './setup.mjs';
import { closingLine, countResults } from './test-count.mjs';

const all = process.argv.includes('--all') || process.env.CI === 'true';
const passedOn = process.argv.slice(2).filter((argument) => argument !== '--all');
const scratch = mkdtempSync(join(tmpdir(), 'hypercare-test-'));

try {
  checkTools();
  await install(console.log);
  const without = await bringServices(console.log, { slow: all });
  console.log('Checking types …');
  const typesCode = (await runLoudly(tool('typescript', 'tsc', ['-p', 'tsconfig.json', '--noEmit']))) || (await runLoudly(tool('typescript', 'tsc', ['-p', 'bot/dashboard'])));
  await build(console.log);
  const { counts, code } = await runTests(without);
  finish({ ...counts, failed: counts.failed + (typesCode === 0 ? 0 : 1) }, code || typesCode);
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  finish({ passed: 0, failed: 1, skipped: 0 }, 1);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function runTests(without) {
  const report = join(scratch, 'report.json');
  // In full runs the scenarios share two cores with daemons, databases and killed children: what fails is tried once more.
  const slow = all ? ['--retry=1'] : ['--exclude', 'test/slow/**'];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const env = { ...process.env, HYPERCARE_TEST_WITHOUT: without.join(',') };
  const code = await runLoudly(tool('vitest', 'vitest.mjs', ['run', ...slow, ...reporters, ...passedOn]), env);
  return { code, counts: countResults(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null, code) };
}

/** A tool of ours by its own file, so that neither npx nor a shell stands between. */
function tool(name, file, args) {
  const places = [join(root, 'node_modules', name, file), join(root, 'node_modules', name, 'bin', file)];
  const program = places.find((place) => existsSync(place));
  if (!program) throw new SetupError(`${name} is missing from node_modules. Delete node_modules and run \`npm test\` again.`);
  return [process.execPath, program, ...args];
}

function finish(counts, code) {
  console.log(`\n${closingLine(counts)}`);
  process.exitCode = counts.failed > 0 ? code || 1 : code;
}
