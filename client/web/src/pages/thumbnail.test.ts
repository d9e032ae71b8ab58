import { describe, expect, it, vi } from "vitest";
import { encode } from "./thumbnail";

describe("a creator's picture", () => {
  it("is WebP if the browser can encode it", () => {
    const toDataURL = vi.fn((type?: string) => `data:${type};base64,AA`);
    expect(encode({ toDataURL }, 0.5)).toBe("data:image/webp;base64,AA");
    expect(toDataURL).toHaveBeenCalledTimes(1);
  });

  it("is JPEG if the browser would return a PNG instead", () => {
    const toDataURL = vi.fn((type?: string) => `data:${type === "image/webp" ? "image/png" : type};base64,AA`);
    expect(encode({ toDataURL }, 0.25)).toBe("data:image/jpeg;base64,AA");
    expect(toDataURL).toHaveBeenLastCalledWith("image/jpeg", 0.25);
  });
});
