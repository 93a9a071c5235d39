import { describe, expect, it } from 'vitest';
import { isDiskFull } from '../../../src/domain/disk-full.js';

describe('a full disk', () => {
  it.each(['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT'])('is known by the code %s', (code) => {
    expect(isDiskFull(Object.assign(new Error('no room'), { code }))).toBe(true);
  });

  it.each([null, undefined, 'ENOSPC', new Error('ENOSPC'), { code: 'EACCES' }])('is not %o', (thrown) => {
    expect(isDiskFull(thrown)).toBe(false);
  });
});
