// Videos: a creator goes live from a tab, uploads a video, edits it, adds captions and cuts a clip. A viewer goes back in
// the broadcast and to live again, finds the recordings, watches one with captions, and does not pay for it twice.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { connect, deposit, shown, signInHere, untilPaid, untilPlaying } from "./support/actions";
import { recordProblems, screenshot, startBrowser } from "./support/browser";
import { FAKE_DEVICES } from "./support/devices";
import { look, PHONE, sizeOf } from "./support/look";
import { makeClip } from "./support/pictures";
import { Stage } from "./support/platform";
import { until } from "./support/ports";
import { injectWallet, type TestWallet } from "./support/wallet";

const WITHIN_MS = 120_000;
const CREATOR = "//Eve//stash";
const VIEWER = "//Ferdie//stash";
const UPLOAD_S = 16;
const CLIP_S = 6;
/** Seconds that the broadcast lasts before the viewer goes back: longer than the live playlist. */
const BACK_S = 40;
const CAPTIONS = "1\n00:00:00,000 --> 00:00:15,000\nThe harbour at dawn\n";

interface Person {
  readonly context: BrowserContext;
  readonly wallet: TestWallet;
  readonly page: Page;
}

/** Moves the pointer over the picture: after a while without that, the controls cannot be pressed. */
async function showControls(page: Page): Promise<void> {
  await page.mouse.move(300, 300);
  await page.mouse.move(320, 310);
}

/** Looks at a page in both widths, and leaves it in the wide one. */
async function lookAt(page: Page, name: string): Promise<void> {
  for (const width of [PHONE, 1280] as const) await look(page, name, width);
}

let stage: Stage;
let browser: Browser;
let creator: Person;
let viewer: Person;
let stream: string;
/** Where in the broadcast the viewer has begun to pay, in seconds. */
let paidFromS: number;
/** Number of the recording that the upload becomes. */
let uploaded: string;
const problems: string[][] = [];

const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true }).click();
const url = (path: string) => stage.place.pages + path;
const behind = async (page: Page) => (await page.getByTestId("behind").textContent()) ?? "";
const player = (page: Page) => page.locator(".player");
const bar = (page: Page) => page.getByRole("slider", { name: "Position in the broadcast" });
/** The length of the broadcast, in seconds. */
const lengthOf = async (page: Page) => Number(await bar(page).getAttribute("max"));

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

beforeAll(async () => {
  stage = new Stage(inject("place"));
  browser = await startBrowser(FAKE_DEVICES);
  const words = ["--title", "Harbour, from a tab", "--description", "Boats and gulls."];
  const created = await stage.cli<{ stream: string | number }>(
    CREATOR,
    "stream",
    "create",
    "--price",
    "0.001",
    ...words,
  );
  stream = String(created.stream);
  [creator, viewer] = await Promise.all([person(CREATOR), person(VIEWER)]);
});

afterAll(async () => {
  await browser?.close();
  await stage?.leave();
});

