// People: somebody signs in with a wallet and gets a name and a picture, which another device shows, too. Others sign in with
// a hardware wallet, with a session key that needs no prompt, and as the guest of a gift. A sign-in is revoked, and personal
// data is downloaded and deleted.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { connect, deposit, signInHere } from "./support/actions";
import { recordProblems, screenshot, startBrowser } from "./support/browser";
import { fund } from "./support/fund";
import { look, PHONE, sizeOf } from "./support/look";
import { Stage } from "./support/platform";
import { until } from "./support/ports";
import { injectWallet, type TestWallet, type WalletOptions } from "./support/wallet";

const WITHIN_MS = 120_000;
const PERSON = "//Dave//people";
const HARDWARE = "//Eve//people";
const VIEWER = "//Alice//people";
/** Who pays for the viewer. */
const BANK = "//Charlie";
const MONEY = 100n * 10n ** 12n;
const HANDLE = "kestrel_42";
const NAME = "Kestrel above the harbour";
const PIXEL_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

interface Device {
  readonly context: BrowserContext;
  readonly wallet: TestWallet | null;
  readonly page: Page;
}

let stage: Stage;
let browser: Browser;
let first: Device;
let second: Device;
const devices: Device[] = [];
const problems: string[][] = [];

const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true }).click();
const url = (path: string) => stage.place.pages + path;
const dialog = (page: Page) => page.getByRole("dialog");

/** Looks at a page in both widths, and leaves it in the wide one. */
async function lookAt(page: Page, name: string): Promise<void> {
  for (const width of [PHONE, 1280] as const) await look(page, name, width);
}

/** A browser with a wallet that is connected, or without one. */
async function device(suri: string | null, options: WalletOptions = {}): Promise<Device> {
  const context = await browser.newContext({ viewport: sizeOf(1280), reducedMotion: "reduce", colorScheme: "dark" });
  context.setDefaultTimeout(WITHIN_MS);
  const wallet = suri === null ? null : await injectWallet(context, [suri], options);
  const page = await context.newPage();
  problems.push(recordProblems(page, [stage.place.pages, stage.place.node]).errors);
  await page.goto(url("/me"));
  if (wallet) await connect(page, wallet.names[0] ?? "");
  const made = { context, wallet, page };
  devices.push(made);
  return made;
}

beforeAll(async () => {
  stage = new Stage(inject("place"));
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  await stage?.leave();
});

