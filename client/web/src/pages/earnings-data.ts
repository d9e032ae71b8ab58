// What the earnings page shows: totals, the lines of the chart, top sessions and times on air. The gateway omits
// periods without earnings.

import { PLANCK_PER_VLK, SYMBOL } from "../common/amounts";
import { Limiter } from "../common/limiter";
import { dayIn, ownTimeZone, startOfDay } from "../common/time-zone";
import { type AudienceHistory, type EarningsBucket, gateway, type Recording, type SessionRecord } from "../gateway";
import { several } from "../ui/format";

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

/** The lines of the chart: times in seconds, VLK per minute, and the average number of viewers. */
export interface Lines {
  readonly times: readonly number[];
  readonly perMinute: readonly number[];
  readonly viewers: readonly number[];
}

const asVlk = (planck: bigint) => Number(planck) / Number(PLANCK_PER_VLK);

/** The beginnings of the periods up to a time, in milliseconds: minutes, or hours or days of a time zone. */
function periodsOf(range: Range, toMs: number, timeZone: string): readonly number[] {
  const count = Math.round(range.spanMs / range.bucketMs);
  const today = dayIn(timeZone, toMs);
  if (range.by === "day") {
    const day = (at: number) => startOfDay(timeZone, { ...today, day: today.day - (count - 1 - at) });
    return Array.from({ length: count }, (_, at) => day(at));
  }
  // Hours of the zone's clock, which begin at another minute than those of UTC in some zones.
  const dayMs = startOfDay(timeZone, today);
  const lastMs = dayMs + Math.floor((toMs - dayMs) / range.bucketMs) * range.bucketMs;
  return Array.from({ length: count }, (_, at) => lastMs - (count - 1 - at) * range.bucketMs);
}

/**
 * The lines for all periods of the range, including those without earnings. The buckets are
 * those of the time zone.
 */
export function linesOf(
  buckets: readonly EarningsBucket[],
  audience: Pick<AudienceHistory, "buckets">,
  range: Range,
  toMs: number,
  timeZone = ownTimeZone(),
): Lines {
  const counted = new Map(audience.buckets.map((bucket) => [Date.parse(bucket.from), bucket.viewers]));
  const known = new Map(buckets.map((bucket) => [Date.parse(bucket.from), bucket]));
  const all = periodsOf(range, toMs, timeZone).map((at) => ({ at, bucket: known.get(at) }));
  return {
    times: all.map(({ at }) => at / 1000),
    perMinute: all.map(({ bucket }) => (asVlk(BigInt(bucket?.earned ?? "0")) * MINUTE_MS) / range.bucketMs),
    viewers: all.map(({ at }) => counted.get(at) ?? 0),
  };
}

const TIME_FORMATS: Readonly<Record<Range["by"], Intl.DateTimeFormatOptions>> = {
  minute: { hour: "2-digit", minute: "2-digit" },
  hour: { weekday: "short", hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "short" },
};
/** Significant digits of an amount in the read-out. */
const SIGNIFICANT_DIGITS = 4;

/**
 * The values of one period as text: of the period at index `at`, or of the last one if that is null or out of range.
 */
export function readOutOf(lines: Lines, at: number | null, by: Range["by"], timeZone = ownTimeZone()): string {
  const index = at !== null && at < lines.times.length ? at : lines.times.length - 1;
  const timeS = lines.times[index];
  if (timeS === undefined) return "";
  const when = new Date(timeS * 1000).toLocaleString(undefined, { ...TIME_FORMATS[by], timeZone });
  const options = { maximumSignificantDigits: SIGNIFICANT_DIGITS };
  const perMinute = (lines.perMinute[index] ?? 0).toLocaleString("en-GB", options);
  const viewers = Math.round((lines.viewers[index] ?? 0) * 10) / 10;
  return `${when}: ${perMinute} ${SYMBOL} per minute, ${several(viewers, "viewer")}`;
}

export interface Totals {
  readonly earned: bigint;
  readonly tipped: bigint;
  readonly ticks: number;
}

/** Totals over all periods. */
export function totalsOf(buckets: readonly EarningsBucket[]): Totals {
  return buckets.reduce(
    (totals, bucket) => ({
      earned: totals.earned + BigInt(bucket.earned),
      tipped: totals.tipped + BigInt(bucket.tipped),
      ticks: totals.ticks + bucket.ticks,
    }),
    { earned: 0n, tipped: 0n, ticks: 0 },
  );
}

/** Times at which streams were on air, in seconds. */
export type AirTimes = readonly (readonly [fromS: number, toS: number])[];

function airTimesOf(recordings: readonly Recording[]): AirTimes {
  return recordings.map((item) => [Date.parse(item.started_at) / 1000, Date.parse(item.ended_at) / 1000] as const);
}

/** The earnings as CSV, with exact amounts in planck. */
export function csvOf(buckets: readonly EarningsBucket[]): string {
  const rows = buckets.map((bucket) =>
    [bucket.from, bucket.ticks, bucket.earned, bucket.tipped, bucket.open_fees].join(","),
  );
  return `${["from,paid_seconds,earned_planck,tipped_planck,open_fees_planck", ...rows].join("\r\n")}\r\n`;
}

/** Maximum number of requests for single streams at the same time: a creator may have a hundred streams on the page. */
const MAX_REQUESTS = 4;
const requests = new Limiter(MAX_REQUESTS);

const MAX_RECORDINGS = 100;
const MAX_TOP_SESSIONS = 10;

/**
 * Times at which the streams were on air, as far as recordings show. Streams whose recordings cannot be loaded are left
 * out.
 */
export async function loadAirTimes(streams: readonly string[], signal: AbortSignal): Promise<AirTimes> {
  const load = (stream: string) => gateway.recordings(stream, { limit: MAX_RECORDINGS }, signal);
  const answers = await Promise.allSettled(streams.map((stream) => requests.run(() => load(stream))));
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? airTimesOf(answer.value.items) : []));
}

/** The sessions that paid most for any of the streams. */
export async function loadTopSessions(
  streams: readonly string[],
  signal: AbortSignal,
): Promise<readonly SessionRecord[]> {
  const load = (stream: string) => gateway.topSessions(stream, signal);
  const lists = await Promise.all(streams.map((stream) => requests.run(() => load(stream))));
  return lists
    .flat()
    .sort((a, b) => (BigInt(b.paid) > BigInt(a.paid) ? 1 : -1))
    .slice(0, MAX_TOP_SESSIONS);
}
