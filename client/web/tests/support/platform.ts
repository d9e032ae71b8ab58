// The whole platform for a test: node, gateway and a publisher through `vilokanam dev`, on ports of its own. The gateway
// serves the built pages, under the policy that it serves them with everywhere. VILOKANAM_BIN_DIR names the folder of the
// three binaries; VILOKANAM_PAGES_URL another address where the pages are served.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, until } from "./ports";

const START_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 30_000;
const PAGES = join(import.meta.dirname, "..", "..", "dist");
const run = promisify(execFile);

export interface Platform {
  /** Where the pages are. */
  readonly pages: string;
  readonly gateway: string;
  readonly node: string;
  /** Runs the command line as one of the development accounts; answers what it prints as JSON. */
  cli(suri: string, ...args: readonly string[]): Promise<unknown>;
  /** Publishes a test picture to a stream with a publish key, until stopped. */
  publish(rtmpUrl: string, streamKey: string): ChildProcess;
  stop(): Promise<void>;
}

function binDir(): string {
  const folder = process.env["VILOKANAM_BIN_DIR"];
  if (!folder || !existsSync(join(folder, "vilokanam"))) {
    throw new Error("VILOKANAM_BIN_DIR must name the folder of vilokanam, vilokanam-node and vilokanam-gateway");
  }
  return folder;
}

/** A process and everything that it has started, by the system's own table. */
async function familyOf(pid: number): Promise<number[]> {
  const { stdout } = await run("ps", ["-eo", "pid=,ppid="]);
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const family = [pid];
  for (const parent of family) {
    for (const [child, its] of pairs) if (its === parent && child !== undefined) family.push(child);
  }
  return family;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has gone by itself.
  }
}

/** Ends a process: asks it first, for it ends its own children in order; what is left when time is up is ended for it. */
async function end(child: ChildProcess, withinMs: number): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const family = await familyOf(child.pid);
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const killAll = () => {
    for (const pid of family) signal(pid, "SIGKILL");
  };
  signal(child.pid, "SIGINT");
  const timer = setTimeout(killAll, withinMs);
  await gone;
  clearTimeout(timer);
  killAll();
}

interface Ports {
  readonly rpc: number;
  readonly http: number;
  readonly rtmp: number;
}

function startDev(bin: string, folder: string, clip: string, ports: Ports): ChildProcess {
  const args = ["dev", "--viewers", "1", "--input", clip, "--folder", join(folder, "data"), "--pages", PAGES];
  args.push("--rpc-port", String(ports.rpc), "--http-port", String(ports.http), "--rtmp-port", String(ports.rtmp));
  // A group of its own, so that it can be ended with all that it started.
  return spawn(join(bin, "vilokanam"), args, { stdio: "ignore", detached: true });
}

/** Small and slow pictures: what is tried here is paying, not transcoding, and test machines have little to spare. */
const PICTURE = "size=320x180:rate=15";
const ENCODING = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "30", "-pix_fmt", "yuv420p"];
const SOUND = ["-c:a", "aac", "-b:a", "64k"];
const CLIP_S = 20;

/** The clip that the first stream repeats. */
async function makeClip(folder: string): Promise<string> {
  const file = join(folder, "clip.mp4");
  const inputs = [
    "-f",
    "lavfi",
    "-i",
    `testsrc2=${PICTURE}`,
    "-f",
    "lavfi",
    "-i",
    "sine=frequency=440:sample_rate=48000",
  ];
  await run("ffmpeg", ["-loglevel", "error", ...inputs, ...ENCODING, ...SOUND, "-t", String(CLIP_S), file]);
  return file;
}

/** Moving colours with a tone, sent as an encoder would send them. */
function publisher(rtmpUrl: string, streamKey: string): ChildProcess {
  // Each input at its own pace: sound that runs ahead of its picture is not what encoders send.
  const inputs = [
    "-re",
    "-f",
    "lavfi",
    "-i",
    `gradients=${PICTURE}:speed=0.03:c0=0xffb52e:c1=0x5b2a86:c2=0x14213d:n=3`,
  ];
  inputs.push("-re", "-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000");
  const args = ["-loglevel", "error", ...inputs, ...ENCODING, ...SOUND, "-f", "flv", `${rtmpUrl}/${streamKey}`];
  return spawn("ffmpeg", args, { stdio: "ignore", detached: true });
}

/** Starts everything; ready when the first stream is on air. */
export async function startPlatform(): Promise<Platform> {
  const bin = binDir();
  const folder = await mkdtemp(join(tmpdir(), "vilokanam-pages-"));
  const ports: Ports = { rpc: await freePort(), http: await freePort(), rtmp: await freePort() };
  const dev = startDev(bin, folder, await makeClip(folder), ports);
  const gateway = `http://127.0.0.1:${ports.http}`;
  const node = `ws://127.0.0.1:${ports.rpc}`;
  const publishers: ChildProcess[] = [];
  const stop = async () => {
    await Promise.all(publishers.map((child) => end(child, STOP_WITHIN_MS)));
    await end(dev, STOP_WITHIN_MS);
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  try {
    const isOnAir = async () => (await fetch(`${gateway}/v1/streams/0/hls/master.m3u8`)).ok;
    await until("the first stream on air", isOnAir, START_WITHIN_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pages: process.env["VILOKANAM_PAGES_URL"]?.replace(/\/$/, "") ?? gateway,
    gateway,
    node,
    async cli(suri, ...args) {
      const key = join(folder, `${suri.replace(/\W/g, "")}.key`);
      await writeFile(key, suri, { mode: 0o600 });
      const common = [
        "--node",
        node,
        "--gateway",
        gateway,
        "--key-file",
        key,
        "--data-dir",
        join(folder, "cli"),
        "--json",
      ];
      const { stdout } = await run(join(bin, "vilokanam"), [...args, ...common]);
      return JSON.parse(stdout);
    },
    publish(rtmpUrl, streamKey) {
      const child = publisher(rtmpUrl, streamKey);
      publishers.push(child);
      return child;
    },
    stop,
  };
}