describe.sequential("a person", () => {
  let hasFailed = false;
  beforeEach((test) => {
    test.skip(hasFailed, "an earlier part has failed");
    test.onTestFailed(async () => {
      hasFailed = true;
      for (const [at, { page }] of devices.entries()) await screenshot(page, `people-${at}`);
    });
  });

  it("signs in with one signature of the wallet, and stays signed in after a reload", async () => {
    first = await device(PERSON);
    const { page, wallet } = first;
    await signInHere(page);
    await page.getByRole("heading", { name: "Where you are signed in" }).waitFor();
    await page.reload();
    await page.getByText("This browser", { exact: true }).waitFor();
    expect([wallet?.messages, wallet?.transactions]).toEqual([1, 0]);
  });

  it("gets a handle, a name and a picture", async () => {
    const { page, wallet } = first;
    await page.getByLabel("Handle").fill("no spaces here");
    await page.getByText("A handle has only letters, digits, _ and -.").waitFor();
    await page.getByLabel("Handle").fill(`@${HANDLE}`);
    await page.getByLabel("Name", { exact: true }).fill(NAME);
    const file = { name: "kestrel.png", mimeType: "image/png", buffer: Buffer.from(PIXEL_PNG, "base64") };
    await page.getByLabel("Picture", { exact: true }).setInputFiles(file);
    await press(page, "Upload the picture");
    await page.getByRole("button", { name: "Remove" }).waitFor();
    await press(page, "Save the profile");
    await page.getByText("Your profile was saved.").waitFor();
    await page.getByRole("button", { name: `Account ${NAME}` }).waitFor();
    await press(page, "Sign the profile");
    await page.getByText(/^Signed by your wallet on/).waitFor();
    expect(wallet?.messages).toBe(2);
    await lookAt(page, "me-with-profile");
  });

  it("is the same on another device", async () => {
    second = await device(PERSON);
    const { page } = second;
    await signInHere(page);
    await page.getByRole("button", { name: `Account ${NAME}` }).waitFor();
    expect(await page.getByLabel("Handle").inputValue()).toBe(HANDLE);
    await page.locator(".wallet-button img.person-picture").waitFor();
  });

  it("is signed in and out in all tabs of a browser at once", async () => {
    const { context, page } = second;
    const other = await context.newPage();
    await other.goto(url("/me"));
    await other.getByText("This browser", { exact: true }).waitFor();
    await page.getByRole("button", { name: /^Account / }).click();
    await press(page, "Sign out");
    for (const tab of [page, other]) await tab.getByRole("heading", { name: "Sign in", exact: true }).waitFor();
    await signInHere(other);
    await page.getByText("This browser", { exact: true }).waitFor();
    await other.close();
  });

  it("ends the sign-in of another device", async () => {
    await first.page.reload();
    await press(first.page, "Sign out all others");
    await first.page.getByText("All other browsers are signed out.").waitFor();
    await second.page.reload();
    await second.page.getByRole("heading", { name: "Sign in", exact: true }).waitFor();
    expect(await first.page.getByRole("list", { name: "Sign-ins" }).getByRole("listitem").count()).toBe(1);
  });

  it("signs in with a hardware wallet, which signs a transaction that is never sent", async () => {
    const { page, wallet } = await device(HARDWARE, { isHardware: true });
    await signInHere(page);
    await page.getByText("This browser", { exact: true }).waitFor();
    expect([wallet?.messages, wallet?.transactions]).toEqual([0, 1]);
    // The account has no money: a transaction of it could not have been sent.
    await page.getByRole("button", { name: /^Account / }).click();
    await press(page, "Sign out");
    await page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }).click();
    await dialog(page).getByText("My wallet is a hardware wallet").click();
    await lookAt(page, "sign-in-hardware");
    await press(page, "Sign in with a transaction");
    await page.getByText("This browser", { exact: true }).waitFor();
    expect([wallet?.messages, wallet?.transactions]).toEqual([0, 2]);
  });

  it("is signed in without a prompt in a browser that may spend from the deposit", async () => {
    const { page, wallet } = await device(VIEWER);
    await fund(stage.place.node, BANK, [...(wallet?.addresses ?? [])], MONEY);
    await page.goto(url("/wallet"));
    await press(page, "Make a deposit");
    await deposit(page, "5");
    await until(
      "a sign-in without a prompt",
      async () => {
        await page.goto(url("/me"));
        await page
          .getByText("This browser", { exact: true })
          .or(page.getByRole("heading", { name: "Sign in" }))
          .waitFor();
        return page.getByText("with a session key").isVisible();
      },
      WITHIN_MS,
    );
    expect([wallet?.messages, wallet?.transactions]).toEqual([0, 1]);
    // The wallet itself has to sign for personal data.
    const download = page.waitForEvent("download");
    await press(page, "Download my data");
    await dialog(page)
      .getByRole("button", { name: /^Sign in as / })
      .click();
    await download;
    expect(wallet?.messages).toBe(1);
  });

  it("is a guest with the link of a gift", async () => {
    const giver = devices.at(-1)?.page;
    if (!giver) throw new Error("there is no giver");
    await giver.goto(url("/watch/0"));
    await press(giver, "Give ten minutes");
    await dialog(giver)
      .getByRole("button", { name: /^Give .* VLK$/ })
      .click();
    const link = (await dialog(giver).locator(".copyable code").first().textContent()) ?? "";
    await giver.goto(url("/me"));
    const { page } = await device(null);
    await page.goto(link);
    await page.waitForURL(/\/watch\/0$/);
    await until(
      "a guest",
      async () => {
        await page.goto(url("/me"));
        await page
          .getByText("This browser", { exact: true })
          .or(page.getByRole("heading", { name: "Sign in" }))
          .waitFor();
        return page.getByText("You are a guest here").isVisible();
      },
      WITHIN_MS,
    );
    await page.getByLabel("Name", { exact: true }).fill("A guest");
    await press(page, "Save the profile");
    await page.getByRole("button", { name: "Account A guest" }).waitFor();
    expect(await page.getByLabel("Handle").count()).toBe(0);
    await lookAt(page, "me-guest");
  });

  it("takes along what the gateway keeps", async () => {
    const { page } = first;
    const [download] = await Promise.all([page.waitForEvent("download"), press(page, "Download my data")]);
    const file = join(stage.place.folder, "personal-data.json");
    await download.saveAs(file);
    const text = await readFile(file, "utf8");
    expect(JSON.parse(text)).toBeTypeOf("object");
    expect(text).toContain(NAME);
  });

  it("is deleted after typing the handle", async () => {
    const { page } = first;
    await press(page, "Delete everything about me");
    const remove = dialog(page).getByRole("button", { name: "Delete for good" });
    expect(await remove.isDisabled()).toBe(true);
    await dialog(page).getByLabel("To confirm, type").fill(HANDLE);
    await lookAt(page, "me-delete");
    await remove.click();
    await page.getByText("Everything that this gateway kept of you was deleted.").waitFor();
    const answer = await fetch(`${stage.place.gateway}/v1/people/${HANDLE}`);
    expect(answer.status).toBe(404);
    await page.goto(url("/me"));
    await signInHere(page);
    expect(await page.getByLabel("Handle").inputValue()).toBe("");
  });

  it("sees no errors in the pages", () => {
    expect(problems.flat()).toEqual([]);
  });
});
