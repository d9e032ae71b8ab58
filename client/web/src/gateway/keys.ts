// Free keys, and sessions over HTTP: what the purse asks of the gateway besides its WebSocket.

import { request, requestJson } from "./http";
import { badAnswer } from "./problem";
import type { SessionView } from "./types";

const KEY_BYTES = 16;
const PREVIEW_HEADER = "x-vilokanam-preview-ticks-left";

/** A key that cost nothing. */
export interface FreeKey {
  readonly bytes: Uint8Array;
  /** Ticks left of the preview. */
  readonly ticksLeft: number;
}

/** Asks for a key without paying: given while the preview lasts. */
export async function freeKey(stream: string, index: number, signal?: AbortSignal): Promise<FreeKey> {
  const response = await request(`/v1/streams/${encodeURIComponent(stream)}/keys/${index}`, { signal });
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length !== KEY_BYTES) throw badAnswer("a key has another length than 16 bytes");
  return { bytes, ticksLeft: Number(response.headers.get(PREVIEW_HEADER) ?? 0) };
}

/** Offers a signed ticket, in hex. */
export function offerTicket(ticket: string): Promise<SessionView> {
  return requestJson("/v1/sessions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ticket }),
  });
}

/** Ends a session. The request outlives the page. */
export async function closeSession(session: string, token: string): Promise<void> {
  const authorization = `Payment session="${session}", token="${token}"`;
  await request(`/v1/sessions/${session}/close`, { method: "POST", headers: { authorization }, keepalive: true });
}
