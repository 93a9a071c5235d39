import { median, percentile } from '../../src/domain/statistics.js';

/** What many measurements of one thing come to; all null of nothing. */
export interface Summary {
  readonly n: number;
  readonly median: number | null;
  readonly p95: number | null;
  /** Measurements that should have been there and are not. */
  readonly missed: number;
}

/** Null among the values: it was not seen. */
export function summaryOf(values: readonly (number | null)[]): Summary {
  const seen = values.filter((value) => value !== null);
  return { n: seen.length, median: median(seen), p95: percentile(seen, 95), missed: values.length - seen.length };
}

/** Ours over the other's, to two digits; null where either is missing or the other is nothing. */
export function ratio(ours: number | null, other: number | null): number | null {
  if (ours === null || other === null || other <= 0) return null;
  return Number((ours / other).toPrecision(2));
}

/** The smallest of what there is: who is best counts, not who is named first. */
export function best(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Rows of words in columns as wide as their widest; the first column to the left, the others to the right. */
export function drawTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((word, column) => (column === 0 ? word.padEnd(widths[column] ?? 0) : word.padStart(widths[column] ?? 0))).join('  ').trimEnd();
  return rows.map(line).join('\n');
}

/** A number for a table: three digits count, and what is not there is a dash. */
export function said(value: number | null, digits = 0): string {
  return value === null ? '–' : value.toFixed(digits);
}
