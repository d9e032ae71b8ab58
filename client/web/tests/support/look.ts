// Checks of a page's look: axe-core, layout shifts and overflow. Also saves a picture in both themes.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import axe, { type AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const FOLDER = join(import.meta.dirname, "..", "..", "test-results", "screens");
export const WIDTHS = [360, 1280] as const;
/** A second width of phones, for screens with much in a row. */
export const PHONE = 390;
type Width = (typeof WIDTHS)[number] | typeof PHONE;
const HEIGHTS: Readonly<Record<Width, number>> = { 360: 760, 390: 844, 1280: 860 };
const THEMES = ["dark", "light"] as const;
/** Maximum height of a picture, in pixels. */
const MAX_HEIGHT = 3_000;
/** Maximum cumulative layout shift, which is too small to be seen. */
const MAX_SHIFT = 0.02;

/** Size of a window of this width. */
export function sizeOf(width: Width): { width: number; height: number } {
  return { width, height: HEIGHTS[width] };
}

/** Records layout shifts that were not caused by input, or by the answer to it. An init script for pages. */
export function recordShifts(): void {
  /** Maximum time for an answer, which a wallet has to sign for. */
  const answerMs = 10_000;
  const moved: string[] = [];
  let pressedAt = Number.NEGATIVE_INFINITY;
  for (const type of ["pointerdown", "keydown"]) {
    addEventListener(type, ({ timeStamp }) => (pressedAt = timeStamp), { capture: true });
  }
  Reflect.set(window, "layoutShifts", moved);
  Reflect.set(window, "layoutShift", 0);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (Reflect.get(entry, "hadRecentInput") === true || entry.startTime - pressedAt < answerMs) continue;
      const value = Reflect.get(entry, "value") as number;
      Reflect.set(window, "layoutShift", (Reflect.get(window, "layoutShift") as number) + value);
      const sources = Reflect.get(entry, "sources") as readonly { readonly node: Node | null }[];
      const names = sources.map(({ node }) => (node instanceof Element ? `${node.tagName}.${node.className}` : "gone"));
      moved.push(`${value.toFixed(3)} by ${names.join(", ")}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
}

/** Waits until fonts, visible pictures, answers and animations are complete. */
export async function settle(page: Page): Promise<void> {
  await page.locator("h1, h2").first().waitFor({ state: "attached" });
  await page.waitForFunction(async () => {
    await document.fonts.ready;
    const isSeen = (image: HTMLImageElement) => image.getBoundingClientRect().top < window.innerHeight;
    const areImagesIn = Array.from(document.images).every((image) => image.complete || !isSeen(image));
    const isMoving = document.getAnimations().some((one) => one.playState === "running");
    return areImagesIn && !isMoving && document.querySelector(".skeleton, [aria-busy='true']") === null;
  });
}

async function violationsOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => Reflect.has(window, "axe")))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => {
    const run = Reflect.get(window, "axe") as { run(root: Document, options: object): Promise<AxeResults> };
    return run.run(document, { resultTypes: ["violations"] });
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

interface Layout {
  /** Elements that reach beyond the width of the page. */
  readonly outside: readonly string[];
  readonly shift: number;
  readonly moved: readonly string[];
}

function layoutOf(page: Page): Promise<Layout> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const isOutside = (element: Element) => element.getBoundingClientRect().right > clientWidth + 1;
    const widest = scrollWidth > clientWidth ? Array.from(document.querySelectorAll("body *")).filter(isOutside) : [];
    return {
      outside: widest.map((element) => `${element.tagName}.${element.getAttribute("class")}`),
      shift: (Reflect.get(window, "layoutShift") as number | undefined) ?? 0,
      moved: (Reflect.get(window, "layoutShifts") as string[] | undefined) ?? [],
    };
  });
}

/** Checks a page in both themes, and saves the pictures. */
export async function look(page: Page, name: string, width: Width): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await page.setViewportSize(sizeOf(width));
  await settle(page);
  const layout = await layoutOf(page);
  // A window as long as the page: then fixed elements are at its edges in the picture.
  const length = await page.evaluate(() => {
    const main = document.querySelector("main");
    if (main) main.style.minHeight = "0";
    return document.documentElement.scrollHeight;
  });
  await page.setViewportSize({ width, height: Math.min(MAX_HEIGHT, Math.max(HEIGHTS[width], length)) });
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await settle(page);
    await page.screenshot({ path: join(FOLDER, `${name}-${theme}-${width}.png`) });
    expect.soft(await violationsOf(page), `${name}, ${theme}, ${width}: axe-core`).toEqual([]);
  }
  await page.setViewportSize(sizeOf(width));
  await page.evaluate(() => document.querySelector("main")?.removeAttribute("style"));
  expect.soft(layout.outside, `${name}, ${width}: reaches beyond the page`).toEqual([]);
  const moved = layout.shift < MAX_SHIFT ? [] : layout.moved;
  expect.soft(moved, `${name}, ${width}: moves while it is built`).toEqual([]);
}
