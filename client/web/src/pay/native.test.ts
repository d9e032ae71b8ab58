import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { StreamPurse } from "./purse";
import { beginElsewhere, browserWithMoney, untilHeld } from "./purse.test-data";
import { type FakeBrowser, refusal } from "./world.test-data";

beforeEach(beginElsewhere);

const MASTER = "/v1/streams/7/hls/master.m3u8";
/** What is let go of ahead of the picture. */
const AHEAD = 8;

/** A purse whose preview is over. */
async function payingPurse(browser: FakeBrowser): Promise<StreamPurse> {
  const purse = browser.purse();
  await purse.nativePlaylist(MASTER);
  await purse.nativePlaylist(MASTER);
  return purse;
}

/** Time for what must not happen. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("players that ask for keys themselves", () => {
  it("try for nothing first; then they get a session's token, and are paid a few seconds ahead", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    expect(await purse.nativePlaylist(MASTER)).toBe(MASTER);
    expect(browser.gateway.sold.size).toBe(0);
    expect(await purse.nativePlaylist(MASTER)).toMatch(/\/master\.m3u8\?token=[0-9a-f]{32}\.0{32}$/);
    // Before anything is played there must be ticks for the first keys, or nothing would ever be.
    expect(purse.session.value?.paidTicks).toBe(AHEAD);
    purse.played(4);
    await vi.waitFor(() => expect(purse.session.value?.paidTicks).toBe(4 + AHEAD));
    // A player that stalls pays nothing.
    purse.played(4);
    await aMoment();
    expect(purse.session.value?.paidTicks).toBe(4 + AHEAD);
  });

  it("hold like others when nothing may be paid", async () => {
    const browser = await browserWithMoney();
    browser.consent.value = false;
    const purse = browser.purse();
    await purse.nativePlaylist(MASTER);
    const playlist = purse.nativePlaylist(MASTER);
    await untilHeld(purse, "consent");
    purse.start();
    expect(await playlist).toContain("?token=");
    await purse.stop();
    purse.played(60);
    await aMoment();
    expect(browser.gateway.payments).toBe(1);
  });

  it("count the preview down by what was played and fetched", async () => {
    const browser = await browserWithMoney();
    const purse = browser.purse();
    await purse.nativePlaylist(MASTER);
    expect(purse.phase.value).toBe("preview");
    expect(purse.previewLeftS.value).toBe(30);
    purse.played(10, 4);
    expect(purse.previewLeftS.value).toBe(16);
    purse.played(29, 6);
    expect(purse.previewLeftS.value).toBe(0);
    await purse.nativePlaylist(MASTER);
    expect(purse.previewLeftS.value).toBe(0);
  });

  it("pay at once for a stream without a preview", async () => {
    const browser = await browserWithMoney();
    browser.gateway.previewTicks = 0;
    expect(await browser.purse().nativePlaylist(MASTER)).toContain("?token=");
  });

  it("pay nothing any more once the account is another one, or none", async () => {
    const browser = await browserWithMoney();
    const purse = await payingPurse(browser);
    const { payments } = browser.gateway;
    browser.choose(null);
    purse.played(30);
    await aMoment();
    expect(browser.gateway.payments).toBe(payments);
    expect(purse.session.value).toBeNull();
  });

  it("begin anew in the same session, and in another when it sells no more", async () => {
    const browser = await browserWithMoney();
    const purse = await payingPurse(browser);
    expect(await purse.nativePlaylist(MASTER)).toContain("?token=");
    expect(browser.gateway.sold.size).toBe(1);
    browser.gateway.lie = (_, truth) => {
      browser.gateway.lie = null;
      truth();
      throw refusal("session-closing");
    };
    purse.played(2);
    await vi.waitFor(() => expect(browser.gateway.lie).toBeNull());
    const [id, sold] = [...browser.gateway.sold].at(0) ?? [];
    if (id && sold) browser.gateway.sold.set(id, { ...sold, view: { ...sold.view, phase: "closing" } });
    expect(await purse.nativePlaylist(MASTER)).toContain("?token=");
    expect(browser.gateway.sold.size).toBe(2);
  });

  it("are not paid for what a gateway says was used, when nothing was played", async () => {
    const browser = await browserWithMoney();
    const { gateway } = browser;
    gateway.lie = ({ ticks }, truth) => {
      const paid = truth();
      const view = { ...paid.session, used_ticks: ticks };
      const sold = gateway.sold.get(view.session);
      if (sold) sold.view = view;
      return { ...paid, session: view };
    };
    const purse = await payingPurse(browser);
    const giveUp = new AbortController();
    let began = 0;
    const beginning = (async () => {
      for (; began < 10; began++) await purse.nativePlaylist(MASTER, giveUp.signal);
    })();
    await untilHeld(purse, "refused");
    expect(began).toBe(2);
    expect(purse.session.value?.paidTicks).toBe(3 * AHEAD);
    giveUp.abort();
    await expect(beginning).rejects.toThrow("Called off");
  });
});
