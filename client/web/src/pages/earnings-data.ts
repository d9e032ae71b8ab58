// Earnings as figures and as lines of a chart: the gateway leaves buckets out in which nothing was earned.

import { PLANCK_PER_VLK, SYMBOL } from "../common/amounts";
import type { AudienceHistory, EarningsBucket, RecordingView } from "../gateway";
import { several } from "../ui/words";

export interface Range {
  readonly value: string;
  readonly text: string;
  readonly spanMs: number;
  readonly by: "minute" | "hour" | "day";
  readonly bucketMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export const RANGES: readonly [Range, ...Range[]] = [
  { value: "hour", text: "Last hour", spanMs: HOUR_MS, by: "minute", bucketMs: MINUTE_MS },
  { value: "day", text: "Last day", spanMs: DAY_MS, by: "hour", bucketMs: HOUR_MS },
  { value: "month", text: "Last 30 days", spanMs: 30 * DAY_MS, by: "day", bucketMs: DAY_MS },
];

/** What a chart draws: times in seconds, VLK a minute, viewers on average. */
export interface Lines {
  readonly times: readonly number[];
  readonly perMinute: readonly number[];
  readonly viewers: readonly number[];
}

const bucketOf = (iso: string, range: Range) => Math.floor(Date.parse(iso) / range.bucketMs);
const asVlk = (planck: bigint) => Number(planck) / Number(PLANCK_PER_VLK);

/**
 * Every bucket of the range, also the empty ones. Viewers are as the gateway counted them; where it does not count, a paid
 * second of each second is a viewer.
 */
export function linesOf(
  buckets: readonly EarningsBucket[],
  audience: AudienceHistory | null,
  range: Range,
  toMs: number,
): Lines {
  const counted = audience && new Map(audience.buckets.map((bucket) => [bucketOf(bucket.from, range), bucket.viewers]));
  const known = new Map(buckets.map((bucket) => [bucketOf(bucket.from, range), bucket]));
  const last = Math.floor(toMs / range.bucketMs);
  const first = last - Math.round(range.spanMs / range.bucketMs) + 1;
  const all = Array.from({ length: last - first + 1 }, (_, at) => ({ at: first + at, bucket: known.get(first + at) }));
  return {
    times: all.map(({ at }) => (at * range.bucketMs) / 1000),
    perMinute: all.map(({ bucket }) => (asVlk(BigInt(bucket?.earned ?? "0")) * MINUTE_MS) / range.bucketMs),
    viewers: all.map(({ at, bucket }) =>
      counted ? (counted.get(at) ?? 0) : ((bucket?.ticks ?? 0) * 1000) / range.bucketMs,
    ),
  };
}

const WHEN: Readonly<Record<Range["by"], Intl.DateTimeFormatOptions>> = {
  minute: { hour: "2-digit", minute: "2-digit" },
  hour: { weekday: "short", hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "short" },
};
/** Finer than this no line can be read. */
const SIGNIFICANT = 4;

/** One bucket in words: the one pointed at, or else the newest. */
export function readOutOf(lines: Lines, at: number | null, by: Range["by"]): string {
  const index = at !== null && at < lines.times.length ? at : lines.times.length - 1;
  const timeS = lines.times[index];
  if (timeS === undefined) return "";
  const when = new Date(timeS * 1000).toLocaleString(undefined, WHEN[by]);
  const perMinute = (lines.perMinute[index] ?? 0).toLocaleString("en-GB", { maximumSignificantDigits: SIGNIFICANT });
  const viewers = Math.round((lines.viewers[index] ?? 0) * 10) / 10;
  return `${when}: ${perMinute} ${SYMBOL} a minute, ${several(viewers, "viewer")}`;
}

export interface Sums {
  readonly earned: bigint;
  readonly tipped: bigint;
  readonly ticks: number;
}

/** Everything of the range together. */
export function sumsOf(buckets: readonly EarningsBucket[]): Sums {
  return buckets.reduce(
    (sums, bucket) => ({
      earned: sums.earned + BigInt(bucket.earned),
      tipped: sums.tipped + BigInt(bucket.tipped),
      ticks: sums.ticks + bucket.ticks,
    }),
    { earned: 0n, tipped: 0n, ticks: 0 },
  );
}

/** When a stream was on air, in seconds. */
export type Air = readonly (readonly [fromS: number, toS: number])[];

export function airOf(recordings: readonly RecordingView[]): Air {
  return recordings.map((item) => [Date.parse(item.started_at) / 1000, Date.parse(item.ended_at) / 1000] as const);
}

/** A table for spreadsheets: exact planck, so that nothing is lost to rounding. */
export function csvOf(buckets: readonly EarningsBucket[]): string {
  const rows = buckets.map((bucket) => [bucket.from, bucket.ticks, bucket.earned, bucket.tipped].join(","));
  return `${["from,paid_seconds,earned_planck,tipped_planck", ...rows].join("\r\n")}\r\n`;
}
