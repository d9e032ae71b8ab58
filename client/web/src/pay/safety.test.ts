import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { unreachable } from "../gateway/problem";
import type { Paid } from "../gateway/types";
import { buy, firstNonce, fundedBrowser, takeFreshNonces, untilHeld } from "./key-provider.test-data";
import { type FakeBrowser, keyOf, OPEN_FEE, PRICE, refusal } from "./test-environment.test-data";

beforeEach(takeFreshNonces);

/** Has held keys tried again until at least `payments` payments were made. */
async function untilPayments(browser: FakeBrowser, payments: number): Promise<void> {
  await vi.waitFor(
    async () => {
      await browser.authorise({}, undefined, firstNonce());
      expect(browser.gateway.payments).toBeGreaterThanOrEqual(payments);
    },
    { timeout: 5_000 },
  );
}

/** The answer of a gateway that accepts a payment and gives no key. */
function withoutKey(ticks: number, truth: Paid): Paid {
  return { ...truth, keys: [], session: { ...truth.session, revealed_ticks: ticks, charged_ticks: ticks } };
}

describe("a gateway that accepts payments without giving keys", () => {
  it("is paid for one key only, however often that key is requested", async () => {
    const browser = await fundedBrowser();
    browser.gateway.lie = ({ ticks }, truth) => withoutKey(ticks, truth());
    const keyProvider = browser.keyProvider();
    const giveUp = new AbortController();
    const key = keyProvider.key({ index: 1, costTicks: 2, signal: giveUp.signal });
    await untilPayments(browser, 5);
    expect(keyProvider.session.value?.revealedTicks).toBe(2);
    giveUp.abort();
    await expect(key).rejects.toThrow("Cancelled");
  });

  it("is paid for two keys at most, however many are requested", async () => {
    const browser = await fundedBrowser();
    browser.gateway.lie = ({ ticks }) => {
      throw refusal("out-of-prepaid-ticks", 402, ticks + 1);
    };
    const keyProvider = browser.keyProvider();
    for (let index = 1; index <= 6; index++) {
      const jump = new AbortController();
      const key = keyProvider.key({ index, costTicks: 2, signal: jump.signal });
      await untilHeld(keyProvider, "refused");
      jump.abort();
      await expect(key).rejects.toThrow("Cancelled");
    }
    // Each with the tick that rounding may add.
    expect(keyProvider.session.value?.revealedTicks).toBe(2 * (2 + 1));
  });

  it("and claims the ticks as charged is not paid ahead when it gives keys again", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    await buy(keyProvider, 1);
    browser.gateway.lie = ({ ticks }, truth) => withoutKey(ticks, truth());
    const key = buy(keyProvider, 2);
    await untilPayments(browser, 4);
    browser.gateway.lie = null;
    expect(await key).toEqual(keyOf(2));
    expect(keyProvider.session.value?.revealedTicks).toBe(4);
  });

  it("is distinguished from a lost answer: the next key comes all the same", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    await buy(keyProvider, 1);
    browser.gateway.lie = (_, truth) => {
      truth();
      throw unreachable("unreachable");
    };
    const jump = new AbortController();
    const lost = keyProvider.key({ index: 2, costTicks: 2, signal: jump.signal });
    await untilHeld(keyProvider, "gateway");
    jump.abort();
    await expect(lost).rejects.toThrow("Cancelled");
    browser.gateway.lie = null;
    expect(await buy(keyProvider, 3)).toEqual(keyOf(3));
    expect(keyProvider.session.value?.revealedTicks).toBe(6);
  });
});

describe("sessions that give no key", () => {
  it("are opened a limited number of times, then only after Start, whatever changes", async () => {
    const browser = await fundedBrowser();
    const { gateway } = browser;
    gateway.lie = (_, truth) => {
      const { session } = truth();
      gateway.listeners.get(session.session)?.({ ...session, phase: "closing" });
      throw unreachable("unreachable");
    };
    const keyProvider = browser.keyProvider();
    const key = buy(keyProvider, 1);
    await vi.waitFor(
      async () => {
        await browser.authorise({}, undefined, firstNonce());
        expect(keyProvider.hold.value?.reason).toBe("ended");
      },
      { timeout: 5_000 },
    );
    expect(gateway.offered).toHaveLength(4);
    for (const free of [1n, 2n, 3n]) await browser.authorise({}, 10_000_000n + free, firstNonce());
    await vi.waitFor(() => expect(keyProvider.hold.value?.reason).toBe("ended"));
    expect(gateway.offered).toHaveLength(4);
    gateway.lie = null;
    keyProvider.start(PRICE);
    expect(await key).toEqual(keyOf(1));
    expect(gateway.offered).toHaveLength(5);
  });

  it("are resumed a limited number of times if they cannot be closed", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    await buy(keyProvider, 1);
    browser.gateway.refusesClosing = true;
    browser.gateway.lie = (_, truth) => {
      truth();
      throw refusal("session-closing");
    };
    const key = buy(keyProvider, 2);
    await untilHeld(keyProvider, "ended");
    // The present session, and the same one resumed four times.
    expect(browser.gateway.payments).toBe(1 + 5);
    expect(browser.gateway.sessions.size).toBe(1);
    browser.gateway.lie = null;
    keyProvider.start(PRICE);
    expect(await key).toEqual(keyOf(2));
  });

  it("are told apart from sessions that were used up, so watching can go on for hours", async () => {
    const browser = await fundedBrowser(OPEN_FEE + 5n * PRICE);
    const keyProvider = browser.keyProvider();
    for (let index = 1; index <= 20; index++) expect(await buy(keyProvider, index)).toEqual(keyOf(index));
    expect(browser.gateway.sessions.size).toBe(10);
    expect(keyProvider.spent.value).toBe(40n * PRICE);
  });
});
