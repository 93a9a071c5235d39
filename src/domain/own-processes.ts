/** What our two processes are called in PM2, as ecosystem.config.js starts them. They are never watched, nor acted upon. */
export const OWN_PROCESSES: readonly string[] = ['hypercare-monitor', 'hypercare-bot'];

export function isOwnProcess(name: string): boolean {
  return OWN_PROCESSES.includes(name);
}
