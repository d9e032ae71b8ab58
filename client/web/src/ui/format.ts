// Formats numbers and times for people: durations, times of day, counts, percentages and bit rates.

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;
/** Durations above this are not given as a number, which would promise too much. */
const LONG_S = 30 * DAY_S;

/** Formats a duration in its largest units: `45 s`, `12 min`, `3 h 05 min`, `2 days`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE_S) return `${whole} s`;
  if (whole < HOUR_S) return `${Math.floor(whole / MINUTE_S)} min`;
  if (whole < DAY_S) {
    const minutes = Math.floor((whole % HOUR_S) / MINUTE_S);
    return `${Math.floor(whole / HOUR_S)} h ${String(minutes).padStart(2, "0")} min`;
  }
  if (whole > LONG_S) return "more than a month";
  const days = Math.floor(whole / DAY_S);
  return days === 1 ? "1 day" : `${days} days`;
}

/** Formats a position in a video: `4:05` or `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / HOUR_S);
  const minutes = Math.floor((whole % HOUR_S) / MINUTE_S);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % MINUTE_S)}` : `${minutes}:${two(whole % MINUTE_S)}`;
}

/** Formats the time since a date: `just now`, `5 min ago`, `3 days ago`. */
export function ago(iso: string, nowMs = Date.now()): string {
  const seconds = (nowMs - Date.parse(iso)) / 1000;
  if (!Number.isFinite(seconds)) return "some time ago";
  if (seconds < MINUTE_S) return "just now";
  return seconds > LONG_S ? dateOf(iso) : `${duration(seconds)} ago`;
}

/** Formats the day of a date, in the reader's locale. */
export function dateOf(iso: string): string {
  return new Date(iso).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });
}

/** Formats day and time of a date, in the reader's locale. */
export function timeOf(iso: string): string {
  return new Date(iso).toLocaleString(undefined, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
}

/** Formats the time of a date, with the day unless that is today; in another year only the day, with the year. */
export function whenOf(iso: string, now = new Date()): string {
  const at = new Date(iso);
  if (at.getFullYear() !== now.getFullYear()) return dateOf(iso);
  if (at.toDateString() !== now.toDateString()) return timeOf(iso);
  return at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

const counts = new Intl.NumberFormat("en-GB", { notation: "compact", maximumFractionDigits: 1 });

/** Formats a count: `1.2K`. */
export function count(value: number): string {
  return counts.format(value);
}

/** Formats a count with its noun: `1 viewer`, `2 viewers`. */
export function several(value: number, one: string, many = `${one}s`): string {
  return `${value < 1000 ? value : count(value)} ${value === 1 ? one : many}`;
}

/** Formats millionths as a percentage: `12.5 %`. */
export function percent(ppm: number): string {
  return `${Number((ppm / 10_000).toFixed(2))}\u00a0%`;
}

/** Formats bits per second: `2.5 Mbit/s`. */
export function bitrate(bps: number): string {
  return bps >= 1_000_000 ? `${(bps / 1_000_000).toFixed(1)} Mbit/s` : `${Math.round(bps / 1_000)} kbit/s`;
}

const SIZE_UNITS = ["KiB", "MiB", "GiB", "TiB"] as const;

/** Formats a number of bytes: `12.5 MiB`. */
export function size(bytes: number): string {
  let value = bytes / 1_024;
  let unit = 0;
  while (value >= 1_000 && unit < SIZE_UNITS.length - 1) {
    value /= 1_024;
    unit++;
  }
  return `${value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${SIZE_UNITS[unit]}`;
}

/**
 * Formats the approximate time of the block that is `ahead` blocks after the best one. The day is included unless it is
 * today.
 */
export function whenBlocks(ahead: number, blockTimeMs: number, nowMs = Date.now()): string {
  return whenOf(new Date(nowMs + Math.max(0, ahead) * blockTimeMs).toISOString(), new Date(nowMs));
}
