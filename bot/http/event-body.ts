import type { ServerEvent } from './route.js';

/** Without it proxies and callers take a quiet stream for a dead one. */
const PULSE = ': still here\n\n';

/**
 * Events as a body that is pulled: nothing is read from the source before the caller took what was sent, so one that
 * never reads holds a few kilobytes of its socket, and nothing more piles up. An event of kind 'pulse' is a comment.
 */
export function eventBody(events: AsyncIterable<ServerEvent>, stopping: AbortSignal, ended: () => void): ReadableStream<Uint8Array> {
  const source = events[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = stopping.aborted ? { done: true as const } : await source.next().catch(() => ({ done: true as const }));
      if (next.done) {
        ended();
        return controller.close();
      }
      controller.enqueue(encoder.encode(drawn(next.value as ServerEvent)));
    },
    async cancel() {
      ended();
      await source.return?.();
    },
  }, { highWaterMark: 1 });
}

function drawn({ id, event, data }: ServerEvent): string {
  if (event === 'pulse') return PULSE;
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
