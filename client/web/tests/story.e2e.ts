// The whole story in a browser: a creator creates a stream and goes live; a viewer signs once, watches, runs out of
// money, tops up, continues, changes streams, reloads and leaves; the creator withdraws. At the end, the amounts on
// chain are checked to the planck.

import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import {
  connect,
  deposit,
  msUntil,
  recordFrames,
  shown,
  signInHere,
  untilHeld,
  untilPaid,
  untilPlaying,
} from "./support/actions";
import { type PageProblems, recordProblems, screenshot, startBrowser } from "./support/browser";
import { look, sizeOf, WIDTHS } from "./support/look";
import { Stage } from "./support/platform";
import { until } from "./support/ports";
import { injectWallet, type TestWallet } from "./support/wallet";

const VLK = 10n ** 12n;
/** Kept for the deposit, and for its key: a parameter of the chain. */
const STORAGE_BOND = 2_000_000_000n;
const FIRST_PRICE = 2_000_000_000n;
const SECOND_PRICE = 3_000_000_000n;
const BONDS = 2n * STORAGE_BOND;
const SECOND_DEPOSIT = (40n * VLK) / 100n;
/** Far more time than anything takes, for machines that are busy. */
const WITHIN_MS = 120_000;
/** Seconds that a player may have bought and not shown yet. */
const AHEAD_S = 14;
const SIZE = sizeOf(1280);
const CREATOR = "//Eve";
const VIEWER = "//Alice//stash";

interface Session {
  readonly session: string;
  readonly stream: string;
  readonly settled_ticks: number;
  readonly paid: string;
  readonly closed_at?: string;
}

interface Account {
  readonly balance: { readonly free: string };
  readonly deposit: { readonly free: string; readonly reserved: string; readonly open_sessions: number };
  readonly earnings: string;
}

/** An amount as it is typed. */
const vlk = (planck: bigint) =>
  `${planck / VLK}.${String(planck % VLK)
    .padStart(12, "0")
    .replace(/0+$/, "")}`;

let stage: Stage;
let browser: Browser;
let openFee: bigint;
/** Enough for one session of 72 seconds: short sessions take the whole budget. */
let firstBudget: bigint;
let firstDeposit: bigint;

async function open(
  suri: string,
): Promise<{ context: BrowserContext; page: Page; wallet: TestWallet; problems: PageProblems }> {
  const context = await browser.newContext({ viewport: SIZE });
  const wallet = await injectWallet(context, [suri]);
  const page = await context.newPage();
  await page.addInitScript(recordFrames);
  page.setDefaultTimeout(WITHIN_MS);
  const ws = stage.place.pages.replace("http", "ws");
  return { context, page, wallet, problems: recordProblems(page, [stage.place.pages, ws, stage.place.node]) };
}

beforeAll(async () => {
  stage = new Stage(inject("place"));
  openFee = await stage.openFee();
  firstBudget = openFee + 72n * FIRST_PRICE;
  firstDeposit = firstBudget + BONDS;
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  await stage?.leave();
});

