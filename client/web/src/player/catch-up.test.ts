import { describe, expect, it } from "vitest";
import { catchUpRate, type Position } from "./catch-up";

const NEAR: Position = { behindTargetS: 0, aheadS: 0.6, partS: 0.2, rate: 1 };

describe("catching up", () => {
  it("leaves a picture alone that is where it should be", () => {
    expect(catchUpRate(NEAR)).toBe(1);
    expect(catchUpRate({ ...NEAR, behindTargetS: -1 })).toBe(1);
    expect(catchUpRate({ ...NEAR, behindTargetS: 0.05 })).toBe(1);
  });

  it("is faster the farther the picture is behind, and never audibly", () => {
    expect(catchUpRate({ ...NEAR, behindTargetS: 0.2 })).toBe(1.03);
    expect(catchUpRate({ ...NEAR, behindTargetS: 0.5 })).toBe(1.06);
    expect(catchUpRate({ ...NEAR, behindTargetS: 5 })).toBe(1.08);
  });

  it("works with less than a second in the buffer, but not with an empty one", () => {
    expect(catchUpRate({ ...NEAR, behindTargetS: 0.5, aheadS: 0.4 })).toBeGreaterThan(1);
    expect(catchUpRate({ ...NEAR, behindTargetS: 0.5, aheadS: 0.2 })).toBe(1);
    expect(catchUpRate({ ...NEAR, behindTargetS: 0.5, aheadS: 0.6, partS: 0.5 })).toBe(1);
  });

  it("goes on until the target is reached", () => {
    const behind = { ...NEAR, behindTargetS: 0.05 };
    expect(catchUpRate({ ...behind, rate: 1.03 })).toBeGreaterThan(1);
    expect(catchUpRate({ ...behind, behindTargetS: 0.01, rate: 1.03 })).toBe(1);
  });

  it("does not hurry a viewer who watches an earlier time", () => {
    expect(catchUpRate({ ...NEAR, behindTargetS: 60, aheadS: 6 })).toBe(1);
  });
});
