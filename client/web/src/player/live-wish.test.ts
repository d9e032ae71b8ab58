import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Hold, Purse } from "../pay";
import { draw, fakeDocument } from "../ui/tree.test-data";
import { LiveWish, useLiveWish } from "./live-wish";
import type { Engine, EngineState } from "./types";

describe("the wish to jump to live", () => {
  it("comes true with the first picture after the hold, once", () => {
    const wish = new LiveWish();
    wish.make();
    expect(wish.comesTrue(true, "waiting")).toBe(false);
    expect(wish.comesTrue(true, "playing")).toBe(false);
    expect(wish.comesTrue(false, "waiting")).toBe(false);
    expect(wish.comesTrue(false, "playing")).toBe(true);
    expect(wish.comesTrue(false, "playing")).toBe(false);
  });

  it("is forgotten when the other way is chosen", () => {
    const wish = new LiveWish();
    wish.make();
    wish.forget();
    expect(wish.comesTrue(false, "playing")).toBe(false);
  });
});

describe("the wish and the engine", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("does not move the picture before the money has come", () => {
    const hold = signal<Hold | null>({ reason: "funds", what: "", mend: null, sinceMs: 0 });
    const state = signal<EngineState>("waiting");
    const goLive = vi.fn();
    const engine = { state, goLive } as unknown as Engine;
    const purse = { hold } as unknown as Purse;
    const { body } = fakeDocument();
    let made: LiveWish | undefined;
    function Wisher() {
      made = useLiveWish(engine, purse);
      return null;
    }
    draw(h(Wisher, {}), body);
    made?.make();
    expect(goLive).not.toHaveBeenCalled();
    hold.value = null;
    expect(goLive).not.toHaveBeenCalled();
    state.value = "playing";
    expect(goLive).toHaveBeenCalledTimes(1);
    draw(null, body);
  });
});
