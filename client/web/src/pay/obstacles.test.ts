import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { beginElsewhere, browserWithMoney, buy, firstNonce, idOf, untilHeld } from "./purse.test-data";
import type { HoldReason } from "./types";
import { type FakeBrowser, keyOf, OPEN_FEE, PRICE, refusal, VIEWER } from "./world.test-data";

beforeEach(beginElsewhere);

describe("what stands in the way", () => {
  it.each<[HoldReason, (browser: FakeBrowser) => Promise<void>]>([
    ["wallet", async (browser) => browser.choose(null)],
    ["deposit", async (browser) => browser.setDeposit(null)],
    ["chain", async (browser) => browser.loseNode()],
    ["delegation", (browser) => browser.lend({ sessionKey: VIEWER })],
    ["delegation", (browser) => browser.lend({ expiresAt: 100 })],
    ["price", (browser) => browser.lend({ maxPricePerTick: PRICE - 1n })],
    ["funds", (browser) => browser.lend({ allowance: 10n ** 9n }, OPEN_FEE + 2n * PRICE)],
    ["allowance", (browser) => browser.lend({ allowance: OPEN_FEE })],
  ])("is %s: held, said in words, and gone on with when it is mended", async (reason, spoil) => {
    const browser = await browserWithMoney();
    await spoil(browser);
    const purse = browser.purse();
    const key = buy(purse, 1);
    await untilHeld(purse, reason);
    expect(purse.hold.value?.what).toMatch(/\.$/);
    expect(browser.gateway.payments).toBe(0);
    browser.choose(VIEWER);
    await browser.lend({}, undefined, firstNonce());
    expect(await key).toEqual(keyOf(1));
  });

  it("is a ticket that the gateway does not take yet: it is offered again", async () => {
    const browser = await browserWithMoney();
    browser.gateway.offerRefusals.push(refusal("no-deposit", 422), refusal("ticket-pending", 422));
    const purse = browser.purse();
    const key = buy(purse, 1);
    await untilHeld(purse, "block");
    expect(await key).toEqual(keyOf(1));
  });

  it("is not a nonce that another browser has used: the next is taken at once", async () => {
    const browser = await browserWithMoney();
    browser.gateway.offerRefusals.push(refusal("nonce-taken", 422), refusal("nonce-taken", 422));
    const purse = browser.purse();
    const held: unknown[] = [];
    purse.hold.subscribe((hold) => held.push(hold));
    expect(await buy(purse, 1)).toEqual(keyOf(1));
    expect(purse.session.value?.session).toBe(idOf(firstNonce() + 2n));
    expect(held).toEqual([null]);
  });

  it("is what a gateway says for longer than a lag lasts, and patience begins anew with other money", async () => {
    const browser = await browserWithMoney();
    const refused = () => Array.from({ length: 3 }, () => refusal("funds-too-low", 422));
    browser.gateway.offerRefusals.push(...refused());
    const purse = browser.purse();
    const key = buy(purse, 1);
    await untilHeld(purse, "block");
    browser.passMs(20_000);
    await untilHeld(purse, "funds");
    browser.gateway.offerRefusals.splice(0, Number.POSITIVE_INFINITY, ...refused());
    await browser.lend({}, 20_000_000n, firstNonce());
    await untilHeld(purse, "block");
    expect(await key).toEqual(keyOf(1));
  });
});
