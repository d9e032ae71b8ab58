// A paid live stream and a recording, in every player that is installed: through `vilokanam watch --serve`, where each
// player has a viewer of its own that pays, and in browsers the free preview straight from the gateway.
//
// VILOKANAM_BIN_DIR is the folder of the programs, VILOKANAM_PLAYERS_SECONDS the length that each player plays,
// VILOKANAM_PLAYERS_ONLY a part of the names of the players that play, VILOKANAM_SHAKA the folder of the package
// shaka-player, VILOKANAM_MPV, VILOKANAM_CVLC and VILOKANAM_STREAMLINK other programs than those in PATH, and
// VILOKANAM_PLAYERS_OUT the file for the table.

import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startBrowser } from "../support/browser";
import { type Place, Stage, startPlatform } from "../support/platform";
import { until } from "../support/ports";
import { end, run } from "../support/processes";
import { playersIn } from "./in-browser";
import { type Bill, Viewer } from "./local-address";
import { FRAMES_PER_SECOND, type Played, type Player } from "./player";
import { installedPrograms } from "./programs";

const SECONDS = Number(process.env["VILOKANAM_PLAYERS_SECONDS"] ?? "20");
const ONLY = (process.env["VILOKANAM_PLAYERS_ONLY"] ?? "").toLowerCase();
const OUT = process.env["VILOKANAM_PLAYERS_OUT"];
const SHAKA = process.env["VILOKANAM_SHAKA"];
const WITHIN_MS = 120_000;
const CREATOR = "//Eve";
/** One for each player, so that none of them finds what another one has bought. */
const VIEWERS = ["//Dave", "//Alice//stash", "//Bob//stash", "//Charlie//stash", "//Dave//stash"];
const PRICE_PLANCK = 2_000_000_000n;
/** Length of the clip, and of the recording. Longer than what a player plays. */
const CLIP_S = SECONDS + 40;
const PREVIEW_S = 600;
/** Part of the pictures that a player on a busy machine has to decode. */
const LEAST_PART = 0.5;

interface Row {
  readonly player: string;
  readonly what: string;
  readonly played: Played;
  /** Null for what is free. */
  readonly bill: Bill | null;
}

let place: Place;
let stop: () => Promise<void>;
let browser: Browser;
let stream: string;
let recording: number;
let publisher: ReturnType<typeof spawn>;
let stopPages: () => void;
const [players, inBrowser]: [Player[], Player[]] = [[], []];
const missing: string[] = [];
const rows: Row[] = [];

/** A clip of 360p with sound, so that the gateway makes two renditions of it. */
async function makeClip(file: string): Promise<void> {
  const picture = ["-f", "lavfi", "-i", `testsrc2=size=640x360:rate=${FRAMES_PER_SECOND}`];
  const tone = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];
  const coding = ["-c:v", "libx264", "-preset", "veryfast", "-g", "60", "-pix_fmt", "yuv420p", "-b:v", "900k"];
  const output = ["-c:a", "aac", "-t", String(CLIP_S), file];
  await run("ffmpeg", ["-loglevel", "error", ...picture, ...tone, ...coding, ...output]);
}

/** Creates the stream, puts it on air, and uploads a recording of it. */
async function publish(stage: Stage): Promise<void> {
  const clip = join(place.folder, "players.mp4");
  await makeClip(clip);
  const preview = ["--preview", String(PREVIEW_S), "--clear-preview", "with-sound"];
  const words = ["stream", "create", "--price", "0.002", "--title", "For every player", ...preview];
  const created = await stage.cli<{ stream: string | number }>(CREATOR, ...words);
  stream = String(created.stream);
  const key = await stage.cli<Record<string, string>>(CREATOR, "stream", "key", "create", stream);
  const input = ["-re", "-stream_loop", "-1", "-i", clip, "-c", "copy", "-f", "flv"];
  const url = `${key["rtmp_url"]}/${key["rtmp_stream_key"]}`;
  publisher = spawn("ffmpeg", ["-loglevel", "error", ...input, url], { stdio: "ignore" });
  const isOnAir = async () => (await fetch(`${place.gateway}/v1/streams/${stream}/hls/master.m3u8`)).ok;
  await until("the stream on air", isOnAir, WITHIN_MS);
  const uploaded = await stage.cli<{ recording: number }>(CREATOR, "upload", clip, "--stream", stream);
  recording = uploaded.recording;
}

