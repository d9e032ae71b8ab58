// Every page with content, in both themes and two widths: automatic checks, and a picture of each for people to look
// at. The pictures go to `test-results/screens`.

import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, inject, it } from "vitest";
import { connect, deposit, shown, signInHere, untilPlaying } from "./support/actions";
import { startBrowser } from "./support/browser";
import { FAKE_DEVICES } from "./support/devices";
import { look, recordShifts, sizeOf, WIDTHS } from "./support/look";
import { Stage } from "./support/platform";
import { until } from "./support/ports";
import { injectWallet } from "./support/wallet";

const WITHIN_MS = 120_000;
const CREATOR = "//Alice";
const VIEWER = "//Dave";

/** The streams and the session that the pages show. */
interface Fixtures {
  /** Stream on air with a long preview. */
  readonly free: string;
  /** Stream off air. */
  readonly offAir: string;
  /** Creator whose streams are off air. */
  readonly creator: string;
  /** Session of the viewer. */
  readonly session: string;
}

interface Scene {
  readonly name: string;
  readonly path: string | ((fixtures: Fixtures) => string);
  /** Whose wallet is connected; none if absent. */
  readonly who?: "viewer" | "creator" | "newcomer";
  readonly prepare?: (page: Page) => Promise<unknown>;
}

const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true }).click();

const PUBLIC: readonly Scene[] = [
  { name: "home", path: "/", prepare: (page) => page.getByText("On air now").waitFor() },
  { name: "search", path: "/search?q=harbour", prepare: (page) => page.getByText("Harbour at dawn").first().waitFor() },
  { name: "search-nothing-found", path: "/search?q=zzzzzzzz" },
  { name: "search-empty", path: "/search" },
  { name: "leaderboards", path: "/leaderboards" },
  { name: "not-found", path: "/nowhere" },
  { name: "watch-preview", path: ({ free }) => `/watch/${free}`, prepare: (page) => untilPlaying(page) },
  { name: "watch-off-air", path: ({ offAir }) => `/watch/${offAir}` },
  { name: "gift-without-link", path: "/gift" },
  {
    name: "gift-of-creator",
    path: ({ creator }) => `/gift?creator=${creator}`,
    prepare: (page) => page.getByText("Rain on a tin roof").waitFor(),
  },
  {
    name: "creator",
    path: ({ creator }) => `/creators/${creator}`,
    prepare: (page) => page.getByText("Rain on a tin roof").waitFor(),
  },
  {
    name: "creator-schedule",
    path: ({ creator }) => `/creators/${creator}?part=schedule`,
    prepare: (page) => page.getByText("Nothing is announced").waitFor(),
  },
  {
    name: "creator-supporters",
    path: ({ creator }) => `/creators/${creator}?part=supporters`,
    prepare: (page) => page.getByText("Nobody is listed").waitFor(),
  },
  { name: "creator-about", path: ({ creator }) => `/creators/${creator}?part=about` },
  { name: "following-signed-out", path: "/following" },
  { name: "notices-signed-out", path: "/notices" },
  { name: "moderation-signed-out", path: "/moderation" },
  { name: "chat-settings-signed-out", path: "/studio/chat/0" },
  { name: "wallet-no-account", path: "/wallet" },
  { name: "studio-no-account", path: "/studio" },
];

const NEWCOMER: readonly Scene[] = [
  { name: "wallet-menu", path: "/", who: "newcomer", prepare: (page) => press(page, /^Account /) },
  {
    name: "wallet-first-deposit",
    path: "/wallet",
    who: "newcomer",
    prepare: async (page) => {
      await press(page, "Make a deposit");
      await page.getByTestId("limits").waitFor();
    },
  },
  { name: "history-signed-out", path: "/history", who: "newcomer" },
  { name: "statements-signed-out", path: "/studio/statements", who: "newcomer" },
  {
    name: "sign-in",
    path: "/me",
    who: "newcomer",
    prepare: async (page) => {
      await page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }).click();
      await page.getByText("My wallet is a hardware wallet").click();
      await page.getByRole("button", { name: "Sign in with a transaction" }).waitFor();
    },
  },
  { name: "connect", path: "/", prepare: (page) => press(page, "Connect") },
  { name: "studio-empty", path: "/studio", who: "newcomer" },
  { name: "earnings-empty", path: "/studio/earnings", who: "newcomer" },
  {
    name: "stream-new",
    path: "/studio/new",
    who: "newcomer",
    prepare: async (page) => {
      await press(page, "Add a share");
      await page.getByText(/With 100 viewers/).waitFor();
    },
  },
];

