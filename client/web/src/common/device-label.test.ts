import { describe, expect, it } from "vitest";
import { deviceLabel } from "./device-label";

const WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)";

describe("the label of a browser", () => {
  it.each([
    ["Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
    ["Chrome on Android", `Mozilla/5.0 (Linux; Android 14) ${WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36`],
    ["Safari on iPhone", `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${WEBKIT} Version/18.0 Safari/604.1`],
    ["Edge on Windows", `Mozilla/5.0 (Windows NT 10.0; Win64) ${WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0`],
    ["Safari on Mac", `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/18.0 Safari/605.1.15`],
    ["Browser", "something else"],
  ])("is %s", (label, userAgent) => {
    expect(deviceLabel(userAgent)).toBe(label);
    // What the chain stores of it.
    expect(new TextEncoder().encode(deviceLabel(userAgent)).length).toBeLessThanOrEqual(32);
  });
});
