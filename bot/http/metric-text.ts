import type { Json } from '../../src/domain/json.js';

/** One metric with all its values; of a histogram they bear its suffixes. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly values: readonly Value[];
}

export interface Value {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** '_bucket', '_sum' or '_count' of a histogram. */
  readonly suffix?: string;
}

/** Prometheus' text format 0.0.4. */
export const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * The values stand in the store and outlive this process, so they are drawn from there and not kept in a client library,
 * which counts in memory.
 */
export function drawMetrics(families: readonly Family[]): string {
  return `${families.flatMap(drawFamily).join('\n')}\n`;
}

function drawFamily({ name, type, help, values }: Family): readonly string[] {
  return [`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${name} ${type}`, ...values.map((one) => `${name}${one.suffix ?? ''}${drawLabels(one.labels)} ${drawNumber(one.value)}`)];
}

function drawLabels(labels: Value['labels']): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function drawNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}

/** The same for who reads JSON. */
export function metricsDocument(families: readonly Family[]): { readonly [name: string]: Json } {
  return Object.fromEntries(families.map(({ name, type, help, values }) => [name, { type, help, values: values.map(({ labels, value, suffix }) => ({ labels: { ...labels }, value: Number.isFinite(value) ? value : null, ...(suffix === undefined ? {} : { suffix }) })) }]));
}