const CREATORS: readonly Scene[] = [
  { name: "studio", path: "/studio", who: "creator" },
  {
    name: "me",
    path: "/me",
    who: "creator",
    prepare: (page) => page.getByText("This browser", { exact: true }).waitFor(),
  },
  { name: "wallet-menu-signed-in", path: "/studio", who: "creator", prepare: (page) => press(page, /^Account /) },
  {
    name: "stream-manage",
    path: "/studio/streams/0",
    who: "creator",
    prepare: async (page) => {
      await press(page, "New publish key");
      await page.getByText("Server", { exact: true }).waitFor();
      await page.getByTestId("diagnosis").waitFor();
      await page.getByText(/of playback in the last day|No player has reported/).waitFor();
    },
  },
  { name: "library", path: "/studio/streams/0/library", who: "creator" },
  {
    name: "stream-settings",
    path: "/studio/streams/0/settings",
    who: "creator",
    prepare: async (page) => {
      await page.getByRole("heading", { name: "Encoding" }).waitFor();
      await page.getByLabel("Choose the delay myself").check();
    },
  },
  {
    name: "tab-live",
    path: "/studio/streams/0/live",
    who: "creator",
    prepare: async (page) => {
      await press(page, "Start the camera");
      await page.getByLabel("Camera", { exact: true }).waitFor();
    },
  },
  {
    name: "earnings",
    path: "/studio/earnings",
    who: "creator",
    prepare: (page) => page.locator(".uplot").waitFor(),
  },
];

/** Waits until the page pays. Each page resumes the session of the one before. */
async function paying(page: Page): Promise<void> {
  await untilPlaying(page);
  await until("paid seconds", async () => (await shown(page)).spent > 0n, WITHIN_MS);
}

const VIEWERS: readonly Scene[] = [
  { name: "receipts", path: ({ session }) => `/wallet/sessions/${session}`, who: "viewer" },
  {
    name: "wallet",
    path: "/wallet",
    who: "viewer",
    prepare: (page) => page.getByText("Active", { exact: true }).waitFor(),
  },
  {
    name: "wallet-device",
    path: "/wallet",
    who: "viewer",
    prepare: async (page) => {
      await page.getByRole("button", { name: /^Change / }).click();
      await page.getByTestId("limits").waitFor();
    },
  },
  {
    name: "watch-paying",
    path: "/watch/0",
    who: "viewer",
    prepare: async (page) => {
      await paying(page);
      await page.locator("[aria-labelledby=receipts] table").waitFor();
    },
  },
  {
    name: "watch-settings",
    path: "/watch/0",
    who: "viewer",
    prepare: async (page) => {
      await paying(page);
      await page.mouse.move(100, 200);
      await press(page, "Settings");
    },
  },
  {
    name: "watch-top-up",
    path: "/watch/0",
    who: "viewer",
    prepare: async (page) => {
      await press(page, "Top up");
      await page.getByTestId("limits").waitFor();
    },
  },
  {
    name: "following-nobody",
    path: "/following",
    who: "viewer",
    prepare: (page) => page.getByText("You do not follow anybody yet").waitFor(),
  },
  { name: "history", path: "/history", who: "viewer" },
  {
    name: "notices-none",
    path: "/notices",
    who: "viewer",
    prepare: (page) => page.getByRole("table").waitFor(),
  },
  {
    name: "spending-by-creator",
    path: "/me/spending",
    who: "viewer",
    prepare: async (page) => {
      await press(page, "By creator");
      await page.getByRole("columnheader", { name: "Creator" }).waitFor();
    },
  },
  {
    name: "tips-empty",
    path: "/me/tips",
    who: "viewer",
    prepare: (page) => page.getByText("You have not given a tip yet").waitFor(),
  },
  {
    name: "followers-nobody",
    path: "/studio/followers",
    who: "viewer",
    prepare: (page) => page.getByText("Nobody follows you yet").waitFor(),
  },
  { name: "watch-tip", path: "/watch/0", who: "viewer", prepare: (page) => press(page, "Tip") },
  {
    name: "watch-gift-form",
    path: "/watch/0",
    who: "viewer",
    prepare: async (page) => {
      await press(page, "Give ten minutes");
      await page.getByText("10 min of this stream").waitFor();
    },
  },
];

let stage: Stage;
let browser: Browser;
let fixtures: Fixtures;
/** Pays from the beginning, so that there is something to show. */
let watching: Page;
const contexts = new Map<Scene["who"], Promise<BrowserContext>>();
const SURIS = { viewer: VIEWER, creator: "//Bob", newcomer: "//Charlie//stash" } as const;

