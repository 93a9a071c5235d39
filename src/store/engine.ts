/** The two databases the product runs on, by one code path; what differs between them stands in this folder alone. */
export type Engine = 'sqlite' | 'postgres';
