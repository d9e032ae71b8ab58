// Measures the time from drawing a picture to showing it: `npm run glass`, or `scripts/bench glass`. It asserts no time.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/glass/**/*.glass.ts"],
    environment: "node",
    // One at a time: the measurement takes a whole machine.
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
  },
});
