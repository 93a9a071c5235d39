/** True for '/health', false for a whole address. */
export function isPath(pathOrUrl: string): boolean {
  return pathOrUrl.startsWith('/');
}

/**
 * What an endpoint is called: its own name, else its path without the query, with the host before it where that is
 * not the app's own. Names are shown everywhere, and queries may hold secrets.
 */
export function endpointName(endpoint: { readonly path: string; readonly name?: string | undefined }, appUrl: string | null): string {
  if (endpoint.name !== undefined) return endpoint.name;
  if (isPath(endpoint.path)) return endpoint.path.split('?', 1)[0] as string;
  const url = new URL(endpoint.path);
  const ownHost = appUrl !== null && new URL(appUrl).origin === url.origin;
  return ownHost ? url.pathname : `${url.host}${url.pathname}`;
}

/** The address to call: a path is put behind the app's url, which may itself end in a path. */
export function addressOf(pathOrUrl: string, appUrl: string | null): string {
  return isPath(pathOrUrl) ? `${(appUrl ?? '').replace(/\/+$/, '')}${pathOrUrl}` : pathOrUrl;
}
