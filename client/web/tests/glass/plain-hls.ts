// Plain HLS from nginx with its RTMP module, with hls.js in its usual configuration: what the gateway is compared with.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort, until } from "../support/ports";

const CONFIGURATION = join(import.meta.dirname, "..", "..", "..", "..", "scripts", "bench.d", "nginx-rtmp.conf");
const HLS_JS = join(import.meta.dirname, "..", "..", "node_modules", "hls.js", "dist", "hls.light.min.js");
const NAME = "clock";
/** Where distributions keep the module. */
const MODULES = ["/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules"].map((folder) =>
  join(folder, "ngx_rtmp_module.so"),
);
const HINT = "install it, on Debian with: sudo apt-get install nginx-light libnginx-mod-rtmp";

const PAGE = `<!doctype html><title>Plain HLS</title><video muted autoplay playsinline width=640 height=360></video>
<script src="hls.js"></script><script>
const hls = new Hls();
hls.loadSource("hls/${NAME}.m3u8");
hls.attachMedia(document.querySelector("video"));
window.latency = () => hls.latency;
</script>`;

/** An nginx that takes a stream by RTMP, and has a page that plays it. */
export interface PlainHls {
  readonly page: string;
  readonly rtmp: string;
  readonly nginx: ChildProcess;
  /** Waits until the playlist has enough segments for a player to begin. */
  untilWritten(): Promise<unknown>;
}

export async function startPlainHls(folder: string): Promise<PlainHls> {
  const module = MODULES.find(existsSync);
  if (!module) throw new Error(`nginx has no RTMP module; ${HINT}`);
  const files = join(folder, "files");
  const segments = join(files, "hls");
  await mkdir(segments, { recursive: true });
  // nginx reads the files as another user, and writes the segments as that user.
  for (const path of [folder, files]) await chmod(path, 0o755);
  await chmod(segments, 0o777);
  await writeFile(join(files, "index.html"), PAGE);
  await copyFile(HLS_JS, join(files, "hls.js"));
  const [port, rtmpPort] = [await freePort(), await freePort()];
  const configuration = (await readFile(CONFIGURATION, "utf8"))
    .replaceAll("@FOLDER@", folder)
    .replaceAll("@MODULE@", module)
    .replaceAll("@RTMP_PORT@", String(rtmpPort))
    .replaceAll("@PORT@", String(port));
  const file = join(folder, "nginx.conf");
  await writeFile(file, configuration);
  const path = `${process.env["PATH"]}:/usr/sbin`;
  const nginx = spawn("nginx", ["-c", file, "-e", join(folder, "error.log")], {
    stdio: "ignore",
    env: { ...process.env, PATH: path },
  });
  const hasFailed = new Promise<never>((_, reject) => {
    nginx.once("error", (error) => reject(new Error(`nginx cannot be run; ${HINT}`, { cause: error })));
  });
  const page = `http://127.0.0.1:${port}/index.html`;
  await Promise.race([hasFailed, until("nginx", async () => (await fetch(page)).ok, 10_000)]);
  const playlist = join(segments, `${NAME}.m3u8`);
  const isWritten = async () => (await readFile(playlist, "utf8")).split("#EXTINF").length > 4;
  const untilWritten = () => until("three segments", isWritten, 60_000);
  return { page, rtmp: `rtmp://127.0.0.1:${rtmpPort}/live/${NAME}`, nginx, untilWritten };
}
