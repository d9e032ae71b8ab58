import { describe, expect, it } from "vitest";
import { isActivity, isPlayClick } from "./idle";

describe("hidden controls", () => {
  it("are shown by a mouse at once, and by a touch when it ends", () => {
    expect(isActivity({ type: "pointerdown", pointerType: "mouse" }, true)).toBe(true);
    expect(isActivity({ type: "pointermove", pointerType: "touch" }, true)).toBe(false);
    expect(isActivity({ type: "pointerdown", pointerType: "touch" }, true)).toBe(false);
    expect(isActivity({ type: "click", pointerType: "touch" }, true)).toBe(true);
    expect(isActivity({ type: "keydown" }, true)).toBe(true);
  });
});

describe("visible controls", () => {
  it("stay during a touch", () => {
    expect(isActivity({ type: "pointermove", pointerType: "touch" }, false)).toBe(true);
  });
});

describe("a click on the picture", () => {
  it("plays or pauses with a mouse or a pen, but not with a finger", () => {
    expect(isPlayClick("mouse")).toBe(true);
    expect(isPlayClick("pen")).toBe(true);
    expect(isPlayClick("")).toBe(true);
    expect(isPlayClick("touch")).toBe(false);
  });
});
