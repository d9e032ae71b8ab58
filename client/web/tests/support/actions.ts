// What people do on the pages, in the words of the tests.

import type { Page } from "playwright-core";
import { until } from "./ports";

/** What the player and the meter show. */
export interface Shown {
  readonly timeS: number;
  /** Shown in all, without what was jumped over. */
  readonly playedS: number;
  readonly isPlaying: boolean;
  readonly spent: bigint;
  readonly session: string | null;
}

/** Reads the player and the meter. */
export async function shown(page: Page): Promise<Shown> {
  const read = await page.evaluate(() => {
    const video = document.querySelector("video");
    const link = document.querySelector<HTMLAnchorElement>('a[href^="/wallet/sessions/"]');
    const ranges = Array.from({ length: video?.played.length ?? 0 }, (_, at) => at);
    const lengths = ranges.map((at) => (video ? video.played.end(at) - video.played.start(at) : 0));
    return {
      playedS: lengths.reduce((sum, length) => sum + length, 0),
      timeS: video?.currentTime ?? 0,
      isPlaying: document.querySelector(".player")?.getAttribute("data-state") === "playing",
      spent: document.querySelector<HTMLElement>('[data-testid="spent"]')?.dataset["planck"] ?? "0",
      session: link?.getAttribute("href")?.split("/").pop() ?? null,
    };
  });
  return { ...read, spent: BigInt(read.spent) };
}

/** Waits until the picture moves. */
export async function untilPlaying(page: Page, withinMs = 60_000): Promise<void> {
  await until(
    "a moving picture",
    async () => {
      const before = await shown(page);
      await page.waitForTimeout(400);
      const after = await shown(page);
      return after.isPlaying && after.timeS > before.timeS;
    },
    withinMs,
  );
}

/** Connects the injected wallet from the header and chooses an account. */
export async function connect(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Connect / })
    .first()
    .click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^Account / }).click();
  await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await page.getByRole("button", { name: `Account ${name}` }).waitFor();
}

/** Fills in the deposit form and signs. */
export async function deposit(page: Page, amount: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Put in").fill(amount);
  await dialog.getByRole("button", { name: /^Put in .* and allow$/ }).click();
  await dialog.waitFor({ state: "detached", timeout: 60_000 });
}
