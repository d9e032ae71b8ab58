import { describe, expect, it } from "vitest";
import type { DeviceKey } from "../chain";
import { PLANCK_PER_VLK } from "../common/amounts";
import { blockAgo, blockTime, keyState, removedText, renewalText, scopeText, setAsideBy, spentBy } from "./key-text";

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const NOON_MS = new Date(2026, 0, 5, 12, 0).getTime();
const PACE = { best: 1_000, blockTimeMs: 1_000 };

const key: DeviceKey = {
  address: ALICE,
  label: "Laptop",
  maxPricePerTick: 1n,
  allowance: { left: PLANCK_PER_VLK / 2n, renewal: null, renewedAt: 900 },
  maxSessions: 2,
  scope: { kind: "any" },
  expiresAt: 5_000,
  openSessions: 0,
  spent: 7n,
  usedAt: 900,
  bond: 0n,
  nextNonce: 1n,
};

describe("the state of a key", () => {
  it("is active until its budget is spent or its time is over", () => {
    expect(keyState(key, 4_999)).toBe("active");
    expect(keyState(key, 5_000)).toBe("expired");
    const spent = { ...key, allowance: { ...key.allowance, left: 0n } };
    expect(keyState(spent, 1_000)).toBe("spent");
    // All of it is reserved for the session that is open.
    expect(keyState({ ...spent, openSessions: 1 }, 1_000)).toBe("active");
    const renewed = { ...spent, allowance: { left: 0n, renewal: { everyBlocks: 50, amount: 5n }, renewedAt: 900 } };
    expect(keyState(renewed, 949)).toBe("spent");
    expect(keyState(renewed, 950)).toBe("active");
  });
});

describe("the texts about a key", () => {
  it("give times for blocks", () => {
    expect(blockTime(1_600, PACE, NOON_MS)).toBe(blockTime(1_300, { best: 1_000, blockTimeMs: 2_000 }, NOON_MS));
    expect(blockTime(0xffff_ffff, PACE, NOON_MS)).toBeNull();
    expect(blockAgo(700, PACE, NOON_MS)).toBe("5 min ago");
    expect(blockAgo(1_001, PACE, NOON_MS)).toBe("just now");
  });

  it("name the next renewal before the end", () => {
    expect(renewalText(key, PACE, NOON_MS)).toBeNull();
    const renewal = { everyBlocks: 600, amount: PLANCK_PER_VLK };
    const daily = { ...key, allowance: { ...key.allowance, renewal } };
    expect(renewalText(daily, PACE, NOON_MS)).toMatch(/^1 VLK again on ./);
    expect(renewalText({ ...daily, expiresAt: 1_200 }, PACE, NOON_MS)).toBeNull();
  });

  it("name the scope", () => {
    expect(scopeText({ kind: "any" }, null)).toBe("Any stream");
    expect(scopeText({ kind: "gateway", account: ALICE }, ALICE)).toBe("Streams of this gateway");
    expect(scopeText({ kind: "gateway", account: ALICE }, null)).toContain("5Grwva");
    expect(scopeText({ kind: "creator", account: ALICE }, null)).toContain("5Grwva");
    expect(scopeText({ kind: "stream", stream: "7" }, null)).toBe("Stream 7");
  });

  it("say after a removal which sessions continue", () => {
    expect(removedText("Laptop", 0)).toBe("Laptop can spend nothing more.");
    expect(removedText("Laptop", 1)).toContain("Its open session continues");
    expect(removedText("Your devices", 3)).toContain("3 open sessions continue");
  });
});

describe("what a key has spent", () => {
  it("is the sum of its closed sessions on chain and of what its open ones have settled", () => {
    const reserve = { price_per_tick: "2", max_ticks: 600 };
    const sessions = [
      { ...reserve, session_key: ALICE, paid: "10" },
      { ...reserve, session_key: ALICE, paid: "100", closed_at: "2026-01-01T00:00:00Z" },
      { ...reserve, session_key: "another", paid: "1000" },
      { ...reserve, session_key: null, paid: "10000" },
      { ...reserve, paid: "100000" },
    ];
    expect(spentBy(key, sessions)).toBe(17n);
    expect(setAsideBy(key, sessions)).toBe(1_190n);
  });
});
