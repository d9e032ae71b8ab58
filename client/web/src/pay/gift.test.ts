import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { giftKey, makeGiftSecret } from "../ticks/gift-key";
import type { SessionKey } from "../ticks/session-key";
import { SIGNATURE_KINDS } from "../ticks/ticket";
import { formatGiftLink, parseGiftLink } from "./gift-link";
import { forgetGift, forgetGiftLink, giftFor, keepGiftLink, keptGiftLink, makeGift, receiveGift } from "./gifts";
import { buy, firstNonce, fundedBrowser, idOf, takeFreshNonces, untilHeld } from "./key-provider.test-data";
import {
  CREATOR,
  deviceKey,
  type FakeBrowser,
  GENESIS,
  type KeyChange,
  keyOf,
  OPEN_FEE,
  PRICE,
  VIEWER,
} from "./test-environment.test-data";
import type { HoldReason } from "./types";

beforeEach(takeFreshNonces);

/** A browser of a recipient, with the key of a gift that is on chain. */
async function recipient(change: KeyChange = {}): Promise<{ browser: FakeBrowser; key: SessionKey }> {
  const browser = await fundedBrowser();
  const key = await giftKey(makeGiftSecret());
  browser.choose(null);
  browser.consent.stop();
  setGift(browser, key, change);
  return { browser, key };
}

/** Sets what the chain has of a gift. */
function setGift(browser: FakeBrowser, key: SessionKey, change: KeyChange, free = 10_000_000n): void {
  const gift = deviceKey(key.address, {
    label: "Gift: a stream",
    maxSessions: 1,
    scope: { kind: "stream", stream: "7" },
    nextNonce: firstNonce(),
    ...change,
  });
  browser.setDeposit({ free, reserved: 0n, keys: [gift], openSessions: 0 });
}

describe("a gift", () => {
  it("pays without a wallet, an account or a press on Start, in one session with its own key", async () => {
    const { browser, key } = await recipient();
    const keyProvider = browser.giftKeyProvider(key);
    for (const index of [1, 2, 3]) expect(await buy(keyProvider, index)).toEqual(keyOf(index));
    expect(browser.gateway.sessions.size).toBe(1);
    expect(keyProvider.session.value?.session).toBe(idOf(firstNonce(), undefined, key.account));
    const [ticket] = browser.gateway.offered;
    // The signature is the last 65 bytes, and begins with its kind.
    expect(Number.parseInt(ticket?.slice(-130, -128) ?? "", 16)).toBe(SIGNATURE_KINDS.sr25519);
  });

  it("shows what it is worth before anything is paid", async () => {
    const { browser, key } = await recipient({ left: OPEN_FEE + 90n * PRICE });
    const keyProvider = browser.giftKeyProvider(key);
    await expect.poll(() => keyProvider.leftS.value).toBe(90);
    expect(browser.gateway.offered).toEqual([]);
    await keyProvider.dispose();
  });

  it("stops at its limit, and says so", async () => {
    const { browser, key } = await recipient({ left: OPEN_FEE + 4n * PRICE });
    const keyProvider = browser.giftKeyProvider(key);
    for (const index of [1, 2]) expect(await buy(keyProvider, index)).toEqual(keyOf(index));
    setGift(browser, key, { left: 0n });
    const last = buy(keyProvider, 3);
    await untilHeld(keyProvider, "gift-used-up");
    expect(keyProvider.session.value).toBeNull();
    expect(keyProvider.spent.value).toBe(4n * PRICE);
    await keyProvider.dispose();
    await expect(last).rejects.toThrow("Cancelled");
  });

  it.each<[HoldReason, KeyChange, bigint?]>([
    ["gift-used-up", { left: OPEN_FEE }],
    ["gift-invalid", { expiresAt: 100 }],
    ["gift-invalid", { address: VIEWER }],
    ["gift-limits", { maxPricePerTick: PRICE - 1n }],
    ["gift-limits", { scope: { kind: "creator", account: VIEWER } }],
    ["gift-elsewhere", { openSessions: 1 }],
    ["gift-unpaid", {}, OPEN_FEE],
  ])("that cannot pay is held as %s, with a message and a hint, until that changes", async (reason, change, free) => {
    const { browser, key } = await recipient();
    // Long after any session that another test has left.
    browser.advanceMs(60_000);
    setGift(browser, key, change, free);
    const keyProvider = browser.giftKeyProvider(key);
    const paid = buy(keyProvider, 1);
    await untilHeld(keyProvider, reason);
    expect(keyProvider.hold.value?.message).toMatch(/\.$/);
    expect(keyProvider.hold.value?.hint).toMatch(/\.$/);
    expect(browser.gateway.offered).toEqual([]);
    setGift(browser, key, {});
    expect(await paid).toEqual(keyOf(1));
  });

  it("waits for the session that was just left here, and does not blame another place for it", async () => {
    const { browser, key } = await recipient();
    const before = browser.giftKeyProvider(key);
    await buy(before, 1);
    await before.dispose();
    setGift(browser, key, { openSessions: 1 });
    const after = browser.giftKeyProvider(key);
    const next = buy(after, 2);
    await untilHeld(after, "block");
    // It is still open after longer than closing takes: then it is another one.
    browser.advanceMs(20_000);
    await untilHeld(after, "gift-elsewhere");
    setGift(browser, key, {});
    expect(await next).toEqual(keyOf(2));
  });

  it("is stopped and started like any payment", async () => {
    const { browser, key } = await recipient();
    const keyProvider = browser.giftKeyProvider(key);
    await buy(keyProvider, 1);
    expect(keyProvider.isStarted.value).toBe(true);
    await keyProvider.stop();
    const held = buy(keyProvider, 2);
    await untilHeld(keyProvider, "consent");
    keyProvider.start(PRICE);
    expect(await held).toEqual(keyOf(2));
  });
});

