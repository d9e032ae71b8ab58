// Keys that drive the player, wherever the focus is but in fields and on buttons.

import { useEffect } from "preact/hooks";

export interface Commands {
  readonly playPause: () => void;
  readonly mute: () => void;
  readonly louder: (by: number) => void;
  readonly fullScreen: () => void;
  readonly theatre: () => void;
  readonly pictureInPicture: () => void;
  readonly goLive: () => void;
  readonly seek: (bySeconds: number) => void;
  /** To a share of the whole, from 0 to 1; null when there is no whole, for it is live. */
  readonly seekTo: ((share: number) => void) | null;
}

const VOLUME_STEP = 0.1;
const SEEK_S = 5;
const TENTHS = 10;

const ANYWHERE = [
  ["Space or K", "play or pause"],
  ["M", "mute"],
  ["↑ ↓", "volume"],
  ["← →", `back or on by ${SEEK_S} s`],
] as const;
const LIVE_ONLY = [["L", "jump to live"]] as const;
const RECORDED_ONLY = [
  ["0 to 9", "to a tenth of it"],
  ["Home, End", "to its beginning or end"],
] as const;
const LOOKS = [
  ["T", "theatre"],
  ["F", "full screen"],
  ["I", "picture in picture"],
] as const;

/** What each key does, in words. */
export function keysOf(isLive: boolean): readonly (readonly [key: string, does: string])[] {
  return [...ANYWHERE, ...(isLive ? LIVE_ONLY : RECORDED_ONLY), ...LOOKS];
}

function commandOf(key: string, commands: Commands): (() => void) | null {
  const { seekTo } = commands;
  if (/^[0-9]$/.test(key)) return seekTo && (() => seekTo(Number(key) / TENTHS));
  switch (key) {
    case " ":
    case "k":
      return commands.playPause;
    case "m":
      return commands.mute;
    case "ArrowUp":
      return () => commands.louder(VOLUME_STEP);
    case "ArrowDown":
      return () => commands.louder(-VOLUME_STEP);
    case "ArrowLeft":
      return () => commands.seek(-SEEK_S);
    case "ArrowRight":
      return () => commands.seek(SEEK_S);
    case "Home":
      return seekTo && (() => seekTo(0));
    case "End":
      return seekTo && (() => seekTo(1));
    case "l":
      return commands.goLive;
    case "t":
      return commands.theatre;
    case "f":
      return commands.fullScreen;
    case "i":
      return commands.pictureInPicture;
    default:
      return null;
  }
}

/** What decides whose key it is: the key, and where the focus is. */
export interface Press {
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly target: EventTarget | null;
}

type Place = Pick<Element, "closest" | "matches">;

const placeOf = (target: EventTarget | null): Place | null =>
  target !== null && "closest" in target && "matches" in target ? (target as unknown as Place) : null;

const isSideways = (key: string) => key === "ArrowLeft" || key === "ArrowRight";
const isUpOrDown = (key: string) => key === "ArrowUp" || key === "ArrowDown" || key === "Home" || key === "End";

/** Whether the key belongs to what has the focus: text is written there, sliders move there, buttons are pressed there. */
function isTaken(place: Place, key: string): boolean {
  if (place.closest("dialog, textarea, select, input:not([type=range]), [contenteditable]")) return true;
  if (isSideways(key) || isUpOrDown(key)) return place.closest("input, .menu, .player-menu") !== null;
  return key === " " && place.closest("button, a, summary") !== null;
}

/**
 * Whether keys that move something move the picture. When nothing has the focus, sideways they do; up and down scroll the
 * page until the player has the focus, or nothing else is to be seen.
 */
function isMoving(place: Place | null, key: string, isFull: boolean): boolean {
  if (isFull || place?.closest(".player")) return true;
  const isNothing = place === null || place.matches("body, main");
  return isNothing && isSideways(key);
}

/** What a key does; null when it is not the player's. `isFull`: there is nothing else on screen. */
export function commandFor(press: Press, commands: Commands, isFull: boolean): (() => void) | null {
  if (press.altKey || press.ctrlKey || press.metaKey) return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const place = placeOf(press.target);
  if (place && isTaken(place, key)) return null;
  if ((isSideways(key) || isUpOrDown(key)) && !isMoving(place, key, isFull)) return null;
  return commandOf(key, commands);
}

/** Listens while the player is on the page. */
export function useKeys(commands: Commands, isFull: boolean): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const command = commandFor(event, commands, isFull);
      if (!command) return;
      event.preventDefault();
      command();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
}
