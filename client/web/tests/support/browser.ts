// The browser of the tests: the system's Chromium, without its own network traffic.

import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const EXECUTABLE = process.env["VILOKANAM_CHROMIUM"] ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

/** Starts the browser, with more flags if a test needs them. */
export function startBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: [...FLAGS, ...more] });
}

/** Problems of a page. */
export interface PageProblems {
  readonly errors: string[];
  /** Requests to other servers than that of the pages and the node. */
  readonly otherServers: string[];
}

/** Records the problems of a page. `own` are the origins that it may contact. */
export function recordProblems(page: Page, own: readonly string[]): PageProblems {
  const problems: PageProblems = { errors: [], otherServers: [] };
  page.on("pageerror", (error) => problems.errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && /Content Security Policy|Uncaught/.test(message.text())) {
      problems.errors.push(message.text());
    }
  });
  page.on("request", (request) => {
    const url = request.url();
    if (/^(data|blob):/.test(url) || own.some((origin) => url.startsWith(origin))) return;
    problems.otherServers.push(url);
  });
  return problems;
}

/** Saves a screenshot of a page, if there is one. */
export async function screenshot(page: Page | undefined, name: string): Promise<void> {
  await page?.screenshot({ path: join(import.meta.dirname, "..", "..", "test-results", `${name}.png`) });
}
