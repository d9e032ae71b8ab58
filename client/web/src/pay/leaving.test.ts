import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  beginElsewhere,
  browserWithMoney,
  buy,
  firstNonce,
  isFree,
  lockOf,
  untilFree,
  untilHeld,
} from "./purse.test-data";
import { Till } from "./till";
import { keyOf, VIEWER } from "./world.test-data";

beforeEach(beginElsewhere);

const BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

describe("another account", () => {
  it("pays in its own session under its own lock, and the one before is left", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    await buy(purse, 1);
    const before = purse.session.value?.session;
    browser.choose(BOB);
    await vi.waitFor(() => expect(browser.gateway.closed).toEqual([before]));
    await browser.lend({}, undefined, firstNonce());
    expect(await buy(purse, 2)).toEqual(keyOf(2));
    expect(purse.session.value?.session).not.toBe(before);
    await untilFree(browser, lockOf(VIEWER));
    expect(await isFree(browser, lockOf(BOB))).toBe(false);
  });

  it("takes the lock of its own, whoever has taken one before", async () => {
    const browser = await browserWithMoney();
    const holder = browser.holder();
    const first = await holder.ready(2);
    browser.choose(BOB);
    await browser.lend({}, undefined, firstNonce());
    const second = await holder.ready(2);
    expect([first, second].map((till) => till instanceof Till && till.record.viewer)).toEqual([VIEWER, BOB]);
    await untilFree(browser, lockOf(VIEWER));
    expect(await isFree(browser, lockOf(BOB))).toBe(false);
  });

  it("that comes while a session is being opened is the one that pays", async () => {
    const browser = await browserWithMoney();
    const goOn = browser.stopAt("nonce");
    const purse = browser.purse();
    const key = buy(purse, 1);
    await vi.waitFor(() => expect(browser.waiting.has("nonce")).toBe(true));
    browser.choose(BOB);
    await browser.lend({}, undefined, firstNonce());
    goOn();
    expect(await key).toEqual(keyOf(1));
    expect(browser.gateway.offered).toHaveLength(1);
    await untilFree(browser, lockOf(VIEWER));
  });

  it("or none at all: the session is left at once", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    await buy(purse, 1);
    browser.choose(null);
    expect(purse.session.value).toBeNull();
    await vi.waitFor(() => expect(browser.gateway.closed).toHaveLength(1));
    await untilFree(browser, lockOf(VIEWER));
  });
});

describe("a page that goes while a session is being opened", () => {
  it("offers no ticket", async () => {
    const browser = await browserWithMoney();
    const goOn = browser.stopAt("nonce");
    const purse = browser.purse();
    const key = buy(purse, 1);
    await vi.waitFor(() => expect(browser.waiting.has("nonce")).toBe(true));
    await purse.dispose();
    goOn();
    await expect(key).rejects.toThrow("Called off");
    expect(browser.gateway.offered).toEqual([]);
    await untilFree(browser, lockOf(VIEWER));
  });

  it("keeps no lock that comes too late", async () => {
    const browser = await browserWithMoney();
    const goOn = browser.stopAt("lock");
    const purse = browser.purse();
    const key = buy(purse, 1);
    await vi.waitFor(() => expect(browser.waiting.has("lock")).toBe(true));
    await purse.dispose();
    goOn();
    await expect(key).rejects.toThrow("Called off");
    await untilFree(browser, lockOf(VIEWER));
  });
});

describe("Stop", () => {
  it("holds while a session is being opened: no ticket is offered before Start", async () => {
    const browser = await browserWithMoney();
    const goOn = browser.stopAt("nonce");
    const purse = browser.purse();
    const key = buy(purse, 1);
    await vi.waitFor(() => expect(browser.waiting.has("nonce")).toBe(true));
    await purse.stop();
    goOn();
    await untilHeld(purse, "consent");
    expect(browser.gateway.offered).toEqual([]);
    purse.start();
    expect(await key).toEqual(keyOf(1));
    expect(browser.gateway.sold.size).toBe(1);
  });

  it("holds for every purse: what another tab stops is left here", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    await buy(purse, 1);
    browser.consent.value = false;
    expect(purse.session.value).toBeNull();
    expect(purse.phase.value).toBe("stopped");
    await vi.waitFor(() => expect(browser.gateway.closed).toHaveLength(1));
    await untilFree(browser, lockOf(VIEWER));
  });
});
