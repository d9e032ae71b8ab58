import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import { DvrBar } from "./dvr-bar";
import type { Engine } from "./types";

const START_MS = Date.UTC(2030, 0, 1, 12);
const dateMs = signal<number | null>(null);
const edgeMs = signal<number | null>(null);
const seekToDate = vi.fn();
const engine = { dateMs, edgeMs, seekToDate } as unknown as Engine;
const dvr = { playlist: "/dvr.m3u8", startMs: START_MS };
let body: FakeElement;

const at = (seconds: number) => START_MS + seconds * 1_000;
const bar = () => body.all("input")[0];
const show = () => draw(h(DvrBar, { engine, dvr }), body);

/** Moves the slider, as a browser does: `input` while it is dragged, `change` when it is released. */
async function move(type: "input" | "change", value: number): Promise<void> {
  const input = bar();
  if (!input) throw new Error("there is no slider");
  Reflect.set(input, "value", String(value));
  input.dispatchEvent(new Event(type));
  await vi.advanceTimersByTimeAsync(50);
}

beforeEach(() => {
  vi.useFakeTimers();
  seekToDate.mockClear();
  body = fakeDocument().body;
  [dateMs.value, edgeMs.value] = [at(350), at(600)];
});
afterEach(() => {
  draw(null, body);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the bar of a broadcast", () => {
  it("says how far behind live the picture is", () => {
    show();
    expect(body.textContent).toBe("4:10 behind live");
    expect(Reflect.get(bar() ?? {}, "aria-valuetext")).toBe("4:10 behind live");
    dateMs.value = at(598);
    show();
    expect(body.textContent).toBe("Live");
  });

  it("is not shown before the first picture", () => {
    dateMs.value = null;
    show();
    expect(bar()).toBeUndefined();
  });

  it("seeks only when the viewer lets it go: each position on the way would be paid for", async () => {
    show();
    await move("input", 100);
    await move("input", 60);
    expect(seekToDate).not.toHaveBeenCalled();
    expect(body.textContent).toBe("9:00 behind live");
    await move("change", 60);
    expect(seekToDate.mock.calls).toEqual([[at(60)]]);
  });
});
