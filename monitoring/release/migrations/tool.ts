import type { JudgedMigration } from '../../../src/domain/migration.js';
import type { Tree } from '../tree.js';

/** A row of a tool's own table. */
export interface Applied {
  /** As the tool calls it. */
  readonly name: string;
  /** Milliseconds; null where the tool does not write it down. */
  readonly at: number | null;
}

/** Where the file of an applied migration stands, and how people know it. */
export interface Located {
  readonly path: string;
  readonly label: string;
}

/** A tool that changes the schema of a database, and what it leaves behind: one file, one line in `index.ts`, one test. */
export interface MigrationTool {
  readonly name: string;
  /** The name of its table where nobody chose another, and the columns by which it is told from another of that name. */
  readonly table: string;
  readonly columns: readonly string[];
  /** Columns and order of a query for `name` (text) and `at` (milliseconds, or null) of what is applied, oldest first; `%T` is the table. */
  readonly query: string;
  /** Packages whose presence says that an app uses the tool. */
  readonly packages: readonly string[];
  locate(applied: Applied, tree: Tree): Promise<Located | null>;
  judge(text: string, path: string): JudgedMigration;
  /** Why code that lacks the last of these would not start, where it migrates by itself at its start; null: it would start. */
  refuses(history: { readonly applied: readonly Applied[]; readonly missing: readonly Applied[]; readonly tolerant: boolean }): string | null;
}
