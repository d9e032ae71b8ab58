import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { KeyGoneError } from "./errors";
import { beginElsewhere, browserWithMoney, buy, firstNonce, idOf, reload, untilHeld } from "./purse.test-data";
import { FakeBrowser, FakeGateway, GATEWAY, keyOf, OPEN_FEE, PRICE, refusal } from "./world.test-data";

beforeEach(beginElsewhere);

describe("free keys", () => {
  it("come first, and count down", async () => {
    const browser = new FakeBrowser(new FakeGateway(idOf));
    browser.gateway.previewLeft = 4;
    const purse = browser.purse();
    expect(await buy(purse, 1)).toEqual(keyOf(1));
    expect(purse.phase.value).toBe("preview");
    expect(purse.previewLeftS.value).toBe(2);
    expect(purse.spent.value).toBe(0n);
  });

  it("are followed by a wait for the viewer's word, and nothing is paid before it", async () => {
    const browser = await browserWithMoney();
    browser.consent.value = false;
    const purse = browser.purse();
    const key = buy(purse, 1);
    await untilHeld(purse, "consent");
    expect(browser.gateway.payments).toBe(0);
    purse.start();
    expect(await key).toEqual(keyOf(1));
    expect(purse.phase.value).toBe("paying");
    expect(purse.hold.value).toBeNull();
  });
});

describe("paid keys", () => {
  it("cost what they cost, and open one session without asking", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    for (const index of [1, 2, 3]) expect(await buy(purse, index)).toEqual(keyOf(index));
    expect(purse.session.value?.paidTicks).toBe(6);
    expect(purse.spent.value).toBe(6n * PRICE);
    expect(purse.fees.value).toBe(OPEN_FEE);
    expect(browser.gateway.sold.size).toBe(1);
    expect(purse.lastPaidMs.value).not.toBeNull();
  });

  it("are free the second time", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    await buy(purse, 1);
    await buy(purse, 1);
    expect(purse.spent.value).toBe(2n * PRICE);
  });

  it("follow a gateway that counts a second more, and not one that asks for two", async () => {
    const browser = await browserWithMoney();
    browser.gateway.costTicks = 3;
    const purse = browser.purse();
    expect(await buy(purse, 1)).toEqual(keyOf(1));
    expect(purse.session.value?.paidTicks).toBe(3);
    browser.gateway.costTicks = 4;
    const dear = new AbortController();
    const key = purse.key({ index: 2, costTicks: 2, signal: dear.signal });
    await untilHeld(purse, "refused");
    expect(purse.session.value?.paidTicks).toBeLessThanOrEqual(3 + 2);
    dear.abort();
    await expect(key).rejects.toThrow("Called off");
  });

  it("that are not for sale are gone", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    await buy(purse, 1);
    browser.gateway.refusals.push(refusal("not-found", 404));
    await expect(buy(purse, 2)).rejects.toThrow(KeyGoneError);
  });

  it("wait while the gateway or the chain is slow, and cost no more for it", async () => {
    const browser = await browserWithMoney();
    browser.gateway.refusals.push(refusal("credit-used-up"), refusal("unavailable", 503));
    const purse = browser.purse();
    expect(await buy(purse, 1)).toEqual(keyOf(1));
    expect(purse.spent.value).toBe(2n * PRICE);
  });

  it("are asked for with a new tick when the token is not known", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    await buy(purse, 1);
    browser.gateway.refusals.push(refusal("token-invalid"));
    expect(await buy(purse, 2)).toEqual(keyOf(2));
  });

  it("wait their turn, and a player that jumps away lets the next one pass", async () => {
    const browser = await browserWithMoney();
    browser.consent.value = false;
    const purse = browser.purse();
    const jump = new AbortController();
    const [first, second] = [purse.key({ index: 1, costTicks: 2, signal: jump.signal }), buy(purse, 2)];
    await untilHeld(purse, "consent");
    jump.abort();
    await expect(first).rejects.toThrow("Called off");
    purse.start();
    expect(await second).toEqual(keyOf(2));
    expect(purse.spent.value).toBe(2n * PRICE);
  });
});

