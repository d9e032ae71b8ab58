// What people say to each other: a viewer signs in and chats with a creator, tips with a message, is paused by the creator and
// may write again, comments on a recording and reports a stream. A moderator decides about the report, and an administrator
// cuts a broadcast off.

import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { connect } from "./support/actions";
import { recordProblems, screenshot, startBrowser } from "./support/browser";
import { fund } from "./support/fund";
import { look, PHONE, sizeOf } from "./support/look";
import { makeClip } from "./support/pictures";
import { Stage } from "./support/platform";
import { until } from "./support/ports";
import { signIn } from "./support/sign-in";
import { injectWallet, type TestWallet } from "./support/wallet";

const WITHIN_MS = 120_000;
const CREATOR = "//Eve//community";
const VIEWER = "//Dave//community";
/** The gateway's own account, which is always an administrator. */
const ADMIN = "//Ferdie";
/** Who pays for the accounts of this file. */
const BANK = "//Charlie";
/** Money of each, in planck. */
const MONEY = 100n * 10n ** 12n;
const TITLE = "Gulls and gossip";
const UPLOAD_S = 20;
const MESSAGE = "Is that a heron? https://example.org/heron";
const MEMO = "For the gulls";
const COMMENT = "The light at 0:05 is wonderful";

interface Person {
  readonly context: BrowserContext;
  readonly wallet: TestWallet;
  readonly page: Page;
}

let stage: Stage;
let browser: Browser;
let creator: Person;
let viewer: Person;
let admin: Person;
/** Stream on air, with a long preview and a recording. */
let stream: string;
let recording: string;
const problems: string[][] = [];

const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true }).click();
const url = (path: string) => stage.place.pages + path;
const messages = (page: Page) => page.getByRole("log");
const row = (page: Page, text: string) => messages(page).locator("[data-id]", { hasText: text });
const dialog = (page: Page) => page.getByRole("dialog");

/** Looks at a page in both widths, and leaves it in the wide one. */
async function lookAt(page: Page, name: string): Promise<void> {
  for (const width of [PHONE, 1280] as const) await look(page, name, width);
}

/** Presses a button that may ask for a sign-in, and signs in if it does. `then` is shown afterwards. */
async function pressSignedIn(page: Page, name: string, then: ReturnType<Page["getByText"]>): Promise<void> {
  await press(page, name);
  await dialog(page).or(then).first().waitFor();
  if (await dialog(page).isVisible())
    await dialog(page)
      .getByRole("button", { name: /^Sign in/ })
      .click();
  await then.waitFor();
}

/** Opens the options of a message, as the keyboard does. */
async function openMenu(page: Page, text: string): Promise<void> {
  await row(page, text).first().focus();
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
}

async function person(suri: string): Promise<Person> {
  const context = await browser.newContext({ viewport: sizeOf(1280), reducedMotion: "reduce", colorScheme: "dark" });
  context.setDefaultTimeout(WITHIN_MS);
  const wallet = await injectWallet(context, [suri]);
  const page = await context.newPage();
  problems.push(recordProblems(page, [stage.place.pages, stage.place.node]).errors);
  await page.goto(url("/wallet"));
  await connect(page, wallet.names[0] ?? "");
  return { context, wallet, page };
}

/** Creates a stream with a recording, and publishes to it. */
async function prepareStream(): Promise<void> {
  const created = await stage.cli<{ stream: string | number }>(
    CREATOR,
    "stream",
    "create",
    ...["--price", "0.001", "--preview", "600", "--title", TITLE],
  );
  stream = String(created.stream);
  const file = join(stage.place.folder, "gulls.mp4");
  await makeClip(file, UPLOAD_S);
  await stage.cli(CREATOR, "upload", file, "--stream", stream, "--title", "Gulls, uploaded");
  const answer = await fetch(`${stage.place.gateway}/v1/streams/${stream}/recordings`);
  const { items } = (await answer.json()) as { items: readonly { readonly number: number }[] };
  recording = String(items[0]?.number ?? "");
  const key = await stage.cli<Record<string, string>>(CREATOR, "stream", "key", "create", stream);
  stage.publish(key["rtmp_url"] ?? "", key["rtmp_stream_key"] ?? "");
}

