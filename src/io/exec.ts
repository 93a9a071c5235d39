export interface ExecOptions {
  readonly cwd?: string;
  /** The child's whole environment; nothing is inherited beside PATH, HOME, LANG and what stands here. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Each of stdout and stderr keeps its last this many bytes (default 64 KiB). */
  readonly maxOutputBytes?: number;
  readonly stdin?: string;
}

export interface ExecResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Exec {
  /** Runs a program with an argument array (never a shell) in its own process group, which is killed at the deadline or on abort. */
  run(program: string, args: readonly string[], options: ExecOptions, signal?: AbortSignal): Promise<ExecResult>;
}
