// What users do and see on the pages.

import type { Page } from "playwright-core";
import { until } from "./ports";

/** State of the player and the meter. */
export interface Shown {
  readonly timeS: number;
  /** From the first picture to the newest, including what was skipped. */
  readonly coveredS: number;
  readonly isPlaying: boolean;
  readonly spent: bigint;
  readonly session: string | null;
  /** Reason of the card over the picture; null if there is none. */
  readonly hold: string | null;
}

/** Reads the player and the meter. */
export async function shown(page: Page): Promise<Shown> {
  const read = await page.evaluate(() => {
    const video = document.querySelector("video");
    const link = document.querySelector<HTMLAnchorElement>('a[href^="/wallet/sessions/"]');
    const ranges = video?.played.length ?? 0;
    return {
      coveredS: video && ranges > 0 ? video.played.end(ranges - 1) - video.played.start(0) : 0,
      timeS: video?.currentTime ?? 0,
      isPlaying: document.querySelector(".player")?.getAttribute("data-state") === "playing",
      spent: document.querySelector<HTMLElement>('[data-testid="spent"]')?.dataset["planck"] ?? "0",
      session: link?.getAttribute("href")?.split("/").pop() ?? null,
      hold: document.querySelector(".hold-card")?.getAttribute("data-reason") ?? null,
    };
  });
  return { ...read, spent: BigInt(read.spent) };
}

/** Records when pictures arrive and move. An init script for pages. */
export function recordFrames(): void {
  const events: { readonly type: string; readonly atMs: number }[] = [];
  Reflect.set(window, "frameEvents", events);
  for (const type of ["loadeddata", "timeupdate"]) {
    document.addEventListener(type, () => events.push({ type, atMs: Date.now() }), true);
  }
}

/** Time from `sinceMs` until the first picture (`loadeddata`), or until the picture moves (`timeupdate`). */
export async function msUntil(page: Page, type: "loadeddata" | "timeupdate", sinceMs: number): Promise<number> {
  const atMs = await until(
    type,
    () =>
      page.evaluate(
        ({ type, sinceMs }) => {
          const events = Reflect.get(window, "frameEvents") as { readonly type: string; readonly atMs: number }[];
          return events.find((event) => event.type === type && event.atMs >= sinceMs)?.atMs ?? null;
        },
        { type, sinceMs },
      ),
    120_000,
  );
  return atMs - sinceMs;
}

/** Waits until the picture moves. */
export async function untilPlaying(page: Page, withinMs = 120_000): Promise<void> {
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

/** Signs in with the wallet, on a page that asks for it. */
export async function signInHere(page: Page): Promise<void> {
  await page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Sign in as / }).click();
  await dialog.waitFor({ state: "detached" });
}

/** Fills in the deposit form and signs. Without a budget, the one that the form suggests is signed. */
export async function deposit(page: Page, amount: string, budget?: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Deposit/).fill(amount);
  if (budget !== undefined) await dialog.getByLabel(/^Budget/).fill(budget);
  await dialog.getByRole("button", { name: /^Deposit .* VLK$/ }).click();
  await dialog.waitFor({ state: "detached", timeout: 120_000 });
}

/** Waits until the card over the picture has this reason. */
export async function untilHeld(page: Page, reason: string): Promise<void> {
  await until(`a picture that is held: ${reason}`, async () => (await shown(page)).hold === reason, 120_000);
}

/** Waits until more than `planck` are paid. */
export async function untilPaid(page: Page, planck = 0n): Promise<void> {
  await until(`more than ${planck} planck`, async () => (await shown(page)).spent > planck, 120_000);
}
