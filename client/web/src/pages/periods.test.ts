import { describe, expect, it } from "vitest";
import { labelText, lastMonths, monthIn, type PeriodName, periodOf } from "./periods";

const KATHMANDU = "Asia/Kathmandu";
const LOS_ANGELES = "America/Los_Angeles";
/** The first of December in Kathmandu, and still November in Los Angeles. */
const NOW_MS = Date.parse("2026-11-30T19:00:00Z");

function borders(name: PeriodName, timeZone: string) {
  const { since, until } = periodOf(name, NOW_MS, timeZone);
  return [since, until].map((ms) => (ms === null ? null : new Date(ms).toISOString()));
}

describe("periods", () => {
  it("of this month begin at midnight there", () => {
    expect(borders("this-month", KATHMANDU)).toEqual(["2026-11-30T18:15:00.000Z", "2026-12-31T18:15:00.000Z"]);
    // Clocks go back on the first of November, after midnight.
    expect(borders("this-month", LOS_ANGELES)).toEqual(["2026-11-01T07:00:00.000Z", "2026-12-01T08:00:00.000Z"]);
  });

  it("of the last month end where this month begins", () => {
    expect(borders("last-month", KATHMANDU)).toEqual(["2026-10-31T18:15:00.000Z", "2026-11-30T18:15:00.000Z"]);
    expect(borders("last-month", LOS_ANGELES)).toEqual(["2026-10-01T07:00:00.000Z", "2026-11-01T07:00:00.000Z"]);
  });

  it("of thirty days include today", () => {
    expect(borders("30-days", KATHMANDU)).toEqual(["2026-11-01T18:15:00.000Z", "2026-12-01T18:15:00.000Z"]);
    expect(borders("30-days", LOS_ANGELES)).toEqual(["2026-11-01T07:00:00.000Z", "2026-12-01T08:00:00.000Z"]);
  });

  it("of this year are the calendar's, and everything has no limits", () => {
    expect(borders("this-year", KATHMANDU)).toEqual(["2025-12-31T18:15:00.000Z", "2026-12-31T18:15:00.000Z"]);
    expect(borders("all", KATHMANDU)).toEqual([null, null]);
  });

  it("are listed by month, across years", () => {
    expect(monthIn(KATHMANDU, NOW_MS)).toBe("2026-12");
    expect(monthIn(LOS_ANGELES, NOW_MS)).toBe("2026-11");
    expect(lastMonths(13, NOW_MS, LOS_ANGELES).at(-1)).toBe("2025-11");
    expect(lastMonths(3, NOW_MS, KATHMANDU)).toEqual(["2026-12", "2026-11", "2026-10"]);
  });

  it("are named by their own day, wherever the reader is", () => {
    expect(labelText("2026-11-30")).toContain("30");
    expect(labelText("2026-11")).toContain("2026");
    expect(labelText("2026-11")).not.toContain("30");
    expect(labelText("=cmd")).toBe("=cmd");
  });
});
