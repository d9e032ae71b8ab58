import { describe, expect, it } from "vitest";
import { placeOf, shareAt } from "./seek-bar";

describe("the picture over the seek bar", () => {
  it("shows what is where the pointer is, and not beyond the ends", () => {
    const bar = { left: 100, width: 400 };
    expect(shareAt(100, bar)).toBe(0);
    expect(shareAt(200, bar)).toBe(0.25);
    expect(shareAt(520, bar)).toBe(1);
    expect(shareAt(20, bar)).toBe(0);
    expect(shareAt(20, { left: 0, width: 0 })).toBe(0);
  });

  it("hangs over that place of the bar", () => {
    expect(placeOf(0.25)).toBe("clamp(84px, 25%, calc(100% - 84px))");
  });
});
