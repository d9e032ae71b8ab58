import { describe, expect, it } from "vitest";
import { levelFor } from "./engine-signals";
import { AUTO } from "./types";

const quality = (level: number, name: string) => ({ level, name, bps: 1_000 });

describe("the wanted quality", () => {
  const levels = [quality(0, "360p"), quality(1, "720p"), quality(2, "1080p")];

  it("is found by its name, wherever it is among the levels", () => {
    expect(levelFor("720p", levels)).toBe(1);
    expect(levelFor("720p", [quality(0, "720p"), quality(1, "1080p")])).toBe(0);
  });

  it("is the next lower one where a stream does not have it", () => {
    expect(levelFor("1440p", levels)).toBe(2);
    expect(levelFor("480p", levels)).toBe(0);
  });

  it("is left to the engine if nothing is wanted, or everything is higher", () => {
    expect(levelFor(null, levels)).toBe(AUTO);
    expect(levelFor("240p", levels)).toBe(AUTO);
    expect(levelFor("800 kbit/s", levels)).toBe(AUTO);
    expect(levelFor("720p", [])).toBe(AUTO);
  });
});
