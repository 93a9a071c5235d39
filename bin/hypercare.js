#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/src/cli/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('hypercare is not built yet: run `npm start` (builds and starts it) or `npm run build` first.');
  process.exitCode = 2;
}
