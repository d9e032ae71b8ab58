import { afterEach, describe, expect, it, vi } from "vitest";
import { gateway } from "../gateway";
import { csvOf, linesOf, loadAirTimes, loadTopSessions, RANGES, readOutOf, totalsOf } from "./earnings-data";

const at = (iso: string, ticks: number, earned: string) => ({ from: iso, ticks, earned, tipped: "5", open_fees: "9" });
const NOW = Date.parse("2026-01-01T10:00:30Z");
const NOBODY = { buckets: [] };
/** Viewers as the gateway counts them. */
const seen = (from: string, viewers: number) => ({ from, viewers, previewed: 3, paid: 1 });

describe("the lines of the chart", () => {
  it("have a value for every period of the range", () => {
    const lines = linesOf([at("2026-01-01T09:59:00Z", 120, "1000000000000")], NOBODY, RANGES[0], NOW);
    expect(lines.times).toHaveLength(60);
    expect(lines.times.at(-1)).toBe(Date.parse("2026-01-01T10:00:00Z") / 1000);
    expect(lines.perMinute.at(-2)).toBe(1);
    expect(lines.viewers).toEqual(Array(60).fill(0));
  });

  it("show viewers as the gateway counted them", () => {
    const audience = { buckets: [seen("2026-01-01T09:58:00Z", 7)] };
    const lines = linesOf([at("2026-01-01T09:59:00Z", 120, "1")], audience, RANGES[0], NOW);
    expect(lines.viewers.slice(-3)).toEqual([7, 0, 0]);
  });
});

describe("days of a time zone", () => {
  const [, , days] = RANGES as readonly [unknown, unknown, (typeof RANGES)[number]];
  const dayOf = (timeZone: string, from: string, nowIso: string) => {
    const lines = linesOf([at(from, 120, "1000000000000")], NOBODY, days, Date.parse(nowIso), timeZone);
    const index = lines.perMinute.findIndex((value) => value > 0);
    return readOutOf(lines, index, "day", timeZone).split(":")[0];
  };
  const label = (iso: string) =>
    new Date(iso).toLocaleString(undefined, { day: "numeric", month: "short", timeZone: "UTC" });

  it("are called by their own date, wherever they begin", () => {
    expect(dayOf("America/Los_Angeles", "2026-06-10T00:00:00-07:00", "2026-06-11T05:00:00Z")).toBe(label("2026-06-10"));
    expect(dayOf("Asia/Kathmandu", "2026-06-10T00:00:00+05:45", "2026-06-10T20:00:00Z")).toBe(label("2026-06-10"));
    expect(dayOf("UTC", "2026-06-10T00:00:00Z", "2026-06-10T20:00:00Z")).toBe(label("2026-06-10"));
  });

  it("are found where the clocks change", () => {
    for (const [from, day] of [
      ["2026-03-07T00:00:00-08:00", "2026-03-07"],
      ["2026-03-08T00:00:00-08:00", "2026-03-08"],
      ["2026-03-09T00:00:00-07:00", "2026-03-09"],
    ] as const)
      expect(dayOf("America/Los_Angeles", from, "2026-03-10T12:00:00Z")).toBe(label(day));
    for (const [from, day] of [
      ["2026-11-01T00:00:00-07:00", "2026-11-01"],
      ["2026-11-02T00:00:00-08:00", "2026-11-02"],
    ] as const)
      expect(dayOf("America/Los_Angeles", from, "2026-11-03T12:00:00Z")).toBe(label(day));
  });

  it("have a value for every day of the range", () => {
    const lines = linesOf([], NOBODY, days, Date.parse("2026-03-20T12:00:00Z"), "America/Los_Angeles");
    expect(lines.times).toHaveLength(30);
    expect(new Set(lines.times).size).toBe(30);
  });

  it("begin hours at the full hours of the zone", () => {
    const lines = linesOf([], NOBODY, RANGES[1] ?? RANGES[0], NOW, "Asia/Kathmandu");
    expect(lines.times.at(-1)).toBe(Date.parse("2026-01-01T09:15:00Z") / 1000);
    expect(lines.times).toHaveLength(24);
  });
});

describe("the read-out of the chart", () => {
  const lines = linesOf(
    [at("2026-01-01T09:59:00Z", 120, "1234567890123"), at("2026-01-01T10:00:00Z", 60, "0")],
    { buckets: [seen("2026-01-01T09:59:00Z", 2), seen("2026-01-01T10:00:00Z", 1)] },
    RANGES[0],
    NOW,
  );

  it("shows the period under the cursor", () => {
    expect(readOutOf(lines, lines.times.length - 2, "minute")).toMatch(/: 1\.235 VLK per minute, 2 viewers$/);
  });

  it("shows the last period without a cursor, or with one out of range", () => {
    for (const nothing of [null, 500])
      expect(readOutOf(lines, nothing, "minute")).toMatch(/: 0 VLK per minute, 1 viewer$/);
    expect(readOutOf({ times: [], perMinute: [], viewers: [] }, null, "minute")).toBe("");
  });
});

describe("totals and tables", () => {
  const buckets = [at("2026-01-01T09:00:00Z", 3, "9007199254740993"), at("2026-01-01T09:01:00Z", 4, "1")];

  it("are exact to the planck", () => {
    expect(totalsOf(buckets)).toEqual({ earned: 9_007_199_254_740_994n, tipped: 10n, ticks: 7 });
    expect(csvOf(buckets)).toBe(
      "from,paid_seconds,earned_planck,tipped_planck,open_fees_planck\r\n" +
        "2026-01-01T09:00:00Z,3,9007199254740993,5,9\r\n2026-01-01T09:01:00Z,4,1,5,9\r\n",
    );
  });
});

describe("requests for single streams", () => {
  afterEach(() => vi.restoreAllMocks());

  it("are made four at a time, however many streams there are", async () => {
    let running = 0;
    let most = 0;
    const answer = async <T>(value: T): Promise<T> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve));
      running--;
      return value;
    };
    const session = (stream: string) => ({ session: stream, paid: stream }) as never;
    vi.spyOn(gateway, "topSessions").mockImplementation((stream) => answer([session(stream)]));
    vi.spyOn(gateway, "recordings").mockImplementation(() => answer({ items: [] }));
    const streams = Array.from({ length: 100 }, (_, id) => String(id));
    const { signal } = new AbortController();
    const [top] = await Promise.all([loadTopSessions(streams, signal), loadAirTimes(streams, signal)]);
    expect(most).toBe(4);
    expect(gateway.topSessions).toHaveBeenCalledTimes(100);
    expect(gateway.recordings).toHaveBeenCalledTimes(100);
    expect(top.map(({ paid }) => paid)).toEqual(["99", "98", "97", "96", "95", "94", "93", "92", "91", "90"]);
  });

  it("leave out streams whose recordings cannot be loaded", async () => {
    const recording = { started_at: "2026-01-01T09:00:00Z", ended_at: "2026-01-01T09:00:10Z" } as never;
    vi.spyOn(gateway, "recordings").mockImplementation(async (stream) => {
      if (stream === "1") throw new Error("unreachable");
      return { items: [recording] };
    });
    const startS = Date.parse("2026-01-01T09:00:00Z") / 1000;
    expect(await loadAirTimes(["0", "1"], new AbortController().signal)).toEqual([[startS, startS + 10]]);
  });
});
