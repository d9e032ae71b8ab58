// The loader that hls.js fetches everything with; keys go to the purse instead. A key that cannot be paid for stays
// pending: hls.js gives a failed key up after a few seconds for good, but a pending one it awaits for ever.

import type {
  HlsConfig,
  KeyLoaderContext,
  Loader,
  LoaderCallbacks,
  LoaderConfiguration,
  LoaderContext,
  LoaderStats,
} from "hls.js";
import { isAbort } from "../common/errors";
import { costOf, KeyGoneError, type Purse } from "../pay";

type LoaderClass = new (config: HlsConfig) => Loader<LoaderContext>;

/** hls.js tells keys apart by this; its own enumeration would pull the whole library in here. */
const KEY = "key";
/** What a key that is not sold any more is answered with. */
const GONE = 410;

function isKey(context: LoaderContext): context is KeyLoaderContext {
  return "type" in context && context.type === KEY && "frag" in context;
}

/** The index is the last part of the key's path. */
export function indexOf(uri: string): number | null {
  const digits = /\/keys\/(\d{1,15})(?:[?#]|$)/.exec(uri)?.[1];
  return digits === undefined ? null : Number(digits);
}

/**
 * How long the segment will be. One that still grows is sold as a whole, at the length that the playlist promises; it has
 * no address of its own yet, only its parts have.
 */
export function secondsOf(frag: KeyLoaderContext["frag"], targetS: number | null): number {
  return frag.relurl ? frag.duration : Math.max(frag.duration, targetS ?? 0);
}

/** Makes the class of loaders that buy from this purse. `targetS` is the segments' length by the playlist. */
export function loadersOf(Base: LoaderClass, purse: Purse, targetS: () => number | null): LoaderClass {
  return class PayingLoader implements Loader<LoaderContext> {
    context: LoaderContext | null = null;
    readonly #inner: Loader<LoaderContext>;
    readonly #calling = new AbortController();
    #callbacks: LoaderCallbacks<LoaderContext> | null = null;

    constructor(config: HlsConfig) {
      this.#inner = new Base(config);
    }

    get stats(): LoaderStats {
      return this.#inner.stats;
    }

    load(context: LoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<LoaderContext>): void {
      this.context = context;
      if (!isKey(context)) {
        this.#inner.load(context, config, callbacks);
        return;
      }
      this.#callbacks = callbacks;
      this.stats.loading.start = performance.now();
      void this.#buy(context, callbacks);
    }

    async #buy(context: KeyLoaderContext, callbacks: LoaderCallbacks<LoaderContext>): Promise<void> {
      const { stats } = this;
      const index = indexOf(context.url);
      if (index === null) {
        callbacks.onError({ code: GONE, text: "not a key of this gateway" }, context, null, stats);
        return;
      }
      const costTicks = costOf(secondsOf(context.frag, targetS()));
      try {
        const key = await purse.key({ index, costTicks, signal: this.#calling.signal });
        if (this.#calling.signal.aborted) return;
        const data = key.slice().buffer;
        stats.loaded = stats.total = data.byteLength;
        stats.loading.first = stats.loading.end = performance.now();
        callbacks.onSuccess({ url: context.url, data, code: 200 }, stats, context, null);
      } catch (error) {
        if (isAbort(error) || this.#calling.signal.aborted) return;
        const text = error instanceof KeyGoneError ? "the key is not sold any more" : "the key could not be bought";
        callbacks.onError({ code: GONE, text }, context, null, stats);
      }
    }

    abort(): void {
      if (this.#callbacks === null || this.context === null) {
        this.#inner.abort();
        return;
      }
      if (this.#calling.signal.aborted) return;
      this.stats.aborted = true;
      this.#calling.abort();
      this.#callbacks.onAbort?.(this.stats, this.context, null);
    }

    destroy(): void {
      this.#calling.abort();
      this.#callbacks = null;
      this.#inner.destroy();
    }

    getCacheAge = (): number | null => this.#inner.getCacheAge?.() ?? null;

    getResponseHeader = (name: string): string | null => this.#inner.getResponseHeader?.(name) ?? null;
  };
}
