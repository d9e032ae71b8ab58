// WebSockets to the gateway: their URL, and how long to wait before another try.

/** The shortest wait before a connection is tried again. */
const FIRST_WAIT_MS = 500;
/** The longest. */
const MAX_WAIT_MS = 30_000;

/** The WebSocket URL of a path at this origin. */
export function socketUrl(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** How long to wait before try `failures` + 1, with a third of it by chance: a restarted gateway is not stormed. */
export function waitBeforeRetryMs(failures: number): number {
  const wait = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
  return wait * (1 - Math.random() / 3);
}
