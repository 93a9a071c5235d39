/** Not a double at all: a real PostgreSQL and a real Redis, each for one test file, started and stopped by it. */
export { missingService, type Service, startPostgres, startRedis } from '../../scripts/services.js';
