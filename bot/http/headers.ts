import { secureHeaders } from 'hono/secure-headers';
import type { MiddlewareHandler } from 'hono';

/** What is served below it is for browsers that people look at. */
export const PAGES_UNDER = '/dashboard';

type Rules = NonNullable<Parameters<typeof secureHeaders>[0]>;

const BARE: Rules = { contentSecurityPolicy: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"], frameAncestors: ["'none'"] }, xFrameOptions: 'DENY', strictTransportSecurity: false };
const PAGES: Rules = {
  ...BARE,
  // With none at all browsers would not say which page a form was sent from.
  referrerPolicy: 'same-origin',
  contentSecurityPolicy: { defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], connectSrc: ["'self'"], imgSrc: ["'self'"], formAction: ["'self'"], baseUri: ["'none'"], frameAncestors: ["'none'"] },
};

/** Documents and the guide run nothing; the dashboard's pages run, fetch and send to what is ours. Nobody may frame either. */
export function browserRules(): MiddlewareHandler {
  const [bare, pages] = [secureHeaders(BARE), secureHeaders(PAGES)];
  return (call, next) => (isPage(call.req.path) ? pages(call, next) : bare(call, next));
}

function isPage(path: string): boolean {
  return path === PAGES_UNDER || path.startsWith(`${PAGES_UNDER}/`);
}
