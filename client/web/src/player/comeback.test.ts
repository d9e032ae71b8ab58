import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draw, fakeDocument } from "../ui/fake-dom.test-data";
import { isComeback, useComeback } from "./comeback";
import type { Engine, EngineState } from "./types";

describe("a broadcast that returns", () => {
  it("starts again after its end, and after a pause before its end", () => {
    expect(isComeback(false, true, "gone")).toBe(true);
    expect(isComeback(false, true, "paused")).toBe(true);
    expect(isComeback(false, true, "failed")).toBe(true);
  });

  it("does not disturb what plays, and nothing starts while it is off air", () => {
    expect(isComeback(false, true, "playing")).toBe(false);
    expect(isComeback(false, true, "waiting")).toBe(false);
    expect(isComeback(true, false, "gone")).toBe(false);
    expect(isComeback(true, true, "paused")).toBe(false);
  });
});

describe("the player of a broadcast that returns", () => {
  const state = signal<EngineState>("playing");
  const retry = vi.fn();
  const engine = { kind: "native", state, retry } as unknown as Engine;

  function User({ isLive }: { readonly isLive: boolean }) {
    useComeback(engine, isLive);
    return null;
  }

  beforeEach(() => {
    vi.useFakeTimers();
    retry.mockClear();
    state.value = "playing";
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("starts again once when the stream is back", async () => {
    const { body } = fakeDocument();
    draw(h(User, { isLive: true }), body);
    await vi.advanceTimersByTimeAsync(200);
    state.value = "paused";
    draw(h(User, { isLive: false }), body);
    await vi.advanceTimersByTimeAsync(200);
    expect(retry).not.toHaveBeenCalled();
    draw(h(User, { isLive: true }), body);
    await vi.advanceTimersByTimeAsync(200);
    expect(retry).toHaveBeenCalledTimes(1);
    draw(null, body);
  });

  it("goes on to the next broadcast if that began before the end of this one was seen", async () => {
    const { body } = fakeDocument();
    draw(h(User, { isLive: true }), body);
    await vi.advanceTimersByTimeAsync(200);
    state.value = "gone";
    await vi.advanceTimersByTimeAsync(3_500);
    expect(retry).toHaveBeenCalledTimes(1);
    state.value = "playing";
    await vi.advanceTimersByTimeAsync(10_000);
    expect(retry).toHaveBeenCalledTimes(1);
    draw(null, body);
  });
});
