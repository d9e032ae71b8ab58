import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { StreamKeyProvider } from "./key-provider";
import { fundedBrowser, takeFreshNonces, untilHeld } from "./key-provider.test-data";
import { type FakeBrowser, PRICE, refusal } from "./test-environment.test-data";

beforeEach(takeFreshNonces);

const MASTER = "/v1/streams/7/hls/master.m3u8";
/** Ticks revealed ahead of the picture. */
const AHEAD = 8;

/** A key provider whose preview is over. */
async function payingKeyProvider(browser: FakeBrowser): Promise<StreamKeyProvider> {
  const keyProvider = browser.keyProvider();
  await keyProvider.nativePlaylist(MASTER);
  await keyProvider.nativePlaylist(MASTER);
  return keyProvider;
}

/** Gives something that must not happen the time to happen. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("players that fetch keys themselves", () => {
  it("get the preview first, then a session's token, with a few seconds revealed ahead", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    expect(await keyProvider.nativePlaylist(MASTER)).toBe(MASTER);
    expect(browser.gateway.sessions.size).toBe(0);
    expect(await keyProvider.nativePlaylist(MASTER)).toMatch(/\/master\.m3u8\?token=[0-9a-f]{32}\.0{32}$/);
    // There must be ticks for the first keys before anything is played, or playback would never begin.
    expect(keyProvider.session.value?.revealedTicks).toBe(AHEAD);
    keyProvider.played(4);
    await vi.waitFor(() => expect(keyProvider.session.value?.revealedTicks).toBe(4 + AHEAD));
    // A player that stalls pays nothing.
    keyProvider.played(4);
    await aMoment();
    expect(keyProvider.session.value?.revealedTicks).toBe(4 + AHEAD);
  });

  it("are held like others without consent, and pay nothing after Stop", async () => {
    const browser = await fundedBrowser();
    browser.consent.stop();
    const keyProvider = browser.keyProvider();
    await keyProvider.nativePlaylist(MASTER);
    const playlist = keyProvider.nativePlaylist(MASTER);
    await untilHeld(keyProvider, "consent");
    keyProvider.start(PRICE);
    expect(await playlist).toContain("?token=");
    await keyProvider.stop();
    keyProvider.played(60);
    await aMoment();
    expect(browser.gateway.payments).toBe(1);
  });

  it("count the preview down by the seconds played and fetched", async () => {
    const browser = await fundedBrowser();
    const keyProvider = browser.keyProvider();
    await keyProvider.nativePlaylist(MASTER);
    expect(keyProvider.phase.value).toBe("preview");
    expect(keyProvider.previewLeftS.value).toBe(30);
    keyProvider.played(10, 4);
    expect(keyProvider.previewLeftS.value).toBe(16);
    keyProvider.played(29, 6);
    expect(keyProvider.previewLeftS.value).toBe(0);
    await keyProvider.nativePlaylist(MASTER);
    expect(keyProvider.previewLeftS.value).toBe(0);
  });

  it("pay at once for a stream without a preview", async () => {
    const browser = await fundedBrowser();
    browser.gateway.previewTicks = 0;
    expect(await browser.keyProvider().nativePlaylist(MASTER)).toContain("?token=");
  });

  it("pay nothing after the account has changed", async () => {
    const browser = await fundedBrowser();
    const keyProvider = await payingKeyProvider(browser);
    const { payments } = browser.gateway;
    browser.choose(null);
    keyProvider.played(30);
    await aMoment();
    expect(browser.gateway.payments).toBe(payments);
    expect(keyProvider.session.value).toBeNull();
  });

  it("restart in the same session, and in another one if it has ended", async () => {
    const browser = await fundedBrowser();
    const keyProvider = await payingKeyProvider(browser);
    expect(await keyProvider.nativePlaylist(MASTER)).toContain("?token=");
    expect(browser.gateway.sessions.size).toBe(1);
    browser.gateway.lie = (_, truth) => {
      browser.gateway.lie = null;
      truth();
      throw refusal("session-closing");
    };
    keyProvider.played(2);
    await vi.waitFor(() => expect(browser.gateway.lie).toBeNull());
    const [session] = browser.gateway.sessions.values();
    if (session) session.view = { ...session.view, phase: "closing" };
    expect(await keyProvider.nativePlaylist(MASTER)).toContain("?token=");
    expect(browser.gateway.sessions.size).toBe(2);
  });

  it("do not pay for ticks that a gateway claims as charged while nothing was played", async () => {
    const browser = await fundedBrowser();
    const { gateway } = browser;
    gateway.lie = ({ ticks }, truth) => {
      const paid = truth();
      const view = { ...paid.session, charged_ticks: ticks };
      const session = gateway.sessions.get(view.session);
      if (session) session.view = view;
      return { ...paid, session: view };
    };
    const keyProvider = await payingKeyProvider(browser);
    const giveUp = new AbortController();
    let restarts = 0;
    const restarting = (async () => {
      for (; restarts < 10; restarts++) await keyProvider.nativePlaylist(MASTER, giveUp.signal);
    })();
    await untilHeld(keyProvider, "refused");
    expect(restarts).toBe(2);
    expect(keyProvider.session.value?.revealedTicks).toBe(3 * AHEAD);
    giveUp.abort();
    await expect(restarting).rejects.toThrow("Cancelled");
  });
});
