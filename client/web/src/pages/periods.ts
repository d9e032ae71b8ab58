// Periods of the money pages. The time zone decides where their days and months begin.

import { type Day, dayIn, startOfDay } from "../common/time-zone";

export const PERIODS = [
  { value: "this-month", text: "This month" },
  { value: "last-month", text: "Last month" },
  { value: "30-days", text: "Last 30 days" },
  { value: "this-year", text: "This year" },
  { value: "all", text: "Everything" },
] as const;

export type PeriodName = (typeof PERIODS)[number]["value"];

/** A period in milliseconds since 1970: from `since` on, and before `until`. Null is without a limit. */
export interface Period {
  readonly since: number | null;
  readonly until: number | null;
}

const DAYS = 30;

/** The first and the first day after a period; today is in it. */
function daysOf(name: Exclude<PeriodName, "all">, { year, month, day }: Day): readonly [Day, Day] {
  switch (name) {
    case "this-month":
      return [
        { year, month, day: 1 },
        { year, month: month + 1, day: 1 },
      ];
    case "last-month":
      return [
        { year, month: month - 1, day: 1 },
        { year, month, day: 1 },
      ];
    case "30-days":
      return [
        { year, month, day: day + 1 - DAYS },
        { year, month, day: day + 1 },
      ];
    case "this-year":
      return [
        { year, month: 1, day: 1 },
        { year: year + 1, month: 1, day: 1 },
      ];
  }
}

/** The borders of a period, as seen at a moment in a time zone. */
export function periodOf(name: PeriodName, nowMs: number, timeZone: string): Period {
  if (name === "all") return { since: null, until: null };
  const [first, end] = daysOf(name, dayIn(timeZone, nowMs));
  return { since: startOfDay(timeZone, first), until: startOfDay(timeZone, end) };
}

/** `2026-11`. */
export function monthIn(timeZone: string, ms: number): string {
  const { year, month } = dayIn(timeZone, ms);
  return `${year}-${String(month).padStart(2, "0")}`;
}

/** The months up to now, the present one first. */
export function lastMonths(count: number, nowMs: number, timeZone: string): readonly string[] {
  const { year, month } = dayIn(timeZone, nowMs);
  return Array.from({ length: count }, (_, back) => {
    const at = new Date(Date.UTC(year, month - 1 - back, 1));
    return `${at.getUTCFullYear()}-${String(at.getUTCMonth() + 1).padStart(2, "0")}`;
  });
}

/** The name of a day or month in the reader's language: of `2026-11-30` or `2026-11`. Other texts stay. */
export function labelText(label: string): string {
  const found = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(label);
  if (!found) return label;
  const [, year, month, day] = found;
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1)));
  return at.toLocaleDateString(undefined, {
    timeZone: "UTC",
    year: "numeric",
    month: day ? "short" : "long",
    ...(day && { day: "numeric", weekday: "short" }),
  });
}
