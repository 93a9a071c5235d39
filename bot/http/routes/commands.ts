import { z } from '@hono/zod-openapi';
import type { Command } from '../../../src/commands/command.js';
import { commands } from '../../../src/commands/index.js';
import { runArgs } from '../../../src/commands/run-words.js';
import { route, type Route } from '../route.js';
import { anything } from '../shapes.js';

/** Every command that may be spoken elsewhere than in the terminal, with its own arguments: a new one needs no line here. */
export const commandRoutes: readonly Route[] = commands.filter(({ terminalOnly, role }) => terminalOnly !== true && role !== null).map(commandRoute);

function commandRoute({ name, summary, role, args }: Command<unknown>): Route {
  return route({
    method: 'post', path: `/api/commands/${name}`, group: 'commands', role: role ?? 'viewer',
    summary: `${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}`,
    // The command parses it itself, with its own words for what is wrong.
    body: { required: false, schema: (args as z.ZodType).describe(`As “hypercare ${name}” takes them`) },
    answers: { 200: { about: 'What the command gives with --json; exit is its exit code', schema: z.intersection(anything, z.looseObject({ exit: z.number().int() })) }, 404: { about: 'What is named is not there' }, 409: { about: 'Something is being done already' }, 503: { about: 'No monitor runs: nothing was done' } },
    async serve({ raw, ctx, parts }) {
      const { data, exit } = await runArgs(name, await raw(), ctx);
      if (role !== 'viewer') parts.log.info({ platform: ctx.via, person: ctx.person?.name ?? ctx.userId, said: name }, 'a person asked');
      return { json: { ...data, exit } };
    },
  });
}
