import { afterAll, beforeAll, describe } from 'vitest';
import { migrate } from '../../src/store/migrate.js';
import { openStore, type Store } from '../../src/store/store.js';
import { actsContract } from './store/acts.js';
import { alertsContract } from './store/alerts.js';
import { auditsContract } from './store/audits.js';
import { booksContract } from './store/books.js';
import { checksContract } from './store/checks.js';
import { eventsContract } from './store/events.js';
import { forgettingContract } from './store/forgetting.js';
import { holdsContract } from './store/holds.js';
import { glanceContract } from './store/glance.js';
import { hostsContract } from './store/hosts.js';
import { incidentsContract } from './store/incidents.js';
import { leasesContract } from './store/leases.js';
import { ledgerContract } from './store/ledger.js';
import { migrationsContract } from './store/migrations.js';
import { outcomesContract } from './store/outcomes.js';
import { peopleContract } from './store/people.js';
import { pingsContract } from './store/pings.js';
import { plansContract } from './store/plans.js';
import { pruningContract } from './store/pruning.js';
import { questionsContract } from './store/questions.js';
import { remediationsContract } from './store/remediations.js';
import { requestsContract } from './store/requests.js';
import { resourcesContract } from './store/resources.js';
import { samplesContract } from './store/samples.js';
import { seriesContract } from './store/series.js';
import { spansContract } from './store/spans.js';
import { unmeasuredContract } from './store/unmeasured.js';
import { makeStage, type StagePlace } from './store/stage.js';
import { visitsContract } from './store/visits.js';
import { valuesContract } from './store/values.js';
import { writesContract } from './store/writes.js';

/** What both databases must do alike. One store serves all of it: each test has a host of its own there. */
export function storeContract(name: string, start: () => Promise<StagePlace>): void {
  describe(`${name}: the contract of the store`, () => {
    let place: StagePlace;
    let store: Store;
    beforeAll(async () => {
      place = await start();
      const address = await place.empty();
      store = openStore(address);
      await migrate(store);
      stage.begin(store, address);
    });
    afterAll(async () => {
      await store?.close();
      await place?.stop();
    });
    const stage = makeStage();

    hostsContract(stage);
    writesContract(stage);
    valuesContract(stage);
    resourcesContract(stage);
    checksContract(stage);
    samplesContract(stage);
    seriesContract(stage);
    unmeasuredContract(stage);
    ledgerContract(stage);
    incidentsContract(stage);
    plansContract(stage);
    glanceContract(stage);
    questionsContract(stage);
    remediationsContract(stage);
    outcomesContract(stage);
    spansContract(stage);
    requestsContract(stage);
    actsContract(stage);
    holdsContract(stage);
    leasesContract(stage);
    eventsContract(stage);
    peopleContract(stage);
    visitsContract(stage);
    pingsContract(stage);
    alertsContract(stage);
    auditsContract(stage);
    booksContract(stage);
    pruningContract(stage);
    forgettingContract(stage);
    migrationsContract(() => place.empty());
  });
}
