import { expect, test } from 'vitest';
import { openFrame } from '../../../src/io/pm2-frame.js';

function frame(...parts: readonly string[]): Buffer {
  const packed = parts.flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(part));
    return [length, Buffer.from(part)];
  });
  return Buffer.concat([Buffer.from([0x10 | parts.length]), ...packed]);
}

test('a frame gives its topic, and its packet when asked', () => {
  const opened = openFrame(frame('s:process:event', 'j:{"event":"exit","name":"läden"}'));
  expect(opened?.topic).toBe('process:event');
  expect(opened?.packet()).toEqual({ event: 'exit', name: 'läden' });
});

test.each([
  ['an empty one', Buffer.alloc(0)],
  ['one that ends within its first part', frame('s:process:event').subarray(0, 9)],
  ['one whose first part is no topic', frame('j:{}')],
])('%s is no frame', (_, broken) => {
  expect(openFrame(broken)).toBeNull();
});

test.each([
  ['is missing', frame('s:process:event')],
  ['is cut', frame('s:process:event', 'j:{"event":"exit"}').subarray(0, 30)],
  ['is no JSON', frame('s:process:event', 'j:{')],
])('a packet that %s is null', (_, broken) => {
  expect(openFrame(broken)?.packet()).toBeNull();
});
