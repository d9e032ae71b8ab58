// Plays a stream with hls.js in a browser without a window, in low latency, and pays for each key.
//
// In: `{ master, gateway, session, proofs, seconds }`, with the proof of tick i at i - 1. Out: how it went. The page is
// shown as if the gateway served it, since that is the origin from which a browser asks without preflights.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const order = JSON.parse(readFileSync(0, "utf8"));
/** How much longer than the video itself everything may take. */
const SLACK_MS = 120_000;

/** Runs in the page: everything it needs is in its argument. */
async function play({ master, session, proofs, seconds, slackMs }) {
  const video = document.querySelector("video");
  const purse = { used: 0, revealed: 0, token: null, keys: new Map() };
  const told = { stalls: 0, waits: [], fatalErrors: [], errors: [], latencies: [] };
  const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

  /** The key of a segment: holds the request while time mends what is missing. */
  async function buy(url, cost) {
    const known = purse.keys.get(url);
    if (known) return known;
    for (;;) {
      purse.revealed = Math.max(purse.revealed, purse.used + cost);
      const token = purse.token ? `, token="${purse.token}"` : "";
      const authorization = `Payment session="${session}", ticks=${purse.revealed}, proof="${proofs[purse.revealed - 1]}"${token}`;
      const answer = await fetch(url, { headers: { authorization }, cache: "no-store" });
      if (answer.ok) {
        purse.used = Number(answer.headers.get("x-vilokanam-used-ticks"));
        purse.token = answer.headers.get("x-vilokanam-token") ?? purse.token;
        const key = await answer.arrayBuffer();
        purse.keys.set(url, key);
        return key;
      }
      const problem = await answer.json();
      const isDue = problem.code === "out-of-prepaid-ticks" && problem.ticks_due <= purse.used + cost + 1;
      if (isDue) purse.revealed = problem.ticks_due;
      else if (!["credit-used-up", "too-fast", "unavailable"].includes(problem.code)) throw new Error(JSON.stringify(problem));
      else await sleep(200);
    }
  }

  // One key after the other: ticks are counted up.
  let last = Promise.resolve();
  const inTurn = (work) => {
    last = last.then(work, work);
    return last;
  };

  class PayingLoader extends Hls.DefaultConfig.loader {
    load(context, config, callbacks) {
      if (!new URL(context.url).pathname.includes("/keys/")) return super.load(context, config, callbacks);
      this.context = context;
      const begin = performance.now();
      inTurn(() => buy(context.url, 2)).then(
        (key) => {
          this.stats.loading = { start: begin, first: performance.now(), end: performance.now() };
          this.stats.loaded = this.stats.total = key.byteLength;
          // hls.js takes the buffer away: it gets one of its own.
          if (!this.isAborted) callbacks.onSuccess({ url: context.url, data: key.slice(0), code: 200 }, this.stats, context, null);
        },
        (error) => {
          told.errors.push(String(error));
          if (!this.isAborted) callbacks.onError({ code: 402, text: String(error) }, context, null, this.stats);
        },
      );
    }
    abort() {
      this.isAborted = true;
      super.abort();
    }
    destroy() {
      this.isAborted = true;
      super.destroy();
    }
  }

  const hls = new Hls({ lowLatencyMode: true, loader: PayingLoader, enableWorker: false });
  const begin = performance.now();
  const started = new Promise((resolve) => video.addEventListener("playing", () => resolve(performance.now()), { once: true }));
  let hasStarted = false;
  hls.on(Hls.Events.ERROR, (_, data) => {
    if (data.details === Hls.ErrorDetails.BUFFER_STALLED_ERROR && hasStarted) told.stalls += 1;
    (data.fatal ? told.fatalErrors : told.errors).push(`${data.details}: ${data.error?.message ?? ""}`);
  });
  video.addEventListener("waiting", () => hasStarted && told.waits.push(video.currentTime));
  hls.loadSource(master);
  hls.attachMedia(video);
  video.play().catch((error) => told.errors.push(String(error)));
  const deadline = begin + seconds * 1000 + slackMs;
  const inTime = new Promise((_, reject) => setTimeout(() => reject(new Error("it does not start")), slackMs));
  const startedAt = await Promise.race([started, inTime]).catch((error) => ({ error }));
  if (startedAt.error) return { ...told, fatalErrors: [...told.fatalErrors, String(startedAt.error)], playedSeconds: 0 };
  hasStarted = true;
  const from = video.currentTime;
  while (video.currentTime - from < seconds && performance.now() < deadline && !told.fatalErrors.length) {
    await sleep(500);
    if (Number.isFinite(hls.latency)) told.latencies.push(hls.latency);
  }
  const details = hls.levels[Math.max(hls.currentLevel, 0)]?.details;
  const sorted = told.latencies.sort((a, b) => a - b);
  const seen = {
    waits: told.waits,
    startSeconds: (startedAt - begin) / 1000,
    latencySeconds: sorted[Math.floor(sorted.length / 2)],
    targetLatencySeconds: hls.targetLatency,
    isLowLatency: Boolean(hls.lowLatencyMode && details?.canBlockReload && details.partList?.length),
    playedSeconds: video.currentTime - from,
    pictures: video.getVideoPlaybackQuality().totalVideoFrames,
    dropped: video.getVideoPlaybackQuality().droppedVideoFrames,
  };
  // Nothing more is asked for, and what was asked for is answered: only then are the ticks counted.
  hls.destroy();
  await last.catch(() => {});
  return {
    ...seen,
    stalls: told.stalls,
    fatalErrors: told.fatalErrors,
    errors: told.errors.slice(0, 20),
    paidTicks: purse.revealed,
    usedTicks: purse.used,
    token: purse.token,
  };
}

const browser = await chromium
  .launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
  })
  .catch((error) => {
    console.error(`Chromium cannot be run: install it, or name it with CHROMIUM. ${error}`);
    process.exit(1);
  });
try {
  const page = await browser.newPage();
  const library = createRequire(import.meta.url).resolve("hls.js/dist/hls.min.js");
  await page.route(`${order.gateway}/test/player.html`, (route) =>
    route.fulfill({ contentType: "text/html", body: "<!doctype html><title>player</title><video muted playsinline></video>" }),
  );
  await page.goto(`${order.gateway}/test/player.html`);
  await page.addScriptTag({ path: library });
  const played = await page.evaluate(play, { ...order, slackMs: SLACK_MS });
  process.stdout.write(JSON.stringify(played));
} finally {
  await browser.close();
}
