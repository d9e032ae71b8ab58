import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StreamView } from "../gateway";
import { draw, fakeDocument } from "../ui/fake-dom.test-data";
import { pictureOf, StreamCard } from "./stream-card";

const stream = {
  stream: "7",
  creator: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
  is_live_here: true,
  viewers: 1,
  price_per_tick: "2000000000",
  preview_ticks: 0,
  metadata: {},
} as unknown as StreamView;

describe("a stream's card", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse("2026-01-05T12:00:00Z") });
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("shows the creator's own picture while the stream is off air", () => {
    const thumbnail = "data:image/webp;base64,AAAA";
    const offAir = { ...stream, is_live_here: false, metadata: { thumbnail } } as unknown as StreamView;
    const { body } = fakeDocument();
    draw(h(StreamCard, { stream: offAir, counts: undefined }), body);
    expect(Reflect.get(body.all("img")[0] ?? {}, "src")).toBe(thumbnail);
    draw(null, body);
    const elsewhere = { ...offAir, metadata: { thumbnail: "https://example.org/a.png" } } as StreamView;
    expect(pictureOf(elsewhere, false)).toBe(`/v1/images/remote?stream=${offAir.stream}`);
  });

  it("shows the next picture after one that could not be loaded", async () => {
    const { body } = fakeDocument();
    // A new object each time, as with each answer of the gateway.
    const card = () => draw(h(StreamCard, { stream: { ...stream }, counts: undefined }), body);
    card();
    body.all("img")[0]?.dispatchEvent(new Event("error"));
    await vi.advanceTimersByTimeAsync(100);
    expect(body.all("img")).toHaveLength(0);
    vi.advanceTimersByTime(60_000);
    card();
    expect(body.all("img")).toHaveLength(1);
    draw(null, body);
  });
});
