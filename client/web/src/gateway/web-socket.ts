// Addresses of WebSockets at the gateway.

/** The WebSocket URL of a path at this origin. */
export function socketUrl(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
