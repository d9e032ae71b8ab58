// Session ids, tick chains, tickets and closes, written from docs/src/protocol/bytes.md, and their check against the golden vectors.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bnToU8a, hexToU8a, stringToU8a, u8aConcat, u8aToHex } from "@polkadot/util";
import { blake2AsU8a, ed25519Verify, sr25519Verify } from "@polkadot/util-crypto";

const VERIFIERS = { ed25519: [0, ed25519Verify], sr25519: [1, sr25519Verify] };

const domain = (text) => stringToU8a(text);
const number = (value, bytes) => bnToU8a(BigInt(value), { bitLength: bytes * 8, isLe: true });

export function sessionId(genesis, viewer, sessionKey, nonce) {
  return blake2AsU8a(u8aConcat(domain("vilokanam/session/v2"), genesis, viewer, sessionKey, number(nonce, 8)), 128);
}

/** The elements of a tick chain: number 0 is the anchor, number i proves tick i. */
export function tickChain(session, seed, length) {
  const elements = [seed];
  for (let i = 0; i < length; i += 1) {
    elements.push(blake2AsU8a(u8aConcat(domain("vilokanam/tick/v1"), session, elements.at(-1)), 256));
  }
  return elements.reverse();
}

export function encodeTicket(ticket) {
  return u8aConcat(
    hexToU8a(ticket.viewer),
    hexToU8a(ticket.session_key),
    number(ticket.nonce, 8),
    number(ticket.stream, 8),
    hexToU8a(ticket.gateway),
    number(ticket.price_per_tick, 16),
    number(ticket.max_ticks, 4),
    hexToU8a(ticket.anchor),
    number(ticket.expires_at, 4),
  );
}

export function ticketMessage(genesis, ticket) {
  return u8aConcat(domain("vilokanam/ticket/v2"), genesis, encodeTicket(ticket));
}

export function closeMessage(genesis, session) {
  return u8aConcat(domain("vilokanam/close/v1"), genesis, session);
}

/** Checks this module against the golden vectors. Returns the number of values compared. */
export function checkVectors(folder) {
  const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
  let checked = 0;
  const same = (made, expected, what) => {
    assert.equal(u8aToHex(made), expected, what);
    checked += 1;
  };
  for (const { genesis, viewer, session_key, nonce, session_id } of read("session_ids.json").cases) {
    same(sessionId(hexToU8a(genesis), hexToU8a(viewer), hexToU8a(session_key), nonce), session_id, "session id");
  }
  for (const chain of read("tick_chain.json").chains) {
    const elements = tickChain(hexToU8a(chain.session_id), hexToU8a(chain.seed), chain.length);
    assert.deepEqual(
      elements.map((element) => u8aToHex(element)),
      chain.elements,
    );
    checked += 1;
  }
  for (const { name, genesis, ticket, encoded, message, signature } of read("tickets.json").cases) {
    same(encodeTicket(ticket), encoded, `ticket ${name}`);
    same(ticketMessage(hexToU8a(genesis), ticket), message, `message ${name}`);
    checked += checkSignature(name, hexToU8a(message), hexToU8a(ticket.session_key), signature);
  }
  for (const { genesis, session_id, message } of read("closes.json").cases) {
    same(closeMessage(hexToU8a(genesis), hexToU8a(session_id)), message, "close");
  }
  return checked;
}

/** Verifies a ticket's signature, and that it is refused for another message. Returns the number of checks. */
function checkSignature(name, message, signer, signature) {
  const [kind, verify] = VERIFIERS[signature?.kind] ?? [];
  if (verify === undefined) return 0;
  const bytes = hexToU8a(signature.multi_signature);
  assert.equal(bytes[0], kind, name);
  assert(verify(message, bytes.subarray(1), signer), `${name}: the signature is refused`);
  assert(!verify(u8aConcat(message, "!"), bytes.subarray(1), signer), `${name}: the signature fits another message`);
  return 2;
}
