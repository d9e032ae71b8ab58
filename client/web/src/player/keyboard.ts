// Keyboard shortcuts of the player.

import { useEffect } from "preact/hooks";
import { areShortcutsOn } from "./choices";

export interface Commands {
  readonly playPause: () => void;
  readonly mute: () => void;
  readonly louder: (by: number) => void;
  readonly fullScreen: () => void;
  readonly theatre: () => void;
  readonly pictureInPicture: () => void;
  readonly goLive: () => void;
  readonly captions: () => void;
  /** Plays faster (1) or slower (-1). */
  readonly faster: (by: 1 | -1) => void;
  readonly seek: (bySeconds: number) => void;
  /** Seeks to a fraction of the recording, from 0 to 1; null for a live stream. */
  readonly seekTo: ((fraction: number) => void) | null;
}

const VOLUME_STEP = 0.1;
const SEEK_S = 5;
const TENTHS = 10;

const ALWAYS = [
  ["Space or K", "play or pause"],
  ["M", "mute"],
  ["↑ ↓", "volume"],
  ["← →", `back or forward by ${SEEK_S} s`],
  ["C", "captions"],
  ["< >", "slower or faster"],
] as const;
const LIVE_ONLY = [["L", "jump to live"]] as const;
const RECORDED_ONLY = [
  ["0 to 9", "jump to a tenth of it"],
  ["Home, End", "jump to its beginning or end"],
] as const;
const VIEWS = [
  ["T", "theatre"],
  ["F", "full screen"],
  ["I", "picture in picture"],
] as const;

/** The shortcuts with their descriptions. */
export function shortcuts(isLive: boolean): readonly (readonly [key: string, action: string])[] {
  return [...ALWAYS, ...(isLive ? LIVE_ONLY : RECORDED_ONLY), ...VIEWS];
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
    case "c":
      return commands.captions;
    case "<":
      return () => commands.faster(-1);
    case ">":
      return () => commands.faster(1);
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

/** The part of a keyboard event that decides what it does. */
export interface Press {
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly target: EventTarget | null;
}

type FocusedElement = Pick<Element, "closest" | "matches">;

const elementOf = (target: EventTarget | null): FocusedElement | null =>
  target !== null && "closest" in target && "matches" in target ? (target as unknown as FocusedElement) : null;

const isHorizontal = (key: string) => key === "ArrowLeft" || key === "ArrowRight";
const isVertical = (key: string) => key === "ArrowUp" || key === "ArrowDown" || key === "Home" || key === "End";

/**
 * Whether the focused element uses the key itself: fields take text, sliders and menus take arrows, buttons take the
 * space bar.
 */
function isUsedBy(focused: FocusedElement, key: string): boolean {
  if (focused.closest("dialog, textarea, select, input:not([type=range]), [contenteditable]")) return true;
  if (isHorizontal(key) || isVertical(key)) return focused.closest("input, .menu, .player-menu") !== null;
  return key === " " && focused.closest("button, a, summary") !== null;
}

/**
 * Whether arrow keys, Home and End belong to the player: in full screen, and when it has the focus. When nothing has
 * the focus, only the horizontal arrows do, since the vertical ones scroll the page.
 */
function belongsToPlayer(focused: FocusedElement | null, key: string, isFull: boolean): boolean {
  if (isFull || focused?.closest(".player")) return true;
  const isNothingFocused = focused === null || focused.matches("body, main");
  return isNothingFocused && isHorizontal(key);
}

/** The command of a key press; null if it has none. `isFull`: the player fills the screen. */
export function commandFor(press: Press, commands: Commands, isFull: boolean): (() => void) | null {
  if (press.altKey || press.ctrlKey || press.metaKey) return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const focused = elementOf(press.target);
  if (focused && isUsedBy(focused, key)) return null;
  if ((isHorizontal(key) || isVertical(key)) && !belongsToPlayer(focused, key, isFull)) return null;
  return commandOf(key, commands);
}

/** Runs commands on key presses while the player is on the page, unless the viewer has turned that off. */
export function useKeys(commands: Commands, isFull: boolean): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const command = areShortcutsOn.peek() ? commandFor(event, commands, isFull) : null;
      if (!command) return;
      event.preventDefault();
      command();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
}
