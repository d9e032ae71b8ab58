import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { beginElsewhere, browserWithMoney, buy, firstNonce, idOf, reload, untilHeld } from "./purse.test-data";
import { keyOf, OPEN_FEE, refusal } from "./world.test-data";

beforeEach(beginElsewhere);

describe("a ticket whose answer is lost", () => {
  it("was taken: the session is paid in, and no other is opened", async () => {
    const browser = await browserWithMoney();
    browser.gateway.lostOffers = 1;
    const purse = browser.purse();
    expect(await buy(purse, 1)).toEqual(keyOf(1));
    expect([...browser.gateway.sold.keys()]).toEqual([idOf(firstNonce())]);
    expect(purse.fees.value).toBe(OPEN_FEE);
  });

  it("was not taken: the same bytes are offered again", async () => {
    const browser = await browserWithMoney();
    browser.gateway.offerRefusals.push(refusal("unavailable", 503));
    const purse = browser.purse();
    expect(await buy(purse, 1)).toEqual(keyOf(1));
    const [first, second, ...more] = browser.gateway.offered;
    expect(second).toBe(first);
    expect(more).toEqual([]);
  });

  it("is found by a reload", async () => {
    const browser = await browserWithMoney();
    browser.gateway.lostOffers = 1;
    const before = browser.purse();
    const key = buy(before, 1);
    await untilHeld(before, "gateway");
    await before.dispose();
    await expect(key).rejects.toThrow("Called off");
    await reload(browser);
    expect(await buy(browser.purse(), 1)).toEqual(keyOf(1));
    expect(browser.gateway.sold.size).toBe(1);
  });

  it("keeps its nonce and its seed while another stream is watched", async () => {
    const browser = await browserWithMoney();
    browser.gateway.lostOffers = 1;
    const before = browser.purse("7");
    const key = buy(before, 1);
    await untilHeld(before, "gateway");
    await before.dispose();
    await expect(key).rejects.toThrow("Called off");
    expect(await buy(browser.purse("8"), 1)).toEqual(keyOf(1));
    expect(await buy(browser.purse("7"), 1)).toEqual(keyOf(1));
    expect([...browser.gateway.sold.keys()]).toEqual([idOf(firstNonce()), idOf(firstNonce() + 1n)]);
  });

  it("keeps them also when the page has gone before any answer", async () => {
    const browser = await browserWithMoney();
    browser.gateway.isSilent = true;
    void buy(browser.purse("7"), 1);
    await vi.waitFor(() => expect(browser.gateway.sold.size).toBe(1));
    browser.gateway.isSilent = false;
    await reload(browser);
    expect(await buy(browser.purse("8"), 1)).toEqual(keyOf(1));
    expect(await buy(browser.purse("7"), 1)).toEqual(keyOf(1));
    expect([...browser.gateway.sold.keys()]).toEqual([idOf(firstNonce()), idOf(firstNonce() + 1n)]);
  });

  it("is forgotten once the gateway refuses it: the next has a seed of its own", async () => {
    const browser = await browserWithMoney();
    browser.gateway.offerRefusals.push(refusal("unavailable", 503), refusal("price-too-low", 422));
    const purse = browser.purse();
    expect(await buy(purse, 1)).toEqual(keyOf(1));
    const [first, second, third] = browser.gateway.offered;
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });
});
