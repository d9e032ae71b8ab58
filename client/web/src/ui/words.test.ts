import { describe, expect, it } from "vitest";
import { phaseWords, timeOf, whenBlocks, whenOf } from "./words";

const NOON_MS = new Date(2026, 0, 5, 12, 0).getTime();

describe("blocks as times", () => {
  it("tells when a block comes", () => {
    const inFiveMinutes = new Date(NOON_MS + 300_000).toISOString();
    expect(whenBlocks(300, 1_000, NOON_MS)).toBe(whenOf(inFiveMinutes, new Date(NOON_MS)));
    expect(whenBlocks(100, 3_000, NOON_MS)).toBe(whenBlocks(300, 1_000, NOON_MS));
    expect(whenBlocks(86_400, 1_000, NOON_MS)).toBe(timeOf(new Date(NOON_MS + 86_400_000).toISOString()));
  });

  it("tells now for blocks that are there", () => {
    expect(whenBlocks(-5, 1_000, NOON_MS)).toBe(whenBlocks(0, 1_000, NOON_MS));
  });
});

describe("how a stream stands", () => {
  it("is told in words", () => {
    expect(phaseWords("offline")).toBe("Off air");
    expect(phaseWords("live")).toBe("Announced as live");
  });
});
