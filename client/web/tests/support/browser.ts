// The browser of the tests: the system's Chromium, without anything that talks to the outside.

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

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
}

/** What a page complained of. */
export interface Complaints {
  readonly errors: string[];
  /** Addresses outside of the pages' own origin and the node. */
  readonly strangers: string[];
}

/** Notes what goes wrong in a page, and whom it talks to. */
export function listen(page: Page, own: readonly string[]): Complaints {
  const complaints: Complaints = { errors: [], strangers: [] };
  page.on("pageerror", (error) => complaints.errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && /Content Security Policy|Uncaught/.test(message.text())) {
      complaints.errors.push(message.text());
    }
  });
  page.on("request", (request) => {
    const url = request.url();
    if (/^(data|blob):/.test(url) || own.some((origin) => url.startsWith(origin))) return;
    complaints.strangers.push(url);
  });
  return complaints;
}

/** What was on screen when something went wrong. */
export async function picture(page: Page | undefined, name: string): Promise<void> {
  await page?.screenshot({ path: join(import.meta.dirname, "..", "..", "test-results", `${name}.png`) });
}
