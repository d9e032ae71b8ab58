import { describe, expect, it } from "vitest";
import { percentileNote, renditionShares, shareText, stallsPerHour } from "./stream-quality";

describe("what viewers experienced", () => {
  it("is said in percent", () => {
    expect(shareText(0.005)).toBe("0.5\u00a0%");
    expect(shareText(0)).toBe("0\u00a0%");
  });

  it("has stalls per hour of playback", () => {
    expect(stallsPerHour({ stalls: 3, played_s: 7_200 })).toBe("1.5");
    expect(stallsPerHour({ stalls: 0, played_s: 0 })).toBe("0");
  });

  it("says for how many viewers a time holds, as far as it is known", () => {
    expect(percentileNote(1_000, 4_000)).toBe("for half of the viewers; 4.0 s for 19 of 20");
    expect(percentileNote(1_000, null)).toBe("for half of the viewers");
    expect(percentileNote(undefined, undefined)).toBe("not known yet");
  });

  it("has the renditions, the most watched first", () => {
    expect(renditionShares({ "360p": 0.25, "720p": 0.75 })).toEqual(["720p 75\u00a0%", "360p 25\u00a0%"]);
    expect(renditionShares({})).toEqual([]);
  });
});
