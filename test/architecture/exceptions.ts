/**
 * Where a rule is left, and why. A line that is no longer needed turns the test red too, so that this list stays true.
 * The key is what the rule prints before its colon.
 */
export const EXCEPTIONS: Readonly<Record<Rule, Readonly<Record<string, string>>>> = {
  imports: {
    'monitoring/probes/release.ts → monitoring/release/identify.ts': 'what runs is named in one way, by the probe that sees it and by the rollback that restores it',
    'monitoring/probes/release.ts → monitoring/release/layout.ts': 'the probe reads the mark that a build leaves in its release',
  },
  'node modules': {},
  libraries: {
    'scripts/bench/postgres.ts → pg': 'plays the apps whose sessions wait for one another',
    'scripts/crash/written.ts → kysely': 'a plugin that notes what a transaction wrote, so that the crash test can say at which point it killed',
  },
  clock: {},
  environment: {
    'src/io/child-env.ts': 'hands PATH, HOME and LANG on to children; io may not import config',
    'ecosystem.config.js': 'PM2 reads it before anything of ours runs',
    'scripts/bring-services.mjs': 'runs before anything is installed or built',
    'scripts/setup.mjs': 'runs before anything is installed or built',
    'scripts/test.mjs': 'runs before anything is installed or built',
  },
  'environment names': {
    PATH: 'the system’s own',
    HOME: 'the system’s own',
    LANG: 'the system’s own',
    TERM: 'the terminal’s own',
    COLUMNS: 'the terminal’s own',
    CI: 'set by whoever runs the tests there',
    HYPERCARE_TEST_WITHOUT: 'of the tests alone: services to do without',
  },
  'file sizes': {},
  'function sizes': {
    'monitoring/loop.ts': 'the whole loop: its parts share what was poked and who sleeps, and are read as one',
  },
  language: {
    'src/io/pm2-axon.d.ts: a default export': 'declares a module of PM2 as that is',
  },
  reached: {
  },
  registries: {},
};

export type Rule = 'imports' | 'node modules' | 'libraries' | 'clock' | 'environment' | 'environment names' | 'file sizes' | 'function sizes' | 'language' | 'reached' | 'registries';