describe.sequential("a viewer and a creator", () => {
  // Each part of the story continues the one before.
  let hasFailed = false;
  beforeEach((test) => {
    test.skip(hasFailed, "an earlier part of the story has failed");
    test.onTestFailed(async () => {
      hasFailed = true;
      await screenshot(creator?.page, "story-creator");
      await screenshot(viewer?.page, "story-viewer");
    });
  });

  let creator: Awaited<ReturnType<typeof open>>;
  let viewer: Awaited<ReturnType<typeof open>>;
  let wasWarned = false;
  let streamPath = "";
  let stream = "";

  it("the creator creates a stream with one signature", async () => {
    creator = await open(CREATOR);
    const { page, wallet } = creator;
    await page.goto(`${stage.place.pages}/studio/new`);
    await connect(page, "Eve");
    await page.getByLabel("Title").fill("Night train, front window");
    await page.getByLabel("Category").fill("Nature");
    await page.getByLabel("Tags").fill("train, snow");
    await page.getByRole("textbox", { name: "Price" }).fill("0.003");
    await page.getByLabel("Free preview").fill("10");
    await page.getByRole("button", { name: "Add a share" }).click();
    await page.getByLabel("Account", { exact: true }).fill("not an account");
    await page.getByRole("button", { name: "Create the stream" }).click();
    await page.getByText("Each share needs the address of an account.").waitFor();
    expect(wallet.transactions).toBe(0);
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Create the stream" }).click();
    await page.waitForURL(/\/studio\/streams\/\d+$/);
    streamPath = new URL(page.url()).pathname;
    stream = streamPath.split("/").pop() ?? "";
    await page.getByRole("heading", { name: "Night train, front window" }).waitFor();
    expect(wallet.transactions).toBe(1);
  });

  it("the creator signs in once, creates a publish key and goes live", async () => {
    const { page, wallet } = creator;
    await signInHere(page);
    await page.getByRole("button", { name: "New publish key" }).click();
    await page.getByRole("button", { name: "Show", exact: true }).click();
    const [server, key] = await page.locator(".copyable code").allInnerTexts();
    expect(server).toMatch(/^rtmp:/);
    expect(wallet.messages).toBe(1);
    stage.publish(server ?? "", key ?? "");
    await page.locator(".page-head .badge-live").waitFor();
    await page.getByRole("button", { name: "Go live" }).click();
    await page.getByText("Announced as live", { exact: true }).waitFor();
    // The health of the stream follows by itself.
    await page.getByTestId("diagnosis").waitFor();
    await page.getByText("Transcoder", { exact: true }).waitFor();
    expect([wallet.transactions, wallet.messages]).toEqual([2, 1]);
  });

  it("the viewer watches for a minute with one signature", async () => {
    viewer = await open(VIEWER);
    const { page, wallet } = viewer;
    await page.goto(stage.place.pages);
    const card = page.getByRole("link", { name: /A clip in a loop/ });
    await card.waitFor();
    const clickedAt = Date.now();
    await card.click();
    console.log(`first picture ${await msUntil(page, "loadeddata", clickedAt)} ms after the click on its card`);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    const holdCard = page.locator(".hold-card");
    await holdCard.getByRole("button", { name: /^Connect / }).click();
    await holdCard.getByRole("button", { name: "Make a deposit" }).click();
    await deposit(page, vlk(firstDeposit), vlk(firstBudget));
    await untilPlaying(page);
    const first = (await (await fetch(`${stage.place.gateway}/v1/streams/0`)).json()) as { preview_ticks: number };
    const freeS = first.preview_ticks;
    // A paid minute, however long a busy machine takes for it.
    const after = await until(
      "a minute that is paid",
      async () => {
        const now = await shown(page);
        wasWarned ||= await page.locator(".meter-warning").isVisible();
        return now.spent >= 60n * FIRST_PRICE && now;
      },
      240_000,
    );
    expect(wallet.transactions + wallet.messages).toBe(1);
    // Each paid second was shown, except for those bought ahead.
    const paidS = Number(after.spent / FIRST_PRICE);
    expect(paidS).toBeLessThan(after.coveredS - freeS + AHEAD_S);
  });

  it("the viewer is warned, and the picture freezes when the money is used up", async () => {
    const { page } = viewer;
    expect(wasWarned).toBe(true);
    await page.locator('.hold-card[data-reason="funds"]').waitFor({ timeout: 240_000 });
    await page.locator(".hold-card").getByRole("button", { name: "Jump to live" }).waitFor();
    const frozen = await shown(page);
    for (const width of WIDTHS) await look(page, "watch-funds", width);
    await page.setViewportSize(SIZE);
    const later = await shown(page);
    expect(later.timeS).toBe(frozen.timeS);
    expect(later.spent).toBe(frozen.spent);
  });

  it("the viewer tops up and continues where the picture froze", async () => {
    const { page, wallet } = viewer;
    const frozen = await shown(page);
    await page
      .locator(".hold-card")
      .getByRole("button", { name: /^Top up/ })
      .click();
    await deposit(page, vlk(SECOND_DEPOSIT), vlk(SECOND_DEPOSIT));
    const inBlockMs = Date.now() - wallet.signedAtMs;
    const resumedMs = await msUntil(page, "timeupdate", wallet.signedAtMs);
    const afterBlockMs = Math.max(0, resumedMs - inBlockMs);
    console.log(`playback resumed ${resumedMs} ms after the signature, ${afterBlockMs} ms after its block`);
    await untilPlaying(page);
    expect((await shown(page)).timeS).toBeGreaterThan(frozen.timeS);
    expect(wallet.transactions).toBe(2);
  });

  it("the viewer changes streams with a press, but without a prompt, from preview to paid seconds", async () => {
    const { page, wallet } = viewer;
    const other = page.getByRole("link", { name: /Night train/ }).first();
    await other.waitFor();
    const clickedAt = Date.now();
    await other.click();
    await page.waitForURL(new RegExp(`/watch/${stream}$`));
    await page.getByTestId("preview").waitFor();
    console.log(`first picture ${await msUntil(page, "loadeddata", clickedAt)} ms after the click on another stream`);
    await untilPlaying(page);
    // A creator who was never paid is paid only after the viewer has agreed to the price.
    await untilHeld(page, "consent");
    expect((await shown(page)).spent).toBe(0n);
    await page.getByRole("button", { name: /^Watch for 0\.18 VLK per minute/ }).click();
    await untilPaid(page, 3n * SECOND_PRICE);
    expect(wallet.transactions).toBe(2);
  });

  it("the session is resumed after a reload", async () => {
    const { page, wallet } = viewer;
    const before = await shown(page);
    expect(before.session).not.toBeNull();
    await page.reload();
    await untilPlaying(page);
    const after = await until(
      "the session",
      async () => {
        const now = await shown(page);
        return now.session !== null && now;
      },
      WITHIN_MS,
    );
    expect(after.session).toBe(before.session);
    expect(after.spent).toBeGreaterThanOrEqual(before.spent);
    expect(wallet.transactions).toBe(2);
  });

  it("the viewer leaves, and the chain has the amounts that the page showed", async () => {
    const { page, wallet } = viewer;
    const last = await shown(page);
    await page.getByRole("link", { name: "Vilokanam, home" }).click();
    const account = () => stage.cli<Account>(VIEWER, "account");
    const left = await until(
      "no open session",
      async () => {
        const now = await account();
        return now.deposit.open_sessions === 0 && now;
      },
      WITHIN_MS,
    );
    const sessions = await until(
      "closed sessions in the index",
      async () => {
        const list = await stage.cli<readonly Session[]>(VIEWER, "sessions");
        return list.length >= 3 && list.every(({ closed_at }) => closed_at) && list;
      },
      WITHIN_MS,
    );
    const paid = sessions.reduce((sum, session) => sum + BigInt(session.paid), 0n);
    const fees = openFee * BigInt(sessions.length);
    expect(BigInt(left.deposit.reserved)).toBe(0n);
    expect(BigInt(left.deposit.free)).toBe(firstDeposit + SECOND_DEPOSIT - BONDS - paid - fees);
    for (const session of sessions) {
      const price = session.stream === stream ? SECOND_PRICE : FIRST_PRICE;
      expect(BigInt(session.paid)).toBe(BigInt(session.settled_ticks) * price);
    }
    const second = sessions.find(({ session }) => session === last.session);
    // Another segment may have been bought between reading the page and leaving it.
    expect(BigInt(second?.paid ?? "0") - last.spent).toBeLessThanOrEqual(3n * 2n * SECOND_PRICE);
    expect(BigInt(second?.paid ?? "0")).toBeGreaterThanOrEqual(last.spent);
    expect(wallet.transactions).toBe(2);
    await page.goto(`${stage.place.pages}/wallet/sessions/${last.session}`);
    await page
      .getByRole("link", { name: /opens the block explorer/ })
      .first()
      .waitFor();
  });

  it("the creator withdraws the earnings that the chain shows", async () => {
    const { page, wallet } = creator;
    const sessions = await stage.cli<readonly Session[]>(VIEWER, "sessions");
    const gross = sessions
      .filter((session) => session.stream === stream)
      .reduce((sum, { paid }) => sum + BigInt(paid), 0n);
    // 1 % for the protocol and 0.5 % for the submitter, then a tenth of the rest for the gateway.
    const afterFees = gross - gross / 100n - gross / 200n;
    const expected = afterFees - afterFees / 10n;
    const before = await stage.cli<Account>(CREATOR, "account");
    expect(BigInt(before.earnings)).toBe(expected);
    await page.goto(`${stage.place.pages}/studio/earnings`);
    const figure = page.getByTestId("withdrawable");
    await until(
      "the amount on the page",
      async () => (await figure.getAttribute("data-planck")) === String(expected),
      WITHIN_MS,
    );
    await page.getByRole("button", { name: "Withdraw" }).click();
    await until("nothing left", async () => (await figure.getAttribute("data-planck")) === "0", WITHIN_MS);
    const after = await stage.cli<Account>(CREATOR, "account");
    const fee = BigInt(before.balance.free) + expected - BigInt(after.balance.free);
    expect(fee).toBeGreaterThan(0n);
    expect(fee).toBeLessThan(VLK / 100n);
    expect(wallet.transactions).toBe(3);
  });

  it("no page has thrown an error or contacted another server", () => {
    for (const { problems } of [creator, viewer]) expect(problems).toEqual({ errors: [], otherServers: [] });
  });
});
