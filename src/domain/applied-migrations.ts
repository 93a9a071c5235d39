/** What the tools' own tables said in the databases that an app uses, while a release of it ran. */
export interface AppliedMigrations {
  /** When they were read, milliseconds. */
  readonly at: number;
  /** `names`: oldest first, as the tool calls them. */
  readonly tables: readonly { readonly database: string; readonly tool: string; readonly table: string; readonly names: readonly string[] }[];
  /** What could not be read, for people. */
  readonly unread: readonly string[];
}
