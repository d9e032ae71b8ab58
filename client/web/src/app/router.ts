// The address bar as signals, and links within these pages without reloading.

import { computed, signal } from "@preact/signals";

interface Location {
  readonly path: string;
  readonly query: string;
}

const readLocation = (): Location => ({ path: window.location.pathname, query: window.location.search });

const location = signal<Location>(readLocation());

/** The path, without the query. */
export const path = computed(() => location.value.path);
/** The parameters of the query. */
export const query = computed(() => new URLSearchParams(location.value.query));

/** Goes to an address of these pages. With `replace`, the browser's history has no entry for it. */
export function navigate(to: string, options: { readonly replace?: boolean } = {}): void {
  if (to === `${location.peek().path}${location.peek().query}`) return;
  window.history[options.replace ? "replaceState" : "pushState"](null, "", to);
  const isOtherPage = new URL(to, window.location.href).pathname !== location.peek().path;
  location.value = readLocation();
  if (isOtherPage && !options.replace) window.scrollTo(0, 0);
}

/** The target of a plain click on a link to these pages; null for other clicks, which the browser handles. */
function linkOf(event: MouseEvent): URL | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target === "_blank" || link.hasAttribute("download")) return null;
  const url = new URL(link.href);
  const isOurs = url.origin === window.location.origin && !url.pathname.startsWith("/v1/");
  return isOurs && url.hash === "" ? url : null;
}

/** Begins to handle links and the browser's back and forward buttons. */
export function startRouter(): void {
  window.addEventListener("popstate", () => {
    location.value = readLocation();
  });
  document.addEventListener("click", (event) => {
    const url = linkOf(event);
    if (!url) return;
    event.preventDefault();
    navigate(`${url.pathname}${url.search}`);
  });
}
