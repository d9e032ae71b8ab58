import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { buy, firstNonce, fundedBrowser, idOf, takeFreshNonces, untilHeld } from "./key-provider.test-data";
import { type FakeBrowser, keyOf, OPEN_FEE, PRICE, refusal, VIEWER } from "./test-environment.test-data";
import type { HoldReason } from "./types";

beforeEach(takeFreshNonces);

describe("an obstacle", () => {
  it.each<[HoldReason, (browser: FakeBrowser) => Promise<void>]>([
    ["wallet", async (browser) => browser.choose(null)],
    ["deposit", async (browser) => browser.setDeposit(null)],
    ["chain", async (browser) => browser.loseNode()],
    ["key", (browser) => browser.authorise({ address: VIEWER })],
    ["expired", (browser) => browser.authorise({ expiresAt: 100 })],
    ["scope", (browser) => browser.authorise({ scope: { kind: "creator", account: VIEWER } })],
    ["scope", (browser) => browser.authorise({ scope: { kind: "gateway", account: VIEWER } })],
    ["scope", (browser) => browser.authorise({ scope: { kind: "stream", stream: "8" } })],
    ["price", (browser) => browser.authorise({ maxPricePerTick: PRICE - 1n })],
    ["funds", (browser) => browser.authorise({ left: 10n ** 9n }, OPEN_FEE + 2n * PRICE)],
    ["allowance", (browser) => browser.authorise({ left: OPEN_FEE })],
  ])("of kind %s holds the key with a message until it is resolved", async (reason, cause) => {
    const browser = await fundedBrowser();
    await cause(browser);
    const keyProvider = browser.keyProvider();
    const key = buy(keyProvider, 1);
    await untilHeld(keyProvider, reason);
    expect(keyProvider.hold.value?.message).toMatch(/\.$/);
    expect(browser.gateway.payments).toBe(0);
    browser.choose(VIEWER);
    await browser.authorise({}, undefined, firstNonce());
    expect(await key).toEqual(keyOf(1));
  });

  it("is a ticket that the gateway does not accept yet, which is offered again", async () => {
    const browser = await fundedBrowser();
    browser.gateway.offerRefusals.push(refusal("no-deposit", 422), refusal("ticket-pending", 422));
    const keyProvider = browser.keyProvider();
    const key = buy(keyProvider, 1);
    await untilHeld(keyProvider, "block");
    expect(await key).toEqual(keyOf(1));
  });

  it("is not a nonce that another browser has used: the next one is tried at once", async () => {
    const browser = await fundedBrowser();
    browser.gateway.offerRefusals.push(refusal("nonce-taken", 422), refusal("nonce-taken", 422));
    const keyProvider = browser.keyProvider();
    const held: unknown[] = [];
    keyProvider.hold.subscribe((hold) => held.push(hold));
    expect(await buy(keyProvider, 1)).toEqual(keyOf(1));
    expect(keyProvider.session.value?.session).toBe(idOf(firstNonce() + 2n));
    expect(held).toEqual([null]);
  });

  it("is shown when a refusal outlasts the lag, which starts again after the money has changed", async () => {
    const browser = await fundedBrowser();
    const refused = () => Array.from({ length: 3 }, () => refusal("funds-too-low", 422));
    browser.gateway.offerRefusals.push(...refused());
    const keyProvider = browser.keyProvider();
    const key = buy(keyProvider, 1);
    await untilHeld(keyProvider, "block");
    browser.advanceMs(20_000);
    await untilHeld(keyProvider, "funds");
    browser.gateway.offerRefusals.splice(0, Number.POSITIVE_INFINITY, ...refused());
    await browser.authorise({}, 20_000_000n, firstNonce());
    await untilHeld(keyProvider, "block");
    expect(await key).toEqual(keyOf(1));
  });
});
