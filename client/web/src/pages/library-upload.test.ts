import { describe, expect, it } from "vitest";
import { secondsLeft, titleFrom } from "./library-upload";

describe("an upload", () => {
  it("says how long it takes at the speed of the last seconds", () => {
    const samples = [
      { atMs: 0, bytes: 0 },
      { atMs: 90_000, bytes: 1_000 },
      { atMs: 100_000, bytes: 2_000 },
    ];
    expect(secondsLeft(samples, 5_000)).toBe(30);
  });

  it("does not say so before anything has arrived", () => {
    expect(secondsLeft([], 5_000)).toBeNull();
    expect(secondsLeft([{ atMs: 0, bytes: 0 }], 5_000)).toBeNull();
    const stuck = [
      { atMs: 0, bytes: 7 },
      { atMs: 5_000, bytes: 7 },
    ];
    expect(secondsLeft(stuck, 5_000)).toBeNull();
  });

  it("suggests a title from the name of the file", () => {
    expect(titleFrom("harbour_at_dawn.final.mp4")).toBe("harbour at dawn.final");
    expect(titleFrom("no ending")).toBe("no ending");
    expect(titleFrom("x".repeat(300))).toHaveLength(120);
  });
});
