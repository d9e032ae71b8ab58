// Ids and hashes of the tick protocol. Every byte here is fixed by the golden vectors that the chain's tests read too.

import { blake2b } from "@noble/hashes/blake2.js";
import { concat, littleEndian } from "../common/bytes";

const encoder = new TextEncoder();
const SESSION_DOMAIN = encoder.encode("vilokanam/session/v1");
const TICK_DOMAIN = encoder.encode("vilokanam/tick/v1");

export const SESSION_ID_BYTES = 16;
export const TICK_HASH_BYTES = 32;

/** The session's id, known before any block has it. */
export function sessionId(genesis: Uint8Array, viewer: Uint8Array, nonce: bigint): Uint8Array {
  const message = concat(SESSION_DOMAIN, genesis, viewer, littleEndian(nonce, 8));
  return blake2b(message, { dkLen: SESSION_ID_BYTES });
}

/** `H` of one session: a proof is worth nothing in another session or on another chain. */
export function tickHasher(session: Uint8Array): (element: Uint8Array) => Uint8Array {
  const before = TICK_DOMAIN.length + session.length;
  // One buffer for the whole walk: only the element changes from step to step.
  const message = concat(TICK_DOMAIN, session, new Uint8Array(TICK_HASH_BYTES));
  return (element) => {
    message.set(element, before);
    return blake2b(message, { dkLen: TICK_HASH_BYTES });
  };
}

/** Whether hashing `proof` exactly `steps` times gives `head`. */
export function leadsTo(session: Uint8Array, proof: Uint8Array, steps: number, head: Uint8Array): boolean {
  const hash = tickHasher(session);
  let element = proof;
  for (let step = 0; step < steps; step++) element = hash(element);
  return element.length === head.length && element.every((byte, at) => byte === head[at]);
}
