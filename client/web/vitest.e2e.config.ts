// The end-to-end tests: `npm run e2e`. One platform serves all files, which run at the same time, since they mostly
// wait for seconds to pass. Each file has accounts and streams of its own.

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
