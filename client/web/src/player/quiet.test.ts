import { describe, expect, it } from "vitest";
import { isPlayClick, isStir } from "./quiet";

describe("a quiet player", () => {
  it("is stirred by a mouse at once, by a finger when it has left", () => {
    expect(isStir({ type: "pointerdown", pointerType: "mouse" }, true)).toBe(true);
    expect(isStir({ type: "pointermove", pointerType: "touch" }, true)).toBe(false);
    expect(isStir({ type: "pointerdown", pointerType: "touch" }, true)).toBe(false);
    expect(isStir({ type: "click", pointerType: "touch" }, true)).toBe(true);
    expect(isStir({ type: "keydown" }, true)).toBe(true);
  });

  it("stays awake under a finger", () => {
    expect(isStir({ type: "pointermove", pointerType: "touch" }, false)).toBe(true);
  });

  it("plays and pauses with the click of a mouse, not with a tap", () => {
    expect(isPlayClick("mouse")).toBe(true);
    expect(isPlayClick("pen")).toBe(true);
    expect(isPlayClick("")).toBe(true);
    expect(isPlayClick("touch")).toBe(false);
  });
});
