// What viewers do besides watching: they use the keyboard and full screen, open two tabs, stop, remove their browser from
// the devices, and withdraw their money.

import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { connect, deposit, shown, untilPlaying } from "./support/actions";
import { screenshot, startBrowser } from "./support/browser";
import { look, sizeOf, WIDTHS } from "./support/look";
import { Stage } from "./support/platform";
import { until } from "./support/ports";
import { injectWallet, type TestWallet } from "./support/wallet";

const WITHIN_MS = 120_000;
/** Longer than any segment and any request on its way. */
const STILL_MS = 5_000;
const VIEWER = "//Bob//stash";
/** More than a thousand, since such amounts are shown with grouping. */
const DEPOSIT = "1500";
const SIZE = sizeOf(1280);

interface Account {
  readonly deposit: { readonly free: string; readonly reserved: string };
}

let stage: Stage;
let browser: Browser;
let context: BrowserContext;
let wallet: TestWallet;
let first: Page;
let second: Page;

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
const phaseOf = (page: Page) => page.locator(".meter").getAttribute("data-phase");
const holdOf = (page: Page, reason: string) => page.locator(`.hold-card[data-reason="${reason}"]`);

/** State of the video element. */
const video = (page: Page) =>
  page.locator("video").evaluate((element) => {
    const { muted, paused, volume } = element as HTMLVideoElement;
    return { muted, paused, volume };
  });

async function tab(): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(WITHIN_MS);
  await page.setViewportSize(SIZE);
  return page;
}

beforeAll(async () => {
  stage = new Stage(inject("place"));
  browser = await startBrowser();
  context = await browser.newContext({ viewport: SIZE, reducedMotion: "reduce", colorScheme: "dark" });
  wallet = await injectWallet(context, [VIEWER]);
  first = await tab();
  await first.goto(`${stage.place.pages}/wallet`);
  await connect(first, wallet.names[0] ?? "");
  await press(first, "Make a deposit");
  await deposit(first, DEPOSIT);
  await first.goto(`${stage.place.pages}/watch/0`);
  await press(first, "Start");
  await untilPlaying(first);
  await until("paid seconds", async () => (await shown(first)).spent > 0n, WITHIN_MS);
});

afterAll(async () => {
  await browser?.close();
  await stage?.leave();
});

describe.sequential("a viewer", () => {
  let hasFailed = false;
  beforeEach((test) => {
    test.skip(hasFailed, "an earlier part has failed");
    test.onTestFailed(async () => {
      hasFailed = true;
      await screenshot(first, "viewer-first");
      await screenshot(second, "viewer-second");
    });
  });

  it("controls the player with the keyboard", async () => {
    const { muted } = await video(first);
    await first.keyboard.press("m");
    await until("a change of muting", async () => (await video(first)).muted !== muted, WITHIN_MS);
    await first.keyboard.press("k");
    await until("a pause", async () => (await video(first)).paused, WITHIN_MS);
    await first.keyboard.press("k");
    await untilPlaying(first);
    await first.locator(".player").focus();
    const { volume } = await video(first);
    await first.keyboard.press("ArrowDown");
    await until("a lower volume", async () => (await video(first)).volume < volume, WITHIN_MS);
  });

  it("sees the meter in full screen, and can stop there", async () => {
    await first.keyboard.press("f");
    await until("full screen", () => first.evaluate(() => document.fullscreenElement !== null), WITHIN_MS);
    const meter = await first.evaluate(() => document.fullscreenElement?.querySelector(".meter") !== null);
    expect(meter).toBe(true);
    await first.getByTestId("spent").waitFor({ state: "visible" });
    await first.mouse.move(300, 300);
    await first.getByRole("button", { name: "Stop", exact: true }).waitFor({ state: "visible" });
    await screenshot(first, "watch-full-screen");
    await first.keyboard.press("f");
    await until("no full screen", () => first.evaluate(() => document.fullscreenElement === null), WITHIN_MS);
  });

  it("pays in only one of two tabs, with one session", async () => {
    const before = await shown(first);
    second = await tab();
    await second.goto(`${stage.place.pages}/watch/0`);
    await holdOf(second, "elsewhere").waitFor();
    for (const width of WIDTHS) await look(second, "watch-elsewhere", width);
    await second.setViewportSize(SIZE);
    await press(second, "Watch here instead");
    await untilPlaying(second);
    await until("paid seconds", async () => (await shown(second)).session !== null, WITHIN_MS);
    expect((await shown(second)).session).toBe(before.session);
    await holdOf(first, "elsewhere").waitFor();
    expect(wallet.transactions).toBe(1);
  });

  it("stops in all tabs at once", async () => {
    await press(second, "Stop");
    await until("the stop", async () => (await phaseOf(second)) === "stopped", WITHIN_MS);
    // A session that was being resumed is left as soon as that is done.
    await until("what was spent", async () => (await shown(second)).spent > 0n, WITHIN_MS);
    // This tab waited for the other one, and waits for consent now.
    await holdOf(first, "consent").waitFor();
    const spent = [(await shown(first)).spent, (await shown(second)).spent];
    await second.waitForTimeout(STILL_MS);
    expect([(await shown(first)).spent, (await shown(second)).spent]).toEqual(spent);
    await second.close();
  });

  it("removes this browser, and withdraws the whole deposit", async () => {
    await first.goto(`${stage.place.pages}/wallet`);
    await first.getByRole("button", { name: /^Remove / }).click();
    await press(first, "Add this browser");
    await first.getByTestId("limits").waitFor();
    for (const width of WIDTHS) await look(first, "wallet-add-browser", width);
    await first.setViewportSize(SIZE);
    await first.keyboard.press("Escape");
    await first.getByRole("dialog").waitFor({ state: "detached" });
    const account = () => stage.cli<Account>(VIEWER, "account");
    await until("nothing set aside", async () => (await account()).deposit.reserved === "0", WITHIN_MS);
    await until("the same on the page", () => first.getByText("no open sessions").isVisible(), WITHIN_MS);
    await press(first, "Withdraw");
    await first
      .getByRole("dialog")
      .getByRole("button", { name: /^Withdraw / })
      .click();
    await first.getByRole("dialog").waitFor({ state: "detached" });
    expect((await account()).deposit.free).toBe("0");
    expect(wallet.transactions).toBe(3);
  });
});
