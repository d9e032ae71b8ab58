import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { KeyUnavailableError } from "./errors";
import { buy, firstNonce, fundedBrowser, idOf, reload, takeFreshNonces, untilHeld } from "./key-provider.test-data";
import { FakeBrowser, FakeGateway, GATEWAY, keyOf, OPEN_FEE, PRICE, refusal } from "./test-environment.test-data";

beforeEach(takeFreshNonces);

describe("free keys", () => {
  it("come first, and count the preview down", async () => {
    const browser = new FakeBrowser(new FakeGateway(idOf));
    browser.gateway.previewLeft = 4;
    const keyProvider = browser.keyProvider();
    expect(await buy(keyProvider, 1)).toEqual(keyOf(1));
    expect(keyProvider.phase.value).toBe("preview");
    expect(keyProvider.previewLeftS.value).toBe(2);
    expect(keyProvider.spent.value).toBe(0n);
  });

  it("are followed by a hold until consent, and nothing is paid before that", async () => {
    const browser = await fundedBrowser();
    browser.consent.stop();
    const keyProvider = browser.keyProvider();
    const key = buy(keyProvider, 1);
    await untilHeld(keyProvider, "consent");
    expect(browser.gateway.payments).toBe(0);
    keyProvider.start(PRICE);
    expect(await key).toEqual(keyOf(1));
    expect(keyProvider.phase.value).toBe("paying");
    expect(keyProvider.hold.value).toBeNull();
  });
});

describe("keys that were bought earlier", () => {
  it("are given again without a session, also to a viewer who has stopped, and others are paid for", async () => {
    const browser = await fundedBrowser();
    browser.bought = {
      info: async () => ({ account: GATEWAY, genesis_hash: "0x00" }),
      sessionKey: async () => {
        const sign = async () => new Uint8Array(64);
        return { kind: "ed25519", account: new Uint8Array(32), address: GATEWAY, sign };
      },
      now: () => 0,
      bought: async () => [{ first: 1, last: 2 }],
      boughtKeys: async (_, first) => [keyOf(first)],
    };
    browser.consent.stop();
    const keyProvider = browser.keyProvider();
    expect(await buy(keyProvider, 1)).toEqual(keyOf(1));
    expect(keyProvider.phase.value).toBe("bought");
    expect([browser.gateway.payments, browser.gateway.sessions.size]).toEqual([0, 0]);
    keyProvider.start(PRICE);
    expect(await buy(keyProvider, 3)).toEqual(keyOf(3));
    expect(keyProvider.phase.value).toBe("paying");
    expect(keyProvider.spent.value).toBe(2n * PRICE);
  });
});

