// `vilokanam watch --serve`: an address at which players play, and what was paid for it.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Place } from "../support/platform";
import { until } from "../support/ports";
import { end, run } from "../support/processes";

const WITHIN_MS = 60_000;
/** In VLK: more than the price of two hours, which is reserved while two sessions are open. */
const DEPOSIT = "40";

/** What was paid for one player. */
export interface Bill {
  /** Number of segments whose keys were bought. */
  readonly keys: number;
  /** Seconds that were paid. */
  readonly ticks: number;
  /** Planck, fees for opening sessions included. */
  readonly spent: string;
}

/** A viewer with a wallet and keys of its own, so that nothing was bought before. */
export class Viewer {
  readonly #place: Place;
  readonly #options: readonly string[];

  private constructor(place: Place, options: readonly string[]) {
    this.#place = place;
    this.#options = options;
  }

  /** Makes a deposit from a development account. */
  static async withDeposit(place: Place, suri: string): Promise<Viewer> {
    const folder = join(place.folder, suri.replace(/\W/g, ""));
    await mkdir(folder, { recursive: true });
    const key = join(folder, "wallet.key");
    await writeFile(key, suri, { mode: 0o600 });
    const at = ["--node", place.node, "--gateway", place.gateway, "--key-file", key, "--data-dir", folder];
    await run(join(place.bin, "vilokanam"), ["deposit", DEPOSIT, ...at]);
    return new Viewer(place, at);
  }

  /** Serves a stream, or a recording of it, to one player. */
  async serve(stream: string, recording: number | null): Promise<LocalAddress> {
    const what = recording === null ? [] : ["--recording", String(recording)];
    const words = ["watch", stream, "--serve", "127.0.0.1:0", "--no-preview", "--json", ...what, ...this.#options];
    const program = spawn(join(this.#place.bin, "vilokanam"), words, { stdio: ["ignore", "pipe", "pipe"] });
    const served = new LocalAddress(program);
    await served.untilReady();
    return served;
  }
}

/** An address that one player plays. */
export class LocalAddress {
  readonly #program: ChildProcess;
  #out = "";
  #notes = "";
  url = "";

  constructor(program: ChildProcess) {
    this.#program = program;
    program.stdout?.on("data", (text) => {
      this.#out += text;
    });
    program.stderr?.on("data", (text) => {
      this.#notes += text;
    });
  }

  async untilReady(): Promise<void> {
    const address = async () => /^Play (http:\S+)/m.exec(this.#notes)?.[1] ?? null;
    try {
      this.url = await until("the local address", address, WITHIN_MS);
    } catch (error) {
      await end(this.#program);
      throw new Error(`vilokanam watch --serve: ${this.#notes}`, { cause: error });
    }
  }

  /** Players that were refused, as the program reports them. */
  get refusals(): readonly string[] {
    return this.#notes.split(/[\r\n]+/).filter((line) => line.startsWith("A player was refused"));
  }

  /** Leaves: settles and closes the session. */
  async leave(): Promise<Bill> {
    const gone = new Promise<void>((resolve) => this.#program.once("close", () => resolve()));
    this.#program.kill("SIGINT");
    await gone;
    const bill = JSON.parse(this.#out) as { keys: number; ticks: number; spent: string };
    return { keys: bill.keys, ticks: bill.ticks, spent: bill.spent };
  }
}
