// The tests that need the whole platform: `npm run e2e`. One platform for all; the files run at the same time, each with
// accounts and streams of its own, for most of a story about seconds is waiting for them to pass.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.e2e.ts"],
    environment: "node",
    globalSetup: "tests/support/global.ts",
    fileParallelism: true,
    maxWorkers: 2,
    testTimeout: 400_000,
    hookTimeout: 240_000,
    teardownTimeout: 60_000,
  },
});
