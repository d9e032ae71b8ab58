// What a creator fills in about a stream: as it is typed, what is wrong with it, and as the chain takes it.

import { isAddress, type NewStream, toChainAddress } from "../chain";
import { formatVlk, PLANCK_PER_VLK, PPM, parseVlk } from "../common/amounts";
import type { StreamView } from "../gateway";
import { vlk } from "../ui/words";

/** What the chain keeps of a stream's words, in bytes of JSON. */
const MAX_METADATA_BYTES = 2_048;
/** What the chain takes. */
export const MAX_SPLITS = 8;
const MAX_PREVIEW_S = 600;
const MAX_TAGS = 8;
/** What gateways of this kind ask for unless another agreement was made. */
const GATEWAY_SHARE_PPM = 100_000;
const PPM_PER_PERCENT = 10_000;

export const CATEGORIES = ["Music", "Games", "Talk", "Sport", "Teaching", "Art", "Nature", "Code", "Cooking", "Events"];

export interface SplitDraft {
  /** Tells rows apart while they are edited. */
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
  price: formatVlk(PLANCK_PER_VLK / 500n),
  previewS: "30",
  splits: [],
  gatewaySharePpm: GATEWAY_SHARE_PPM,
};

/** A stream as it is, to be changed. */
export function draftOf(stream: StreamView): StreamDraft {
  const { metadata } = stream;
  return {
    title: metadata.title ?? "",
    description: metadata.description ?? "",
    category: metadata.category ?? "",
    tags: (metadata.tags ?? []).join(", "),
    thumbnail: metadata.thumbnail ?? "",
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

/** Per cent as millionths; null when it is no number from 0 to 100 with at most four decimals. */
function ppmOf(percent: string): number | null {
  if (!/^\d{1,3}([.,]\d{1,4})?$/.test(percent.trim())) return null;
  const ppm = Math.round(Number(percent.trim().replace(",", ".")) * PPM_PER_PERCENT);
  return ppm <= PPM ? ppm : null;
}

/** What the splits take together; null while one of them makes no sense. */
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
  if (draft.splits.some(({ account }) => !isAddress(account))) return "Each share needs an account's address.";
  if (new Set(accounts).size < accounts.length) return "An account is named twice: add its shares together.";
  const sum = splitSum(draft);
  if (sum === null) return "Each share is a number of per cent, like 12.5.";
  return sum > PPM ? `The shares add up to ${sum / PPM_PER_PERCENT} %: at most 100 % can be given away.` : null;
}

/** What is wrong, field by field. */
export function errorsOf(draft: StreamDraft, minPrice: bigint): DraftErrors {
  const errors: DraftErrors = {};
  const price = parseVlk(draft.price);
  if (draft.title.trim() === "") errors.title = "A stream needs a title.";
  if (price === null) errors.price = "Write an amount in VLK, like 0.002.";
  else if (price < minPrice) errors.price = `The least is ${vlk(minPrice, 12)} a second.`;
  if (!/^\d{1,3}$/.test(draft.previewS.trim()) || Number(draft.previewS) > MAX_PREVIEW_S) {
    errors.previewS = `A whole number of seconds, ${MAX_PREVIEW_S} at most.`;
  }
  if (tagsOf(draft.tags).length > MAX_TAGS) errors.tags = `At most ${MAX_TAGS} tags.`;
  const splits = splitsError(draft);
  if (splits) errors.splits = splits;
  const bytes = new TextEncoder().encode(JSON.stringify(metadataOf(draft))).length;
  if (bytes > MAX_METADATA_BYTES)
    errors.size = `The words and the picture are ${bytes - MAX_METADATA_BYTES} bytes too long for the chain.`;
  return errors;
}

/** What is wrong with what has been filled in: an empty field is not called wrong before one has tried to go on. */
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
  };
}

/** As the chain takes it. Only for drafts without errors. */
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
