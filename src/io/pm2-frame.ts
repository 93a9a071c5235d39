/**
 * One message of PM2's bus as it comes over the socket: a byte holding the number of parts, then each part with its
 * length before it; the first is the topic ('s:process:event'), the second the packet ('j:{…}').
 */

/** The topic, and the packet still unparsed: everything any app logs comes this way, and nearly all of it is not wanted. */
export function openFrame(frame: Buffer): { readonly topic: string; packet(): unknown } | null {
  const topic = partAt(frame, 1);
  if (topic === null || topic.kind !== 's') return null;
  return {
    topic: topic.body.toString(),
    packet() {
      const part = partAt(frame, topic.end);
      return part?.kind === 'j' ? parseJson(part.body) : null;
    },
  };
}

function partAt(frame: Buffer, at: number): { readonly kind: string; readonly body: Buffer; readonly end: number } | null {
  if (frame.length < at + 6) return null;
  const start = at + 4;
  const end = start + frame.readUInt32BE(at);
  if (end > frame.length || end < start + 2) return null;
  return { kind: String.fromCharCode(frame[start] ?? 0), body: frame.subarray(start + 2, end), end };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}
