// The loader with which hls.js fetches everything. Keys come from the key provider instead. A key that cannot be paid
// for stays pending: hls.js gives up a failed key for good after a few seconds, but waits for a pending one without
// limit.

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
import { costOf, type KeyProvider, KeyUnavailableError } from "../pay";

type LoaderClass = new (config: HlsConfig) => Loader<LoaderContext>;

/** The type of a key request in hls.js. Importing its enumeration would import the whole library. */
const KEY = "key";
/** HTTP status of a key that is not available any more. */
const GONE = 410;

function isKey(context: LoaderContext): context is KeyLoaderContext {
  return "type" in context && context.type === KEY && "frag" in context;
}

/** The index of a key: the last part of its path. Null if the URI is not a key of this gateway. */
export function indexOf(uri: string): number | null {
  const digits = /\/keys\/(\d{1,15})(?:[?#]|$)/.exec(uri)?.[1];
  return digits === undefined ? null : Number(digits);
}

/**
 * The length of a segment in seconds. A segment that is still growing has no URL yet, only its parts have. Its key
 * costs as much as a whole segment, of the length that the playlist announces.
 */
export function secondsOf(frag: KeyLoaderContext["frag"], targetS: number | null): number {
  return frag.relurl ? frag.duration : Math.max(frag.duration, targetS ?? 0);
}

/** Makes the class of loaders that get keys from `keyProvider`. `targetS` is the length of segments in the playlist. */
export function loadersOf(Base: LoaderClass, keyProvider: KeyProvider, targetS: () => number | null): LoaderClass {
  return class PayingLoader implements Loader<LoaderContext> {
    context: LoaderContext | null = null;
    readonly #inner: Loader<LoaderContext>;
    readonly #controller = new AbortController();
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
        const key = await keyProvider.key({ index, costTicks, signal: this.#controller.signal });
        if (this.#controller.signal.aborted) return;
        const data = key.slice().buffer;
        stats.loaded = stats.total = data.byteLength;
        stats.loading.first = stats.loading.end = performance.now();
        callbacks.onSuccess({ url: context.url, data, code: 200 }, stats, context, null);
      } catch (error) {
        if (isAbort(error) || this.#controller.signal.aborted) return;
        const text = error instanceof KeyUnavailableError ? "the key is not available" : "the key could not be bought";
        callbacks.onError({ code: GONE, text }, context, null, stats);
      }
    }

    abort(): void {
      if (this.#callbacks === null || this.context === null) {
        this.#inner.abort();
        return;
      }
      if (this.#controller.signal.aborted) return;
      this.stats.aborted = true;
      this.#controller.abort();
      this.#callbacks.onAbort?.(this.stats, this.context, null);
    }

    destroy(): void {
      this.#controller.abort();
      this.#callbacks = null;
      this.#inner.destroy();
    }

    getCacheAge = (): number | null => this.#inner.getCacheAge?.() ?? null;

    getResponseHeader = (name: string): string | null => this.#inner.getResponseHeader?.(name) ?? null;
  };
}
