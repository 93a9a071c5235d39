import { HypercareError } from '../domain/errors.js';
import type { Json } from '../domain/json.js';
import { putRequest, requestStatus, type RequestResult } from '../store/requests.js';
import { withdrawRequest } from '../store/withdraw-request.js';
import type { Context, Wish } from './command.js';
import { waitFor } from './wait-for.js';

/** How long the monitor has to take a request before it counts as down. */
export const TAKEN_WITHIN_MS = 5_000;
/** How long it has to end one it took: a rollback's pre-flight reads git and disk. */
export const ENDED_WITHIN_MS = 60_000;

const START_MONITOR = 'Start it with “npm start”, look at it with “pm2 logs”, and ask again';
const BACK_WITHOUT_IT = '; or have it done in the terminal itself: rollback <app> --reason <why> --offline';

const GOES_BACK: readonly string[] = ['rollback', 'repair'];

/** What a place knows of the speaker; `ask` is the same in every place. */
export function createContext(place: Omit<Context, 'ask'>): Context {
  return { ...place, ask: (wish) => ask(place, wish) };
}

async function ask(place: Omit<Context, 'ask'>, wish: Wish): Promise<Json> {
  const { store, person } = place;
  if (!person) throw new HypercareError('denied', 'denied', 'only people who are known can ask for something', null);
  const key = `${place.via}:${place.userId}:${place.nonce}`;
  const id = await store.write((tx) => putRequest(tx, place.hostId, { ...wish, personId: person.id, via: place.via, key }, place.now()));
  await place.poke();
  const taken = await waitFor(async () => ((await requestStatus(store.db, id)).taken ? true : null), TAKEN_WITHIN_MS, place.sleep);
  if (!taken && (await store.write((tx) => withdrawRequest(tx, id, place.now())))) throw monitorDown(wish.verb);
  const result = await waitFor(async () => (await requestStatus(store.db, id)).result, ENDED_WITHIN_MS, place.sleep);
  if (!result) {
    throw new HypercareError('request.slow', 'transient', `the monitor took it, and has not ended it after ${ENDED_WITHIN_MS / 1_000} s`, 'It goes on; look at “status” and “incidents” before asking again.');
  }
  return dataOf(result, wish.verb);
}

function dataOf(result: RequestResult, verb: string): Json {
  if (result.ok) return result.data;
  if (result.code === 'request.withdrawn') throw monitorDown(verb);
  throw new HypercareError(result.code, result.errorClass, result.message, result.mend);
}

/** What only goes back can be done without a monitor; of a launch or a restore point that would be no help. */
function monitorDown(verb: string): HypercareError {
  return new HypercareError(
    'monitor.down', 'transient', `the monitor did not take it within ${TAKEN_WITHIN_MS / 1_000} s; the request was withdrawn, and nothing will be done`, `${START_MONITOR}${GOES_BACK.includes(verb) ? BACK_WITHOUT_IT : ''}.`,
  );
}
