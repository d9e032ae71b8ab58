import { beforeEach, describe, expect, it, vi } from "vitest";
import { rememberBandwidth, startBandwidth } from "./bandwidth";

const NOW_MS = 1_700_000_000_000;
const MINUTE_MS = 60_000;
const never = new AbortController().signal;
const probeOf = (bps: number | null) => vi.fn(() => Promise.resolve(bps));

const stored = new Map<string, string>();

beforeEach(() => {
  stored.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  });
});

describe("the first bandwidth", () => {
  it("is that of a probe, with some caution", async () => {
    expect(await startBandwidth(probeOf(5_000_000), never, NOW_MS)).toBe(4_000_000);
  });

  it("is unknown without a probe and a memory", async () => {
    expect(await startBandwidth(probeOf(null), never, NOW_MS)).toBeNull();
    expect(await startBandwidth(null, never, NOW_MS)).toBeNull();
    expect(await startBandwidth(() => Promise.reject(new Error("offline")), never, NOW_MS)).toBeNull();
  });

  it("is the last one if that is a few minutes old, without another probe", async () => {
    rememberBandwidth(2_000_000, NOW_MS - 5 * MINUTE_MS);
    const probe = probeOf(9_000_000);
    expect(await startBandwidth(probe, never, NOW_MS)).toBe(1_600_000);
    expect(probe).not.toHaveBeenCalled();
  });

  it("is between an older one and a probe", async () => {
    rememberBandwidth(2_000_000, NOW_MS - 60 * MINUTE_MS);
    expect(await startBandwidth(probeOf(4_000_000), never, NOW_MS)).toBe(2_400_000);
    expect(await startBandwidth(probeOf(null), never, NOW_MS)).toBe(1_600_000);
  });

  it("forgets what is too old, from the future, or no number", async () => {
    for (const text of [`2000000 ${NOW_MS - 8 * 24 * 60 * MINUTE_MS}`, `2000000 ${NOW_MS + MINUTE_MS}`, "x y", "1"]) {
      stored.set("vilokanam.bandwidth", text);
      expect(await startBandwidth(null, never, NOW_MS)).toBeNull();
    }
    rememberBandwidth(Number.NaN, NOW_MS);
    expect(stored.get("vilokanam.bandwidth")).toBe("1");
  });
});
