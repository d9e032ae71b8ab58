// A viewer's page during an upgrade of the chain: it plays on, and without a reload it opens its next session for the new
// fee and makes a deposit with the new runtime. The platform and the upgrade are those of the drill in tests/gateway.

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFailed } from "vitest";
import { connect, deposit, shown, untilPaid, untilPlaying } from "./support/actions";
import { recordProblems, screenshot, startBrowser } from "./support/browser";
import { sizeOf } from "./support/look";
import { type Place, Stage } from "./support/platform";
import { until } from "./support/ports";
import { injectWallet } from "./support/wallet";

const WITHIN_MS = 120_000;
/** Time for a referendum and an upgrade on a busy machine. */
const UPGRADE_WITHIN_MS = 600_000;

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: this is a part of the drill in tests/gateway`);
  return value;
}

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

async function stop(page: Page): Promise<void> {
  await press(page, "Stop");
  const phase = () => page.locator(".meter").getAttribute("data-phase");
  await until("the stop", async () => (await phase()) === "stopped", WITHIN_MS);
}

let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
});

it("plays on through the upgrade, and pays and signs for the next runtime", async () => {
  const stage = new Stage(JSON.parse(setting("VILOKANAM_PLACE")) as Place);
  const context = await browser.newContext({ viewport: sizeOf(1280), reducedMotion: "reduce" });
  const wallet = await injectWallet(context, [setting("VILOKANAM_DRILL_VIEWER")]);
  const page = await context.newPage();
  onTestFailed(() => screenshot(page, "upgrade"));
  page.setDefaultTimeout(WITHIN_MS);
  const ws = stage.place.pages.replace("http", "ws");
  const { nodes } = (await (await fetch(`${stage.place.gateway}/v1/gateway`)).json()) as { nodes: readonly string[] };
  const problems = recordProblems(page, [stage.place.pages, ws, ...nodes]);
  const openFee = await stage.openFee();

  await page.goto(`${stage.place.pages}/wallet`);
  await connect(page, wallet.names[0] ?? "");
  await press(page, "Make a deposit");
  await deposit(page, "30");
  await page.goto(`${stage.place.pages}/watch/0`);
  await press(page, "Start");
  await untilPlaying(page);
  await untilPaid(page);

  await until("another fee", async () => (await stage.openFee()) !== openFee, UPGRADE_WITHIN_MS);
  const before = await shown(page);
  expect(before.session).not.toBeNull();
  await untilPlaying(page);
  await untilPaid(page, before.spent);
  expect((await shown(page)).session).toBe(before.session);

  await stop(page);
  await press(page, "Start");
  await untilPlaying(page);
  await until(
    "paid seconds of another session",
    async () => {
      const now = await shown(page);
      return now.session !== null && now.session !== before.session;
    },
    WITHIN_MS,
  );
  await press(page, "Top up");
  await deposit(page, "5");
  expect(wallet.transactions).toBe(2);
  await stop(page);
  expect(problems).toEqual({ errors: [], otherServers: [] });
});
