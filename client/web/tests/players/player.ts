// What every player has in common: it plays an address for a while, and says how many pictures it decoded.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Of the clip that is played. */
export const FRAMES_PER_SECOND = 30;

/** What a player has decoded. */
export interface Played {
  /** Length of what was shown or written. */
  readonly seconds: number;
  /** Number of pictures that were decoded. */
  readonly frames: number;
}

export interface Player {
  /** Name and version. */
  readonly name: string;
  play(url: string, seconds: number): Promise<Played>;
}

/** The path of a program. Null if it is not installed. */
export function programAt(name: string): string | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** The first version number in a text. */
export const versionIn = (text: string): string => /\d+(?:\.\d+)+/.exec(text)?.[0] ?? "";

/** Waits. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