/** A browser context with the wallet connected. */
async function contextOf(who: Scene["who"]): Promise<BrowserContext> {
  const context = await browser.newContext({ reducedMotion: "reduce", colorScheme: "dark" });
  context.setDefaultTimeout(WITHIN_MS);
  if (!who) return context;
  const { names } = await injectWallet(context, [SURIS[who]]);
  const page = await context.newPage();
  await page.goto(`${stage.place.pages}/${who === "creator" ? "me" : "wallet"}`);
  await connect(page, names[0] ?? "");
  if (who === "creator") await signInHere(page);
  await page.close();
  return context;
}

/** The browser context of an account, kept over the scenes. */
function sharedContextOf(who: Scene["who"]): Promise<BrowserContext> {
  const context = contexts.get(who) ?? contextOf(who);
  contexts.set(who, context);
  return context;
}

/** Creates a stream and publishes to it. */
async function streamOnAir(): Promise<string> {
  const words = ["--title", "Harbour at dawn, one take", "--category", "Nature", "--tag", "harbour", "--tag", "quiet"];
  const about = ["--description", "Boats, gulls, and nobody talking. From the first light until the market opens."];
  const create = ["stream", "create", "--price", "0.003", "--preview", "600", ...words, ...about];
  const { stream } = await stage.cli<{ stream: string | number }>(CREATOR, ...create);
  const key = await stage.cli<Record<string, string>>(CREATOR, "stream", "key", "create", String(stream));
  stage.publish(key["rtmp_url"] ?? "", key["rtmp_stream_key"] ?? "");
  return String(stream);
}

async function streamOffAir(): Promise<Pick<Fixtures, "offAir" | "creator">> {
  const split = "5CiPPseXPECbkjWCa6MnjNokrgYjMqmKndv2rSnekmSK2DjL=25";
  const words = ["--title", "Kitchen table chess", "--category", "Games", "--split", split];
  const { stream } = await stage.cli<{ stream: string | number }>(
    "//Bob",
    "stream",
    "create",
    "--price",
    "0.0005",
    ...words,
  );
  // Another creator, none of whose streams is on air.
  await stage.cli("//Charlie", "stream", "create", "--price", "0.001", "--title", "Rain on a tin roof");
  const { account } = await stage.cli<{ account: string }>("//Charlie", "account");
  return { offAir: String(stream), creator: account };
}

async function startWatching(): Promise<Page> {
  const context = await sharedContextOf("viewer");
  const page = await context.newPage();
  await page.goto(`${stage.place.pages}/wallet`);
  await press(page, "Make a deposit");
  await deposit(page, "5");
  await page.goto(`${stage.place.pages}/watch/0`);
  await press(page, "Start");
  return page;
}

beforeAll(async () => {
  stage = new Stage(inject("place"));
  browser = await startBrowser(FAKE_DEVICES);
  const [free, offAir, page] = await Promise.all([streamOnAir(), streamOffAir(), startWatching()]);
  watching = page;
  await paying(page);
  const { session } = await shown(page);
  fixtures = { free, ...offAir, session: session ?? "" };
});

afterAll(async () => {
  await browser?.close();
  await stage?.leave();
});

function lookAt(scenes: readonly Scene[]): void {
  describe.each(scenes)("$name", (scene) => {
    it.each(WIDTHS)("at %i pixels", async (width) => {
      const context = await sharedContextOf(scene.who);
      const page = await context.newPage();
      try {
        await page.setViewportSize(sizeOf(width));
        await page.addInitScript(recordShifts);
        await page.goto(stage.place.pages + (typeof scene.path === "string" ? scene.path : scene.path(fixtures)));
        await scene.prepare?.(page);
        await look(page, scene.name, width);
      } finally {
        await page.close();
      }
    });
  });
}

describe.sequential("pages without an account", () => lookAt(PUBLIC));
describe.sequential("pages of a newcomer", () => lookAt(NEWCOMER));
describe.sequential("pages of a creator", () => lookAt(CREATORS));

describe.sequential("pages of a viewer", () => {
  beforeAll(async () => {
    const { gateway } = stage.place;
    const settled = async () => {
      const answer = await fetch(`${gateway}/v1/sessions/${fixtures.session}/receipts`);
      const { items } = (await answer.json()) as { items: readonly unknown[] };
      return items.length > 0;
    };
    await until("a settlement of the session", settled, WITHIN_MS);
    // Only one tab can pay for a stream: the scenes resume the session of this one.
    await watching.close();
  });
  lookAt(VIEWERS);
});

describe.sequential("the end of a preview", () => {
  it("asks for a wallet", async () => {
    const page = await (await contextOf(undefined)).newPage();
    await page.goto(`${stage.place.pages}/watch/0`);
    await press(page, "Start");
    await page.locator('.hold-card[data-reason="wallet"]').waitFor();
    for (const width of WIDTHS) await look(page, "watch-wallet", width);
    await page.close();
  });
});
