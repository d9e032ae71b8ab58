import { describe, expect, it } from "vitest";
import type { ChainParams } from "../chain";
import { partsOf } from "./income-shares";

const PARAMS = { protocolFeePpm: 10_000, submitterSharePpm: 5_000 } as ChainParams;

describe("the parts of an amount", () => {
  it("are those that the chain calculates", () => {
    const parts = partsOf(2_000_000_000n, PARAMS, 100_000, [{ account: "a", sharePpm: 500_000 }]);
    expect(parts).toEqual({
      protocol: 20_000_000n,
      submitter: 10_000_000n,
      gateway: 197_000_000n,
      splits: [886_500_000n],
      creator: 886_500_000n,
    });
  });

  it("add up to the amount, since the creator gets the rest", () => {
    const parts = partsOf(1_000_003n, PARAMS, 333_333, [{ account: "a", sharePpm: 333_333 }]);
    const sum = parts.protocol + parts.submitter + parts.gateway + parts.creator + (parts.splits[0] ?? 0n);
    expect(sum).toBe(1_000_003n);
  });
});
