// What every engine tells of itself, whichever way it plays.

import { signal } from "@preact/signals";
import { AUTO, type EngineState, type Quality } from "./types";

export abstract class Dials {
  readonly state = signal<EngineState>("loading");
  readonly latencyS = signal<number | null>(null);
  readonly isBehind = signal(false);
  readonly aheadS = signal(0);
  readonly canResume = signal(true);
  readonly qualities = signal<readonly Quality[]>([]);
  readonly chosen = signal(AUTO);
  readonly current = signal(AUTO);
}

/** The chosen level among new ones: the one of the same name, for a stream that comes back may have others. */
export function chosenAgain(chosen: number, before: readonly Quality[], now: readonly Quality[]): number {
  const wanted = before.find(({ level }) => level === chosen);
  return now.find(({ name }) => name === wanted?.name)?.level ?? AUTO;
}
