// Every page in both themes and two widths: a picture of each for people to look at, and axe-core, which must find nothing.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import axe, { type AxeResults } from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, deposit, untilPlaying } from "./support/actions";
import { startBrowser } from "./support/browser";
import { type Platform, startPlatform } from "./support/platform";
import { injectWallet } from "./support/wallet";

const FOLDER = join(import.meta.dirname, "..", "test-results", "screens");
const THEMES = ["dark", "light"] as const;
const WIDTHS = [360, 1280] as const;

interface Scene {
  readonly name: string;
  readonly path: string;
  /** The development account that is connected; nobody if not named. */
  readonly account?: string;
  readonly prepare?: (page: Page) => Promise<void>;
}

const SCENES: readonly Scene[] = [
  { name: "home", path: "/" },
  { name: "home-nothing-found", path: "/?q=zzzz" },
  { name: "not-found", path: "/nowhere" },
  { name: "watch-preview", path: "/watch/1", prepare: (page) => untilPlaying(page) },
  {
    name: "watch-wallet",
    path: "/watch/0",
    prepare: async (page) => {
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await page.locator('.hold-card[data-reason="wallet"]').waitFor();
    },
  },
  { name: "watch-paying", path: "/watch/0", account: "Dave", prepare: (page) => untilPlaying(page) },
  {
    name: "watch-settings",
    path: "/watch/0",
    account: "Dave",
    prepare: async (page) => {
      await untilPlaying(page);
      await page.getByRole("button", { name: "Quality and keys" }).click();
    },
  },
  {
    name: "watch-top-up",
    path: "/watch/0",
    account: "Dave",
    prepare: async (page) => {
      await page.getByRole("button", { name: "Top up" }).click();
      await page.getByTestId("limits").waitFor();
    },
  },
  {
    name: "watch-tip",
    path: "/watch/0",
    account: "Dave",
    prepare: (page) => page.getByRole("button", { name: "Tip", exact: true }).click(),
  },
  { name: "wallet-nobody", path: "/wallet" },
  {
    name: "wallet",
    path: "/wallet",
    account: "Dave",
    prepare: (page) => page.getByTestId("free").waitFor(),
  },
  { name: "studio-nobody", path: "/studio" },
  { name: "studio-empty", path: "/studio", account: "Dave" },
  { name: "studio", path: "/studio", account: "Bob" },
  {
    name: "stream-new",
    path: "/studio/new",
    account: "Dave",
    prepare: async (page) => {
      await page.getByRole("button", { name: "Share with somebody" }).click();
      await page.getByText(/With 100 viewers/).waitFor();
    },
  },
  {
    name: "stream-manage",
    path: "/studio/streams/0",
    account: "Bob",
    prepare: async (page) => {
      await page.getByRole("button", { name: "New publish key" }).click();
      await page.getByText("Server", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Check" }).click();
      await page.getByTestId("diagnosis").waitFor();
    },
  },
  {
    name: "earnings",
    path: "/studio/earnings",
    account: "Bob",
    prepare: (page) => page.locator(".uplot").waitFor(),
  },
];

let platform: Platform;
let browser: Browser;

/** A browser of somebody's own, remembered over the scenes: wallet connected, and for Dave a deposit. */
async function contextOf(account: string | undefined): Promise<BrowserContext> {
  const context = await browser.newContext({ bypassCSP: false });
  await context.addInitScript({ content: axe.source });
  if (!account) return context;
  await injectWallet(context, [`//${account}`]);
  const page = await context.newPage();
  await page.goto(`${platform.pages}/wallet`);
  await connect(page, account);
  if (account === "Dave") {
    await page.getByRole("button", { name: "Make a deposit" }).click();
    await deposit(page, "5");
    await page.goto(`${platform.pages}/watch/0`);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await untilPlaying(page);
  }
  await page.close();
  return context;
}

async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(() => {
    const run = Reflect.get(window, "axe") as { run(root: Document): Promise<AxeResults> };
    return run.run(document);
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

/** Nothing reaches beyond the page's width, and nothing has jumped while it was built. */
async function layoutOf(page: Page): Promise<{ overflow: number; shift: number }> {
  return page.evaluate(() => ({
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    shift: Reflect.get(window, "layoutShift") as number,
  }));
}

/** Counts what jumps without anybody having pressed anything. */
function countShifts(): void {
  Reflect.set(window, "layoutShift", 0);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (Reflect.get(entry, "hadRecentInput") === true) continue;
      const sum = (Reflect.get(window, "layoutShift") as number) + (Reflect.get(entry, "value") as number);
      Reflect.set(window, "layoutShift", sum);
    }
  }).observe({ type: "layout-shift", buffered: true });
}

beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true });
  platform = await startPlatform();
  browser = await startBrowser();
  const words = ["--title", "Night train, front window", "--category", "Nature", "--tag", "train", "--tag", "snow"];
  const about = ["--description", "From the coast to the pass, in one take. No talking, only rails."];
  await platform.cli("//Eve", "stream", "create", "--price", "0.003", "--preview", "600", ...words, ...about);
  const key = (await platform.cli("//Eve", "stream", "key", "create", "1")) as Record<string, string>;
  platform.publish(key["rtmp_url"] ?? "", key["rtmp_stream_key"] ?? "");
  const other = ["--title", "Kitchen table chess", "--category", "Games", "--split"];
  await platform.cli(
    "//Bob",
    "stream",
    "create",
    "--price",
    "0.0005",
    ...other,
    "5CiPPseXPECbkjWCa6MnjNokrgYjMqmKndv2rSnekmSK2DjL=25",
  );
});

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

const contexts = new Map<string | undefined, BrowserContext>();

async function show(scene: Scene, theme: string, width: number): Promise<Page> {
  const context = contexts.get(scene.account) ?? (await contextOf(scene.account));
  contexts.set(scene.account, context);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.setViewportSize({ width, height: width < 500 ? 760 : 860 });
  await page.addInitScript((chosen) => window.localStorage.setItem("vilokanam.theme", chosen), theme);
  await page.addInitScript(countShifts);
  await page.goto(platform.pages + scene.path);
  await page.locator("h1, h2").first().waitFor();
  await page.waitForTimeout(1_200);
  await scene.prepare?.(page);
  await page.waitForTimeout(500);
  return page;
}

describe.each(SCENES)("$name", (scene) => {
  describe.each(THEMES)("%s", (theme) => {
    it.each(WIDTHS)("at %i pixels", async (width) => {
      const page = await show(scene, theme, width);
      const found = await violationsOf(page);
      const layout = await layoutOf(page);
      await page.screenshot({ path: join(FOLDER, `${scene.name}-${theme}-${width}.png`), fullPage: true });
      await page.close();
      expect(found).toEqual([]);
      expect(layout.overflow).toBe(0);
      expect(layout.shift).toBeLessThan(0.1);
    });
  });
});
