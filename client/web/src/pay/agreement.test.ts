import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { buy, fundedBrowser, reload, takeFreshNonces, untilHeld } from "./key-provider.test-data";
import { CREATOR, keyOf, PRICE, VIEWER } from "./test-environment.test-data";

beforeEach(takeFreshNonces);

const RAISED = PRICE + 1n;

describe("a stream of a creator who was never paid", () => {
  it("is not paid for before the viewer agrees, although the session key could pay", async () => {
    const browser = await fundedBrowser();
    browser.gateway.creator = VIEWER;
    const keyProvider = browser.keyProvider();
    const key = buy(keyProvider, 1);
    await untilHeld(keyProvider, "consent");
    expect(keyProvider.isStarted.value).toBe(false);
    expect(browser.gateway.offered).toEqual([]);
    keyProvider.start(PRICE);
    expect(await key).toEqual(keyOf(1));
    expect(keyProvider.isStarted.value).toBe(true);
    expect(browser.consent.agreedPrice(VIEWER)).toBe(PRICE);
  });
});

describe("a stream that has become dearer", () => {
  it("is asked about again, with both prices, before the next session is opened", async () => {
    const browser = await fundedBrowser();
    await browser.authorise({ maxPricePerTick: 10n * PRICE });
    const first = browser.keyProvider();
    await buy(first, 1);
    await first.dispose();
    const shown = browser.keyProvider();
    browser.gateway.price = RAISED;
    const key = buy(shown, 2);
    await untilHeld(shown, "dearer");
    expect(shown.hold.value?.message).toContain("agreed to");
    expect(browser.gateway.offered).toHaveLength(1);
    // Agreeing to the price that was shown before is not enough.
    shown.start(PRICE);
    await untilHeld(shown, "dearer");
    expect(shown.offer.value.pricePerTick).toBe(RAISED);
    expect(shown.isStarted.value).toBe(false);
    shown.start(RAISED);
    expect(await key).toEqual(keyOf(2));
    expect(browser.gateway.sessions.size).toBe(2);
  });

  it("continues at the old price in a session that is open, even after a reload", async () => {
    const browser = await fundedBrowser();
    const before = browser.keyProvider();
    await buy(before, 1);
    browser.gateway.price = RAISED;
    expect(await buy(before, 2)).toEqual(keyOf(2));
    expect(before.isStarted.value).toBe(true);
    await reload(browser);
    const after = browser.keyProvider();
    expect(await buy(after, 3)).toEqual(keyOf(3));
    expect(after.session.value?.pricePerTick).toBe(PRICE);
    expect(browser.gateway.offered).toHaveLength(1);
  });
});

describe("another stream of a creator", () => {
  it("opens without asking at the agreed price or a lower one", async () => {
    const browser = await fundedBrowser();
    browser.consent.agree(CREATOR, 2n * PRICE);
    expect(await buy(browser.keyProvider("8"), 1)).toEqual(keyOf(1));
  });
});
