// Dark or light: what the viewer chose, else what the system prefers.

import { effect, signal } from "@preact/signals";
import { readStored, writeStored } from "../common/storage";

export type Theme = "dark" | "light";

const STORE = "vilokanam.theme";

const prefersLight = window.matchMedia("(prefers-color-scheme: light)");

function chosen(): Theme | null {
  const kept = readStored(STORE);
  return kept === "dark" || kept === "light" ? kept : null;
}

const preferred = (): Theme => (prefersLight.matches ? "light" : "dark");

/** The theme in force. */
export const theme = signal<Theme>(chosen() ?? preferred());

/** Chooses, and remembers it. */
export function chooseTheme(next: Theme): void {
  writeStored(STORE, next);
  theme.value = next;
}

/** Keeps the document in the theme in force, which follows the system until the viewer chooses. */
export function startTheme(): void {
  prefersLight.addEventListener("change", () => {
    if (chosen() === null) theme.value = preferred();
  });
  effect(() => {
    document.documentElement.dataset["theme"] = theme.value;
  });
}
