// What viewers choose in the player, and the browser remembers for all streams.

import { signal } from "@preact/signals";
import { readStored, writeStored } from "../common/storage";

const QUALITY_KEY = "vilokanam.quality";
const CAPTIONS_KEY = "vilokanam.captions";
const AUDIO_KEY = "vilokanam.audio";
const SHORTCUTS_KEY = "vilokanam.shortcuts";
const OFF = "off";
/** A choice that is kept as a text; null if nothing was chosen. */
const choice = (key: string) => ({
  read: () => readStored(key),
  write: (value: string | null) => writeStored(key, value),
});

/** Name of the rendition; null: automatic. */
export const chosenQuality = choice(QUALITY_KEY);
/** Language of the captions; null: none. */
export const chosenCaptions = choice(CAPTIONS_KEY);
/** Language of the audio, or its name if it has none; null: that of the stream. */
export const chosenAudio = choice(AUDIO_KEY);

/** Whether keys control the player. */
export const areShortcutsOn = signal(readStored(SHORTCUTS_KEY) !== OFF);

export function setShortcuts(isOn: boolean): void {
  writeStored(SHORTCUTS_KEY, isOn ? null : OFF);
  areShortcutsOn.value = isOn;
}
