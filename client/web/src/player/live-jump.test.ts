import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Hold, KeyProvider } from "../pay";
import { draw, fakeDocument } from "../ui/fake-dom.test-data";
import { LiveJump, useLiveJump } from "./live-jump";
import type { Engine, EngineState } from "./types";

describe("a requested jump to live", () => {
  it("is made once, with the first picture after the hold", () => {
    const jump = new LiveJump();
    jump.request();
    expect(jump.takeIfReady(true, "waiting")).toBe(false);
    expect(jump.takeIfReady(true, "playing")).toBe(false);
    expect(jump.takeIfReady(false, "waiting")).toBe(false);
    expect(jump.takeIfReady(false, "playing")).toBe(true);
    expect(jump.takeIfReady(false, "playing")).toBe(false);
  });

  it("is not made after it was cancelled", () => {
    const jump = new LiveJump();
    jump.request();
    jump.cancel();
    expect(jump.takeIfReady(false, "playing")).toBe(false);
  });
});

describe("the engine", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("does not jump to live before the hold has ended", () => {
    const hold = signal<Hold | null>({ reason: "funds", message: "", hint: null, sinceMs: 0 });
    const state = signal<EngineState>("waiting");
    const goLive = vi.fn();
    const engine = { state, goLive } as unknown as Engine;
    const keyProvider = { hold } as unknown as KeyProvider;
    const { body } = fakeDocument();
    let jump: LiveJump | undefined;
    function Player() {
      jump = useLiveJump(engine, keyProvider);
      return null;
    }
    draw(h(Player, {}), body);
    jump?.request();
    expect(goLive).not.toHaveBeenCalled();
    hold.value = null;
    expect(goLive).not.toHaveBeenCalled();
    state.value = "playing";
    expect(goLive).toHaveBeenCalledTimes(1);
    draw(null, body);
  });
});
