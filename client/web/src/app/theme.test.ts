import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener: () => undefined }));
});

afterEach(() => vi.unstubAllGlobals());

describe("the theme", () => {
  it("is the system's in a browser that blocks the site's data, and can still be changed", async () => {
    const blocked = () => {
      throw new DOMException("blocked", "SecurityError");
    };
    vi.stubGlobal("localStorage", { getItem: blocked, setItem: blocked });
    const { chooseTheme, theme } = await import("./theme");
    expect(theme.value).toBe("light");
    chooseTheme("dark");
    expect(theme.value).toBe("dark");
  });

  it("is the one that was chosen on an earlier visit", async () => {
    vi.stubGlobal("localStorage", { getItem: () => "dark" });
    expect((await import("./theme")).theme.value).toBe("dark");
  });
});
