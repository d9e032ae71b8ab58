// The signals that every engine has.

import { signal } from "@preact/signals";
import { AUTO, type EngineState, type Quality } from "./types";

export abstract class EngineSignals {
  readonly state = signal<EngineState>("loading");
  readonly latencyS = signal<number | null>(null);
  readonly isBehind = signal(false);
  readonly aheadS = signal(0);
  readonly canResume = signal(true);
  readonly qualities = signal<readonly Quality[]>([]);
  readonly chosen = signal(AUTO);
  readonly current = signal(AUTO);
}

/** The level among `now` with the same name as the chosen one had. A stream that comes back may have other levels. */
export function chosenAgain(chosen: number, before: readonly Quality[], now: readonly Quality[]): number {
  const quality = before.find(({ level }) => level === chosen);
  return now.find(({ name }) => name === quality?.name)?.level ?? AUTO;
}
