// Free ports, and waiting for a condition.

import { createServer } from "node:net";

/** A port that is free at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/**
 * Calls `ask` until it returns a value, which it returns. After `withinMs`, throws with the last error as its cause.
 */
export async function until<T>(what: string, ask: () => Promise<T | null | false>, withinMs: number): Promise<T> {
  const end = Date.now() + withinMs;
  let last: unknown = null;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== null && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs / 1000} s`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
