import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { buy, firstNonce, fundedBrowser, idOf, reload, takeFreshNonces, untilHeld } from "./key-provider.test-data";
import { keyOf, OPEN_FEE, refusal } from "./test-environment.test-data";

beforeEach(takeFreshNonces);

describe("a ticket whose answer is lost", () => {
  it("and that was accepted opens its session, and no other", async () => {
    const browser = await fundedBrowser();
    browser.gateway.lostOffers = 1;
    const keyProvider = browser.keyProvider();
    expect(await buy(keyProvider, 1)).toEqual(keyOf(1));
    expect([...browser.gateway.sessions.keys()]).toEqual([idOf(firstNonce())]);
    expect(keyProvider.fees.value).toBe(OPEN_FEE);
  });

  it("and that was not accepted is offered again, byte for byte", async () => {
    const browser = await fundedBrowser();
    browser.gateway.offerRefusals.push(refusal("unavailable", 503));
    const keyProvider = browser.keyProvider();
    expect(await buy(keyProvider, 1)).toEqual(keyOf(1));
    const [first, second, ...more] = browser.gateway.offered;
    expect(second).toBe(first);
    expect(more).toEqual([]);
  });

  it("is offered again after a reload", async () => {
    const browser = await fundedBrowser();
    browser.gateway.lostOffers = 1;
    const before = browser.keyProvider();
    const key = buy(before, 1);
    await untilHeld(before, "gateway");
    await before.dispose();
    await expect(key).rejects.toThrow("Cancelled");
    await reload(browser);
    expect(await buy(browser.keyProvider(), 1)).toEqual(keyOf(1));
    expect(browser.gateway.sessions.size).toBe(1);
  });

  it("keeps its nonce and its seed while another stream is watched", async () => {
    const browser = await fundedBrowser();
    browser.gateway.lostOffers = 1;
    const before = browser.keyProvider("7");
    const key = buy(before, 1);
    await untilHeld(before, "gateway");
    await before.dispose();
    await expect(key).rejects.toThrow("Cancelled");
    expect(await buy(browser.keyProvider("8"), 1)).toEqual(keyOf(1));
    expect(await buy(browser.keyProvider("7"), 1)).toEqual(keyOf(1));
    expect([...browser.gateway.sessions.keys()]).toEqual([idOf(firstNonce()), idOf(firstNonce() + 1n)]);
  });

  it("keeps its nonce and its seed if the page is closed before any answer", async () => {
    const browser = await fundedBrowser();
    browser.gateway.isSilent = true;
    void buy(browser.keyProvider("7"), 1);
    await vi.waitFor(() => expect(browser.gateway.sessions.size).toBe(1));
    browser.gateway.isSilent = false;
    await reload(browser);
    expect(await buy(browser.keyProvider("8"), 1)).toEqual(keyOf(1));
    expect(await buy(browser.keyProvider("7"), 1)).toEqual(keyOf(1));
    expect([...browser.gateway.sessions.keys()]).toEqual([idOf(firstNonce()), idOf(firstNonce() + 1n)]);
  });

  it("is forgotten when the gateway refuses it, and the next one has another seed", async () => {
    const browser = await fundedBrowser();
    browser.gateway.offerRefusals.push(refusal("unavailable", 503), refusal("price-too-low", 422));
    const keyProvider = browser.keyProvider();
    expect(await buy(keyProvider, 1)).toEqual(keyOf(1));
    const [first, second, third] = browser.gateway.offered;
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });
});
