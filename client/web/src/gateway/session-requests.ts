// Preview keys and sessions over HTTP: what a viewer asks of the gateway besides the session's WebSocket.

import { request, requestJson } from "./http";
import { badAnswer } from "./problem";
import type { SessionView } from "./types";

const KEY_BYTES = 16;
const PREVIEW_HEADER = "x-vilokanam-preview-ticks-left";

/** A key given without payment. */
export interface FreeKey {
  readonly bytes: Uint8Array;
  /** Ticks left of the free preview. */
  readonly ticksLeft: number;
}

/**
 * Requests a key without paying. The gateway gives it while the preview lasts, and refuses with status 402 afterwards.
 */
export async function freeKey(stream: string, index: number, signal?: AbortSignal): Promise<FreeKey> {
  const response = await request(`/v1/streams/${encodeURIComponent(stream)}/keys/${index}`, { signal });
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length !== KEY_BYTES) throw badAnswer("a key is not 16 bytes long");
  return { bytes, ticksLeft: Number(response.headers.get(PREVIEW_HEADER) ?? 0) };
}

/** Offers a signed ticket, in hexadecimal. */
export function offerTicket(ticket: string): Promise<SessionView> {
  return requestJson("/v1/sessions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ticket }),
  });
}

/** Closes a session. The request outlives the page. */
export async function closeSession(session: string, token: string): Promise<void> {
  const authorization = `Payment session="${session}", token="${token}"`;
  await request(`/v1/sessions/${session}/close`, { method: "POST", headers: { authorization }, keepalive: true });
}
