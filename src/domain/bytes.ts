const MIB = 1_048_576;

/** '3.2 GiB', '120 MiB', '0.4 MiB'. */
export function sayBytes(bytes: number): string {
  const mib = bytes / MIB;
  if (mib >= 1_024) return `${(mib / 1_024).toFixed(1)} GiB`;
  return mib >= 10 ? `${Math.round(mib)} MiB` : `${mib.toFixed(1)} MiB`;
}
