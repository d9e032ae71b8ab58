// The form for a stream: its fields as they were typed, their errors, and their conversion to the chain's form.

import { type ClearPreview, isAddress, type NewStream, type StreamChange, toChainAddress } from "../chain";
import { formatVlk, PLANCK_PER_VLK, PPM, parseVlk, vlk, vlkError } from "../common/amounts";
import type { StreamView } from "../gateway";

/** Maximum length of a stream's metadata on chain, in bytes of JSON. */
const MAX_METADATA_BYTES = 2_048;
/** Maximum number of shares on chain. */
export const MAX_SPLITS = 8;
const MAX_PREVIEW_S = 600;
const MAX_TAGS = 8;
/** The share that gateways take by default. */
const GATEWAY_SHARE_PPM = 100_000;
const PPM_PER_PERCENT = 10_000;

export const CATEGORIES = ["Music", "Games", "Talk", "Sport", "Teaching", "Art", "Nature", "Code", "Cooking", "Events"];

export interface SplitDraft {
  /** Identifies the row while it is edited. */
  readonly id: number;
  readonly account: string;
  readonly percent: string;
}

export interface StreamDraft {
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly tags: string;
  readonly thumbnail: string;
  readonly clearPreview: ClearPreview;
  readonly price: string;
  readonly previewS: string;
  readonly splits: readonly SplitDraft[];
  readonly gatewaySharePpm: number;
}

export const EMPTY_DRAFT: StreamDraft = {
  title: "",
  description: "",
  category: "",
  tags: "",
  thumbnail: "",
  clearPreview: "off",
  price: formatVlk(PLANCK_PER_VLK / 500n),
  previewS: "30",
  splits: [],
  gatewaySharePpm: GATEWAY_SHARE_PPM,
};

/** The fields for a stream that is to be changed. */
export function draftOf(stream: StreamView): StreamDraft {
  const { metadata } = stream;
  return {
    title: metadata.title ?? "",
    description: metadata.description ?? "",
    category: metadata.category ?? "",
    tags: (metadata.tags ?? []).join(", "),
    thumbnail: metadata.thumbnail ?? "",
    clearPreview: metadata.clear_preview ?? "off",
    price: formatVlk(BigInt(stream.price_per_tick), 12),
    previewS: String(stream.preview_ticks),
    splits: stream.splits.map((split, id) => ({
      id,
      account: split.account,
      percent: String(split.share_ppm / PPM_PER_PERCENT),
    })),
    gatewaySharePpm: stream.gateway_share_ppm,
  };
}

/** Converts a percentage to millionths; null unless it is a number from 0 to 100 with at most four decimals. */
function ppmOf(percent: string): number | null {
  if (!/^\d{1,3}([.,]\d{1,4})?$/.test(percent.trim())) return null;
  const ppm = Math.round(Number(percent.trim().replace(",", ".")) * PPM_PER_PERCENT);
  return ppm <= PPM ? ppm : null;
}

/** Sum of the shares in millionths; null if one of them is not valid. */
export function splitSum(draft: StreamDraft): number | null {
  let sum = 0;
  for (const { percent } of draft.splits) {
    const ppm = ppmOf(percent);
    if (ppm === null) return null;
    sum += ppm;
  }
  return sum;
}

export type DraftErrors = Partial<Record<"title" | "price" | "previewS" | "tags" | "splits" | "size", string>>;

function splitsError(draft: StreamDraft): string | null {
  const accounts = draft.splits.map(({ account }) => toChainAddress(account));
  if (draft.splits.some(({ account }) => !isAddress(account))) return "Each share needs the address of an account.";
  if (new Set(accounts).size < accounts.length) return "An account is listed twice. Add its shares together.";
  const sum = splitSum(draft);
  if (sum === null) return "Each share must be a percentage, for example 12.5.";
  return sum > PPM ? `The shares add up to ${sum / PPM_PER_PERCENT} %, which is more than 100 %.` : null;
}

/** What is wrong with each field. */
export function errorsOf(draft: StreamDraft, minPrice: bigint): DraftErrors {
  const errors: DraftErrors = {};
  const price = parseVlk(draft.price);
  if (draft.title.trim() === "") errors.title = "A stream needs a title.";
  const priceError = vlkError(draft.price, "0.002");
  if (priceError) errors.price = priceError;
  else if (price !== null && price < minPrice) errors.price = `The minimum is ${vlk(minPrice, 12)} per second.`;
  if (!/^\d{1,3}$/.test(draft.previewS.trim()) || Number(draft.previewS) > MAX_PREVIEW_S) {
    errors.previewS = `Enter a whole number of seconds, at most ${MAX_PREVIEW_S}.`;
  }
  if (tagsOf(draft.tags).length > MAX_TAGS) errors.tags = `Enter at most ${MAX_TAGS} tags.`;
  const splits = splitsError(draft);
  if (splits) errors.splits = splits;
  const bytes = new TextEncoder().encode(JSON.stringify(metadataOf(draft))).length;
  if (bytes > MAX_METADATA_BYTES)
    errors.size = `The texts and the picture together are ${bytes - MAX_METADATA_BYTES} bytes too long for the chain.`;
  return errors;
}

/**
 * What is wrong with the fields that were filled in. Empty fields are shown as wrong only after an attempt to submit.
 */
export function errorsSoFar(draft: StreamDraft, minPrice: bigint): DraftErrors {
  const filled = { ...draft, splits: draft.splits.filter(({ account }) => account.trim() !== "") };
  const { title, ...others } = errorsOf(filled, minPrice);
  return title === undefined || draft.title === "" ? others : { ...others, title };
}

function tagsOf(text: string): string[] {
  const tags = text.split(/[,#\n]/).map((tag) => tag.trim().toLowerCase());
  return [...new Set(tags.filter((tag) => tag !== ""))];
}

function metadataOf(draft: StreamDraft): NewStream["metadata"] {
  return {
    title: draft.title.trim(),
    description: draft.description.trim(),
    category: draft.category.trim(),
    tags: tagsOf(draft.tags),
    thumbnail: draft.thumbnail,
    clear_preview: draft.clearPreview,
  };
}

/** Converts a draft without errors to the chain layer's form. */
export function streamOf(draft: StreamDraft): NewStream {
  return {
    pricePerTick: parseVlk(draft.price) ?? 0n,
    previewTicks: Number(draft.previewS),
    gatewaySharePpm: draft.gatewaySharePpm,
    splits: draft.splits.map(({ account, percent }) => ({
      account: toChainAddress(account) ?? account,
      sharePpm: ppmOf(percent) ?? 0,
    })),
    metadata: metadataOf(draft),
  };
}

/**
 * The fields that differ between two drafts: only these go into the transaction. What the gateway did not show of the
 * metadata, or left out of it, therefore stays on chain as it is.
 */
export function changeOf(before: StreamDraft, after: StreamDraft): StreamChange {
  const [old, next] = [streamOf(before), streamOf(after)];
  const differs = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);
  const changed = Object.entries(next.metadata).filter(([key, value]) =>
    differs(value, old.metadata[key as keyof typeof old.metadata]),
  );
  return {
    ...(old.pricePerTick !== next.pricePerTick && { pricePerTick: next.pricePerTick }),
    ...(old.previewTicks !== next.previewTicks && { previewTicks: next.previewTicks }),
    ...(differs(old.splits, next.splits) && { splits: next.splits }),
    ...(changed.length > 0 && { metadata: Object.fromEntries(changed) }),
  };
}
