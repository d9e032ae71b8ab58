// Starts one platform for all test files, and stops it after the last.

import type { TestProject } from "vitest/node";
import { startPlatform } from "./platform";

export default async function startForAll({ provide }: TestProject): Promise<() => Promise<void>> {
  const startedMs = Date.now();
  const { place, stop } = await startPlatform();
  console.log(`the platform was on air after ${Date.now() - startedMs} ms`);
  provide("place", place);
  return stop;
}
