// Players in Chromium: hls.js and Shaka, each in a page of its own with nothing but a video.

import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { until } from "../support/ports";
import { type Played, type Player, pause } from "./player";

const START_WITHIN_MS = 60_000;
const HLS_JS = join(import.meta.dirname, "..", "..", "node_modules", "hls.js");
const BEGIN: Readonly<Record<string, string>> = {
  hls: `const hls = new Hls();
    hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) window.failure = data.details; });
    hls.loadSource(url);
    hls.attachMedia(video);`,
  // In its low-latency mode, version 5.2 often keeps only the first part of each segment in its buffer.
  shaka: `const player = new shaka.Player();
    player.configure({ streaming: { lowLatencyMode: false } });
    player.addEventListener("error", ({ detail }) => { window.failure = "error " + detail.code; });
    await player.attach(video);
    await player.load(url);`,
};

const pageOf = (kind: string) => `<!doctype html><title>${kind}</title>
<video muted autoplay playsinline width=640 height=360></video>
<script src="/${kind}.js"></script>
<script type="module">
const video = document.querySelector("video");
const url = new URLSearchParams(location.search).get("url");
try {
  ${BEGIN[kind]}
} catch (error) {
  window.failure = String(error.code ?? error);
}
</script>`;

/** Serves the pages and the libraries. Media comes from another origin, as on any page that embeds a stream. */
async function servePages(libraries: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer(({ url = "/" }, response) => {
    const path = new URL(url, "http://pages").pathname.slice(1);
    const library = path.endsWith(".js") ? libraries[path.slice(0, -3)] : undefined;
    if (library) response.setHeader("content-type", "text/javascript").end(readFileSync(library));
    else if (path in libraries) response.setHeader("content-type", "text/html").end(pageOf(path));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function shown(): { seconds: number; frames: number; failure: string | null } {
  const video = document.querySelector("video");
  let seconds = 0;
  for (let range = 0; video && range < video.played.length; range++) {
    seconds += video.played.end(range) - video.played.start(range);
  }
  const failure = (Reflect.get(window, "failure") as string | undefined) ?? null;
  return { seconds, frames: video?.getVideoPlaybackQuality().totalVideoFrames ?? 0, failure };
}

async function playIn(browser: Browser, pages: string, kind: string, url: string, seconds: number): Promise<Played> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${pages}/${kind}?url=${encodeURIComponent(url)}`);
    const read = async () => {
      const now = await page.evaluate(shown);
      if (now.failure !== null) throw new Error(`${kind} has failed: ${now.failure}`);
      return now;
    };
    await until("the first picture", async () => (await read()).seconds > 0, START_WITHIN_MS);
    await pause(seconds * 1000);
    const { frames, seconds: played } = await read();
    return { seconds: played, frames };
  } finally {
    await context.close();
  }
}

/** The players that run in this browser. `shaka` is the folder of the package, if it is installed. */
export async function playersIn(
  browser: Browser,
  shaka: string | undefined,
): Promise<{ readonly players: Player[]; readonly missing: string[]; stop(): void }> {
  const versionOf = (folder: string) =>
    JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version as string;
  const libraries: Record<string, string> = { hls: join(HLS_JS, "dist", "hls.min.js") };
  if (shaka) libraries["shaka"] = join(shaka, "dist", "shaka-player.compiled.js");
  const server = await servePages(libraries);
  const pages = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const player = (kind: string, name: string): Player => ({
    name,
    play: (url, seconds) => playIn(browser, pages, kind, url, seconds),
  });
  const players = [player("hls", `hls.js ${versionOf(HLS_JS)}`)];
  if (shaka) players.push(player("shaka", `Shaka ${versionOf(shaka)}`));
  return { players, missing: shaka ? [] : ["Shaka"], stop: () => server.close() };
}