beforeAll(async () => {
  stage = new Stage(inject("place"));
  browser = await startBrowser();
  const accounts = await Promise.all([CREATOR, VIEWER].map((suri) => signIn(stage.place.gateway, suri)));
  await fund(
    stage.place.node,
    BANK,
    accounts.map(({ account }) => account),
    MONEY,
  );
  await prepareStream();
  [creator, viewer, admin] = await Promise.all([person(CREATOR), person(VIEWER), person(ADMIN)]);
});

afterAll(async () => {
  await browser?.close();
  await stage?.leave();
});

describe.sequential("the community", () => {
  let hasFailed = false;
  beforeEach((test) => {
    test.skip(hasFailed, "an earlier part has failed");
    test.onTestFailed(async () => {
      hasFailed = true;
      await screenshot(creator?.page, "community-creator");
      await screenshot(viewer?.page, "community-viewer");
      await screenshot(admin?.page, "community-admin");
    });
  });

  it("reads a chat without a sign-in, and writes with one", async () => {
    for (const { page } of [creator, viewer]) {
      await page.goto(url(`/watch/${stream}`));
      const field = page.getByLabel("Message", { exact: true });
      const ask = page.getByRole("button", { name: "Sign in to chat", exact: true });
      await field.or(ask).first().waitFor();
      if (await ask.isVisible()) await pressSignedIn(page, "Sign in to chat", field);
    }
    await say(viewer.page, MESSAGE);
    await row(creator.page, "Is that a heron?").waitFor();
    const link = row(creator.page, "Is that a heron?").getByRole("link");
    expect(await link.getAttribute("rel")).toBe("noopener nofollow ugc");
    expect(await link.getAttribute("href")).toBe("https://example.org/heron");
    await say(creator.page, "<b>No</b>, a gull");
    await row(viewer.page, "<b>No</b>, a gull").waitFor();
    await row(viewer.page, "a gull").locator('[data-badge="creator"]').waitFor();
    await lookAt(viewer.page, "chat");
  });

  it("answers a message, with the keyboard alone", async () => {
    await openMenu(viewer.page, "a gull");
    await press(viewer.page, "Answer");
    await say(viewer.page, "A large one!");
    await row(creator.page, "A large one!").getByText("In answer to").waitFor();
    // From the empty field to the last message, and back.
    await viewer.page.keyboard.press("ArrowUp");
    await until(
      "the focus on a message",
      () => row(viewer.page, "A large one!").evaluate((one) => one === document.activeElement),
      WITHIN_MS,
    );
    await viewer.page.keyboard.press("Escape");
    await until(
      "the focus on the field",
      () => viewer.page.evaluate(() => document.activeElement?.localName === "textarea"),
      WITHIN_MS,
    );
  });

  it("sees a tip with its message in the chat", async () => {
    const { page } = viewer;
    await press(page, "Tip");
    await page.getByLabel(/^Message \(public/).fill(MEMO);
    await press(page, /^Tip 0\.5 VLK$/);
    await dialog(page).waitFor({ state: "detached" });
    await row(creator.page, MEMO).getByText("Tipped 0.5 VLK").waitFor();
    await say(page, "That was me");
    await row(creator.page, "That was me").locator('[data-badge="tipper"]').waitFor();
  });

  it("keeps somebody from writing for a while, until that is lifted", async () => {
    await openMenu(creator.page, "That was me");
    await press(creator.page, "Pause for 10 min");
    await viewer.page.getByText("A moderator has paused your writing").waitFor();
    await openMenu(creator.page, "That was me");
    await press(creator.page, "Delete message");
    await row(viewer.page, "That was me").waitFor({ state: "detached" });
    const settings = await creator.context.newPage();
    await settings.goto(url(`/studio/chat/${stream}`));
    await settings.getByText(/^paused until/).waitFor();
    await lookAt(settings, "chat-settings");
    await press(settings, "Lift");
    await settings.getByText("Everybody can write.").waitFor();
    await settings.close();
    await say(viewer.page, "Back again");
    await row(creator.page, "Back again").waitFor();
  });

  it("comments on a recording, and jumps to the moment that a comment names", async () => {
    const { page } = viewer;
    await page.goto(url(`/watch/${stream}/recordings/${recording}`));
    await page.getByLabel("Your comment").fill(COMMENT);
    // What is written survives a reload.
    await page.reload();
    await until("the draft", async () => (await page.getByLabel("Your comment").inputValue()) === COMMENT, WITHIN_MS);
    await press(page, "Publish comment");
    const comment = page.getByRole("article", { name: /^Comment of/ }).filter({ hasText: "is wonderful" });
    await comment.waitFor();
    await comment.getByRole("button", { name: /^Like the comment/ }).click();
    await comment.getByRole("button", { name: /1 like$/ }).waitFor();
    await page.locator("video").evaluate((video) => (video as HTMLVideoElement).pause());
    await comment.getByRole("button", { name: "Go to 0:05" }).click();
    const at = () => page.locator("video").evaluate((video) => Math.floor((video as HTMLVideoElement).currentTime));
    await until("the position of the comment", async () => (await at()) === 5, WITHIN_MS);
    await page.getByRole("button", { name: /^Like this recording/ }).click();
    await page.getByRole("button", { name: "Like this recording, 1 like" }).waitFor();
    await lookAt(page, "comments");
  });

  it("reports a stream, about which a moderator decides", async () => {
    await viewer.page.goto(url(`/watch/${stream}`));
    await press(viewer.page, "Report this stream");
    await press(viewer.page, "Spam or fraud");
    await viewer.page.getByLabel("More about it (optional)").fill("It advertises fish.");
    await press(viewer.page, "Send report");
    await viewer.page.getByText("Your report was sent").waitFor();
    const { page } = admin;
    await page.goto(url("/moderation"));
    const report = page.getByRole("article", { name: /^Report / }).filter({ hasText: TITLE });
    const ask = page.getByRole("button", { name: "Sign in", exact: true });
    await report.or(ask).first().waitFor();
    if (await ask.isVisible()) await pressSignedIn(page, "Sign in", page.getByText("It advertises fish."));
    await lookAt(page, "moderation");
    await report.getByRole("button", { name: "Warn", exact: true }).click();
    await page.getByLabel("Reason").fill("Please do not advertise.");
    await dialog(page).getByRole("button", { name: "Warn", exact: true }).click();
    await report.waitFor({ state: "detached" });
    await press(page, "Closed");
    await report.getByText("Please do not advertise.").waitFor();
    await page.getByRole("tab", { name: "Record" }).click();
    await page.getByText("decide.warn").first().waitFor();
    await lookAt(page, "moderation-record");
  });

  it("does not let others decide", async () => {
    await viewer.page.goto(url("/moderation"));
    await viewer.page.getByText("This page is for the moderators of this gateway").waitFor();
  });

  it("is administered: the state is shown, and a broadcast is cut off", async () => {
    const { page } = admin;
    await page.goto(url("/admin"));
    await page.getByText("What the gateway depends on").waitFor();
    await lookAt(page, "admin");
    await page.getByRole("tab", { name: "On air" }).click();
    await lookAt(page, "admin-on-air");
    await press(page, `Cut off ${TITLE}`);
    await dialog(page).getByLabel("Reason").fill("For the test of this page.");
    await dialog(page).getByRole("button", { name: "Cut off", exact: true }).click();
    await page.getByRole("button", { name: `Cut off ${TITLE}` }).waitFor({ state: "detached" });
    await until(
      "a playlist that is not given out",
      async () => !(await fetch(`${stage.place.gateway}/v1/streams/${stream}/hls/master.m3u8`)).ok,
      WITHIN_MS,
    );
    for (const tab of ["Blocked", "Roles and terms"]) {
      await page.getByRole("tab", { name: tab }).click();
      await lookAt(page, `admin-${tab.toLowerCase().replaceAll(" ", "-")}`);
    }
    await page.getByRole("tab", { name: "On air" }).click();
    await page.getByLabel("Number of the stream").fill(stream);
    await press(page, "Lift");
    await page.getByText(`Stream ${stream} can be published and seen again.`).first().waitFor();
  });

  it("has had no errors on its pages", () => {
    expect(problems.flat()).toEqual([]);
  });
});
