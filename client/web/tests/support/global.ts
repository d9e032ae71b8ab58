// Starts one platform for all files of tests, and ends it after the last.

import type { TestProject } from "vitest/node";
import { startPlatform } from "./platform";

export default async function startForAll({ provide }: TestProject): Promise<() => Promise<void>> {
  const begun = Date.now();
  const { place, stop } = await startPlatform();
  console.log(`the platform was on air after ${Date.now() - begun} ms`);
  provide("place", place);
  return stop;
}
