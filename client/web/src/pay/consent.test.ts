import { afterEach, describe, expect, it, vi } from "vitest";

const PAYING_KEY = "vilokanam.pays";
const AGREED_KEY = "vilokanam.agreed";
const CREATOR = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** A browser that has stored these values. */
function browser(stored: Record<string, string> = {}) {
  const values = new Map(Object.entries(stored));
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  });
  /** Opens a tab. */
  const tab = async () => {
    const page = new EventTarget();
    vi.stubGlobal("window", page);
    vi.resetModules();
    const { consent } = await import("./consent");
    /** Delivers a change that another tab has made. */
    const deliver = (key: string | null, newValue: string | null) =>
      page.dispatchEvent(Object.assign(new Event("storage"), { key, newValue }));
    return { consent, deliver };
  };
  return { values, tab };
}

describe("consent to pay", () => {
  it("is given for a creator up to a price, and remembered", async () => {
    const { tab } = browser();
    const { consent } = await tab();
    expect(consent.isPaying.value).toBe(false);
    expect(consent.agreedPrice(CREATOR)).toBeNull();
    consent.agree(CREATOR, 5n);
    const later = (await tab()).consent;
    expect(later.isPaying.value).toBe(true);
    expect(later.agreedPrice(CREATOR)).toBe(5n);
    expect(later.agreedPrice("another creator")).toBeNull();
  });

  it("to a higher price includes lower ones, and to a lower price does not take it back", async () => {
    const { consent } = await browser().tab();
    consent.agree(CREATOR, 5n);
    consent.agree(CREATOR, 3n);
    expect(consent.agreedPrice(CREATOR)).toBe(5n);
    consent.agree(CREATOR, 9n);
    expect(consent.agreedPrice(CREATOR)).toBe(9n);
  });

  it("is withdrawn in every tab, and given in one", async () => {
    const { tab } = browser({ [PAYING_KEY]: "yes" });
    const { consent, deliver } = await tab();
    expect(consent.isPaying.value).toBe(true);
    deliver("vilokanam.theme", null);
    expect(consent.isPaying.value).toBe(true);
    deliver(PAYING_KEY, null);
    expect(consent.isPaying.value).toBe(false);
    deliver(PAYING_KEY, "yes");
    expect(consent.isPaying.value).toBe(false);
  });

  it("is stopped without forgetting the prices", async () => {
    const { tab, values } = browser();
    const { consent } = await tab();
    consent.agree(CREATOR, 5n);
    consent.stop();
    expect(values.has(PAYING_KEY)).toBe(false);
    expect(consent.agreedPrice(CREATOR)).toBe(5n);
  });

  it("is withdrawn altogether when the site's data is cleared", async () => {
    const { consent, deliver } = await browser().tab();
    consent.agree(CREATOR, 5n);
    deliver(null, null);
    expect(consent.isPaying.value).toBe(false);
    expect(consent.agreedPrice(CREATOR)).toBeNull();
  });

  it("of earlier versions names no creator, so each stream is asked about once", async () => {
    const { consent } = await browser({ [PAYING_KEY]: "yes" }).tab();
    expect(consent.agreedPrice(CREATOR)).toBeNull();
  });

  it("that cannot be read was not given", async () => {
    for (const damaged of ["{", "7", `[["${CREATOR}",5]]`, `[["${CREATOR}","-5"]]`, '[null,"x"]']) {
      const { consent } = await browser({ [AGREED_KEY]: damaged }).tab();
      expect(consent.agreedPrice(CREATOR)).toBeNull();
    }
  });

  it("of two tabs is kept for both, and the oldest is forgotten", async () => {
    const { tab } = browser();
    const [first, second] = [(await tab()).consent, (await tab()).consent];
    first.agree("a", 1n);
    second.agree("b", 2n);
    const third = (await tab()).consent;
    expect([third.agreedPrice("a"), third.agreedPrice("b")]).toEqual([1n, 2n]);
    for (let creator = 0; creator < 199; creator++) third.agree(String(creator), 1n);
    expect([third.agreedPrice("a"), third.agreedPrice("b")]).toEqual([null, 2n]);
  });
});

describe("consent to spend a gift", () => {
  it("is given by opening it, and can be stopped", async () => {
    await browser().tab();
    const { GiftConsent } = await import("./consent");
    const consent = new GiftConsent();
    expect(consent.isPaying.value).toBe(true);
    expect(consent.agreedPrice()).toBeGreaterThan(1n << 127n);
    consent.stop();
    expect(consent.isPaying.value).toBe(false);
    consent.agree();
    expect(consent.isPaying.value).toBe(true);
  });
});