describe("paid keys", () => {
  it("reveal exactly their cost, in one session that opens without asking", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    for (const index of [1, 2, 3]) expect(await buy(keyProvider, index)).toEqual(keyOf(index));
    expect(keyProvider.session.value?.revealedTicks).toBe(6);
    expect(keyProvider.spent.value).toBe(6n * PRICE);
    expect(keyProvider.fees.value).toBe(OPEN_FEE);
    expect(browser.gateway.sessions.size).toBe(1);
    expect(keyProvider.lastPaidMs.value).not.toBeNull();
  });

  it("cost nothing the second time", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    await buy(keyProvider, 1);
    await buy(keyProvider, 1);
    expect(keyProvider.spent.value).toBe(2n * PRICE);
  });

  it("cost one tick more if the gateway rounds up, and never two", async () => {
    const browser = await fundedBrowser();
    browser.gateway.costTicks = 3;
    const keyProvider = browser.keyProvider();
    expect(await buy(keyProvider, 1)).toEqual(keyOf(1));
    expect(keyProvider.session.value?.revealedTicks).toBe(3);
    browser.gateway.costTicks = 4;
    const dear = new AbortController();
    const key = keyProvider.key({ index: 2, costTicks: 2, signal: dear.signal });
    await untilHeld(keyProvider, "refused");
    expect(keyProvider.session.value?.revealedTicks).toBeLessThanOrEqual(3 + 2);
    dear.abort();
    await expect(key).rejects.toThrow("Cancelled");
  });

  it("that the gateway does not have are reported as unavailable", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    await buy(keyProvider, 1);
    browser.gateway.refusals.push(refusal("not-found", 404));
    await expect(buy(keyProvider, 2)).rejects.toThrow(KeyUnavailableError);
  });

  it("wait while the gateway or the chain is slow, at no extra cost", async () => {
    const browser = await fundedBrowser();
    browser.gateway.refusals.push(refusal("credit-used-up"), refusal("unavailable", 503));
    const keyProvider = browser.keyProvider();
    expect(await buy(keyProvider, 1)).toEqual(keyOf(1));
    expect(keyProvider.spent.value).toBe(2n * PRICE);
  });

  it("are requested with a new tick if the token is not valid", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    await buy(keyProvider, 1);
    browser.gateway.refusals.push(refusal("token-invalid"));
    expect(await buy(keyProvider, 2)).toEqual(keyOf(2));
  });

  it("are bought one after the other, and a cancelled one does not block the next", async () => {
    const browser = await fundedBrowser();
    browser.consent.stop();
    const keyProvider = browser.keyProvider();
    const jump = new AbortController();
    const [first, second] = [keyProvider.key({ index: 1, costTicks: 2, signal: jump.signal }), buy(keyProvider, 2)];
    await untilHeld(keyProvider, "consent");
    jump.abort();
    await expect(first).rejects.toThrow("Cancelled");
    keyProvider.start(PRICE);
    expect(await second).toEqual(keyOf(2));
    expect(keyProvider.spent.value).toBe(2n * PRICE);
  });
});

describe("sessions", () => {
  it("are replaced when their ticks are used up", async () => {
    const browser = await fundedBrowser(OPEN_FEE + 5n * PRICE);
    const keyProvider = browser.keyProvider();
    await buy(keyProvider, 1);
    await buy(keyProvider, 2);
    expect(keyProvider.session.value?.maxTicks).toBe(5);
    await browser.authorise({}, undefined, firstNonce());
    expect(await buy(keyProvider, 3)).toEqual(keyOf(3));
    expect(browser.gateway.sessions.size).toBe(2);
    expect(browser.gateway.closed).toHaveLength(1);
    expect(keyProvider.spent.value).toBe(6n * PRICE);
    expect(keyProvider.fees.value).toBe(2n * OPEN_FEE);
  });

  it("are resumed after a reload, and no tick is paid twice", async () => {
    const browser = await fundedBrowser();
    const before = browser.keyProvider();
    await buy(before, 1);
    const id = before.session.value?.session;
    await reload(browser);
    const after = browser.keyProvider();
    await buy(after, 2);
    expect(after.session.value?.session).toBe(id);
    expect(after.session.value?.revealedTicks).toBe(4);
    expect(after.fees.value).toBe(0n);
  });

  it("belong to one tab until another takes them over", async () => {
    const browser = await fundedBrowser();
    const [first, second] = [browser.keyProvider(), browser.keyProvider()];
    await buy(first, 1);
    const key = buy(second, 2);
    await untilHeld(second, "elsewhere");
    await second.takeOver();
    expect(await key).toEqual(keyOf(2));
    expect(browser.gateway.sessions.size).toBe(1);
    await untilHeld(first, "elsewhere");
    expect(first.session.value).toBeNull();
    expect(browser.gateway.closed).toEqual([]);
  });

  it("are left on Stop, and nothing is paid after it", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    await buy(keyProvider, 1);
    await keyProvider.stop();
    expect(browser.gateway.closed).toHaveLength(1);
    expect(keyProvider.phase.value).toBe("stopped");
    expect(keyProvider.spent.value).toBe(2n * PRICE);
    const key = buy(keyProvider, 2);
    await untilHeld(keyProvider, "consent");
    const { payments } = browser.gateway;
    await keyProvider.dispose();
    await expect(key).rejects.toThrow("Cancelled");
    expect(browser.gateway.payments).toBe(payments);
  });

  it("count once towards the amount spent, whether left, taken back or resumed", async () => {
    const browser = await fundedBrowser();
    const [first, second] = [browser.keyProvider(), browser.keyProvider()];
    await buy(first, 1);
    await second.takeOver();
    await buy(second, 2);
    await vi.waitFor(() => expect(first.session.value).toBeNull());
    expect(first.spent.value).toBe(2n * PRICE);
    await first.takeOver();
    await buy(first, 3);
    expect(first.spent.value).toBe(6n * PRICE);
    // A session that could not be closed is resumed.
    browser.gateway.refusesClosing = true;
    await first.stop();
    first.start(PRICE);
    await buy(first, 4);
    expect(browser.gateway.sessions.size).toBe(1);
    expect(first.spent.value).toBe(8n * PRICE);
  });

  it("of another stream open without asking", async () => {
    const browser = await fundedBrowser();
    const first = browser.keyProvider("7");
    await buy(first, 1);
    await first.dispose();
    const second = browser.keyProvider("8");
    expect(await buy(second, 1)).toEqual(keyOf(1));
    expect(browser.gateway.sessions.size).toBe(2);
  });

  it("that are closed at once are opened a limited number of times", async () => {
    const browser = await fundedBrowser();
    browser.gateway.refusals.push(...Array.from({ length: 4 }, () => refusal("session-closing")));
    const keyProvider = browser.keyProvider();
    const key = buy(keyProvider, 1);
    await untilHeld(keyProvider, "ended");
    expect(browser.gateway.sessions.size).toBe(4);
    keyProvider.start(PRICE);
    expect(await key).toEqual(keyOf(1));
  });
});

