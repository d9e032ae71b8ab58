// Keys that this viewer has paid for earlier, in any session and on any device. The gateway gives them again without
// payment, to a session key of the viewer.

import { toHex } from "../common/bytes";
import { GatewayError } from "../gateway/problem";
import type { KeyRange, ViewerProof } from "../gateway/video";
import type { BoughtPort } from "./environment";

const DOMAIN = "vilokanam/bought/v1";
/** Number of keys that are requested at a time: a minute of video. */
const KEYS_AT_ONCE = 30;
/** Number that stands before an Ed25519 signature in a SCALE `MultiSignature`. */
const ED25519_KIND = 0;

/** What a proof asks for: keys from `first` on, which keys were bought, a recording as a file, or a clip. */
export type Wanted =
  | { readonly first: number; readonly count: number }
  | { readonly recording: number }
  | "all"
  | "clip";

function keysOf(wanted: Wanted): string {
  if (wanted === "all") return wanted;
  if (wanted === "clip") return "of a clip";
  if ("recording" in wanted) return `of recording ${wanted.recording}, for a download`;
  return `${wanted.first}+${wanted.count}`;
}

/** The text that a proof signs. It names the gateway, so that no other gateway can use it. */
export function proofMessage(gateway: string, stream: string, wanted: Wanted, timeMs: number): Uint8Array<ArrayBuffer> {
  const lines = [DOMAIN, `gateway ${gateway}`, `stream ${stream}`, `keys ${keysOf(wanted)}`, `time ${timeMs}`];
  return new TextEncoder().encode(lines.join("\n"));
}

/** The range that has a key; null if none does. */
export function rangeOf(index: number, ranges: readonly KeyRange[]): KeyRange | null {
  return ranges.find(({ first, last }) => first <= index && index <= last) ?? null;
}

/** The share of a recording's keys that are bought, from 0 to 1. */
export function boughtShare({ first, last }: KeyRange, ranges: readonly KeyRange[]): number {
  const total = last - first + 1;
  if (total <= 0) return 0;
  const bought = ranges.map((range) => Math.max(0, Math.min(range.last, last) - Math.max(range.first, first) + 1));
  return Math.min(1, bought.reduce((sum, count) => sum + count, 0) / total);
}

/** The bought keys of one viewer and stream. Ranges are requested once; keys in batches, in order of their use. */
export class BoughtKeys {
  readonly #port: BoughtPort;
  readonly #stream: string;
  readonly #viewer: string;
  #ranges: Promise<readonly KeyRange[]> | null = null;
  #keys = new Map<number, Uint8Array>();

  constructor(port: BoughtPort, stream: string, viewer: string) {
    this.#port = port;
    this.#stream = stream;
    this.#viewer = viewer;
  }

  /** Signs a proof; null if this browser has no session key of the viewer. */
  async proof(wanted: Wanted): Promise<ViewerProof | null> {
    const { account, genesis_hash } = await this.#port.info();
    const key = await this.#port.sessionKey(genesis_hash, this.#viewer);
    if (!key) return null;
    const time = this.#port.now();
    const signature = await key.sign(proofMessage(account, this.#stream, wanted, time));
    const typed = new Uint8Array([ED25519_KIND, ...signature]);
    return { viewer: this.#viewer, session_key: key.address, time_ms: time, signature: toHex(typed) };
  }

  /** The ranges that were bought. Empty if the gateway does not say: then keys are paid for as usual. */
  ranges(): Promise<readonly KeyRange[]> {
    this.#ranges ??= this.#loadRanges().catch(() => {
      this.#ranges = null;
      return [];
    });
    return this.#ranges;
  }

  async #loadRanges(): Promise<readonly KeyRange[]> {
    const proof = await this.proof("all");
    return proof ? this.#port.bought(this.#stream, proof) : [];
  }

  /** A bought key; null if it has to be paid for. */
  async key(index: number): Promise<Uint8Array | null> {
    const range = rangeOf(index, await this.ranges());
    if (!range) return null;
    const known = this.#keys.get(index);
    if (known) return known;
    const count = Math.min(KEYS_AT_ONCE, range.last - index + 1);
    const proof = await this.proof({ first: index, count });
    if (!proof) return null;
    try {
      const keys = await this.#port.boughtKeys(this.#stream, index, count, proof);
      // Only the last batch is kept: playback moves on.
      this.#keys = new Map(keys.map((key, at) => [index + at, key]));
      return this.#keys.get(index) ?? null;
    } catch (error) {
      // A refusal means that the key has to be paid for. Other failures are tried again before anything is paid.
      if (error instanceof GatewayError && !error.isTransient) return null;
      throw error;
    }
  }
}
