import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen } from "./live-feed";

/** A WebSocket that the test controls. */
class FakeSocket {
  static all: FakeSocket[] = [];
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  close(): void {
    this.onclose?.();
  }
}

const counts = (stream: string, viewers: number) => ({ stream, is_live: true, viewers, ticks: 0, earned: "0" });
const newest = (): FakeSocket => {
  const socket = FakeSocket.all.at(-1);
  if (!socket) throw new Error("no socket was opened");
  return socket;
};

beforeEach(() => {
  FakeSocket.all = [];
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("location", { href: "http://127.0.0.1:8080/" });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("live counts", () => {
  it("are kept by stream, and messages that are not understood are ignored", () => {
    const feed = listen("7");
    expect(newest().url).toBe("ws://127.0.0.1:8080/v1/live?stream=7");
    expect(feed.isConnected.value).toBe(false);
    newest().onmessage?.({ data: JSON.stringify([counts("7", 3), counts("8", 1)]) });
    newest().onmessage?.({ data: JSON.stringify([counts("7", 4)]) });
    for (const data of ["not json", "{}", '[{"stream":"9"}]', new Blob()]) newest().onmessage?.({ data });
    expect(feed.isConnected.value).toBe(true);
    expect([...feed.counts.value.values()].map(({ stream, viewers }) => [stream, viewers])).toEqual([
      ["8", 1],
      ["7", 4],
    ]);
    feed.close();
  });

  it("reconnect with growing delays after the connection was lost, and not after closing", () => {
    const feed = listen();
    for (let failures = 0; failures < 12; failures++) {
      newest().close();
      vi.advanceTimersByTime(30_000);
    }
    expect(FakeSocket.all).toHaveLength(13);
    newest().close();
    vi.advanceTimersByTime(15_000);
    expect(FakeSocket.all).toHaveLength(13);
    feed.close();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(13);
    expect(feed.isConnected.value).toBe(false);
  });
});
