/** kill: every worker by SIGKILL · hang: every worker by SIGSTOP · errors, slow: the shop's own faults, in every worker. */
export const BENCH_FAULTS = ['kill', 'hang', 'errors', 'slow'] as const;
export type BenchFault = (typeof BENCH_FAULTS)[number];
