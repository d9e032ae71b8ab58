import { encode } from "uqr";
import { describe, expect, it } from "vitest";
import { pathOf } from "./qr-code";

/** The modules that a path covers. */
function covered(path: string, size: number): boolean[][] {
  const modules = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  for (const [, x = "", y = "", width = ""] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let at = Number(x); at < Number(x) + Number(width); at++) {
      const row = modules[Number(y)];
      if (row) row[at] = true;
    }
  }
  return modules;
}

describe("the path of a QR code", () => {
  it("covers the dark modules, and no others", () => {
    const { data } = encode("https://gateway.example/gift#v=1", { ecc: "M", border: 4 });
    expect(covered(pathOf(data), data.length)).toEqual(data);
    expect(
      pathOf([
        [true, true, false],
        [false, false, true],
      ]),
    ).toBe("M0 0h2v1h-2zM2 1h1v1h-1z");
  });
});
