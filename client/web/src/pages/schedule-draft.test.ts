import { describe, expect, it } from "vitest";
import { draftErrors, entryOf, NEW_ENTRY, type ScheduleDraft } from "./schedule-draft";

const NOW_MS = new Date("2026-11-30T12:00").getTime();
const good: ScheduleDraft = { title: " Evening raga ", start: "2026-11-30T20:00", minutes: "90", stream: "7" };
const errors = (change: Partial<ScheduleDraft>) => Object.keys(draftErrors({ ...good, ...change }, NOW_MS));

describe("a broadcast to announce", () => {
  it("needs a title, a time in the future and whole minutes", () => {
    expect(errors({})).toEqual([]);
    expect(errors({ title: "  " })).toEqual(["title"]);
    expect(errors({ start: "" })).toEqual(["start"]);
    expect(errors({ start: "2026-11-30T12:00" })).toEqual(["start"]);
    expect(errors({ start: "2027-12-24T20:00" })).toEqual(["start"]);
    for (const minutes of ["", "0", "1.5", "1441", "an hour"]) expect(errors({ minutes })).toEqual(["minutes"]);
    expect(Object.keys(draftErrors(NEW_ENTRY, NOW_MS))).toEqual(["title", "start"]);
  });

  it("is sent with its local time in UTC, and without a stream if that is not decided", () => {
    const starts_at = new Date("2026-11-30T20:00").toISOString();
    expect(entryOf(good)).toEqual({ title: "Evening raga", starts_at, minutes: 90, stream: "7" });
    expect(entryOf({ ...good, stream: "" })).not.toHaveProperty("stream");
  });
});
