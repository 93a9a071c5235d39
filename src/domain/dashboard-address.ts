/** Where the HTTP API listens, and the names by which a proxy calls it. */
export interface ListensAt {
  readonly listen: string;
  readonly port: number;
  readonly hosts: readonly string[];
}

const EVERYWHERE: readonly string[] = ['0.0.0.0', '::'];

/** Where a browser finds the dashboard: by its proxy's first name, else on the host itself. */
export function dashboardAddress({ listen, port, hosts }: ListensAt): string {
  if (hosts[0] !== undefined) return `https://${hosts[0]}/dashboard`;
  const host = EVERYWHERE.includes(listen) ? '127.0.0.1' : listen.includes(':') ? `[${listen}]` : listen;
  return `http://${host}:${port}/dashboard`;
}
