// Plays a paid stream in players by other authors: `npm run players`, or `scripts/drill players`. It asserts no time.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/players/**/*.players.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
  },
});
