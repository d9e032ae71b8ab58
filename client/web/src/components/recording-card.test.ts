import { describe, expect, it } from "vitest";
import { timeOf } from "../ui/format";
import { kindOf, recordingTitle } from "./recording-card";

const STARTED = "2030-01-01T12:00:00Z";

describe("a recording in a list", () => {
  it("has its own title, or else its kind and time", () => {
    expect(recordingTitle({ title: "  The final ", started_at: STARTED })).toBe("The final");
    expect(recordingTitle({ title: " ", kind: "clip", started_at: STARTED })).toBe(`Clip of ${timeOf(STARTED)}`);
    expect(recordingTitle({ started_at: STARTED })).toBe(`Broadcast of ${timeOf(STARTED)}`);
  });

  it("of a kind that a newer gateway has is a video", () => {
    expect(kindOf({ kind: "premiere" as never })).toBe("Video");
    expect(kindOf({})).toBe("Broadcast");
  });
});
