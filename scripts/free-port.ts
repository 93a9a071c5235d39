import { createServer } from 'node:net';

/** A port of 127.0.0.1 that nobody listens on at this moment: `preferred` where it is free, else one the system picks. */
export async function freePort(preferred = 0): Promise<number> {
  return (preferred > 0 ? await bindable(preferred) : null) ?? ((await bindable(0)) as number);
}

function bindable(port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (port > 0 ? resolve(null) : reject(error)));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === 'object' ? address.port : null));
    });
  });
}
