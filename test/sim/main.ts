/** What `npm run chat:sim` does: prints the address and stays until it is ended. */
import { startSim } from './sim.js';

const PORT = 4880;

export async function main(words: readonly string[]): Promise<void> {
  const port = words[0] === undefined ? PORT : Number(words[0]);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`“${words[0]}” is no port. npm run chat:sim -- 4880`);
  let ended = (): void => undefined;
  const end = new Promise<void>((done) => (ended = done));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, ended);
  const sim = await startSim({ port, tell: (line) => void process.stdout.write(`${line}\n`) });
  process.stdout.write(`\nSlack and Telegram, as their users see them: ${sim.url}\nCtrl-C ends it, and removes all of it.\n`);
  await end;
  await sim.close();
}
