import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { unreachable } from "../gateway/problem";
import type { Paid } from "../gateway/types";
import { beginElsewhere, browserWithMoney, buy, firstNonce, untilHeld } from "./purse.test-data";
import { type FakeBrowser, keyOf, OPEN_FEE, PRICE, refusal } from "./world.test-data";

beforeEach(beginElsewhere);

/** Lets keys that wait be tried again, and waits until so many payments were made. */
async function untilPayments(browser: FakeBrowser, payments: number): Promise<void> {
  await vi.waitFor(
    async () => {
      await browser.lend({}, undefined, firstNonce());
      expect(browser.gateway.payments).toBeGreaterThanOrEqual(payments);
    },
    { timeout: 5_000 },
  );
}

/** The answer to a payment that takes it and gives nothing. */
function withoutKey(ticks: number, truth: Paid): Paid {
  return { ...truth, keys: [], session: { ...truth.session, paid_ticks: ticks, used_ticks: ticks } };
}

describe("a gateway that takes and does not give", () => {
  it("is paid for the one key, however often it is asked", async () => {
    const browser = await browserWithMoney();
    browser.gateway.lie = ({ ticks }, truth) => withoutKey(ticks, truth());
    const purse = browser.purse();
    const giveUp = new AbortController();
    const key = purse.key({ index: 1, costTicks: 2, signal: giveUp.signal });
    await untilPayments(browser, 5);
    expect(purse.session.value?.paidTicks).toBe(2);
    giveUp.abort();
    await expect(key).rejects.toThrow("Called off");
  });

  it("is paid for two keys, however many it is asked for", async () => {
    const browser = await browserWithMoney();
    browser.gateway.lie = ({ ticks }) => {
      throw refusal("ticks-due", 402, ticks + 1);
    };
    const purse = browser.purse();
    for (let index = 1; index <= 6; index++) {
      const jump = new AbortController();
      const key = purse.key({ index, costTicks: 2, signal: jump.signal });
      await untilHeld(purse, "refused");
      jump.abort();
      await expect(key).rejects.toThrow("Called off");
    }
    // Each of them with the second that roundings may make.
    expect(purse.session.value?.paidTicks).toBe(2 * (2 + 1));
  });

  it("and says it was all used is not paid ahead, once it gives again", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    await buy(purse, 1);
    browser.gateway.lie = ({ ticks }, truth) => withoutKey(ticks, truth());
    const key = buy(purse, 2);
    await untilPayments(browser, 4);
    browser.gateway.lie = null;
    expect(await key).toEqual(keyOf(2));
    expect(purse.session.value?.paidTicks).toBe(4);
  });

  it("is no gateway whose answer got lost: the next key comes all the same", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    await buy(purse, 1);
    browser.gateway.lie = (_, truth) => {
      truth();
      throw unreachable("unreachable");
    };
    const jump = new AbortController();
    const lost = purse.key({ index: 2, costTicks: 2, signal: jump.signal });
    await untilHeld(purse, "gateway");
    jump.abort();
    await expect(lost).rejects.toThrow("Called off");
    browser.gateway.lie = null;
    expect(await buy(purse, 3)).toEqual(keyOf(3));
    expect(purse.session.value?.paidTicks).toBe(6);
  });
});

describe("sessions without a key", () => {
  it("are opened a few times, and then not before the viewer says so, whatever changes", async () => {
    const browser = await browserWithMoney();
    const { gateway } = browser;
    gateway.lie = (_, truth) => {
      const { session } = truth();
      gateway.listeners.get(session.session)?.({ ...session, phase: "closing" });
      throw unreachable("unreachable");
    };
    const purse = browser.purse();
    const key = buy(purse, 1);
    await vi.waitFor(
      async () => {
        await browser.lend({}, undefined, firstNonce());
        expect(purse.hold.value?.reason).toBe("ended");
      },
      { timeout: 5_000 },
    );
    expect(gateway.offered).toHaveLength(4);
    for (const free of [1n, 2n, 3n]) await browser.lend({}, 10_000_000n + free, firstNonce());
    await vi.waitFor(() => expect(purse.hold.value?.reason).toBe("ended"));
    expect(gateway.offered).toHaveLength(4);
    gateway.lie = null;
    purse.start();
    expect(await key).toEqual(keyOf(1));
    expect(gateway.offered).toHaveLength(5);
  });

  it("are not gone on with for ever either, when they cannot be closed", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    await buy(purse, 1);
    browser.gateway.isDeafToClosing = true;
    browser.gateway.lie = (_, truth) => {
      truth();
      throw refusal("session-closing");
    };
    const key = buy(purse, 2);
    await untilHeld(purse, "ended");
    // The session in hand, and four times the same again.
    expect(browser.gateway.payments).toBe(1 + 5);
    expect(browser.gateway.sold.size).toBe(1);
    browser.gateway.lie = null;
    purse.start();
    expect(await key).toEqual(keyOf(2));
  });

  it("are told apart from those that were used up: watching goes on for hours", async () => {
    const browser = await browserWithMoney(OPEN_FEE + 5n * PRICE);
    const purse = browser.purse();
    for (let index = 1; index <= 20; index++) expect(await buy(purse, index)).toEqual(keyOf(index));
    expect(browser.gateway.sold.size).toBe(10);
    expect(purse.spent.value).toBe(40n * PRICE);
  });
});
