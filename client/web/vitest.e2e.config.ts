// The tests that need the whole platform: `npm run e2e`. One after the other, for they share its clock and its money.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.e2e.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 400_000,
    hookTimeout: 240_000,
  },
});
