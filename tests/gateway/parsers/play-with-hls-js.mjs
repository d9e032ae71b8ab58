// Plays a stream with hls.js in a headless browser, in low latency, and pays for each key.
//
// Input: `{ master, gateway, session, proofs, seconds, headers }`. The proof of tick i is `proofs[i - 1]`; `headers`
// are the names of the gateway's headers. Output: a report of the playback. The page has the gateway's origin, from
// which a browser sends requests without preflights.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const input = JSON.parse(readFileSync(0, "utf8"));
/** Maximum time for the start, and for pauses of the playback. */
const SLACK_MS = 120_000;

/** Runs in the page, so it can use only its argument and what the page has loaded. */
async function play({ master, session, proofs, seconds, headers, slackMs }) {
  const video = document.querySelector("video");
  const payer = { revealedTicks: 0, chargedTicks: 0, token: null, keys: new Map() };
  const report = { stalls: 0, waits: [], fatalErrors: [], errors: [], latencies: [] };
  const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

  /** Buys the key of a segment. Repeats the request while the reason of the refusal passes by itself. */
  async function buy(url, costTicks) {
    const known = payer.keys.get(url);
    if (known) return known;
    for (;;) {
      payer.revealedTicks = Math.max(payer.revealedTicks, payer.chargedTicks + costTicks);
      const { revealedTicks } = payer;
      const token = payer.token ? `, token="${payer.token}"` : "";
      const proof = proofs[revealedTicks - 1];
      const authorization = `Payment session="${session}", ticks=${revealedTicks}, proof="${proof}"${token}`;
      const answer = await fetch(url, { headers: { authorization }, cache: "no-store" });
      if (answer.ok) {
        payer.chargedTicks = Number(answer.headers.get(headers.chargedTicks));
        payer.token = answer.headers.get(headers.token) ?? payer.token;
        const key = await answer.arrayBuffer();
        payer.keys.set(url, key);
        return key;
      }
      const problem = await answer.json();
      const requiredTicks = problem.required_ticks;
      const isRounding = problem.code === "out-of-prepaid-ticks" && requiredTicks <= payer.chargedTicks + costTicks + 1;
      if (isRounding) payer.revealedTicks = requiredTicks;
      else if (["credit-used-up", "too-fast", "unavailable"].includes(problem.code)) await sleep(200);
      else throw new Error(JSON.stringify(problem));
    }
  }

  // Keys are bought one after the other, because the ticks are cumulative.
  let lastPurchase = Promise.resolve();
  const afterLastPurchase = (work) => {
    lastPurchase = lastPurchase.then(work, work);
    return lastPurchase;
  };

  class PayingLoader extends Hls.DefaultConfig.loader {
    load(context, config, callbacks) {
      if (!new URL(context.url).pathname.includes("/keys/")) return super.load(context, config, callbacks);
      this.context = context;
      const begin = performance.now();
      afterLastPurchase(() => buy(context.url, 2)).then(
        (key) => {
          this.stats.loading = { start: begin, first: performance.now(), end: performance.now() };
          this.stats.loaded = this.stats.total = key.byteLength;
          if (this.isAborted) return;
          // hls.js transfers the buffer away, so it gets a copy.
          callbacks.onSuccess({ url: context.url, data: key.slice(0), code: 200 }, this.stats, context, null);
        },
        (error) => {
          report.errors.push(String(error));
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
  const started = new Promise((resolve) => {
    video.addEventListener("playing", () => resolve(performance.now()), { once: true });
  });
  let hasStarted = false;
  hls.on(Hls.Events.ERROR, (_, data) => {
    if (data.details === Hls.ErrorDetails.BUFFER_STALLED_ERROR && hasStarted) report.stalls += 1;
    (data.fatal ? report.fatalErrors : report.errors).push(`${data.details}: ${data.error?.message ?? ""}`);
  });
  video.addEventListener("waiting", () => hasStarted && report.waits.push(video.currentTime));
  hls.loadSource(master);
  hls.attachMedia(video);
  video.play().catch((error) => report.errors.push(String(error)));
  const deadline = begin + seconds * 1000 + slackMs;
  const timeout = new Promise((_, reject) => {
    setTimeout(() => reject(new Error("playback does not start")), slackMs);
  });
  const startedAt = await Promise.race([started, timeout]).catch((error) => ({ error }));
  if (startedAt.error) {
    return { ...report, fatalErrors: [...report.fatalErrors, String(startedAt.error)], playedSeconds: 0 };
  }
  hasStarted = true;
  const from = video.currentTime;
  while (video.currentTime - from < seconds && performance.now() < deadline && !report.fatalErrors.length) {
    await sleep(500);
    if (Number.isFinite(hls.latency)) report.latencies.push(hls.latency);
  }
  const details = hls.levels[Math.max(hls.currentLevel, 0)]?.details;
  const latencies = report.latencies.sort((a, b) => a - b);
  const playback = {
    waits: report.waits,
    startSeconds: (startedAt - begin) / 1000,
    latencySeconds: latencies[Math.floor(latencies.length / 2)],
    targetLatencySeconds: hls.targetLatency,
    isLowLatency: Boolean(hls.lowLatencyMode && details?.canBlockReload && details.partList?.length),
    playedSeconds: video.currentTime - from,
    pictures: video.getVideoPlaybackQuality().totalVideoFrames,
    dropped: video.getVideoPlaybackQuality().droppedVideoFrames,
  };
  // The ticks are final when no more keys are requested and the last request is answered.
  hls.destroy();
  await lastPurchase.catch(() => {});
  return {
    ...playback,
    stalls: report.stalls,
    fatalErrors: report.fatalErrors,
    errors: report.errors.slice(0, 20),
    revealedTicks: payer.revealedTicks,
    chargedTicks: payer.chargedTicks,
    token: payer.token,
  };
}

const browser = await chromium
  .launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
  })
  .catch((error) => {
    console.error(`Chromium cannot be run: install it, or set CHROMIUM to its path. ${error}`);
    process.exit(1);
  });
try {
  const page = await browser.newPage();
  const library = createRequire(import.meta.url).resolve("hls.js/dist/hls.min.js");
  const body = "<!doctype html><title>player</title><video muted playsinline></video>";
  await page.route(`${input.gateway}/test/player.html`, (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto(`${input.gateway}/test/player.html`);
  await page.addScriptTag({ path: library });
  const report = await page.evaluate(play, { ...input, slackMs: SLACK_MS });
  process.stdout.write(JSON.stringify(report));
} finally {
  await browser.close();
}