describe("an interrupted payment", () => {
  it("ends at once on Stop, and is made after Start", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    await buy(keyProvider, 1);
    const key = buy(keyProvider, 2);
    await keyProvider.stop();
    keyProvider.start(PRICE);
    expect(await key).toEqual(keyOf(2));
    expect(keyProvider.hold.value).toBeNull();
  });

  it("keeps the key that was bought although the player has cancelled", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    const jump = new AbortController();
    const key = keyProvider.key({ index: 1, costTicks: 2, signal: jump.signal });
    await vi.waitFor(() => expect(browser.gateway.payments).toBe(1));
    jump.abort();
    expect(await key).toEqual(keyOf(1));
    await buy(keyProvider, 1);
    expect(browser.gateway.payments).toBe(1);
  });
});

describe("the seconds left", () => {
  it("are those of the session alone if no other could be opened", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    await buy(keyProvider, 1);
    const inSession = (keyProvider.session.value?.maxTicks ?? 0) - 2;
    expect(keyProvider.leftS.value).toBeGreaterThan(inSession);
    for (const end of [{ expiresAt: 100 }, { address: GATEWAY }, { maxPricePerTick: PRICE - 1n }]) {
      await browser.authorise(end);
      expect(keyProvider.leftS.value).toBe(inSession);
    }
    await browser.authorise({ left: 10n * PRICE + OPEN_FEE });
    expect(keyProvider.leftS.value).toBe(inSession + 10);
    browser.heights.value = { best: 1_000, finalized: 997 };
    expect(keyProvider.leftS.value).toBe(inSession);
  });

  it("are those of the session and of the money within the limits, with warnings", async () => {
    const browser = await fundedBrowser(OPEN_FEE + 40n * PRICE);
    const keyProvider = browser.keyProvider();
    await buy(keyProvider, 1);
    await browser.authorise({}, 0n, firstNonce());
    expect(keyProvider.session.value?.maxTicks).toBe(40);
    expect(keyProvider.leftS.value).toBe(38);
    expect(keyProvider.warning.value).toBe(60);
    for (let index = 2; index <= 13; index++) await buy(keyProvider, index);
    expect(keyProvider.leftS.value).toBe(14);
    expect(keyProvider.warning.value).toBe(15);
  });
});
