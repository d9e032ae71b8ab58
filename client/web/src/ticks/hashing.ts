// Ids and hashes of the tick protocol. The golden vectors, which the chain's tests read too, fix every byte of them.

import { blake2b } from "@noble/hashes/blake2.js";
import { concat, equal, littleEndian } from "../common/bytes";

const encoder = new TextEncoder();
const SESSION_DOMAIN = encoder.encode("vilokanam/session/v2");
const TICK_DOMAIN = encoder.encode("vilokanam/tick/v1");

export const SESSION_ID_BYTES = 16;
export const TICK_HASH_BYTES = 32;

/**
 * Id of a session. It follows from the ticket, so it is known before the session is in a block. Each session key has
 * nonces of its own, so the ids of two devices never collide.
 */
export function sessionId(genesis: Uint8Array, viewer: Uint8Array, sessionKey: Uint8Array, nonce: bigint): Uint8Array {
  const message = concat(SESSION_DOMAIN, genesis, viewer, sessionKey, littleEndian(nonce, 8));
  return blake2b(message, { dkLen: SESSION_ID_BYTES });
}

/** The hash function `H` of one session. The session is hashed too, so a proof is worthless in any other session. */
export function tickHasher(session: Uint8Array): (element: Uint8Array) => Uint8Array {
  const before = TICK_DOMAIN.length + session.length;
  // One buffer for all steps: only the element changes.
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
  return equal(element, head);
}
