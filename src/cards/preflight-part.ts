import { gravestFirst, lightOf, type Light, type PreflightItem } from '../domain/preflight.js';
import { shortPaths } from './steps.js';

/** As it is kept with a plan, or came over the wire. */
export type PlannedItem = Omit<PreflightItem, 'instead'> & { readonly instead?: string | undefined };

const WORDS: Readonly<Record<Light, string>> = { green: 'green', amber: 'AMBER', red: 'RED' };
const MEANS: Readonly<Record<Light, string>> = {
  green: 'nothing speaks against it',
  amber: 'read this before a yes',
  red: 'it is not done without a person',
};
const NAMED_IN_SHORT = 4;

/** Everything that was looked at before a rollback, the gravest first. */
export function drawPreflight(items: readonly PlannedItem[]): string {
  return [headOf(items), ...sorted(items).flatMap(drawItem)].join('\n');
}

/** What is not green, and where it goes; for a phone. */
export function preflightInShort(items: readonly PlannedItem[]): string {
  const graver = sorted(items).filter(({ light, about }) => light !== 'green' || about === 'target').slice(0, NAMED_IN_SHORT);
  return shortPaths([headOf(items), ...graver.flatMap(drawItem)].join('\n'));
}

function headOf(items: readonly PlannedItem[]): string {
  const light = lightOf(items as readonly PreflightItem[]);
  return `Pre-flight: ${WORDS[light]}, ${MEANS[light]}.`;
}

/** Where to is told before all else. */
function sorted(items: readonly PlannedItem[]): readonly PlannedItem[] {
  const grave = gravestFirst(items as readonly PreflightItem[]);
  return [...grave.filter(({ about }) => about === 'target'), ...grave.filter(({ about }) => about !== 'target')];
}

function drawItem({ about, light, says, instead }: PlannedItem): readonly string[] {
  return [`${WORDS[light]} ${about}: ${says}.`, ...(light === 'red' && instead ? [`Instead: ${instead}.`] : [])];
}
