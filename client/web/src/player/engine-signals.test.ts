import { describe, expect, it } from "vitest";
import { chosenAgain } from "./engine-signals";
import { AUTO } from "./types";

const quality = (level: number, name: string) => ({ level, name, bps: 1_000 });

describe("the chosen quality", () => {
  const before = [quality(0, "360p"), quality(1, "720p")];

  it("is chosen again by its name when playback restarts", () => {
    expect(chosenAgain(1, before, before)).toBe(1);
    expect(chosenAgain(1, before, [quality(0, "720p"), quality(1, "1080p")])).toBe(0);
  });

  it("is left to the engine if it was before, or if there is no such quality any more", () => {
    expect(chosenAgain(AUTO, before, before)).toBe(AUTO);
    expect(chosenAgain(1, before, [quality(0, "360p")])).toBe(AUTO);
    expect(chosenAgain(AUTO, [], before)).toBe(AUTO);
  });
});