describe("the link of a gift", () => {
  const secret = Uint8Array.from({ length: 32 }, (_, at) => at * 8);
  const link = { from: VIEWER, secret, scope: { kind: "stream", stream: "7" } } as const;

  it("carries payer, secret and scope in its fragment", () => {
    const text = formatGiftLink("https://gateway.example", link);
    expect(text).toBe(
      `https://gateway.example/gift#v=1&from=${VIEWER}&key=AAgQGCAoMDhASFBYYGhweICIkJigqLC4wMjQ2ODo8Pg&stream=7`,
    );
    expect(parseGiftLink(new URL(text).hash)).toEqual(link);
    const forCreator = { ...link, scope: { kind: "creator", account: CREATOR } } as const;
    expect(parseGiftLink(new URL(formatGiftLink("https://g", forCreator)).hash)).toEqual(forCreator);
  });

  it("may have padding, and accounts in any form", () => {
    const text = `#v=1&from=${VIEWER}&key=AAgQGCAoMDhASFBYYGhweICIkJigqLC4wMjQ2ODo8Pg%3D&stream=007`;
    expect(parseGiftLink(text)).toEqual(link);
  });

  it("that is not complete, or of a later version, is refused with what to do", () => {
    const whole = new URL(formatGiftLink("https://g", link)).hash;
    for (const cut of [
      "",
      "#",
      whole.slice(0, -10),
      whole.slice(0, -2),
      whole.replace("key=A", "key="),
      "#v=1&stream=7",
    ]) {
      expect(() => parseGiftLink(cut)).toThrow("not complete");
    }
    expect(() => parseGiftLink(whole.replace("stream=7", "stream=x"))).toThrow("not complete");
    expect(() => parseGiftLink(whole.replace("v=1", "v=2"))).toThrow("do not know yet");
  });
});

describe("gifts in this browser", () => {
  it("are found by stream or creator on their chain, the newest first, until they are forgotten", async () => {
    const made = await makeGift(VIEWER, { kind: "stream", stream: "7" });
    const gift = await receiveGift(GENESIS, made.link);
    expect(gift.address).toBe(made.address);
    const wide = await receiveGift(GENESIS, (await makeGift(VIEWER, { kind: "creator", account: CREATOR })).link);
    expect((await giftFor(GENESIS, "8", CREATOR))?.address).toBe(wide.address);
    expect((await giftFor(GENESIS, "7", VIEWER))?.address).toBe(gift.address);
    expect(await giftFor(GENESIS, "8", VIEWER)).toBeNull();
    expect(await giftFor(`0x${"00".repeat(32)}`, "7", CREATOR)).toBeNull();
    await forgetGift(gift.address);
    expect(await giftFor(GENESIS, "7", VIEWER)).toBeNull();
  });

  it("have their link only if it was kept", async () => {
    const { address } = await makeGift(VIEWER, { kind: "stream", stream: "7" });
    expect(await keptGiftLink(address)).toBeNull();
    await keepGiftLink(address, "https://g/gift#x");
    expect(await keptGiftLink(address)).toBe("https://g/gift#x");
    await forgetGiftLink(address);
    expect(await keptGiftLink(address)).toBeNull();
  });

  it("are bounded in number", async () => {
    const gifts = [];
    for (let at = 0; at < 34; at++) {
      gifts.push(
        await receiveGift(GENESIS, (await makeGift(VIEWER, { kind: "stream", stream: String(100 + at) })).link),
      );
    }
    const kept = await Promise.all(gifts.map((_, at) => giftFor(GENESIS, String(100 + at), VIEWER)));
    expect(kept.filter((gift) => gift !== null).length).toBeLessThanOrEqual(32);
    expect(kept.at(-1)).not.toBeNull();
  });
});
