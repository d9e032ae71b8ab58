import { afterEach, describe, expect, it, vi } from "vitest";

const STORAGE_KEY = "vilokanam.pays";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** A tab in a browser that has stored these values. */
async function tab(stored: Record<string, string>) {
  const values = new Map(Object.entries(stored));
  const page = new EventTarget();
  vi.stubGlobal("window", page);
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  });
  const { consent } = await import("./consent");
  /** Delivers a change that another tab has made. */
  const deliver = (key: string | null, newValue: string | null) =>
    page.dispatchEvent(Object.assign(new Event("storage"), { key, newValue }));
  return { consent, values, deliver };
}

describe("consent", () => {
  it("is remembered until it is withdrawn", async () => {
    const { consent, values } = await tab({});
    expect(consent.value).toBe(false);
    consent.value = true;
    expect(values.get(STORAGE_KEY)).toBe("yes");
    consent.value = false;
    expect(values.has(STORAGE_KEY)).toBe(false);
  });

  it("is withdrawn in every tab, and given in one", async () => {
    const { consent, deliver } = await tab({ [STORAGE_KEY]: "yes" });
    expect(consent.value).toBe(true);
    deliver("vilokanam.theme", null);
    expect(consent.value).toBe(true);
    deliver(STORAGE_KEY, null);
    expect(consent.value).toBe(false);
    deliver(STORAGE_KEY, "yes");
    expect(consent.value).toBe(false);
  });

  it("is withdrawn when the site's data is cleared", async () => {
    const { consent, deliver } = await tab({ [STORAGE_KEY]: "yes" });
    deliver(null, null);
    expect(consent.value).toBe(false);
  });
});
