// What the form for a stream's settings edits, and what of it is sent: only what has changed. What is not set is as the
// gateway's operator has set it.

import type { Codec, SettingsChange, StreamSettings } from "../gateway";

/** Settings while they are edited. Undefined: as the operator has set it. */
export type SettingsDraft = { readonly [Name in keyof StreamSettings]?: StreamSettings[Name] | undefined };

/** The value of choices that leave a setting to the operator. */
export const USUAL = "usual";

/** Shortest and longest part of a low-latency stream, in milliseconds. */
export const MIN_PART_MS = 200;
export const MAX_PART_MS = 500;
export const PART_STEP_MS = 50;
/** Heights that can be chosen. A rendition above the source's height is never made. */
export const HEIGHTS = [2160, 1440, 1080, 720, 480, 360, 240] as const;
/** Codecs that can be offered besides H.264, which always is. */
export const EXTRA_CODECS: readonly { readonly value: Codec; readonly text: string }[] = [
  { value: "hevc", text: "HEVC" },
  { value: "av1", text: "AV1" },
];

/** How far viewers can go back, as a choice: hours, or `all`. */
export type DvrChoice = typeof USUAL | "0" | "1" | "4" | "12" | "all";
export const DVR_CHOICES: readonly { readonly value: DvrChoice; readonly text: string }[] = [
  { value: USUAL, text: "Gateway default" },
  { value: "0", text: "Not at all" },
  { value: "1", text: "1 hour" },
  { value: "4", text: "4 hours" },
  { value: "12", text: "12 hours" },
  { value: "all", text: "The whole broadcast" },
];

/** The choice that a setting is; the next longer one for hours that are not among the choices. */
export function dvrChoice(hours: SettingsDraft["dvr_hours"]): DvrChoice {
  if (hours === undefined) return USUAL;
  if (hours === "all") return "all";
  return DVR_CHOICES.find(({ value }) => Number(value) >= hours)?.value ?? "all";
}

/** The setting for a choice. */
export function dvrHours(choice: DvrChoice): SettingsDraft["dvr_hours"] {
  if (choice === USUAL) return undefined;
  return choice === "all" ? "all" : Number(choice);
}

/** A setting of yes or no as a choice. */
export type YesNo = typeof USUAL | "yes" | "no";
export const yesNo = (value: boolean | undefined): YesNo => (value === undefined ? USUAL : value ? "yes" : "no");
export const asBoolean = (choice: YesNo) => (choice === USUAL ? undefined : choice === "yes");

/** Longest time for which recordings are kept, in days. */
const MAX_KEEP_DAYS = 36_500;

/** The days in a text. Undefined for an empty text; null if it is not a number of days. */
export function keepDays(text: string): number | undefined | null {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const days = /^\d{1,5}$/.test(trimmed) ? Number(trimmed) : 0;
  return days >= 1 && days <= MAX_KEEP_DAYS ? days : null;
}

/** Adds or removes a value of a list, which stays in the order of `all`. Undefined if nothing is left. */
export function toggled<T>(chosen: readonly T[], value: T, all: readonly T[]): readonly T[] | undefined {
  const left = all.filter((one) => (one === value ? !chosen.includes(one) : chosen.includes(one)));
  return left.length > 0 ? left : undefined;
}

/** Adds or removes a codec besides H.264. Undefined if none is left. */
export function toggledCodecs(chosen: readonly Codec[], codec: Codec): readonly Codec[] | undefined {
  const extra = toggled<Codec>(
    chosen,
    codec,
    EXTRA_CODECS.map(({ value }) => value),
  );
  return extra && ["h264", ...extra];
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

const NAMES = [
  "dvr_hours",
  "records",
  "keep_days",
  "ladder",
  "codecs",
  "encoder",
  "copy",
  "part_ms",
  "clips",
] as const satisfies readonly (keyof StreamSettings)[];

/** The settings that differ; null for those that are the operator's again. The source has a form of its own. */
export function settingsChange(before: SettingsDraft, after: SettingsDraft): SettingsChange {
  const changed = NAMES.filter((name) => !isSame(before[name], after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
}

const SCHEMES: ReadonlySet<string> = new Set(["http:", "https:", "rtmp:", "rtmps:", "rtsp:", "srt:"]);

/** What is wrong with the address of a source; null if nothing. The gateway refuses private addresses itself. */
export function sourceError(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === "") return "Enter the address of a stream.";
  // Browsers parse only some of these schemes fully, so only the form is checked.
  const scheme = /^([a-z]+:)\/\/[^\s/]+/i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme === undefined) return "This is not an address. It begins with https:// or rtmp://, for example.";
  if (!SCHEMES.has(scheme)) return "The gateway fetches HLS (https), RTMP, RTSP and SRT.";
  return null;
}
