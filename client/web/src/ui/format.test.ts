import { describe, expect, it } from "vitest";
import { size, timeOf, whenBlocks, whenOf } from "./format";

const NOON_MS = new Date(2026, 0, 5, 12, 0).getTime();

describe("the time of a block", () => {
  it("follows from its distance and the block time", () => {
    const inFiveMinutes = new Date(NOON_MS + 300_000).toISOString();
    expect(whenBlocks(300, 1_000, NOON_MS)).toBe(whenOf(inFiveMinutes, new Date(NOON_MS)));
    expect(whenBlocks(100, 3_000, NOON_MS)).toBe(whenBlocks(300, 1_000, NOON_MS));
    expect(whenBlocks(86_400, 1_000, NOON_MS)).toBe(timeOf(new Date(NOON_MS + 86_400_000).toISOString()));
  });

  it("has a year if that is another one", () => {
    expect(whenBlocks(370 * 86_400, 1_000, NOON_MS)).toContain("2027");
    expect(whenBlocks(100 * 86_400, 1_000, NOON_MS)).not.toContain("2026");
  });

  it("is now for a block in the past", () => {
    expect(whenBlocks(-5, 1_000, NOON_MS)).toBe(whenBlocks(0, 1_000, NOON_MS));
  });
});

describe("a size", () => {
  it("has a unit in which it is short", () => {
    expect(size(0)).toBe("0 KiB");
    expect(size(12.5 * 1_024 * 1_024)).toBe("12.5 MiB");
    expect(size(1_023 * 1_024 * 1_024)).toBe("1 GiB");
    expect(size(123_456 * 1_024)).toBe("121 MiB");
  });
});
