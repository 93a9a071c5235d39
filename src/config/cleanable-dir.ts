import { checkedText } from './fields.js';

/** The system's own: nothing in them is removed or packed, however old. */
const SYSTEM = ['/bin', '/boot', '/dev', '/etc', '/lib', '/lib32', '/lib64', '/libx32', '/proc', '/run', '/sbin', '/snap', '/sys', '/usr', '/var/lib', '/var/run', '/var/spool'];
/** What holds other people's things: a directory in them may be named, they themselves may not. */
const SHARED = ['/home', '/media', '/mnt', '/opt', '/root', '/srv', '/var', '/var/log'];

/** A directory in which files may be removed or packed by themselves: an absolute path that is neither the system's nor a whole home. */
export function cleanableDir() {
  return checkedText('an absolute path', (text) => {
    if (!/^(\/|~\/)/.test(text)) return 'must be an absolute path: begin with / or ~/';
    if (text.split('/').some((part) => part === '.' || part === '..') || text.includes('\0')) return 'must be written without . and ..';
    const path = text.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
    if (path === '/' || path === '~') return 'may not be the root or a home directory: name one in it';
    if (SYSTEM.some((dir) => path === dir || path.startsWith(`${dir}/`))) return "is the system's own: nothing is removed there";
    if (SHARED.includes(path) || /^\/home\/[^/]+$/.test(path)) return 'holds much else: name a directory in it';
    return null;
  });
}
