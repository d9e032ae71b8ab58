// Notices: a follower is told in the page when a creator goes live, reads it, and turns such notices off.

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { connect, signInHere } from "./support/actions";
import { recordProblems, screenshot, startBrowser } from "./support/browser";
import { fund } from "./support/fund";
import { look, PHONE, sizeOf } from "./support/look";
import { Stage } from "./support/platform";
import { signIn } from "./support/sign-in";
import { injectWallet } from "./support/wallet";

const WITHIN_MS = 120_000;
const CREATOR = "//Eve//notices";
const FOLLOWER = "//Dave//notices";
/** Who pays for the creator. */
const BANK = "//Charlie";
/** Money of the creator, in planck. */
const MONEY = 100n * 10n ** 12n;
const TITLE = "Owls at dusk";

let stage: Stage;
let browser: Browser;
let page: Page;
let stream: string;
let problems: string[];

const url = (path: string) => stage.place.pages + path;
const bell = (count: number) => page.getByRole("link", { name: count === 0 ? "Notices" : `Notices, ${count} unread` });

beforeAll(async () => {
  stage = new Stage(inject("place"));
  browser = await startBrowser();
  const creator = await signIn(stage.place.gateway, CREATOR);
  await fund(stage.place.node, BANK, [creator.account], MONEY);
  const made = ["stream", "create", "--price", "0.001", "--title", TITLE];
  const created = await stage.cli<{ stream: string | number }>(CREATOR, ...made);
  stream = String(created.stream);
  const follower = await signIn(stage.place.gateway, FOLLOWER);
  const followed = await follower.ask("PUT", `/v1/people/${creator.account}/follow`);
  expect(followed.status).toBe(204);
  const context = await browser.newContext({ viewport: sizeOf(1280), reducedMotion: "reduce", colorScheme: "dark" });
  context.setDefaultTimeout(WITHIN_MS);
  const wallet = await injectWallet(context, [FOLLOWER]);
  page = await context.newPage();
  problems = recordProblems(page, [stage.place.pages, stage.place.node]).errors;
  await page.goto(url("/notices"));
  await connect(page, wallet.names[0] ?? "");
  await signInHere(page);
});

afterAll(async () => {
  await browser?.close();
  await stage?.leave();
});

describe.sequential("notices", () => {
  let hasFailed = false;
  beforeEach((test) => {
    test.skip(hasFailed, "an earlier part has failed");
    test.onTestFailed(async () => {
      hasFailed = true;
      await screenshot(page, "notices");
    });
  });

  it("tell a follower in the page that a creator is live", async () => {
    await page.getByText("No notices yet").waitFor();
    const key = await stage.cli<Record<string, string>>(CREATOR, "stream", "key", "create", stream);
    stage.publish(key["rtmp_url"] ?? "", key["rtmp_stream_key"] ?? "");
    await bell(1).waitFor();
    const entry = page.getByRole("list", { name: "Notices" }).getByRole("link", { name: TITLE });
    await entry.waitFor();
    expect(await entry.getAttribute("href")).toBe(`/watch/${stream}`);
    for (const width of [PHONE, 1280] as const) await look(page, "notices", width);
  });

  it("count as read on every device once they were read", async () => {
    await page.getByRole("button", { name: "Mark all as read" }).click();
    await bell(0).waitFor();
    await page.reload();
    await page.getByRole("list", { name: "Notices" }).waitFor();
    expect(await page.getByRole("button", { name: "Mark all as read" }).isDisabled()).toBe(true);
  });

  it("can be turned off by kind and way", async () => {
    const choice = page.getByLabel("A creator whom I follow is live: Here");
    const stored = page.waitForResponse((answer) => answer.request().method() === "PUT");
    await choice.uncheck();
    expect((await stored).status()).toBe(200);
    await page.reload();
    await choice.waitFor();
    expect(await choice.isChecked()).toBe(false);
  });

  it("have caused no errors in the page", () => {
    expect(problems).toEqual([]);
  });
});
