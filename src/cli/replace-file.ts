import { chmodSync, existsSync, renameSync, statSync, writeFileSync } from 'node:fs';

/** Whole or not at all. Without a `mode` it keeps the rights it had, and a new one is the user's alone. */
export function replaceFile(file: string, text: string, mode = existsSync(file) ? statSync(file).mode & 0o777 : 0o600): void {
  const beside = `${file}.new`;
  writeFileSync(beside, text, { mode });
  chmodSync(beside, mode);
  renameSync(beside, file);
}
