// Tickets: what the session key signs to open a session, byte for byte as the chain reads it (SCALE, fixed-width
// little-endian integers).

import { concat, littleEndian } from "../common/bytes";

const encoder = new TextEncoder();
const TICKET_DOMAIN = encoder.encode("vilokanam/ticket/v2");
const CLOSE_DOMAIN = encoder.encode("vilokanam/close/v1");

/** Signed order to open a session for one stream at one gateway. Accounts are 32 bytes. */
export interface Ticket {
  readonly viewer: Uint8Array;
  /** The key that signs the ticket. */
  readonly sessionKey: Uint8Array;
  readonly nonce: bigint;
  readonly stream: bigint;
  readonly gateway: Uint8Array;
  readonly pricePerTick: bigint;
  readonly maxTicks: number;
  readonly anchor: Uint8Array;
  /** The last block in which the ticket can open a session. */
  readonly expiresAt: number;
}

/** SCALE indices of the kinds of `MultiSignature`. */
export const SIGNATURE_KINDS = { ed25519: 0, sr25519: 1, ecdsa: 2 } as const;

/** Kinds of session keys that sign in these pages: the browser's own ones, and those of gifts. */
export type SessionKeyKind = "ed25519" | "sr25519";

/** Encodes a ticket in SCALE. */
export function encodeTicket(ticket: Ticket): Uint8Array {
  return concat(
    ticket.viewer,
    ticket.sessionKey,
    littleEndian(ticket.nonce, 8),
    littleEndian(ticket.stream, 8),
    ticket.gateway,
    littleEndian(ticket.pricePerTick, 16),
    littleEndian(BigInt(ticket.maxTicks), 4),
    ticket.anchor,
    littleEndian(BigInt(ticket.expiresAt), 4),
  );
}

/** The bytes that the session key signs to open a session. */
export function ticketMessage(genesis: Uint8Array, ticket: Ticket): Uint8Array<ArrayBuffer> {
  return concat(TICKET_DOMAIN, genesis, encodeTicket(ticket));
}

/** The bytes that are signed to close a session. */
export function closeMessage(genesis: Uint8Array, session: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(CLOSE_DOMAIN, genesis, session);
}

/** Encodes a ticket with the signature of its session key in SCALE. */
export function encodeSignedTicket(ticket: Ticket, kind: SessionKeyKind, signature: Uint8Array): Uint8Array {
  return concat(encodeTicket(ticket), Uint8Array.of(SIGNATURE_KINDS[kind]), signature);
}
