// From drawing a picture to showing it, in Chromium: through the gateway with paid keys, with parts of half a second and
// of a fifth, encoded and copied, and through plain HLS from nginx. The same pictures from the same encoder by RTMP, one
// after the other.
//
// VILOKANAM_BIN_DIR is the folder of the programs, VILOKANAM_GLASS_SECONDS the length of each measurement, and
// VILOKANAM_GLASS_OUT the file for the figures.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, deposit, untilPaid, untilPlaying } from "../support/actions";
import { startBrowser } from "../support/browser";
import { Stage, startPlatform } from "../support/platform";
import { until } from "../support/ports";
import { end } from "../support/processes";
import { injectWallet } from "../support/wallet";
import { startPlainHls } from "./plain-hls";
import { startClock } from "./publisher";
import { type Delays, record } from "./reader";

const SECONDS = Number(process.env["VILOKANAM_GLASS_SECONDS"] ?? "60");
const OUT = process.env["VILOKANAM_GLASS_OUT"] ?? join(import.meta.dirname, "..", "..", "test-results", "glass.json");
/** Time for a player to come as near to live as it will. */
const SETTLE_MS = 20_000;
const WITHIN_MS = 120_000;
const CREATOR = "//Eve";
const VIEWER = "//Alice//stash";
/** How playlists name the profile of the publisher's pictures. Those of the gateway's encoder have another one. */
const BASELINE = "avc1.42";
const SIZE = { width: 1280, height: 800 };

interface Figures extends Delays {
  /** Median distance to the end of the playlist, as the player reports it. */
  readonly to_live_p50_ms: number;
}

const figures: Record<string, Figures> = {};
let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  await writeFile(OUT, `${JSON.stringify({ glass: { seconds: SECONDS, figures } }, null, 2)}\n`);
});

/** Distances to live that the page reports to the gateway from now on, in milliseconds. */
function reportedDistances(page: Page): number[] {
  const reported: number[] = [];
  page.on("request", (request) => {
    if (!request.url().endsWith("/quality") || request.method() !== "POST") return;
    const { latency_ms } = JSON.parse(request.postData() ?? "{}") as { latency_ms?: number };
    if (latency_ms !== undefined) reported.push(latency_ms);
  });
  return reported;
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Whether the gateway copies what the publisher sends, or encodes it. */
type Copy = "auto" | "never";

async function startStream(stage: Stage, copy: Copy): Promise<{ readonly stream: string; readonly url: string }> {
  const words = ["--price", "0.002", "--title", "A clock"];
  const created = await stage.cli<{ stream: string | number }>(CREATOR, "stream", "create", ...words);
  const stream = String(created.stream);
  await stage.cli(CREATOR, "stream", "settings", stream, `copy=${copy}`);
  const key = await stage.cli<Record<string, string>>(CREATOR, "stream", "key", "create", stream);
  return { stream, url: `${key["rtmp_url"]}/${key["rtmp_stream_key"]}` };
}

/** Deposits, opens the stream, agrees to its price and waits until it is paid for. */
async function watch(page: Page, pages: string, stream: string, name: string): Promise<void> {
  page.setDefaultTimeout(WITHIN_MS);
  await page.goto(`${pages}/wallet`);
  await connect(page, name);
  await page.getByRole("button", { name: "Make a deposit", exact: true }).click();
  await deposit(page, "100");
  await page.goto(`${pages}/watch/${stream}`);
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await untilPlaying(page);
  await untilPaid(page);
}

async function measurePaid(partMs: number, copy: Copy): Promise<Figures> {
  process.env["VILOKANAM_GATEWAY_INGEST__PART_MS"] = String(partMs);
  const { place, stop } = await startPlatform();
  const context = await browser.newContext({ viewport: SIZE });
  try {
    const stage = new Stage(place);
    const { stream, url } = await startStream(stage, copy);
    const publisher = startClock(url);
    const isOnAir = async () => (await fetch(`${place.gateway}/v1/streams/${stream}/hls/master.m3u8`)).ok;
    await until("the stream on air", isOnAir, WITHIN_MS);
    const master = await (await fetch(`${place.gateway}/v1/streams/${stream}/hls/master.m3u8`)).text();
    expect(master.includes(BASELINE), "whether the encoder's pictures are copied").toBe(copy === "auto");
    const wallet = await injectWallet(context, [VIEWER]);
    const page = await context.newPage();
    await watch(page, place.pages, stream, wallet.names[0] ?? "");
    await page.waitForTimeout(SETTLE_MS);
    const reported = reportedDistances(page);
    const delays = await record(page, SECONDS);
    // The page reports every half a minute.
    await until("a report", async () => reported.length > 0, WITHIN_MS);
    publisher.stop();
    return { ...delays, to_live_p50_ms: median(reported) };
  } finally {
    await context.close();
    await stop();
    delete process.env["VILOKANAM_GATEWAY_INGEST__PART_MS"];
  }
}

async function measurePlain(): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), "vilokanam-plain-"));
  const { page: url, rtmp, nginx, untilWritten } = await startPlainHls(folder);
  const publisher = startClock(rtmp);
  const context = await browser.newContext({ viewport: SIZE });
  try {
    await untilWritten();
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForTimeout(SETTLE_MS);
    const delays = await record(page, SECONDS);
    const latency = await page.evaluate(() => (Reflect.get(window, "latency") as () => number)());
    return { ...delays, to_live_p50_ms: Math.round(latency * 1000) };
  } finally {
    await context.close();
    publisher.stop();
    await end(nginx);
    await rm(folder, { recursive: true, force: true });
  }
}

describe.sequential("from drawing a picture to showing it", () => {
  it.each([
    ["plain_hls_nginx_rtmp", measurePlain],
    ["parts_500_ms_encoded", () => measurePaid(500, "never")],
    ["parts_200_ms_encoded", () => measurePaid(200, "never")],
    ["parts_200_ms_copied", () => measurePaid(200, "auto")],
  ])("%s", async (name, measure) => {
    const measured = await measure();
    figures[name] = measured;
    process.stdout.write(`${name}: ${JSON.stringify(measured)}\n`);
    expect(measured.pictures, "pictures whose clock was read").toBeGreaterThan(SECONDS);
  });
});
