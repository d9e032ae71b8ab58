import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  buy,
  firstNonce,
  fundedBrowser,
  isFree,
  lockOf,
  takeFreshNonces,
  untilFree,
  untilHeld,
} from "./key-provider.test-data";
import { SessionPayer } from "./session-payer";
import { type FakeBrowser, keyOf, OPEN_FEE, PRICE, VIEWER } from "./test-environment.test-data";

beforeEach(takeFreshNonces);

const BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

describe("changing the account", () => {
  it("leaves the session, and pays in another one under a lock of its own", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    await buy(keyProvider, 1);
    const before = keyProvider.session.value?.session;
    browser.choose(BOB);
    await vi.waitFor(() => expect(browser.gateway.closed).toEqual([before]));
    await browser.authorise({}, undefined, firstNonce());
    expect(await buy(keyProvider, 2)).toEqual(keyOf(2));
    expect(keyProvider.session.value?.session).not.toBe(before);
    await untilFree(browser, lockOf(VIEWER));
    expect(await isFree(browser, lockOf(BOB))).toBe(false);
  });

  it("takes the lock of the new account and frees that of the old one", async () => {
    const browser = await fundedBrowser();
    const holder = browser.holder();
    const first = await holder.ready(2);
    browser.choose(BOB);
    await browser.authorise({}, undefined, firstNonce());
    const second = await holder.ready(2);
    expect([first, second].map((payer) => payer instanceof SessionPayer && payer.stored.viewer)).toEqual([VIEWER, BOB]);
    await untilFree(browser, lockOf(VIEWER));
    expect(await isFree(browser, lockOf(BOB))).toBe(false);
  });

  it("while a session is being opened makes the new account pay", async () => {
    const browser = await fundedBrowser();
    const resume = browser.pauseAt("nonce");
    const keyProvider = browser.keyProvider();
    const key = buy(keyProvider, 1);
    await vi.waitFor(() => expect(browser.paused.has("nonce")).toBe(true));
    browser.choose(BOB);
    await browser.authorise({}, undefined, firstNonce());
    resume();
    expect(await key).toEqual(keyOf(1));
    expect(browser.gateway.offered).toHaveLength(1);
    await untilFree(browser, lockOf(VIEWER));
  });

  it("to none leaves the session at once", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    await buy(keyProvider, 1);
    browser.choose(null);
    expect(keyProvider.session.value).toBeNull();
    await vi.waitFor(() => expect(browser.gateway.closed).toHaveLength(1));
    await untilFree(browser, lockOf(VIEWER));
  });
});

describe("a page that is closed while a session is being opened", () => {
  it("offers no ticket", async () => {
    const browser = await fundedBrowser();
    const resume = browser.pauseAt("nonce");
    const keyProvider = browser.keyProvider();
    const key = buy(keyProvider, 1);
    await vi.waitFor(() => expect(browser.paused.has("nonce")).toBe(true));
    await keyProvider.dispose();
    resume();
    await expect(key).rejects.toThrow("Cancelled");
    expect(browser.gateway.offered).toEqual([]);
    await untilFree(browser, lockOf(VIEWER));
  });

  it("frees a lock that it gets too late", async () => {
    const browser = await fundedBrowser();
    const resume = browser.pauseAt("lock");
    const keyProvider = browser.keyProvider();
    const key = buy(keyProvider, 1);
    await vi.waitFor(() => expect(browser.paused.has("lock")).toBe(true));
    await keyProvider.dispose();
    resume();
    await expect(key).rejects.toThrow("Cancelled");
    await untilFree(browser, lockOf(VIEWER));
  });
});

describe("a session right after another was left", () => {
  /** The chain has opened a session of this browser, which has reserved all of the deposit. */
  async function reserve(browser: FakeBrowser, planck: bigint): Promise<void> {
    await browser.authorise({ openSessions: 1 }, 0n, firstNonce() + 1n);
    const deposit = browser.money.peek()?.deposit;
    if (deposit) browser.setDeposit({ ...deposit, reserved: planck, openSessions: 1 });
  }

  /** Watches one segment with a deposit for this many ticks, and leaves. */
  async function watchAndLeave(ticks: bigint): Promise<FakeBrowser> {
    const browser = await fundedBrowser(OPEN_FEE + ticks * PRICE);
    const first = browser.keyProvider();
    await buy(first, 1);
    await reserve(browser, ticks * PRICE);
    await first.dispose();
    return browser;
  }

  it("waits for the close if the deposit is too small for both", async () => {
    const browser = await watchAndLeave(20n);
    const second = browser.keyProvider("8");
    const key = buy(second, 2);
    await untilHeld(second, "block");
    expect(second.hold.value?.message).toMatch("your last session");
    expect(browser.gateway.offered).toHaveLength(1);
    await browser.authorise({}, 18n * PRICE, firstNonce() + 1n);
    expect(await key).toEqual(keyOf(2));
  });

  it("does not wait if the close returns too little", async () => {
    const browser = await watchAndLeave(3n);
    const second = browser.keyProvider("8");
    const giveUp = new AbortController();
    const key = second.key({ index: 2, costTicks: 2, signal: giveUp.signal });
    await untilHeld(second, "funds");
    giveUp.abort();
    await expect(key).rejects.toThrow("Cancelled");
  });

  it("waits for a session of another visit for a while, and then names what is missing", async () => {
    const browser = await fundedBrowser();
    browser.advanceMs(60_000);
    await reserve(browser, 20n * PRICE);
    const keyProvider = browser.keyProvider();
    const giveUp = new AbortController();
    const key = keyProvider.key({ index: 1, costTicks: 2, signal: giveUp.signal });
    await untilHeld(keyProvider, "block");
    browser.advanceMs(31_000);
    browser.heights.value = { best: 101, finalized: 98 };
    await untilHeld(keyProvider, "funds");
    giveUp.abort();
    await expect(key).rejects.toThrow("Cancelled");
  });
});

describe("Stop", () => {
  it("applies while a session is being opened: no ticket is offered before Start", async () => {
    const browser = await fundedBrowser();
    const resume = browser.pauseAt("nonce");
    const keyProvider = browser.keyProvider();
    const key = buy(keyProvider, 1);
    await vi.waitFor(() => expect(browser.paused.has("nonce")).toBe(true));
    await keyProvider.stop();
    resume();
    await untilHeld(keyProvider, "consent");
    expect(browser.gateway.offered).toEqual([]);
    keyProvider.start(PRICE);
    expect(await key).toEqual(keyOf(1));
    expect(browser.gateway.sessions.size).toBe(1);
  });

  it("in another tab leaves the session of this one", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    await buy(keyProvider, 1);
    browser.consent.stop();
    expect(keyProvider.session.value).toBeNull();
    expect(keyProvider.phase.value).toBe("stopped");
    await vi.waitFor(() => expect(browser.gateway.closed).toHaveLength(1));
    await untilFree(browser, lockOf(VIEWER));
  });
});
