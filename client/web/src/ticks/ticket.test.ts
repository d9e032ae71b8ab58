import { ed25519 } from "@noble/curves/ed25519.js";
import { verify } from "@scure/sr25519";
import { describe, expect, it } from "vitest";
import { toHex } from "../common/bytes";
import { giftKey } from "./gift-key";
import { sessionId } from "./hashing";
import { closeMessage, encodeSignedTicket, encodeTicket, type Ticket, ticketMessage } from "./ticket";
import { bytes, vectors } from "./vectors.test-data";

interface Tickets {
  readonly cases: readonly {
    name: string;
    genesis: string;
    ticket: Record<"viewer" | "session_key" | "nonce" | "stream" | "gateway" | "price_per_tick" | "anchor", string> & {
      max_ticks: number;
      expires_at: number;
    };
    encoded: string;
    session_id: string;
    message: string;
  }[];
}

interface Closes {
  readonly cases: readonly { genesis: string; session_id: string; message: string }[];
}

interface Signatures {
  readonly keys: readonly { kind: string; seed: string; public: string }[];
  readonly accepted: readonly { kind: string; signed_bytes: string; signature: string; multi_signature: string }[];
}

function ticketOf(one: Tickets["cases"][number]): Ticket {
  const { ticket } = one;
  return {
    viewer: bytes(ticket.viewer),
    sessionKey: bytes(ticket.session_key),
    nonce: BigInt(ticket.nonce),
    stream: BigInt(ticket.stream),
    gateway: bytes(ticket.gateway),
    pricePerTick: BigInt(ticket.price_per_tick),
    maxTicks: ticket.max_ticks,
    anchor: bytes(ticket.anchor),
    expiresAt: ticket.expires_at,
  };
}

const { cases } = vectors<Tickets>("tickets");

describe("tickets", () => {
  it.each(cases)("match the golden vectors: $name", (one) => {
    const ticket = ticketOf(one);
    expect(toHex(encodeTicket(ticket))).toBe(one.encoded);
    expect(toHex(ticketMessage(bytes(one.genesis), ticket))).toBe(one.message);
    const id = sessionId(bytes(one.genesis), ticket.viewer, ticket.sessionKey, ticket.nonce);
    expect(toHex(id)).toBe(one.session_id);
  });

  it("with numbers that are out of range are refused", () => {
    const [first] = cases;
    if (!first) throw new Error("there are no vectors");
    const ticket = ticketOf(first);
    expect(() => encodeTicket({ ...ticket, nonce: 1n << 64n })).toThrow(RangeError);
    expect(() => encodeTicket({ ...ticket, pricePerTick: -1n })).toThrow(RangeError);
    expect(() => encodeTicket({ ...ticket, maxTicks: 2 ** 32 })).toThrow(RangeError);
  });

  it("carry the kind of their signature", () => {
    const [first] = cases;
    if (!first) throw new Error("there are no vectors");
    const signature = new Uint8Array(64).fill(5);
    const signed = (kind: "ed25519" | "sr25519") => toHex(encodeSignedTicket(ticketOf(first), kind, signature));
    expect(signed("ed25519")).toBe(`${first.encoded}00${"05".repeat(64)}`);
    expect(signed("sr25519")).toBe(`${first.encoded}01${"05".repeat(64)}`);
  });
});

describe("close messages", () => {
  it("match the golden vectors", () => {
    for (const one of vectors<Closes>("closes").cases) {
      expect(toHex(closeMessage(bytes(one.genesis), bytes(one.session_id)))).toBe(one.message);
    }
  });
});

describe("ed25519 signatures", () => {
  const { keys, accepted } = vectors<Signatures>("signatures");
  const key = keys.find(({ kind }) => kind === "ed25519");

  it("match the golden vectors, with the library and with the browser's own cryptography", async () => {
    if (!key) throw new Error("there is no ed25519 key in the vectors");
    const signatures = accepted.filter(({ kind }) => kind === "ed25519");
    expect(signatures.length).toBeGreaterThan(0);
    // PKCS #8 of an Ed25519 secret: a fixed header, then the seed.
    const pkcs8 = bytes(`0x302e020100300506032b657004220420${key.seed.slice(2)}`);
    const native = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
    for (const one of signatures) {
      const message = bytes(one.signed_bytes);
      expect(toHex(ed25519.sign(message, bytes(key.seed)))).toBe(one.signature);
      expect(toHex(new Uint8Array(await crypto.subtle.sign("Ed25519", native, message)))).toBe(one.signature);
      expect(`0x00${one.signature.slice(2)}`).toBe(one.multi_signature);
    }
  });
});

describe("sr25519 signatures", () => {
  const { keys, accepted } = vectors<Signatures>("signatures");
  const key = keys.find(({ kind }) => kind === "sr25519");

  it("of a gift's key are made with the account of the golden vectors", async () => {
    if (!key) throw new Error("there is no sr25519 key in the vectors");
    const gift = await giftKey(bytes(key.seed));
    expect(toHex(gift.account)).toBe(key.public);
    const message = new TextEncoder().encode("a ticket");
    expect(verify(message, await gift.sign(message), gift.account)).toBe(true);
  });

  it("of the golden vectors are valid for the same library", () => {
    if (!key) throw new Error("there is no sr25519 key in the vectors");
    const signatures = accepted.filter(({ kind }) => kind === "sr25519");
    expect(signatures.length).toBeGreaterThan(0);
    for (const one of signatures)
      expect(verify(bytes(one.signed_bytes), bytes(one.signature), bytes(key.public))).toBe(true);
  });
});
