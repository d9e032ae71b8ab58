// The whole platform for the tests: node, gateway, a publisher and a viewer, started by `vilokanam dev` on free ports.
// The gateway serves the built pages, with its usual content security policy. VILOKANAM_BIN_DIR is the folder of the
// three binaries. VILOKANAM_PAGES_URL is another address at which the pages are served.

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

/** Addresses of a running platform. Plain values, which can be provided to every test file. */
export interface Place {
  /** URL of the pages. */
  readonly pages: string;
  readonly gateway: string;
  readonly node: string;
  /** Folder of the binaries. */
  readonly bin: string;
  /** Folder for keys and data, removed with the platform. */
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
    throw new Error("VILOKANAM_BIN_DIR must be the folder of vilokanam, vilokanam-node and vilokanam-gateway");
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

/** Starts everything. Resolves when the first stream is on air. */
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

/** A test file's access to the platform. */
export class Stage {
  readonly place: Place;
  readonly #publishers: ChildProcess[] = [];

  constructor(place: Place) {
    this.place = place;
  }

  /** Runs `vilokanam` as a development account, and returns its JSON output. */
  async cli<T>(suri: string, ...args: readonly string[]): Promise<T> {
    const { node, gateway, bin, folder } = this.place;
    const key = join(folder, `${suri.replace(/\W/g, "")}.key`);
    await writeFile(key, suri, { mode: 0o600 });
    const at = ["--node", node, "--gateway", gateway, "--key-file", key, "--data-dir", join(folder, "cli"), "--json"];
    const attempt = () => run(join(bin, "vilokanam"), [...args, ...at]);
    // Another file may spend from the same account at this moment. What was not included has done nothing.
    const again = (error: unknown) => {
      if (String(error).includes("another extrinsic took its nonce")) return attempt();
      throw error;
    };
    const { stdout } = await attempt().catch(again).catch(again);
    return JSON.parse(stdout) as T;
  }

  /** The fee for opening a session, in planck. */
  async openFee(): Promise<bigint> {
    const answer = await fetch(`${this.place.gateway}/v1/gateway`);
    return BigInt(((await answer.json()) as { open_fee: string }).open_fee);
  }

  /** Publishes to a stream with a publish key, until {@link Stage.leave}. */
  publish(rtmpUrl: string, streamKey: string): void {
    this.#publishers.push(startPublisher(rtmpUrl, streamKey));
  }

  async leave(): Promise<void> {
    await Promise.all(this.#publishers.map(end));
  }
}
