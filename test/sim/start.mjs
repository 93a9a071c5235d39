/** `npm run chat:sim`: the doubles of the tests, by hand. They are TypeScript of the tests', which nothing is built of. */
import { createServer } from 'vite';

const loader = await createServer({ configFile: false, logLevel: 'warn', appType: 'custom', server: { middlewareMode: true, hmr: false, ws: false, watch: null } });
try {
  const { main } = await loader.ssrLoadModule('/test/sim/main.ts');
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await loader.close();
}
