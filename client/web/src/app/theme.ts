// Dark or light: what the viewer chose, else what the system prefers.

import { effect, signal } from "@preact/signals";

export type Theme = "dark" | "light";

const STORE = "vilokanam.theme";

function initial(): Theme {
  const chosen = window.localStorage.getItem(STORE);
  if (chosen === "dark" || chosen === "light") return chosen;
  return window.matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}

/** The theme in force. */
export const theme = signal<Theme>(initial());

/** Chooses, and remembers it. */
export function chooseTheme(next: Theme): void {
  window.localStorage.setItem(STORE, next);
  theme.value = next;
}

/** Keeps the document in the theme in force. */
export function startTheme(): void {
  effect(() => {
    document.documentElement.dataset["theme"] = theme.value;
  });
}
