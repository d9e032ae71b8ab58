import { describe, expect, it } from "vitest";
import { parsePosition, suggestedRange, withEnd, withStart } from "./clip-range";

const RANGE = { startS: 100, endS: 130 };
const LENGTH_S = 600;

describe("the part that a clip shows", () => {
  it("is at first the beginning of a recording, or the last seconds of a broadcast", () => {
    expect(suggestedRange(LENGTH_S, false)).toEqual({ startS: 0, endS: 30 });
    expect(suggestedRange(LENGTH_S, true)).toEqual({ startS: 570, endS: 600 });
    expect(suggestedRange(12, true)).toEqual({ startS: 0, endS: 12 });
  });

  it("keeps its other end while that gives a clip of 5 to 120 seconds", () => {
    expect(withStart(RANGE, 110, LENGTH_S)).toEqual({ startS: 110, endS: 130 });
    expect(withEnd(RANGE, 150, LENGTH_S)).toEqual({ startS: 100, endS: 150 });
  });

  it("takes the other end along where it would be too short or too long", () => {
    expect(withStart(RANGE, 128, LENGTH_S)).toEqual({ startS: 128, endS: 133 });
    expect(withStart(RANGE, 0, LENGTH_S)).toEqual({ startS: 0, endS: 120 });
    expect(withEnd(RANGE, 102, LENGTH_S)).toEqual({ startS: 97, endS: 102 });
    expect(withEnd(RANGE, 300, LENGTH_S)).toEqual({ startS: 180, endS: 300 });
  });

  it("stays within the video", () => {
    expect(withStart(RANGE, 599, LENGTH_S)).toEqual({ startS: 595, endS: 600 });
    expect(withStart(RANGE, -4, LENGTH_S)).toEqual({ startS: 0, endS: 120 });
    expect(withEnd(RANGE, 900, LENGTH_S)).toEqual({ startS: 480, endS: 600 });
    expect(withEnd(RANGE, 1, LENGTH_S)).toEqual({ startS: 0, endS: 5 });
  });
});

describe("a position that is typed", () => {
  it("is read in hours, minutes and seconds", () => {
    expect(parsePosition("1:02:03")).toBe(3_723);
    expect(parsePosition(" 4:05 ")).toBe(245);
    expect(parsePosition("65.5")).toBe(65.5);
    expect(parsePosition("0:05.25")).toBe(5.25);
  });

  it("is refused if it is none", () => {
    for (const text of ["", "x", "4:65", "1:75:00", "-1", "1:2:3:4", "1e3"]) expect(parsePosition(text)).toBeNull();
  });
});
