import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatMessage } from "../../gateway";
import { READ_LIMIT, type ReplayRange, ReplayWindows, WINDOW_MS } from "./replay-windows";

const message = (id: number, offset_ms: number): ChatMessage => ({
  id: String(id),
  text: "",
  at: "2026-11-01T10:00:00Z",
  author: { account: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY" },
  badges: [],
  offset_ms,
});

/** Messages of an hour, one every ten seconds. */
const HOUR = Array.from({ length: 360 }, (_, at) => message(at + 1, at * 10_000));

let all: readonly ChatMessage[] = HOUR;
const read = vi.fn(async ({ fromMs, toMs, limit }: ReplayRange) => {
  const found = all.filter(({ offset_ms }) => (offset_ms ?? 0) >= fromMs && (offset_ms ?? 0) < toMs);
  // The message at the place where the next request begins is repeated.
  const next_from_ms = found.length > limit ? (found[limit - 1]?.offset_ms ?? null) : null;
  return { messages: found.slice(0, limit), next_from_ms };
});
const asked = () => read.mock.calls.map(([{ fromMs }]) => fromMs / WINDOW_MS);
/** Lets answers arrive. */
const answers = () => new Promise((resolve) => setTimeout(resolve, 0));

beforeEach(() => {
  all = HOUR;
  read.mockClear();
});

describe("the chat of a recording", () => {
  it("is read around the position, each part once", async () => {
    const change = vi.fn();
    const windows = new ReplayWindows(read, change);
    windows.need(0);
    windows.need(1_000);
    await answers();
    expect(asked()).toEqual([0]);
    expect(change).toHaveBeenCalledTimes(1);
    // Near the end of a part, the next one is read.
    windows.need(45_000);
    windows.need(65_000);
    await answers();
    expect(asked()).toEqual([0, 1]);
    windows.close();
  });

  it("shows what was written up to the position, also after a jump back", async () => {
    const windows = new ReplayWindows(read, () => undefined);
    windows.need(90_000);
    await answers();
    expect(asked()).toEqual([1, 0]);
    expect(windows.until(90_000).map(({ id }) => id)).toEqual(HOUR.slice(0, 10).map(({ id }) => id));
    expect(windows.until(5_000).map(({ id }) => id)).toEqual(["1"]);
    expect(asked()).toHaveLength(2);
    windows.close();
  });

  it("begins after a jump with the part before the position, without what was shown elsewhere", async () => {
    const windows = new ReplayWindows(read, () => undefined);
    windows.need(0);
    windows.need(30 * WINDOW_MS);
    await answers();
    expect(asked()).toEqual([0, 30, 29]);
    const shown = windows.until(30 * WINDOW_MS);
    expect(shown[0]?.offset_ms).toBe(29 * WINDOW_MS);
    expect(shown.at(-1)?.offset_ms).toBe(30 * WINDOW_MS);
    windows.close();
  });

  it("is read in several requests where much was written", async () => {
    all = Array.from({ length: 2 * READ_LIMIT + 10 }, (_, at) => message(at + 1, at * 100));
    const windows = new ReplayWindows(read, () => undefined);
    windows.need(0);
    await answers();
    expect(read).toHaveBeenCalledTimes(3);
    expect(windows.until(WINDOW_MS - 1)).toHaveLength(all.length);
    windows.close();
  });

  it("is asked for again a while after a failure, and not after leaving", async () => {
    vi.useFakeTimers();
    try {
      read.mockRejectedValueOnce(new Error("unreachable"));
      const windows = new ReplayWindows(read, () => undefined);
      windows.need(0);
      await vi.advanceTimersByTimeAsync(0);
      windows.need(1_000);
      expect(read).toHaveBeenCalledTimes(1);
      await vi.advanceTimersByTimeAsync(10_000);
      windows.need(2_000);
      await vi.advanceTimersByTimeAsync(0);
      expect(windows.until(2_000)).toHaveLength(1);
      windows.close();
      windows.need(5 * WINDOW_MS);
      expect(read).toHaveBeenCalledTimes(2);
    } finally {
      vi.useRealTimers();
    }
  });
});
