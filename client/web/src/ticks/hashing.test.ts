import { describe, expect, it } from "vitest";
import { toHex } from "../common/bytes";
import { leadsTo, sessionId } from "./hashing";
import { CHECKPOINT_EVERY, TickChain } from "./tick-chain";
import { bytes, vectors } from "./vectors.test-data";

interface SessionIds {
  readonly cases: readonly {
    genesis: string;
    viewer: string;
    session_key: string;
    nonce: string;
    session_id: string;
  }[];
}

interface Chains {
  readonly chains: readonly { session_id: string; seed: string; length: number; elements: readonly string[] }[];
  readonly anchors: readonly { session_id: string; seed: string; length: number; anchor: string }[];
  readonly leads_to: readonly { session_id: string; proof: string; steps: number; head: string; valid: boolean }[];
}

describe("session ids", () => {
  it("match the golden vectors", () => {
    for (const one of vectors<SessionIds>("session_ids").cases) {
      const id = sessionId(bytes(one.genesis), bytes(one.viewer), bytes(one.session_key), BigInt(one.nonce));
      expect(toHex(id)).toBe(one.session_id);
    }
  });
});

describe("tick chains", () => {
  const { chains, anchors, leads_to } = vectors<Chains>("tick_chain");

  it("match the golden vectors", () => {
    for (const one of chains) {
      const chain = new TickChain(bytes(one.session_id), bytes(one.seed), one.length);
      const elements = one.elements.map((_, tick) => toHex(chain.proof(tick) ?? new Uint8Array()));
      expect(elements).toEqual(one.elements);
      expect(toHex(chain.anchor)).toBe(one.elements[0]);
    }
  });

  it("have the anchors of the golden vectors", () => {
    for (const one of anchors) {
      expect(toHex(new TickChain(bytes(one.session_id), bytes(one.seed), one.length).anchor)).toBe(one.anchor);
    }
  });

  it("lead to the heads of the golden vectors", () => {
    for (const one of leads_to) {
      expect(leadsTo(bytes(one.session_id), bytes(one.proof), one.steps, bytes(one.head))).toBe(one.valid);
    }
  });

  it("prove every tick, on and between checkpoints", () => {
    const session = new Uint8Array(16).fill(7);
    for (const length of [1, CHECKPOINT_EVERY - 1, CHECKPOINT_EVERY, CHECKPOINT_EVERY + 1, 3 * CHECKPOINT_EVERY + 5]) {
      const chain = new TickChain(session, new Uint8Array(32).fill(9), length);
      for (let tick = 1; tick <= length; tick++) {
        const [before, proof] = [chain.proof(tick - 1), chain.proof(tick)];
        expect(before && proof && leadsTo(session, proof, 1, before)).toBe(true);
      }
      expect(chain.proof(length + 1)).toBeNull();
      expect(chain.proof(-1)).toBeNull();
      expect(chain.proof(0.5)).toBeNull();
    }
  });

  it("of an invalid or too great length are refused", () => {
    for (const length of [-1, 1.5, 86_401, Number.NaN]) {
      expect(() => new TickChain(new Uint8Array(16), new Uint8Array(32), length)).toThrow(RangeError);
    }
  });
});