describe.sequential("videos", () => {
  let hasFailed = false;
  beforeEach((test) => {
    test.skip(hasFailed, "an earlier part has failed");
    test.onTestFailed(async () => {
      hasFailed = true;
      await screenshot(creator?.page, "video-creator");
      await screenshot(viewer?.page, "video-viewer");
    });
  });

  it("can be gone back in as far as the creator has chosen", async () => {
    const { page } = creator;
    await page.goto(url(`/studio/streams/${stream}`));
    await signInHere(page);
    await page.getByRole("link", { name: "Settings", exact: true }).click();
    await press(page, "The whole broadcast");
    await press(page, "Viewers who have paid");
    await press(page, "Save");
    await page.getByText("The settings were saved.").first().waitFor();
    await page.reload();
    await page.locator('button[aria-pressed="true"]', { hasText: "The whole broadcast" }).waitFor();
  });

  it("go live from a tab, without another signature", async () => {
    const { page, wallet } = creator;
    await page.goto(url(`/studio/streams/${stream}/live`));
    await press(page, "Start the camera");
    await page.waitForFunction(() => (document.querySelector("video")?.videoWidth ?? 0) > 0);
    const before = wallet.messages;
    await press(page, "Go live");
    await page.locator('[data-testid="tab-live-state"][data-state="live"]').waitFor();
    expect([before, wallet.messages]).toEqual([1, 1]);
    await until(
      "the stream on air",
      async () => (await fetch(`${stage.place.gateway}/v1/streams/${stream}/hls/master.m3u8`)).ok,
      WITHIN_MS,
    );
    await lookAt(page, "tab-live-on-air");
  });

  it("are watched and paid for, from the newest picture", async () => {
    const { page } = viewer;
    await page.goto(url("/wallet"));
    await press(page, "Make a deposit");
    await deposit(page, "5");
    await page.goto(url(`/watch/${stream}`));
    await press(page, "Start");
    await untilPlaying(page);
    await untilPaid(page);
    await page.getByTestId("behind").waitFor();
    await until("a picture at live", async () => (await behind(page)) === "Live", WITHIN_MS);
    paidFromS = await lengthOf(page);
  });

  it("can be watched from their beginning while they go on, and again at live", async () => {
    const { page } = viewer;
    const longEnough = Math.max(BACK_S, paidFromS + CLIP_S + 4);
    await until("a broadcast that is long enough", async () => (await lengthOf(page)) > longEnough, WITHIN_MS);
    await bar(page).fill("2");
    await until("a picture behind live", async () => /^\d+:\d\d behind live$/.test(await behind(page)), WITHIN_MS);
    await untilPlaying(page);
    await showControls(page);
    await lookAt(page, "watch-behind-live");
    await showControls(page);
    await press(page, "Behind live: jump to live");
    await until("a picture at live", async () => (await behind(page)) === "Live", WITHIN_MS);
    await untilPlaying(page);
  });

  it("are cut into clips by viewers who have paid, if the creator allows it", async () => {
    const { page } = viewer;
    await press(page, "Clip");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("From", { exact: true }).fill(String(paidFromS + 2));
    await dialog.getByLabel("To", { exact: true }).fill(String(paidFromS + 2 + CLIP_S));
    await dialog.getByLabel("Title", { exact: true }).fill("Gulls");
    await lookAt(page, "clip-of-viewer");
    const answer = page.waitForResponse((response) => response.url().endsWith("/clips"));
    await press(page, "Make the clip");
    const { id } = (await (await answer).json()) as { readonly id: string };
    const isCut = async () => {
      const job = (await (await fetch(`${stage.place.gateway}/v1/jobs/${id}`)).json()) as { readonly state: string };
      expect(job.state).not.toBe("failed");
      return job.state === "ready";
    };
    await until("a clip", isCut, WITHIN_MS);
  });

  it("continue by themselves when the broadcast returns, also after a pause", async () => {
    await viewer.page.locator("video").evaluate((video: HTMLVideoElement) => video.pause());
    await press(creator.page, "End the broadcast");
    await until(
      "the end of the broadcast",
      async () => !(await fetch(`${stage.place.gateway}/v1/streams/${stream}/hls/master.m3u8`)).ok,
      WITHIN_MS,
    );
    await press(creator.page, "Go live");
    await creator.page.locator('[data-testid="tab-live-state"][data-state="live"]').waitFor();
    await until(
      "a player that waits for a press on Play",
      async () => (await player(viewer.page).getAttribute("data-state")) === "paused",
      WITHIN_MS,
    );
    await press(viewer.page, "Play (K)");
    await untilPlaying(viewer.page);
    await press(creator.page, "End the broadcast");
  });

  it("are uploaded with progress, and appear when they are ready", async () => {
    const { page, wallet } = creator;
    const file = join(stage.place.folder, "harbour_at_dawn.mp4");
    await makeClip(file, UPLOAD_S, ["eng", "deu"]);
    await page.goto(url(`/studio/streams/${stream}/library`));
    await page.getByLabel("Video file").setInputFiles(file);
    expect(await page.getByLabel("Title", { exact: true }).inputValue()).toBe("harbour at dawn");
    await press(page, "Upload");
    await page.getByText("The video is uploaded.").waitFor();
    expect(wallet.messages).toBe(1);
    const row = page.locator(".stream-row", { hasText: "harbour at dawn" });
    await row.waitFor({ timeout: 240_000 });
    const link = await row.getByRole("link", { name: /^Watch/ }).getAttribute("href");
    uploaded = link?.split("/").pop() ?? "";
    await lookAt(page, "library-with-upload");
  });

  it("are edited, and have captions", async () => {
    const { page } = creator;
    const captions = join(stage.place.folder, "captions.srt");
    await writeFile(captions, CAPTIONS);
    await press(page, "Edit harbour at dawn");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Add a file").setInputFiles(captions);
    await dialog.getByLabel("Language").fill("en");
    await dialog.getByRole("button", { name: "Add the captions" }).click();
    await dialog.getByRole("list", { name: "Captions" }).getByText("en", { exact: true }).first().waitFor();
    await lookAt(page, "recording-edit");
    await dialog.getByLabel("Title", { exact: true }).fill("Harbour at dawn");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.locator(".stream-row h3", { hasText: "Harbour at dawn" }).waitFor();
  });

  it("are cut into clips", async () => {
    const { page } = creator;
    await press(page, "Make a clip of Harbour at dawn");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("From", { exact: true }).fill("0:02");
    await dialog.getByLabel("To", { exact: true }).fill("0:10");
    await dialog.getByText("A clip of 8 s.").waitFor();
    await dialog.getByLabel("Title", { exact: true }).fill("First boat");
    await dialog.getByLabel("Free to watch").check();
    await lookAt(page, "clip-dialog");
    await press(page, "Make the clip");
    await page.locator(".stream-row", { hasText: "First boat" }).waitFor({ timeout: 240_000 });
  });

  it("are found in the creator's library and by search", async () => {
    const { page } = viewer;
    await page.goto(url(`/creators/${creator.wallet.addresses[0]}`));
    await page.getByText("Harbour at dawn").waitFor();
    await page.getByLabel("Search recordings").fill("first boat");
    await press(page, "Search");
    await page.getByText("First boat").waitFor();
    expect(await page.getByText("Harbour at dawn").count()).toBe(0);
    await lookAt(page, "creator-library");
    await page.goto(url("/?q=dawn"));
    await page.getByRole("link", { name: /Harbour at dawn/ }).click();
    await page.waitForURL(`**/recordings/${uploaded}`);
  });

  it("are watched to the end with captions, and not paid for twice", async () => {
    const { page } = viewer;
    await page.goto(url(`/watch/${stream}/recordings/${uploaded}`));
    if (await page.getByRole("button", { name: "Start", exact: true }).isVisible()) await press(page, "Start");
    await untilPlaying(page);
    await showControls(page);
    await press(page, "Captions (C)");
    /** The number of captions on the picture. */
    const showing = () =>
      page.locator("video").evaluate((video: HTMLVideoElement) => {
        const tracks = Array.from(video.textTracks).filter(({ mode }) => mode === "showing");
        return tracks.reduce((sum, { activeCues }) => sum + (activeCues?.length ?? 0), 0);
      });
    await until("captions on the picture", showing, WITHIN_MS);
    // The text is in all segments that it is shown with.
    await until("a later segment", async () => (await shown(page)).timeS > UPLOAD_S / 2, WITHIN_MS);
    expect(await showing()).toBe(1);
    await until("the end", async () => (await player(page).getAttribute("data-state")) === "gone", WITHIN_MS);
    const { spent } = await shown(page);
    expect(spent).toBeGreaterThan(0n);
    await until(
      "what was bought",
      async () => (await page.getByTestId("bought").textContent())?.includes("Bought") ?? false,
      WITHIN_MS,
    );
    await lookAt(page, "recording-bought");
    // A new visit: the keys come without payment, and the captions are on again.
    await page.goto(url("/wallet"));
    await page.goto(url(`/watch/${stream}/recordings/${uploaded}`));
    await untilPlaying(page);
    await page.locator('.meter[data-phase="bought"]').waitFor();
    await until("the remembered captions", showing, WITHIN_MS);
    expect((await shown(page)).spent).toBe(0n);
  });

  it("that are bought can be downloaded", async () => {
    const { page } = viewer;
    // Without the browser's dialog for a place, the file is a download.
    await page.evaluate(() => Reflect.deleteProperty(window, "showSaveFilePicker"));
    const [download] = await Promise.all([page.waitForEvent("download"), press(page, "Download")]);
    expect(download.suggestedFilename()).toBe("Harbour at dawn.mp4");
  });

  it("have settings that the player remembers, and shortcuts that can be turned off", async () => {
    const { page } = viewer;
    await showControls(page);
    await press(page, "Settings");
    await page.getByRole("button", { name: "1.5×" }).click();
    expect(await page.locator("video").evaluate((video: HTMLVideoElement) => video.playbackRate)).toBe(1.5);
    const track = (name: string, isOn?: boolean) =>
      page.getByRole("group", { name: "Audio" }).getByRole("button", { name, ...(isOn && { pressed: true }) });
    await track("English", true).waitFor();
    await track("German").click();
    await track("German", true).waitFor();
    await lookAt(page, "watch-settings-recording");
    await page.getByLabel("Control the player with keys").uncheck();
    await page.keyboard.press("Escape");
    const isMuted = () => page.locator("video").evaluate((video: HTMLVideoElement) => video.muted);
    const before = await isMuted();
    await page.keyboard.press("m");
    expect(await isMuted()).toBe(before);
    const sound = page.waitForResponse((response) => response.url().includes("/v/audio-2/"));
    await page.reload();
    await untilPlaying(page);
    await sound;
    await page.keyboard.press("m");
    expect(await isMuted()).toBe(before);
  });

  it("are deleted, and gone at once", async () => {
    const { page } = creator;
    await press(page, "Edit Harbour at dawn");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Delete the recording" }).click();
    await dialog.getByRole("button", { name: "Delete for good" }).click();
    await dialog.waitFor({ state: "detached" });
    const answer = await fetch(`${stage.place.gateway}/v1/streams/${stream}/recordings/${uploaded}`);
    expect(answer.status).toBe(404);
    await viewer.page.goto(url(`/watch/${stream}/recordings/${uploaded}`));
    await viewer.page.getByText("This recording is not available any more.").waitFor();
  });

  it("cause no errors in the pages", () => {
    expect(problems.flat()).toEqual([]);
  });
});
