import { describe, expect, it } from "vitest";
import { behindText, targetOf, timelineOf } from "./timeline";

const START_MS = Date.UTC(2030, 0, 1, 12);
const at = (seconds: number) => START_MS + seconds * 1_000;

describe("the position in a broadcast", () => {
  it("is counted from its beginning and from its newest picture", () => {
    expect(timelineOf(START_MS, at(350), at(600))).toEqual({ lengthS: 600, positionS: 350, behindS: 250 });
  });

  it("is never before the beginning or after the newest picture", () => {
    expect(timelineOf(START_MS, at(-5), at(600))).toMatchObject({ positionS: 0, behindS: 600 });
    expect(timelineOf(START_MS, at(601), at(600))).toMatchObject({ positionS: 600, behindS: 0 });
  });

  it("is unknown before the first picture", () => {
    expect(timelineOf(START_MS, null, at(600))).toBeNull();
    expect(timelineOf(START_MS, at(1), null)).toBeNull();
    expect(timelineOf(START_MS, at(1), START_MS)).toBeNull();
  });

  it("is said as the distance behind live", () => {
    expect(behindText(250)).toBe("4:10 behind live");
    expect(behindText(3_725)).toBe("1:02:05 behind live");
    expect(behindText(2)).toBe("Live");
  });
});

describe("seeking in a broadcast", () => {
  const playing = { startMs: START_MS, dateMs: at(598), edgeMs: at(600), oldestMs: at(570) };

  it("stays in the playlist as far as that goes back", () => {
    expect(targetOf(at(580), playing)).toEqual({ kind: "here", bySeconds: -18 });
  });

  it("changes to the playlist from the beginning for earlier pictures", () => {
    expect(targetOf(at(120), playing)).toEqual({ kind: "earlier", positionS: 120 });
    expect(targetOf(at(-3), playing)).toEqual({ kind: "earlier", positionS: 0 });
  });

  it("ends at the oldest picture if viewers cannot go back further", () => {
    expect(targetOf(at(120), { ...playing, startMs: null })).toEqual({ kind: "here", bySeconds: -28 });
  });

  it("near the newest picture goes live", () => {
    expect(targetOf(at(595), playing)).toEqual({ kind: "live" });
    expect(targetOf(at(700), playing)).toEqual({ kind: "live" });
  });
});
