import { describe, expect, it } from "vitest";
import { csvOf, linesOf, RANGES, readOutOf, sumsOf } from "./earnings-data";

const at = (iso: string, ticks: number, earned: string) => ({ from: iso, ticks, earned, tipped: "5" });
const NOW = Date.parse("2026-01-01T10:00:30Z");

describe("earnings as lines", () => {
  it("has every bucket of the range, the empty ones too", () => {
    const lines = linesOf([at("2026-01-01T09:59:00Z", 120, "1000000000000")], null, RANGES[0], NOW);
    expect(lines.times).toHaveLength(60);
    expect(lines.times.at(-1)).toBe(Date.parse("2026-01-01T10:00:00Z") / 1000);
    expect(lines.perMinute.at(-2)).toBe(1);
    expect(lines.viewers.at(-2)).toBe(2);
    expect(lines.viewers.at(-1)).toBe(0);
  });

  it("takes viewers from the gateway where it counts them", () => {
    const bucket = { from: "2026-01-01T09:58:00Z", viewers: 7, previewed: 3, paid: 1 };
    const audience = { account: "a", previewed: 3, paid: 1, buckets: [bucket] };
    const lines = linesOf([at("2026-01-01T09:59:00Z", 120, "1")], audience, RANGES[0], NOW);
    expect(lines.viewers.slice(-3)).toEqual([7, 0, 0]);
  });
});

describe("the read-out of the chart", () => {
  const lines = linesOf(
    [at("2026-01-01T09:59:00Z", 120, "1234567890123"), at("2026-01-01T10:00:00Z", 60, "0")],
    null,
    RANGES[0],
    NOW,
  );

  it("tells the bucket under the cursor", () => {
    expect(readOutOf(lines, lines.times.length - 2, "minute")).toMatch(/: 1\.235 VLK a minute, 2 viewers$/);
  });

  it("tells the newest one when nothing is pointed at, or what was is gone", () => {
    for (const nothing of [null, 500])
      expect(readOutOf(lines, nothing, "minute")).toMatch(/: 0 VLK a minute, 1 viewer$/);
    expect(readOutOf({ times: [], perMinute: [], viewers: [] }, null, "minute")).toBe("");
  });
});

describe("earnings as sums and tables", () => {
  const buckets = [at("2026-01-01T09:00:00Z", 3, "9007199254740993"), at("2026-01-01T09:01:00Z", 4, "1")];

  it("adds up to the planck", () => {
    expect(sumsOf(buckets)).toEqual({ earned: 9_007_199_254_740_994n, tipped: 10n, ticks: 7 });
  });

  it("writes exact planck", () => {
    expect(csvOf(buckets)).toBe(
      "from,paid_seconds,earned_planck,tipped_planck\r\n" +
        "2026-01-01T09:00:00Z,3,9007199254740993,5\r\n2026-01-01T09:01:00Z,4,1,5\r\n",
    );
  });
});
