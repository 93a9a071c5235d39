/** Where a Redis is and who we are there, as its client takes them: 'redis://ann:pw@10.0.0.5:6379/2' or 'unix:///run/redis/redis.sock?db=2' ('unix://:pw@localhost/run/…' with a password). */
export function redisAddress(url: string) {
  const { protocol, hostname, port, pathname, username, password } = new URL(url);
  return {
    ...(protocol === 'unix:' ? { path: decodeURIComponent(pathname) } : { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 6_379 : Number(port) }),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

/** Which of its databases, as written: '0' where nothing says so. */
export function redisDb(url: string): string {
  const { protocol, pathname, searchParams } = new URL(url);
  return (protocol === 'unix:' ? searchParams.get('db') : pathname.slice(1)) || '0';
}
