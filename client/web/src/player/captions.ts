// Captions: those of the playlist, which hls.js or the browser adds to the video's text tracks.

import { useEffect, useRef, useState } from "preact/hooks";
import { chosenCaptions } from "./choices";

/** Id of the track element without captions, which is only there for a video that has none. */
export const NO_CAPTIONS_ID = "no-captions";

/** A text track, as far as choosing needs it. */
export type CaptionTrackLike = Pick<TextTrack, "id" | "kind" | "language" | "label" | "mode">;

/** Captions that can be chosen. */
export interface CaptionChoice {
  readonly language: string;
  readonly name: string;
}

/** The name of a language in the reader's own; the tag itself if the browser does not know it. */
export function languageName(tag: string): string {
  if (tag === "" || tag === "und") return "Unknown language";
  try {
    return new Intl.DisplayNames(undefined, { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** The name of a track: the stated one, or its language if that is only the language's tag. */
export function trackName(name: string, language: string): string {
  return name === "" || name.toLowerCase() === language.toLowerCase() ? languageName(language) : name;
}

const isCaptions = ({ id, kind }: CaptionTrackLike) =>
  id !== NO_CAPTIONS_ID && (kind === "captions" || kind === "subtitles");

/** The captions among text tracks, each language and name once. */
export function choicesOf(tracks: readonly CaptionTrackLike[]): readonly CaptionChoice[] {
  const found = new Map<string, CaptionChoice>();
  for (const track of tracks.filter(isCaptions)) {
    const choice = { language: track.language, name: trackName(track.label, track.language) };
    found.set(`${choice.language} ${choice.name}`, choice);
  }
  return [...found.values()];
}

/** What is remembered of a choice: its language or, for captions and audio without one, its name. */
export const rememberedAs = ({ language, name }: CaptionChoice) => language || name;

/** The choice that was remembered: the same, or another form of its language. Null if there is none. */
export function choiceFor<T extends CaptionChoice>(wanted: string | null, choices: readonly T[]): T | null {
  if (wanted === null) return null;
  const base = (tag: string) => tag.toLowerCase().split("-")[0];
  return (
    choices.find((choice) => rememberedAs(choice) === wanted) ??
    choices.find(({ language }) => language !== "" && base(language) === base(wanted)) ??
    null
  );
}

/** The choice that is shown; null if none is. */
export function shownChoice(tracks: readonly CaptionTrackLike[]): CaptionChoice | null {
  const shown = tracks.filter((track) => isCaptions(track) && track.mode === "showing").at(-1);
  return shown ? (choicesOf([shown])[0] ?? null) : null;
}

/** Shows the chosen captions and hides the others. A track that a restart has replaced has the same language and name. */
export function showOnly(tracks: readonly CaptionTrackLike[], choice: CaptionChoice | null): void {
  const matching = tracks.filter(
    (track) =>
      isCaptions(track) &&
      track.language === choice?.language &&
      trackName(track.label, track.language) === choice.name,
  );
  const shown = matching.at(-1);
  for (const track of tracks.filter(isCaptions)) {
    const mode = track === shown ? "showing" : "disabled";
    if (track.mode !== mode) track.mode = mode;
  }
}

const EVENTS = ["addtrack", "removetrack", "change"] as const;

export interface Captions {
  readonly choices: readonly CaptionChoice[];
  readonly chosen: CaptionChoice | null;
  choose(choice: CaptionChoice | null): void;
  /** Turns captions on, in the remembered language or the first, or off. */
  toggle(): void;
}

/** Stored in place of a language if the viewer wants no captions. */
const OFF = "off";

/**
 * Follows the captions of a video. What the viewer has chosen is shown wherever there is such a track. A viewer who has
 * never chosen sees the captions that the creator shows to everyone.
 */
export function useCaptions(video: HTMLVideoElement | null): Captions {
  const [choices, setChoices] = useState<readonly CaptionChoice[]>([]);
  const [shown, setShown] = useState<CaptionChoice | null>(null);
  const [wanted, setWanted] = useState(chosenCaptions.read);
  const last = useRef(wanted);
  useEffect(() => {
    if (!video) return;
    const { textTracks } = video;
    const update = () => {
      const tracks = Array.from(textTracks);
      const now = choicesOf(tracks);
      setChoices(now);
      if (wanted !== null) showOnly(tracks, choiceFor(wanted, now));
      setShown(shownChoice(tracks));
    };
    update();
    for (const event of EVENTS) textTracks.addEventListener(event, update);
    return () => {
      for (const event of EVENTS) textTracks.removeEventListener(event, update);
    };
  }, [video, wanted]);
  const choose = (choice: CaptionChoice | null) => {
    const next = choice ? rememberedAs(choice) : OFF;
    chosenCaptions.write(next);
    if (choice) last.current = next;
    setWanted(next);
  };
  const chosen = choices.find(({ language, name }) => language === shown?.language && name === shown.name) ?? null;
  const toggle = () => choose(chosen ? null : (choiceFor(last.current, choices) ?? choices[0] ?? null));
  return { choices, chosen, choose, toggle };
}
