import { describe, expect, it } from "vitest";
import { cellAreas, delayOf, drawClock, PICTURE, readClock } from "./clock";

const TIME_MS = 1_764_500_000_123;

/** Reads a picture of one byte per pixel. */
function read(picture: Uint8Array, width: number = PICTURE.width, height: number = PICTURE.height): number | null {
  const brightness = cellAreas().map(({ left, top, right, bottom }) => {
    let sum = 0;
    let count = 0;
    for (let y = Math.floor(top * height); y < bottom * height; y++) {
      for (let x = Math.floor(left * width); x < right * width; x++) {
        sum += picture[y * width + x] ?? 0;
        count++;
      }
    }
    return sum / count;
  });
  return readClock(brightness);
}

function drawn(timeMs: number): Uint8Array {
  const picture = new Uint8Array(PICTURE.width * PICTURE.height).fill(128);
  drawClock(picture, timeMs);
  return picture;
}

describe("the clock in the picture", () => {
  it("is read as it was drawn", () => {
    for (const time of [TIME_MS, TIME_MS + 1, 0, 2 ** 24 - 1]) {
      const seen = read(drawn(time));
      expect(seen).toBe(time % 2 ** 24);
      expect(delayOf(seen ?? 0, time + 1_234)).toBe(1_234);
    }
  });

  it("survives noise and scaling", () => {
    const noisy = drawn(TIME_MS).map((value, at) => Math.max(0, Math.min(255, value + ((at * 7_919) % 121) - 60)));
    expect(read(noisy)).toBe(TIME_MS % 2 ** 24);
    const half = new Uint8Array((PICTURE.width / 2) * (PICTURE.height / 2));
    const whole = drawn(TIME_MS);
    half.forEach((_, at) => {
      const [x, y] = [at % (PICTURE.width / 2), Math.floor(at / (PICTURE.width / 2))];
      half[at] = whole[2 * y * PICTURE.width + 2 * x] ?? 0;
    });
    expect(read(half, PICTURE.width / 2, PICTURE.height / 2)).toBe(TIME_MS % 2 ** 24);
  });

  it("is not seen in a picture without one, nor in a mixture of two", () => {
    expect(read(new Uint8Array(PICTURE.width * PICTURE.height))).toBeNull();
    expect(read(new Uint8Array(PICTURE.width * PICTURE.height).fill(255))).toBeNull();
    const mixed = drawn(TIME_MS);
    drawn(TIME_MS + 5_000_000)
      .subarray(0, mixed.length / 9)
      .forEach((value, at) => {
        mixed[at] = value;
      });
    expect(read(mixed)).toBeNull();
  });

  it("counts on when its numbers begin again", () => {
    expect(delayOf(2 ** 24 - 100, 2 ** 24 * 7 + 50)).toBe(150);
  });
});