beforeAll(async () => {
  ({ place, stop } = await startPlatform());
  browser = await startBrowser();
  await publish(new Stage(place));
  const [pages, programs] = [await playersIn(browser, SHAKA), await installedPrograms()];
  stopPages = pages.stop;
  const isWanted = ({ name }: Player) => name.toLowerCase().includes(ONLY);
  inBrowser.push(...pages.players.filter(isWanted));
  players.push(...[...programs.players, ...pages.players].filter(isWanted));
  missing.push(...programs.missing, ...pages.missing);
});

afterAll(async () => {
  stopPages?.();
  await browser?.close();
  if (publisher) await end(publisher);
  await stop?.();
  const table = tableOf(rows);
  process.stdout.write(`\n${table}\n`);
  if (OUT) await writeFile(OUT, table);
});

const vlk = (planck: string) => `${Number(planck) / 1e12} VLK`;

function tableOf(rows: readonly Row[]): string {
  const head =
    "| player | what | seconds played | pictures decoded | segments bought | seconds paid | paid, fees included |";
  const lines = rows.map(({ player, what, played, bill }) => {
    const paid = bill ? [bill.keys, bill.ticks, vlk(bill.spent)] : ["", "", "free"];
    return `| ${[player, what, played.seconds.toFixed(1), played.frames, ...paid].join(" | ")} |`;
  });
  const left = missing.length > 0 ? [`\nNot installed: ${missing.join(", ")}.`] : [];
  return [head, "| --- | --- | ---: | ---: | ---: | ---: | ---: |", ...lines, ...left, ""].join("\n");
}

/** Fails unless a player has really decoded what it was to play. */
function expectPlayed(played: Played): void {
  expect(played.frames, "pictures decoded").toBeGreaterThan(SECONDS * FRAMES_PER_SECOND * LEAST_PART);
  expect(played.seconds, "seconds played").toBeGreaterThan(SECONDS * LEAST_PART);
}

/** Plays at an address of its own, and compares what was paid with what was played. */
async function playPaid(player: Player, viewer: Viewer, what: string, number: number | null): Promise<void> {
  const served = await viewer.serve(stream, number);
  let [played, bill]: [Played | null, Bill | null] = [null, null];
  try {
    played = await player.play(served.url, SECONDS);
  } catch (error) {
    throw new Error(`${error} ${served.refusals.join(" ")}`);
  } finally {
    bill = await served.leave();
  }
  rows.push({ player: player.name, what, played, bill });
  process.stdout.write(`${player.name}, ${what}: ${JSON.stringify({ ...played, ...bill })}\n`);
  expectPlayed(played);
  expect(served.refusals, "refusals").toEqual([]);
  expect(bill.keys, "segments bought").toBeGreaterThan(0);
  // Every second that was shown is paid, and what is paid is the price of these seconds and the fees.
  expect(bill.ticks, "seconds paid").toBeGreaterThanOrEqual(Math.floor(played.seconds));
  expect(BigInt(bill.spent), "planck paid").toBeGreaterThanOrEqual(BigInt(bill.ticks) * PRICE_PLANCK);
}

it("plays live and recorded video in every player, each of which pays", async () => {
  const failures: string[] = [];
  for (const [at, player] of players.entries()) {
    const viewer = await Viewer.withDeposit(place, VIEWERS[at] ?? CREATOR);
    for (const [what, number] of [
      ["live", null],
      ["recording", recording],
    ] as const) {
      try {
        await playPaid(player, viewer, what, number);
      } catch (error) {
        failures.push(`${player.name}, ${what}: ${error}`);
      }
    }
  }
  expect(failures).toEqual([]);
}, 1_800_000);

it("plays the clear preview straight from the gateway", async () => {
  for (const player of inBrowser) {
    const played = await player.play(`${place.gateway}/v1/streams/${stream}/hls/preview.m3u8`, SECONDS);
    rows.push({ player: player.name, what: "clear preview, at the gateway", played, bill: null });
    expect(played.frames, "pictures decoded").toBeGreaterThan(0);
    expect(played.seconds, "seconds played").toBeGreaterThan(SECONDS * LEAST_PART);
  }
}, 600_000);
