import { describe, expect, it } from "vitest";
import { dayIn, startOfDay } from "./time-zone";

const at = (iso: string) => Date.parse(iso);
const startIn = (zone: string, year: number, month: number, day: number) =>
  new Date(startOfDay(zone, { year, month, day })).toISOString();

describe("days in a time zone", () => {
  it("begin at local midnight", () => {
    expect(startIn("Asia/Kathmandu", 2026, 11, 30)).toBe("2026-11-29T18:15:00.000Z");
    expect(startIn("America/Los_Angeles", 2026, 11, 30)).toBe("2026-11-30T08:00:00.000Z");
    expect(startIn("UTC", 2026, 11, 30)).toBe("2026-11-30T00:00:00.000Z");
  });

  it("begin at midnight when clocks change on that day, and on the next one", () => {
    expect(startIn("America/Los_Angeles", 2026, 3, 8)).toBe("2026-03-08T08:00:00.000Z");
    expect(startIn("America/Los_Angeles", 2026, 3, 9)).toBe("2026-03-09T07:00:00.000Z");
    expect(startIn("America/Los_Angeles", 2026, 11, 1)).toBe("2026-11-01T07:00:00.000Z");
    expect(startIn("America/Los_Angeles", 2026, 11, 2)).toBe("2026-11-02T08:00:00.000Z");
  });

  it("begin at one o'clock where clocks skip midnight", () => {
    expect(startIn("Asia/Beirut", 2026, 3, 29)).toBe("2026-03-28T22:00:00.000Z");
    expect(dayIn("Asia/Beirut", at("2026-03-28T21:59:59Z"))).toEqual({ year: 2026, month: 3, day: 28 });
    expect(dayIn("Asia/Beirut", at("2026-03-28T22:00:00Z"))).toEqual({ year: 2026, month: 3, day: 29 });
  });

  it("carry over what is beyond the calendar", () => {
    expect(startIn("Asia/Kathmandu", 2026, 13, 1)).toBe("2026-12-31T18:15:00.000Z");
    expect(startIn("America/Los_Angeles", 2026, 3, 0)).toBe("2026-02-28T08:00:00.000Z");
  });

  it("are those of the clocks there", () => {
    const moment = at("2026-11-30T19:00:00Z");
    expect(dayIn("Asia/Kathmandu", moment)).toEqual({ year: 2026, month: 12, day: 1 });
    expect(dayIn("America/Los_Angeles", moment)).toEqual({ year: 2026, month: 11, day: 30 });
  });
});
