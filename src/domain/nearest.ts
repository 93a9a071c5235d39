/** Longer words are not compared: the table grows with the product of the lengths. */
const MAX_CHARS = 64;

/** The known word that `word` most likely meant, or null. Case, '-' and '_' do not count: 'dataDir' means 'data_dir'. */
export function nearestWord(word: string, known: readonly string[]): string | null {
  if (word.length > MAX_CHARS) return null;
  let best: { readonly word: string; readonly far: number } | null = null;
  for (const candidate of known) {
    if (candidate.length > MAX_CHARS) continue;
    const far = begins(plain(word), plain(candidate)) ? 1 : distance(plain(word), plain(candidate));
    const allowed = Math.max(1, Math.floor(candidate.length / 3));
    if (far <= allowed && far < candidate.length && (best === null || far < best.far)) best = { word: candidate, far };
  }
  return best?.word ?? null;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[-_]/g, '');
}

/** 'act' for 'act-and-tell', 'warning' for 'warn'. */
function begins(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a));
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours count one each. */
function distance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (beforeLast[j - 2] as number) + 1 : Infinity;
      row.push(Math.min(change, swap, (last[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] as number;
}
