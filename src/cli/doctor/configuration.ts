import { mistakeLine } from '../../config/mistake.js';
import { fail, ok, warn, type Examination } from './examination.js';

/** hypercare.yaml, and whether anybody is told. */
export const configuration: Examination = {
  name: 'configuration',
  async examine({ config }) {
    if (config === null) return [warn('there is none: nothing of yours is watched', 'hypercare init')];
    if (!config.ok) return [fail(`has ${config.mistakes.length === 1 ? 'a mistake' : `${config.mistakes.length} mistakes`}: ${config.mistakes[0] ? mistakeLine(config.mistakes[0]) : ''}`, 'hypercare config check shows all.')];
    const { apps, channels } = config.config;
    const mute = channels.every(({ kind }) => kind === 'console');
    return [
      ok(`names ${apps.length} ${apps.length === 1 ? 'app' : 'apps'}`),
      mute ? warn('people are told in the log alone', 'hypercare slack manifest, or hypercare telegram pair') : ok(`people are told by ${channels.map(({ kind }) => kind).filter((kind) => kind !== 'console').join(', ')}; “hypercare chat test” tries it`),
      ...config.warnings.map((warning) => warn(mistakeLine(warning), 'Correct it; hypercare config check shows it with its line.')),
    ];
  },
};