describe("sessions", () => {
  it("are replaced when their ticks are spent", async () => {
    const browser = await browserWithMoney(OPEN_FEE + 5n * PRICE);
    const purse = browser.purse();
    await buy(purse, 1);
    await buy(purse, 2);
    expect(purse.session.value?.maxTicks).toBe(5);
    await browser.lend({}, undefined, firstNonce());
    expect(await buy(purse, 3)).toEqual(keyOf(3));
    expect(browser.gateway.sold.size).toBe(2);
    expect(browser.gateway.closed).toHaveLength(1);
    expect(purse.spent.value).toBe(6n * PRICE);
    expect(purse.fees.value).toBe(2n * OPEN_FEE);
  });

  it("are gone on with after a reload, and no tick is paid twice", async () => {
    const browser = await browserWithMoney();
    const before = browser.purse();
    await buy(before, 1);
    const id = before.session.value?.session;
    await reload(browser);
    const after = browser.purse();
    await buy(after, 2);
    expect(after.session.value?.session).toBe(id);
    expect(after.session.value?.paidTicks).toBe(4);
    expect(after.fees.value).toBe(0n);
  });

  it("belong to one tab, until another takes them over", async () => {
    const browser = await browserWithMoney();
    const [first, second] = [browser.purse(), browser.purse()];
    await buy(first, 1);
    const key = buy(second, 2);
    await untilHeld(second, "elsewhere");
    await second.takeOver();
    expect(await key).toEqual(keyOf(2));
    expect(browser.gateway.sold.size).toBe(1);
    await untilHeld(first, "elsewhere");
    expect(first.session.value).toBeNull();
    expect(browser.gateway.closed).toEqual([]);
  });

  it("are left on Stop, and nothing is paid after it", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    await buy(purse, 1);
    await purse.stop();
    expect(browser.gateway.closed).toHaveLength(1);
    expect(purse.phase.value).toBe("stopped");
    expect(purse.spent.value).toBe(2n * PRICE);
    const key = buy(purse, 2);
    await untilHeld(purse, "consent");
    const { payments } = browser.gateway;
    await purse.dispose();
    await expect(key).rejects.toThrow("Called off");
    expect(browser.gateway.payments).toBe(payments);
  });

  it("count once, whether they were left, taken back or gone on with", async () => {
    const browser = await browserWithMoney();
    const [first, second] = [browser.purse(), browser.purse()];
    await buy(first, 1);
    await second.takeOver();
    await buy(second, 2);
    await vi.waitFor(() => expect(first.session.value).toBeNull());
    expect(first.spent.value).toBe(2n * PRICE);
    await first.takeOver();
    await buy(first, 3);
    expect(first.spent.value).toBe(6n * PRICE);
    // A session that could not be closed is gone on with.
    browser.gateway.isDeafToClosing = true;
    await first.stop();
    first.start();
    await buy(first, 4);
    expect(browser.gateway.sold.size).toBe(1);
    expect(first.spent.value).toBe(8n * PRICE);
  });

  it("of another stream open without a word", async () => {
    const browser = await browserWithMoney();
    const first = browser.purse("7");
    await buy(first, 1);
    await first.dispose();
    const second = browser.purse("8");
    expect(await buy(second, 1)).toEqual(keyOf(1));
    expect(browser.gateway.sold.size).toBe(2);
  });

  it("that are closed at once are not opened for ever", async () => {
    const browser = await browserWithMoney();
    browser.gateway.refusals.push(...Array.from({ length: 4 }, () => refusal("session-closing")));
    const purse = browser.purse();
    const key = buy(purse, 1);
    await untilHeld(purse, "ended");
    expect(browser.gateway.sold.size).toBe(4);
    purse.start();
    expect(await key).toEqual(keyOf(1));
  });
});

describe("paying that is interrupted", () => {
  it("stops at once on Stop, in the midst of a payment", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    await buy(purse, 1);
    const key = buy(purse, 2);
    await purse.stop();
    purse.start();
    expect(await key).toEqual(keyOf(2));
    expect(purse.hold.value).toBeNull();
  });

  it("keeps what was bought for a player that jumped away too late", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    const jump = new AbortController();
    const key = purse.key({ index: 1, costTicks: 2, signal: jump.signal });
    await vi.waitFor(() => expect(browser.gateway.payments).toBe(1));
    jump.abort();
    expect(await key).toEqual(keyOf(1));
    await buy(purse, 1);
    expect(browser.gateway.payments).toBe(1);
  });
});

describe("what is left", () => {
  it("is what is in the session alone, when no other would be opened", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    await buy(purse, 1);
    const inSession = (purse.session.value?.maxTicks ?? 0) - 2;
    expect(purse.leftS.value).toBeGreaterThan(inSession);
    for (const end of [{ expiresAt: 100 }, { sessionKey: GATEWAY }, { maxPricePerTick: PRICE - 1n }]) {
      await browser.lend(end);
      expect(purse.leftS.value).toBe(inSession);
    }
    await browser.lend({ allowance: 10n * PRICE + OPEN_FEE });
    expect(purse.leftS.value).toBe(inSession + 10);
    browser.heights.value = { best: 1_000, finalized: 997 };
    expect(purse.leftS.value).toBe(inSession);
  });

  it("is what the session and the money within the limits last, and warns", async () => {
    const browser = await browserWithMoney(OPEN_FEE + 40n * PRICE);
    const purse = browser.purse();
    await buy(purse, 1);
    await browser.lend({}, 0n, firstNonce());
    expect(purse.session.value?.maxTicks).toBe(40);
    expect(purse.leftS.value).toBe(38);
    expect(purse.warning.value).toBe(60);
    for (let index = 2; index <= 13; index++) await buy(purse, index);
    expect(purse.leftS.value).toBe(14);
    expect(purse.warning.value).toBe(15);
  });
});
