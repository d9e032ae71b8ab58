import { afterEach, describe, expect, it, vi } from "vitest";

const MEMORY = "vilokanam.pays";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** A tab, in a browser that remembers so much. */
async function tab(stored: Record<string, string>) {
  const kept = new Map(Object.entries(stored));
  const page = new EventTarget();
  vi.stubGlobal("window", page);
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  const { consent } = await import("./consent");
  /** What another tab has written. */
  const hear = (key: string | null, newValue: string | null) =>
    page.dispatchEvent(Object.assign(new Event("storage"), { key, newValue }));
  return { consent, kept, hear };
}

describe("consent", () => {
  it("is remembered until it is taken back", async () => {
    const { consent, kept } = await tab({});
    expect(consent.value).toBe(false);
    consent.value = true;
    expect(kept.get(MEMORY)).toBe("yes");
    consent.value = false;
    expect(kept.has(MEMORY)).toBe(false);
  });

  it("is taken back in every tab, and given in one", async () => {
    const { consent, hear } = await tab({ [MEMORY]: "yes" });
    expect(consent.value).toBe(true);
    hear("vilokanam.theme", null);
    expect(consent.value).toBe(true);
    hear(MEMORY, null);
    expect(consent.value).toBe(false);
    hear(MEMORY, "yes");
    expect(consent.value).toBe(false);
  });

  it("is taken back with everything that the site has stored", async () => {
    const { consent, hear } = await tab({ [MEMORY]: "yes" });
    hear(null, null);
    expect(consent.value).toBe(false);
  });
});
