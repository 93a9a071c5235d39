/** True for '/health', false for a whole address. */
export function isPath(pathOrUrl: string): boolean {
  return pathOrUrl.startsWith('/');
}

/**
 * What an endpoint is called: its own name, else its path without the query, with the host before it where that is
 * not the app's own. Names are shown everywhere, and queries may hold secrets.
 */
export function endpointName(endpoint: NamedEndpoint, appUrl: string | null): string {
  const { name, path, shown = path } = endpoint;
  if (name !== undefined) return name;
  if (isPath(path)) return withoutQuery(shown);
  const url = new URL(path);
  const ownHost = appUrl !== null && new URL(appUrl).origin === url.origin;
  const pathname = shown === path ? url.pathname : withoutQuery(shown.replace(/^https?:\/\/[^/?#]*/i, ''));
  return ownHost ? pathname : `${url.host}${pathname}`;
}

interface NamedEndpoint {
  readonly path: string;
  readonly name?: string | undefined;
  /** The path with names instead of what comes from the environment, which may be a key. */
  readonly shown?: string | undefined;
}

function withoutQuery(text: string): string {
  return text.split(/[?#]/, 1)[0] as string;
}

/** The address to call: a path is put behind the app's url, which may itself end in a path. */
export function addressOf(pathOrUrl: string, appUrl: string | null): string {
  return isPath(pathOrUrl) ? `${(appUrl ?? '').replace(/\/+$/, '')}${pathOrUrl}` : pathOrUrl;
}
