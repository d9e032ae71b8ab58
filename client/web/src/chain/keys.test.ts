import { describe, expect, it } from "vitest";
import { vectors } from "../ticks/vectors.test-data";
import { isGift, leftAt, mostPerSecond, mostToSpend, nextRenewal } from "./keys";
import type { Allowance } from "./types";

const once: Allowance = { left: 70n, renewal: null, renewedAt: 100 };
const daily: Allowance = { left: 30n, renewal: { everyBlocks: 10, amount: 50n }, renewedAt: 100 };

describe("what is left of a budget", () => {
  it("is the stored amount until the next renewal, and then the whole budget, however many were missed", () => {
    expect([100, 109, 110, 119, 500].map((block) => leftAt(daily, block))).toEqual([30n, 30n, 50n, 50n, 50n]);
    expect([100, 500].map((block) => leftAt(once, block))).toEqual([70n, 70n]);
  });

  it("is renewed at the next multiple of its period", () => {
    expect([100, 109, 110, 115].map((block) => nextRenewal(daily, block))).toEqual([110, 110, 120, 120]);
    expect(nextRenewal(once, 100)).toBeNull();
  });
});

describe("the most that a key can spend", () => {
  it("is what is left and all renewals until its last block", () => {
    expect(mostToSpend({ allowance: daily, expiresAt: 109 }, 100)).toBe(30n);
    expect(mostToSpend({ allowance: daily, expiresAt: 110 }, 100)).toBe(80n);
    expect(mostToSpend({ allowance: daily, expiresAt: 135 }, 100)).toBe(30n + 150n);
    // One period later, what was left is lost, and one renewal fewer is to come.
    expect(mostToSpend({ allowance: daily, expiresAt: 135 }, 112)).toBe(50n + 100n);
    expect(mostToSpend({ allowance: once, expiresAt: 135 }, 112)).toBe(70n);
  });

  it("is nothing after its last block", () => {
    expect(mostToSpend({ allowance: daily, expiresAt: 135 }, 135)).toBe(50n);
    expect(mostToSpend({ allowance: daily, expiresAt: 135 }, 136)).toBe(0n);
  });

  it("bounds everything that openings at any time can take", () => {
    for (let start = 100; start <= 140; start++) {
      // Spends everything in each block, as the chain applies renewals.
      let { left, renewedAt } = daily;
      let spent = 0n;
      for (let block = start; block <= 135; block++) {
        const periods = Math.floor((block - renewedAt) / 10);
        if (periods > 0) {
          left = 50n;
          renewedAt += periods * 10;
        }
        spent += left;
        left = 0n;
      }
      expect(mostToSpend({ allowance: daily, expiresAt: 135 }, start)).toBe(spent);
    }
  });

  it("per second is its highest price in each of its sessions", () => {
    expect(mostPerSecond({ maxPricePerTick: 4n, maxSessions: 3 })).toBe(12n);
  });
});

describe("a gift", () => {
  it("is recognised by its label, its one session and its scope", () => {
    const gift = { label: "Gift: a stream", maxSessions: 1, scope: { kind: "stream", stream: "7" } } as const;
    expect(isGift(gift)).toBe(true);
    expect(isGift({ ...gift, label: "Laptop" })).toBe(false);
    expect(isGift({ ...gift, maxSessions: 2 })).toBe(false);
    expect(isGift({ ...gift, scope: { kind: "any" } })).toBe(false);
  });
});

interface AllowanceVector {
  readonly left: string;
  readonly renewal: { readonly every_blocks: number; readonly amount: string } | null;
  readonly renewed_at: number;
}

interface Vectors {
  readonly renewals: readonly { name: string; allowance: AllowanceVector; block: number; left_at: string }[];
  readonly most_to_spend: readonly {
    name: string;
    allowance: AllowanceVector;
    block: number;
    expires_at: number;
    most: string;
  }[];
}

/** The highest amount of the chain. */
const MAX = (1n << 128n) - 1n;

function allowanceOf({ left, renewal, renewed_at }: AllowanceVector): Allowance {
  const blocks = renewal && { everyBlocks: renewal.every_blocks, amount: BigInt(renewal.amount) };
  return { left: BigInt(left), renewal: blocks, renewedAt: renewed_at };
}

describe("the golden vectors of allowances", () => {
  const { renewals, most_to_spend } = vectors<Vectors>("allowance");

  it.each(renewals)("have the same amount left: $name", ({ allowance, block, left_at }) => {
    expect(leftAt(allowanceOf(allowance), block)).toBe(BigInt(left_at));
  });

  it.each(most_to_spend)("have the same most to spend: $name", ({ allowance, block, expires_at, most }) => {
    const here = mostToSpend({ allowance: allowanceOf(allowance), expiresAt: expires_at }, block);
    // The chain's amounts end where these do not.
    expect(here > MAX ? MAX : here).toBe(BigInt(most));
  });
});
