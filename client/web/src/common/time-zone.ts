// Days and months in a time zone: where they begin, and what they are called.

const DAY_MS = 86_400_000;

/** A day of the calendar. Months are 1 to 12. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The time zone of this browser, by its IANA name. */
export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(timeZone, format);
  return format;
}

/** The local time of a moment, as if it were UTC. */
function localMs(timeZone: string, ms: number): number {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const of = (name: string) => parts[name] ?? 0;
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
}

const offsetMs = (timeZone: string, ms: number) => localMs(timeZone, ms) - Math.floor(ms / 1_000) * 1_000;

/** The day of a moment in a time zone. */
export function dayIn(timeZone: string, ms: number): Day {
  const local = new Date(localMs(timeZone, ms));
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
}

/**
 * The first moment of a day in a time zone, in milliseconds since 1970. Days and months beyond the calendar's are carried
 * over, as in `Date.UTC`. Where clocks skip midnight, the day begins later than 0:00.
 */
export function startOfDay(timeZone: string, { year, month, day }: Day): number {
  const midnightMs = Date.UTC(year, month - 1, day);
  const before = offsetMs(timeZone, midnightMs - DAY_MS);
  const after = offsetMs(timeZone, midnightMs + DAY_MS);
  const earlier = midnightMs - Math.max(before, after);
  return localMs(timeZone, earlier) >= midnightMs ? earlier : midnightMs - Math.min(before, after);
}
