// The theme, dark or light: the one that the user has chosen, or else the one that the system prefers.

import { effect, signal } from "@preact/signals";
import { readStored, writeStored } from "../common/storage";

export type Theme = "dark" | "light";

const STORAGE_KEY = "vilokanam.theme";

const prefersLight = window.matchMedia("(prefers-color-scheme: light)");

function chosen(): Theme | null {
  const stored = readStored(STORAGE_KEY);
  return stored === "dark" || stored === "light" ? stored : null;
}

const preferred = (): Theme => (prefersLight.matches ? "light" : "dark");

/** The present theme. */
export const theme = signal<Theme>(chosen() ?? preferred());

/** Chooses a theme, which the browser remembers. */
export function chooseTheme(next: Theme): void {
  writeStored(STORAGE_KEY, next);
  theme.value = next;
}

/** Applies the theme to the document. It follows the system until the user has chosen one. */
export function startTheme(): void {
  prefersLight.addEventListener("change", () => {
    if (chosen() === null) theme.value = preferred();
  });
  effect(() => {
    document.documentElement.dataset["theme"] = theme.value;
  });
}
