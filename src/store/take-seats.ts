import { HypercareError } from '../domain/errors.js';
import { takeHostSeat, type HostSeat } from './host-seat.js';
import { takeSeat, type Seat } from './seat.js';
import type { StoreAddress } from './store.js';

export type Seats = Seat & HostSeat;

/** That of the PM2 home, and on PostgreSQL that of the host's name too; null when somebody holds one of them. */
export async function takeSeats(of: { readonly pm2Home: string; readonly host: string }, address: StoreAddress): Promise<Seats | null> {
  const here = takeSeat(of.pm2Home);
  if (here === null) return null;
  if (!('url' in address)) return { ...here, lost: new Promise<void>(() => undefined) };
  const shared = await takeHostSeat(address.url, of.host).catch((error: unknown) => {
    here.release();
    throw new HypercareError('store.unreachable', 'transient', 'the PostgreSQL of DATABASE_URL cannot be reached', 'Check that it runs, and that DATABASE_URL is right.', { cause: error });
  });
  if (shared === null) {
    here.release();
    return null;
  }
  const release = (): void => {
    here.release();
    shared.release();
  };
  return { keeps: () => here.keeps(), lost: shared.lost, release };
}
