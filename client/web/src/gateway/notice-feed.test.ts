import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Access } from "./auth";
import { NoticeFeed } from "./notice-feed";

/** A WebSocket that the test controls. */
class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly sent: string[] = [];

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(data: string): void {
    this.sent.push(data);
  }

  close(): void {
    this.onclose?.();
  }

  receive(message: unknown): void {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }
}

const newest = (): FakeSocket => {
  const socket = FakeSocket.all.at(-1);
  if (!socket) throw new Error("no socket was opened");
  return socket;
};

let tokens: number;
const token = async (): Promise<Access | null> => ({ token: `token ${++tokens}`, expiresAtMs: 0 });
const NOTICE = { id: 7, kind: "went-live", at: "", title: "Ann is live", text: "", url: "/watch/7", is_read: false };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("location", new URL("https://video.example/watch/1"));
  FakeSocket.all = [];
  tokens = 0;
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the feed of notices", () => {
  it("says who it is, counts, and hands on new notices", async () => {
    const seen: number[] = [];
    const feed = new NoticeFeed(2, ({ id }) => seen.push(id), token);
    await vi.advanceTimersByTimeAsync(0);
    expect(newest().url).toBe("wss://video.example/v1/notices");
    newest().onopen?.();
    expect(newest().sent).toEqual(['{"type":"hello","token":"token 1"}']);
    expect(feed.unread.value).toBe(2);
    newest().receive({ type: "notice", notice: NOTICE });
    newest().receive({ type: "unread", count: 3 });
    for (const other of ["no JSON", "null", { type: "else" }]) newest().receive(other);
    expect(seen).toEqual([7]);
    expect(feed.unread.value).toBe(3);
    feed.close();
  });

  it("connects again with a fresh token, until it is closed", async () => {
    const feed = new NoticeFeed(0, () => undefined, token);
    await vi.advanceTimersByTimeAsync(0);
    newest().close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all).toHaveLength(2);
    newest().onopen?.();
    expect(newest().sent).toEqual(['{"type":"hello","token":"token 2"}']);
    feed.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("stays quiet while nobody is signed in", async () => {
    const feed = new NoticeFeed(
      0,
      () => undefined,
      async () => null,
    );
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all).toHaveLength(0);
    feed.close();
  });
});
