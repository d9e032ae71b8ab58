// Where one is: the address bar as signals, links without reloads, and the table of pages, each a chunk of its own.

import { computed, signal } from "@preact/signals";
import type { ComponentType } from "preact";

/** What a page is given. */
export interface PageProps {
  /** Parts of the path by name, as in the table. */
  readonly params: Readonly<Record<string, string>>;
}

interface Route {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly load: () => Promise<{ readonly default: ComponentType<PageProps> }>;
}

const STREAM = "(\\d{1,20})";

const route = (path: string, names: readonly string[], load: Route["load"]): Route => ({
  pattern: new RegExp(`^${path}/?$`),
  names,
  load,
});

const ROUTES: readonly Route[] = [
  route("", [], () => import("../pages/home")),
  route(`/watch/${STREAM}`, ["stream"], () => import("../pages/watch")),
  route(`/watch/${STREAM}/recordings/${STREAM}`, ["stream", "recording"], () => import("../pages/watch")),
  route("/wallet", [], () => import("../pages/wallet")),
  route("/wallet/sessions/(0x[0-9a-f]{32})", ["session"], () => import("../pages/receipts")),
  route("/studio", [], () => import("../pages/studio")),
  route("/studio/new", [], () => import("../pages/stream-new")),
  route(`/studio/streams/${STREAM}`, ["stream"], () => import("../pages/stream-manage")),
  route("/studio/earnings", [], () => import("../pages/earnings")),
];

const missing: Route = { pattern: /^/, names: [], load: () => import("../pages/not-found") };

interface Place {
  readonly path: string;
  readonly query: string;
}

const here = (): Place => ({ path: window.location.pathname, query: window.location.search });

const place = signal<Place>(here());

/** The path, without the query. */
export const path = computed(() => place.value.path);
/** The query's parts. */
export const query = computed(() => new URLSearchParams(place.value.query));

/** The page of a path. */
export function match(at: string): { readonly route: Route; readonly params: Record<string, string> } {
  for (const candidate of ROUTES) {
    const found = candidate.pattern.exec(at);
    if (!found) continue;
    const params = candidate.names.map((name, index) => [name, found[index + 1] ?? ""] as const);
    return { route: candidate, params: Object.fromEntries(params) };
  }
  return { route: missing, params: {} };
}

/** Goes to an address of these pages. `replace` leaves no trace in the history. */
export function navigate(to: string, options: { readonly replace?: boolean } = {}): void {
  if (to === `${place.peek().path}${place.peek().query}`) return;
  window.history[options.replace ? "replaceState" : "pushState"](null, "", to);
  const isOtherPage = new URL(to, window.location.href).pathname !== place.peek().path;
  place.value = here();
  if (isOtherPage && !options.replace) window.scrollTo(0, 0);
}

/** Only plain clicks on links to these pages: whoever wants a new tab or a download gets it. */
function linkOf(event: MouseEvent): URL | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target === "_blank" || link.hasAttribute("download")) return null;
  const url = new URL(link.href);
  const isOurs = url.origin === window.location.origin && !url.pathname.startsWith("/v1/");
  return isOurs && url.hash === "" ? url : null;
}

/** Follows links and the browser's own buttons from now on. */
export function startRouter(): void {
  window.addEventListener("popstate", () => {
    place.value = here();
  });
  document.addEventListener("click", (event) => {
    const url = linkOf(event);
    if (!url) return;
    event.preventDefault();
    navigate(`${url.pathname}${url.search}`);
  });
}
