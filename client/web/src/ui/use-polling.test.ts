import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draw, fakeDocument } from "./fake-dom.test-data";
import { usePolling } from "./use-polling";

const EVERY_MS = 15_000;

function Polling({ call, everyMs }: { readonly call: () => void; readonly everyMs: number }) {
  usePolling(call, everyMs);
  return null;
}

describe("polling", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("continues while the component is rendered again every second", () => {
    const { body } = fakeDocument();
    const calls: number[] = [];
    for (let second = 0; second < 40; second++) {
      draw(h(Polling, { call: () => calls.push(second), everyMs: EVERY_MS }), body);
      vi.advanceTimersByTime(950);
    }
    expect(calls).toHaveLength(2);
    // The call is that of the latest rendering.
    expect(calls[1]).toBeGreaterThan(28);
    draw(null, body);
  });

  it("restarts when its interval changes, and ends with the component", () => {
    const { body } = fakeDocument();
    const call = vi.fn();
    draw(h(Polling, { call, everyMs: EVERY_MS }), body);
    draw(h(Polling, { call, everyMs: 1_000 }), body);
    vi.advanceTimersByTime(5_500);
    expect(call).toHaveBeenCalledTimes(5);
    draw(null, body);
    vi.advanceTimersByTime(60_000);
    expect(call).toHaveBeenCalledTimes(5);
  });
});
