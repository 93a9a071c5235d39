import { describe, expect, it } from 'vitest';
import { maskForeign } from '../../../src/io/mask.js';

describe('text that others write', () => {
  it.each([
    ['a password in a URL', 'connecting to postgres://shop:hunter2@db/shop', 'connecting to postgres://shop:[redacted]@db/shop'],
    ['what stands under a secret’s name', 'login password=hunter2 user=ann', 'login password=[redacted] user=ann'],
    ['the same in JSON', '{"apiKey":"abc def","n":1}', '{"apiKey":[redacted],"n":1}'],
    ['a header', 'Authorization: Bearer abcdef.ghi, next', 'Authorization: [redacted], next'],
    ['a cookie', 'set-cookie: sid=abcdef; Path=/', 'set-cookie: [redacted]; Path=/'],
    ['an environment line', 'DB_PASSWORD=hunter2', 'DB_PASSWORD=[redacted]'],
    ['a signed token', `token was eyJhbGciOiJI.eyJzdWIiOiIx.abc-_x.`, 'token was [redacted].'],
    ['a cloud’s key', 'using AKIAIOSFODNN7EXAMPLE now', 'using [redacted] now'],
    ['a forge’s token', `cloning with ghp_${'a'.repeat(36)}`, 'cloning with [redacted]'],
    ['a private key', 'key\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nend', 'key\n[redacted]\nend'],
    ['a private key that is cut', '-----BEGIN PRIVATE KEY-----\nMIIE', '[redacted]'],
    ['a chat token', `xoxb-${'1'.repeat(12)}-abc`, '[redacted]'],
  ])('loses %s', (_what, text, masked) => {
    expect(maskForeign(text)).toBe(masked);
  });

  it('keeps what is no secret, whole', () => {
    const text = `${'GET /checkout 500 in 12 ms\n'.repeat(500)}TypeError: cannot read token of undefined`;
    expect(maskForeign(text)).toBe(text);
  });
});
