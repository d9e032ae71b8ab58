// The table of pages. Each is loaded, as a chunk of its own, when it is first shown.

import type { ComponentType } from "preact";
import type { PageProps } from "./page";

interface Route {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly load: () => Promise<{ readonly default: ComponentType<PageProps> }>;
}

const STREAM = "(\\d{1,20})";
/** A recording's number, and the token of an unlisted one. */
const RECORDING = "(\\d{1,20}(?:-[0-9a-f]{1,64})?)";
const ACCOUNT = "([1-9A-HJ-NP-Za-km-z]{46,50})";

const route = (path: string, names: readonly string[], load: Route["load"]): Route => ({
  pattern: new RegExp(`^${path}/?$`),
  names,
  load,
});

const ROUTES: readonly Route[] = [
  route("", [], () => import("../pages/home")),
  route(`/watch/${STREAM}`, ["stream"], () => import("../pages/watch")),
  route(`/watch/${STREAM}/recordings/${RECORDING}`, ["stream", "recording"], () => import("../pages/watch")),
  route(`/creators/${ACCOUNT}`, ["account"], () => import("../pages/creator")),
  route("/c/([^/]{1,300})", ["handle"], () => import("../pages/creator")),
  route("/search", [], () => import("../pages/search")),
  route("/following", [], () => import("../pages/following")),
  route("/history", [], () => import("../pages/history")),
  route("/leaderboards", [], () => import("../pages/leaderboards")),
  route("/notices", [], () => import("../pages/notices")),
  route("/me", [], () => import("../pages/me")),
  route("/me/spending", [], () => import("../pages/spending")),
  route("/me/tips", [], () => import("../pages/tips")),
  route("/wallet", [], () => import("../pages/wallet")),
  route("/wallet/sessions/(0x[0-9a-f]{32})", ["session"], () => import("../pages/receipts")),
  route("/gift", [], () => import("../pages/gift")),
  route("/studio", [], () => import("../pages/studio")),
  route("/studio/new", [], () => import("../pages/stream-new")),
  route(`/studio/streams/${STREAM}`, ["stream"], () => import("../pages/stream-manage")),
  route(`/studio/streams/${STREAM}/library`, ["stream"], () => import("../pages/library")),
  route(`/studio/streams/${STREAM}/live`, ["stream"], () => import("../pages/tab-live")),
  route(`/studio/streams/${STREAM}/settings`, ["stream"], () => import("../pages/stream-settings")),
  route("/studio/earnings", [], () => import("../pages/earnings")),
  route(`/studio/chat/${STREAM}`, ["stream"], () => import("../pages/chat-settings")),
  route("/moderation", [], () => import("../pages/moderation")),
  route("/admin", [], () => import("../pages/admin")),
  route("/studio/followers", [], () => import("../pages/followers")),
  route("/studio/statements", [], () => import("../pages/statements")),
];

const NOT_FOUND: Route = { pattern: /^/, names: [], load: () => import("../pages/not-found") };

/** Finds the page of a path, and the parameters in the path. */
export function match(path: string): { readonly route: Route; readonly params: Record<string, string> } {
  for (const candidate of ROUTES) {
    const found = candidate.pattern.exec(path);
    if (!found) continue;
    const params = candidate.names.map((name, index) => [name, found[index + 1] ?? ""] as const);
    return { route: candidate, params: Object.fromEntries(params) };
  }
  return { route: NOT_FOUND, params: {} };
}
