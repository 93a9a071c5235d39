import { z } from 'zod';
import { HypercareError } from '../../src/domain/errors.js';
import { deadPm2 } from '../../src/io/pm2-resurrect.js';
import type { Probe } from './probe.js';

const options = z.strictObject({});

/**
 * Whether the daemon of this PM2 home lives. Bad only where it is proved that it died: nobody answers, no process of it
 * is there, and its pid file still names one. One that somebody ended (`pm2 kill` takes the file along), that starts just
 * now, or that is frozen and answers nobody, is a failed measurement: nothing is to be done about those.
 */
export const pm2Daemon: Probe<z.output<typeof options>> = {
  kind: 'pm2-daemon',
  local: true,
  options,
  fields: [],
  async measure(_options, io) {
    const began = io.clock.monotonic();
    try {
      await io.pm2.list();
      return { verdict: 'good', ms: io.clock.monotonic() - began, values: [], note: null };
    } catch (thrown) {
      if (!(thrown instanceof HypercareError) || thrown.code !== 'pm2.dead' || !(await deadPm2(io.pm2.home).crashed())) throw thrown;
      return { verdict: 'bad', ms: null, values: [], note: `PM2's daemon of ${io.pm2.home} is dead`.slice(0, 200) };
    }
  },
};
