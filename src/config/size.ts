const FACTOR: Readonly<Record<string, number>> = { '': 1, K: 1_024, M: 1_024 ** 2, G: 1_024 ** 3 };

/**
 * Bytes of '512MB', '512M', '512MiB', '1.5G' or '900000B'; null when it is none of these. A megabyte has 1,048,576
 * bytes whichever way it is written, because PM2's `max_memory_restart`, which stands beside it, counts so.
 */
export function parseSize(text: string): number | null {
  const found = /^(\d{1,15}(?:\.\d{1,6})?)\s*([KMG]?)(?:i?B)?$/i.exec(text.trim());
  if (!found || /^\d+(\.\d+)?$/.test(text.trim())) return null;
  return Math.round(Number(found[1]) * (FACTOR[(found[2] as string).toUpperCase()] as number));
}
