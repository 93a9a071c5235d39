import type { Shop } from './shop.js';

export interface ShopConfigOptions {
  /** Where hypercare keeps what it remembers. */
  readonly dataDir: string;
  /** Name of the operating-system user who may answer questions at the terminal. */
  readonly user: string;
}

/** hypercare.yaml for one installed shop: it repairs by itself, and asks before it rolls back. Sections may be put behind it. */
export function shopConfig(shop: Shop, options: ShopConfigOptions): string {
  const { places } = shop;
  return `# The bundled sample shop, watched by hypercare. Written once and never changed again: edit it as you like.
data_dir: ${quoted(options.dataDir)}
pm2_home: ${quoted(shop.pm2Home)}

apps:
  ${shop.name}:
    url: ${shop.url}
    endpoints:
      - /
      - /cart
      - path: /checkout
        critical: true        # customers are hurt when it fails
    liveness:                 # the light question between two looks
      path: /health
      every: 5s
    limits:
      latency: 500ms          # slower on average is bad
      memory: 300MB           # more in one process is bad
    release:                  # where its releases stand, for the way back
      mode: releases
      dir: ${quoted(places.dir)}
      repo: ${quoted(places.repo)}

policy:
  default: observe            # what no rule names is only looked at
  rules:
    - repair: pm2.*           # reload, restart, kill: done at once, and told
      rung: act-and-tell
    - repair: release.rollback
      rung: ask               # going back to the last good release: a person says yes

people:                       # who may say yes, and from where
  - name: ${quoted(options.user)}
    role: approver
    terminal: ${quoted(options.user)}
`;
}

/** JSON's strings are YAML's double-quoted ones. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
