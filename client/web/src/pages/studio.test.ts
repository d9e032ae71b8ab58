import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { gateway, type StreamView } from "../gateway";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import { Streams } from "./studio";

vi.mock("../gateway", () => ({ gateway: { streams: vi.fn() } }));
vi.mock("../chain", () => ({ chain: {}, wallet: {} }));

const stream = (id: string, status: StreamView["status"]) =>
  ({
    stream: id,
    status,
    is_live_here: false,
    price_per_tick: "1",
    total_paid: "0",
    metadata: { title: `Title ${id}` },
  }) as unknown as StreamView;

const STREAMS = [stream("4", "ended"), stream("3", "live"), stream("2", "suspended"), stream("1", "offline")];

let body: FakeElement;

beforeEach(() => {
  vi.useFakeTimers();
  body = fakeDocument().body;
});

afterEach(() => {
  draw(null, body);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the studio", () => {
  it("lists all streams of the creator, with ended and suspended ones in a section of their own", async () => {
    // As the gateway answers: only lists of one creator include streams that cannot be watched.
    vi.mocked(gateway.streams).mockImplementation(async ({ creator }) => ({
      items: creator ? STREAMS : STREAMS.filter(({ status }) => status === "live" || status === "offline"),
    }));
    draw(h(Streams, { account: "5Creator" }), body);
    await vi.advanceTimersByTimeAsync(1_000);
    const sections = body.all("section").map((section) => ({
      title: section.all("h2").map(({ textContent }) => textContent),
      streams: section.all("h3").map(({ textContent }) => textContent),
    }));
    expect(sections).toEqual([
      { title: ["Streams"], streams: ["Title 3", "Title 1"] },
      { title: ["Ended and suspended"], streams: ["Title 4", "Title 2"] },
    ]);
    expect(body.textContent).toContain("Ended for good");
    expect(body.textContent).toContain("Suspended");
  });
});
