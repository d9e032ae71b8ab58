// A broadcast that is about to be announced, as it was typed.

import type { NewScheduleEntry } from "../gateway";

export interface ScheduleDraft {
  readonly title: string;
  /** Local time, as `datetime-local` writes it: `2026-11-30T20:00`. */
  readonly start: string;
  readonly minutes: string;
  /** Number of the stream; empty if it is not decided. */
  readonly stream: string;
}

export const NEW_ENTRY: ScheduleDraft = { title: "", start: "", minutes: "60", stream: "" };

/** Maximum length of a broadcast, in minutes. */
const MAX_MINUTES = 24 * 60;
/** Maximum time until a broadcast, in milliseconds: a year. */
const MAX_AHEAD_MS = 365 * 86_400_000;

/** What is wrong with each field. */
export function draftErrors(draft: ScheduleDraft, nowMs: number): Partial<Record<keyof ScheduleDraft, string>> {
  const startMs = new Date(draft.start).getTime();
  const minutes = Number(draft.minutes);
  return {
    ...(!draft.title.trim() && { title: "Give the broadcast a title." }),
    ...(!Number.isFinite(startMs) && { start: "Choose a day and a time." }),
    ...(startMs <= nowMs && { start: "Choose a time in the future." }),
    ...(startMs > nowMs + MAX_AHEAD_MS && { start: "Choose a time within a year." }),
    ...((!Number.isInteger(minutes) || minutes < 1 || minutes > MAX_MINUTES) && {
      minutes: `Enter whole minutes, from 1 to ${MAX_MINUTES}.`,
    }),
  };
}

/** The request of a draft without errors. */
export function entryOf(draft: ScheduleDraft): NewScheduleEntry {
  return {
    title: draft.title.trim(),
    starts_at: new Date(draft.start).toISOString(),
    minutes: Number(draft.minutes),
    ...(draft.stream && { stream: draft.stream }),
  };
}
