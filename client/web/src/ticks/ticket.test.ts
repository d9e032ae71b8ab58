import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, it } from "vitest";
import { toHex } from "../common/bytes";
import { sessionId } from "./hashing";
import { closeMessage, encodeSignedTicket, encodeTicket, type Ticket, ticketMessage } from "./ticket";
import { bytes, vectors } from "./vectors.test-data";

interface Tickets {
  readonly cases: readonly {
    name: string;
    genesis: string;
    ticket: Record<"viewer" | "nonce" | "stream" | "gateway" | "price_per_tick" | "anchor", string> & {
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
    expect(toHex(sessionId(bytes(one.genesis), ticket.viewer, ticket.nonce))).toBe(one.session_id);
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
    const signed = toHex(encodeSignedTicket(ticketOf(first), new Uint8Array(64).fill(5)));
    expect(signed).toBe(`${first.encoded}00${"05".repeat(64)}`);
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
