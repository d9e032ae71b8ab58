// The signals that every engine has.

import { signal } from "@preact/signals";
import { AUTO, type AudioChoice, type DvrWindow, type EngineState, type Quality } from "./types";

export abstract class EngineSignals {
  readonly state = signal<EngineState>("loading");
  readonly latencyS = signal<number | null>(null);
  readonly isBehind = signal(false);
  readonly aheadS = signal(0);
  readonly canResume = signal(true);
  readonly qualities = signal<readonly Quality[]>([]);
  readonly chosen = signal(AUTO);
  readonly current = signal(AUTO);
  readonly audios = signal<readonly AudioChoice[]>([]);
  readonly audio = signal(-1);
  readonly isDelayed = signal(false);
  readonly dateMs = signal<number | null>(null);
  readonly edgeMs = signal<number | null>(null);
  protected dvr: DvrWindow | null = null;

  offerDvr(dvr: DvrWindow | null): void {
    this.dvr = dvr;
  }
}

/** The height in the name of a rendition: 720 for `720p`. Null if it has another name. */
const heightOf = (name: string): number | null => {
  const digits = /^(\d{2,5})p/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
};

/**
 * The level with the wanted name or, if there is none, the highest below it. {@link AUTO} if nothing is wanted, or all
 * levels are above it.
 */
export function levelFor(wanted: string | null, levels: readonly Quality[]): number {
  if (wanted === null) return AUTO;
  const same = levels.find(({ name }) => name === wanted);
  if (same) return same.level;
  const limit = heightOf(wanted);
  if (limit === null) return AUTO;
  const below = levels.filter(({ name }) => (heightOf(name) ?? Number.POSITIVE_INFINITY) < limit);
  const highest = [...below].sort((a, b) => (heightOf(b.name) ?? 0) - (heightOf(a.name) ?? 0) || b.bps - a.bps)[0];
  return highest?.level ?? AUTO;
}
