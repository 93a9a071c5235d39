/** Redis, PostgreSQL, Chromium, Prometheus and its Alertmanager for the tests: found, or installed by apt-get as root on Debian, or named as missing. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const SERVICES = [
  { name: 'redis', package: 'redis-server', is: () => onPath('redis-server') },
  { name: 'postgres', package: 'postgresql', is: () => onPath('initdb') || inDebiansPlace('initdb') },
  // Only the slow tests open a browser, and it is large.
  { name: 'chromium', package: 'chromium', slow: true, is: () => ['chromium', 'chromium-browser', 'google-chrome'].some(onPath) },
  // What is served to them is read by them; few have them, and what is served is checked without them too.
  { name: 'prometheus', package: 'prometheus', slow: true, is: () => onPath('promtool') },
  { name: 'alertmanager', package: 'prometheus-alertmanager', slow: true, is: () => onPath('prometheus-alertmanager') },
];
const INSTALL_WITHIN_MS = 10 * 60_000;

/** Names of the services that cannot be had here; their tests are skipped by name. HYPERCARE_TEST_WITHOUT adds to them. */
export async function bringServices(say, { slow = true } = {}) {
  const without = (process.env.HYPERCARE_TEST_WITHOUT ?? '').split(',').map((name) => name.trim()).filter(Boolean);
  const missing = () => SERVICES.filter((service) => (slow || !service.slow) && !service.is() && !without.includes(service.name));
  if (missing().length > 0 && canInstall()) aptInstall(missing(), say);
  for (const service of missing()) {
    say(`Missing: ${service.name}. Its tests are skipped. (Install it, on Debian: sudo apt-get install ${service.package})`);
  }
  return [...without, ...missing().map((service) => service.name)];
}

function canInstall() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath('apt-get');
}

function aptInstall(services, say) {
  const packages = services.map((service) => service.package);
  say(`Installing ${packages.join(' and ')} with apt-get, for the tests …`);
  const options = { stdio: ['ignore', 'pipe', 'pipe'], timeout: INSTALL_WITHIN_MS, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update', '-q'], options);
  const done = spawnSync('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], options);
  if (done.status !== 0) say(`  apt-get could not install them: ${String(done.stderr).trim().split('\n').at(-1)}`);
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((dir) => dir !== '' && existsSync(join(dir, program)));
}

/** Debian keeps PostgreSQL's own programs out of PATH. */
function inDebiansPlace(program) {
  const base = '/usr/lib/postgresql';
  return existsSync(base) && readdirSync(base).some((version) => existsSync(join(base, version, 'bin', program)));
}
