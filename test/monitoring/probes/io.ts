import type { Clock } from '../../../src/io/clock.js';
import { systemClock } from '../../../src/io/clock.js';
import type { Io } from '../../../src/io/io.js';

/** An Io of which a test gives what its probe uses; the rest throws when touched. */
export function ioOf(given: Partial<Io>): Io {
  return new Proxy({ clock: systemClock as Clock, ...given } as Io, {
    get(target, name) {
      if (name in target) return target[name as keyof Io];
      throw new Error(`the probe touched io.${String(name)}`);
    },
  });
}
