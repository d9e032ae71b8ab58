// The whole platform for the tests: node, gateway, a publisher and a viewer through `vilokanam dev`, on ports of its own.
// The gateway serves the built pages, under the policy that it serves them with everywhere. VILOKANAM_BIN_DIR names the
// folder of the three binaries; VILOKANAM_PAGES_URL another address where the pages are served.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeClip, startPublisher } from "./pictures";
import { freePort, until } from "./ports";
import { end, run } from "./processes";

const START_WITHIN_MS = 180_000;
const PAGES = join(import.meta.dirname, "..", "..", "dist");

/** Where a running platform is: plain values, so that every file of tests can be told. */
export interface Place {
  /** Where the pages are. */
  readonly pages: string;
  readonly gateway: string;
  readonly node: string;
  /** Of the binaries. */
  readonly bin: string;
  /** For keys and data; it goes with the platform. */
  readonly folder: string;
}

declare module "vitest" {
  interface ProvidedContext {
    place: Place;
  }
}

function binDir(): string {
  const folder = process.env["VILOKANAM_BIN_DIR"];
  if (!folder || !existsSync(join(folder, "vilokanam"))) {
    throw new Error("VILOKANAM_BIN_DIR must name the folder of vilokanam, vilokanam-node and vilokanam-gateway");
  }
  return folder;
}

interface Ports {
  readonly rpc: number;
  readonly http: number;
  readonly rtmp: number;
}

function startDev(bin: string, folder: string, clip: string, ports: Ports): ChildProcess {
  const args = ["dev", "--viewers", "1", "--input", clip, "--folder", join(folder, "data"), "--pages", PAGES];
  args.push("--rpc-port", String(ports.rpc), "--http-port", String(ports.http), "--rtmp-port", String(ports.rtmp));
  return spawn(join(bin, "vilokanam"), args, { stdio: "ignore" });
}

/** Starts everything; ready when the first stream is on air. */
export async function startPlatform(): Promise<{ readonly place: Place; stop(): Promise<void> }> {
  const bin = binDir();
  const folder = await mkdtemp(join(tmpdir(), "vilokanam-pages-"));
  const ports: Ports = { rpc: await freePort(), http: await freePort(), rtmp: await freePort() };
  const clip = join(folder, "clip.mp4");
  await makeClip(clip);
  const dev = startDev(bin, folder, clip, ports);
  const stop = async () => {
    await end(dev);
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  const gateway = `http://127.0.0.1:${ports.http}`;
  const pages = process.env["VILOKANAM_PAGES_URL"]?.replace(/\/$/, "") ?? gateway;
  try {
    const isOnAir = async () => {
      if (dev.exitCode !== null) throw new Error(`vilokanam dev has ended with ${dev.exitCode}`);
      return (await fetch(`${gateway}/v1/streams/0/hls/master.m3u8`)).ok;
    };
    await until("the first stream on air", isOnAir, START_WITHIN_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  return { place: { pages, gateway, node: `ws://127.0.0.1:${ports.rpc}`, bin, folder }, stop };
}

/** What a file of tests does with the platform. */
export class Stage {
  readonly place: Place;
  readonly #publishers: ChildProcess[] = [];

  constructor(place: Place) {
    this.place = place;
  }

  /** Runs the command line as one of the development accounts; answers what it prints as JSON. */
  async cli<T>(suri: string, ...args: readonly string[]): Promise<T> {
    const { node, gateway, bin, folder } = this.place;
    const key = join(folder, `${suri.replace(/\W/g, "")}.key`);
    await writeFile(key, suri, { mode: 0o600 });
    const at = ["--node", node, "--gateway", gateway, "--key-file", key, "--data-dir", join(folder, "cli"), "--json"];
    const { stdout } = await run(join(bin, "vilokanam"), [...args, ...at]);
    return JSON.parse(stdout) as T;
  }

  /** Publishes moving colours to a stream with a publish key, until this is left. */
  publish(rtmpUrl: string, streamKey: string): void {
    this.#publishers.push(startPublisher(rtmpUrl, streamKey));
  }

  async leave(): Promise<void> {
    await Promise.all(this.#publishers.map(end));
  }
}
