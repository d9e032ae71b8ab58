import { describe, expect, it } from "vitest";
import { QualityMeter } from "./quality-meter";

describe("the quality of playback", () => {
  it("begins with the time until the first picture, which is reported once", () => {
    const meter = new QualityMeter("hls.js", 1_000);
    meter.become("stalled", 1_100);
    meter.become("playing", 1_700);
    expect(meter.take(2_700)).toMatchObject({ start_ms: 700, stalls: 0, stall_ms: 0, player: "hls.js" });
    expect(meter.take(3_700)).not.toHaveProperty("start_ms");
  });

  it("counts stalls, but no pauses and no pictures that are held", () => {
    const meter = new QualityMeter("hls.js", 0);
    meter.become("playing", 100);
    meter.become("stalled", 1_000);
    meter.become("playing", 1_250);
    meter.become("idle", 2_000);
    meter.become("playing", 60_000);
    meter.become("stalled", 61_000);
    expect(meter.take(61_500)).toMatchObject({ stalls: 2, stall_ms: 750, renditions: { other: 900 + 750 + 1_000 } });
    expect(meter.take(62_000)).toMatchObject({ stalls: 0, stall_ms: 500 });
  });

  it("knows no start time if the viewer had to agree to pay first", () => {
    const meter = new QualityMeter("hls.js", 0);
    meter.become("idle", 500);
    meter.become("playing", 20_000);
    expect(meter.take(21_000)).not.toHaveProperty("start_ms");
  });

  it("says how long each rendition was on screen", () => {
    const meter = new QualityMeter("hls.js", 0);
    meter.show("360p", 0);
    meter.become("playing", 0);
    meter.show("720p", 4_000);
    expect(meter.take(10_000)?.renditions).toEqual({ "360p": 4_000, "720p": 6_000 });
    expect(meter.take(11_000)?.renditions).toEqual({ "720p": 1_000 });
  });

  it("reports the pictures since the last report, and the median distance to live", () => {
    const meter = new QualityMeter("hls.js", 0);
    meter.become("playing", 0);
    meter.count({ shown: 300, dropped: 3 });
    for (const latency of [1.1, 9, 1.2]) meter.behind(latency);
    expect(meter.take(10_000)).toMatchObject({ frames: 300, dropped_frames: 3, latency_ms: 1_200 });
    meter.count({ shown: 600, dropped: 3 });
    expect(meter.take(20_000)).toMatchObject({ frames: 300, dropped_frames: 0 });
    meter.count({ shown: 30, dropped: 1 });
    expect(meter.take(21_000)).toMatchObject({ frames: 30, dropped_frames: 1 });
  });

  it("reports nothing if nothing was played", () => {
    const meter = new QualityMeter("hls.js", 0);
    meter.become("idle", 100);
    expect(meter.take(60_000)).toBeNull();
  });
});
