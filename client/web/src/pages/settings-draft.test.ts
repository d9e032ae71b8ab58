import { describe, expect, it } from "vitest";
import {
  asBoolean,
  dvrChoice,
  dvrHours,
  HEIGHTS,
  keepDays,
  settingsChange,
  sourceError,
  toggled,
  toggledCodecs,
  yesNo,
} from "./settings-draft";

describe("the settings of a stream", () => {
  it("send only what has changed, and null for what is the operator's again", () => {
    const before = { dvr_hours: 4, ladder: [720, 360], part_ms: 500 };
    expect(settingsChange(before, { ...before, ladder: [720, 360] })).toEqual({});
    expect(settingsChange(before, { ...before, ladder: [720], part_ms: 200 })).toEqual({ ladder: [720], part_ms: 200 });
    expect(settingsChange(before, { ...before, dvr_hours: undefined })).toEqual({ dvr_hours: null });
    expect(settingsChange({}, { dvr_hours: 0, records: false })).toEqual({ dvr_hours: 0, records: false });
    expect(settingsChange(before, { ...before, source: { url: "https://example.org/a.m3u8" } })).toEqual({});
  });

  it("offer the window that is set, or the next longer one", () => {
    expect([undefined, 0, 1, 3, 24, "all" as const].map(dvrChoice)).toEqual(["usual", "0", "1", "4", "all", "all"]);
    expect([dvrHours("4"), dvrHours("0"), dvrHours("all"), dvrHours("usual")]).toEqual([4, 0, "all", undefined]);
  });

  it("keep renditions in their order, and none are the operator's", () => {
    expect(toggled<number>([1080, 360], 720, HEIGHTS)).toEqual([1080, 720, 360]);
    expect(toggled<number>([1080, 720], 720, HEIGHTS)).toEqual([1080]);
    expect(toggled<number>([720], 720, HEIGHTS)).toBeUndefined();
  });

  it("always have H.264 among the codecs", () => {
    expect(toggledCodecs([], "av1")).toEqual(["h264", "av1"]);
    expect(toggledCodecs(["h264", "av1"], "hevc")).toEqual(["h264", "hevc", "av1"]);
    expect(toggledCodecs(["h264", "av1"], "av1")).toBeUndefined();
  });

  it("have choices of yes, no and as usual", () => {
    expect([undefined, true, false].map(yesNo)).toEqual(["usual", "yes", "no"]);
    expect((["usual", "yes", "no"] as const).map(asBoolean)).toEqual([undefined, true, false]);
  });

  it("keep recordings for a number of days", () => {
    expect([keepDays(" 30 "), keepDays("")]).toEqual([30, undefined]);
    expect(["0", "-1", "1.5", "many", "99999"].map(keepDays)).toEqual([null, null, null, null, null]);
  });
});

describe("the address of a source", () => {
  it("is one that the gateway can fetch", () => {
    const right = [
      "https://example.org/live.m3u8",
      "rtmp://example.org/live/key",
      "SRT://example.org:9000",
      "rtsp://h/x",
    ];
    for (const url of right) expect(sourceError(` ${url} `)).toBeNull();
    for (const url of ["", "example.org", "file:///etc/passwd", "https://", "ftp://example.org"])
      expect(sourceError(url)).not.toBeNull();
  });
});
