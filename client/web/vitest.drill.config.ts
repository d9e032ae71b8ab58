// The browser's part of the upgrade drill: `npm run drill`. tests/gateway starts it, with a platform that it has started.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.drill.ts"],
    environment: "node",
    testTimeout: 900_000,
    hookTimeout: 240_000,
    teardownTimeout: 60_000,
  },
});
