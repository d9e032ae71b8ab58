import { describe, expect, it } from "vitest";
import { fractionAt, imagePosition } from "./seek-bar";

describe("the position of the pointer on the seek bar", () => {
  it("is a fraction of the bar, and never beyond its ends", () => {
    const bar = { left: 100, width: 400 };
    expect(fractionAt(100, bar)).toBe(0);
    expect(fractionAt(200, bar)).toBe(0.25);
    expect(fractionAt(520, bar)).toBe(1);
    expect(fractionAt(20, bar)).toBe(0);
    expect(fractionAt(20, { left: 0, width: 0 })).toBe(0);
  });
});

describe("the picture over the seek bar", () => {
  it("is over that position, and all of it over the bar", () => {
    expect(imagePosition(0.25)).toBe("clamp(84px, 25%, calc(100% - 84px))");
  });
});
