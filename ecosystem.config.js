import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

// PM2 hands an app the whole environment of whoever runs `pm2 start`, keeps it in its dump and shows it to every client
// of its bus. These two get what stands here and no more: tokens belong into the .env file beside hypercare.yaml.
const HANDED_ON = ['PATH', 'HOME', 'LANG', 'PM2_HOME', 'HYPERCARE_HOME'];

const root = import.meta.dirname;
const home = resolve(process.env.HYPERCARE_HOME || join(homedir(), '.hypercare'));

/** HYPERCARE_CONFIG, else hypercare.yaml here, else the one `npm start` wrote for its sample shop. */
function configFile() {
  if (process.env.HYPERCARE_CONFIG) return resolve(process.env.HYPERCARE_CONFIG);
  const [here, sample] = [join(root, 'hypercare.yaml'), join(home, 'hypercare.yaml')];
  return !existsSync(here) && existsSync(sample) ? sample : here;
}

const env = { NODE_ENV: 'production', HYPERCARE_CONFIG: configFile() };
for (const name of HANDED_ON) if (process.env[name]) env[name] = process.env[name];

const common = {
  cwd: root,
  exec_mode: 'fork',
  instances: 1,
  // Without PM2's agent inside, both outlive a killed PM2 daemon and can tell of it.
  pmx: false,
  // What they started (git, npm) goes on when they are restarted; its outcome is looked at afterwards.
  treekill: false,
  kill_timeout: 10_000,
  // Tried again at most every 15 s: a corrected configuration is taken up by itself.
  exp_backoff_restart_delay: 100,
  max_memory_restart: '1G',
  merge_logs: true,
  env,
  // Drops every variable of the caller whose name contains '': all of them. `true` would drop none (PM2 7.0.4).
  filter_env: [''],
};

export const apps = [
  { ...common, name: 'hypercare-monitor', script: join(root, 'dist', 'monitoring', 'main.js') },
  { ...common, name: 'hypercare-bot', script: join(root, 'dist', 'bot', 'main.js') },
];
