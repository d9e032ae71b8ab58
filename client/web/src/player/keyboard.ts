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
}

const VOLUME_STEP = 0.1;
const SEEK_S = 5;

/** What each key does, in words. */
export const KEYS: readonly (readonly [key: string, does: string])[] = [
  ["Space or K", "play or pause"],
  ["M", "mute"],
  ["↑ ↓", "volume"],
  ["← →", `back or on by ${SEEK_S} s`],
  ["L", "jump to live"],
  ["T", "theatre"],
  ["F", "full screen"],
  ["I", "picture in picture"],
];

function commandOf(key: string, commands: Commands): (() => void) | null {
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

/** Whether the key belongs to what has the focus: text is written there, buttons are pressed there. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("dialog, input, textarea, select")) return true;
  return target.closest("button, a, [role=slider]") !== null && (key === " " || key.startsWith("Arrow"));
}

/** Listens while the player is on the page. */
export function useKeys(commands: Commands): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || isTaken(event.target, event.key)) return;
      const command = commandOf(event.key.length === 1 ? event.key.toLowerCase() : event.key, commands);
      // Scrolling by arrows stays with the page unless the player has the focus.
      const isArrow = event.key.startsWith("Arrow");
      const isInPlayer = event.target instanceof Element && event.target.closest(".player") !== null;
      if (!command || (isArrow && !isInPlayer)) return;
      event.preventDefault();
      command();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
}
