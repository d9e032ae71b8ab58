// How the pages are built, and how they are served while they are written: everything of the gateway's comes through a
// proxy, so that the pages are of the same origin as in production.

import preact from "@preact/preset-vite";
import { defineConfig } from "vitest/config";

const gateway = process.env["VILOKANAM_GATEWAY"] ?? "http://127.0.0.1:8080";

const proxy = {
  "/v1": { target: gateway, changeOrigin: true, ws: true },
  "/openapi.json": { target: gateway, changeOrigin: true },
};

/** What the gateway sends with the pages. The preview sends it too, so that nothing works only there. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "connect-src 'self' ws: wss:",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Libraries with a chunk of their own, by what their module paths contain: the pages show something before any of them has
 * come, and their chunks stay in browsers' caches when only ours change.
 */
const LIBRARY_CHUNKS: readonly (readonly [name: string, path: RegExp])[] = [
  ["hls", /node_modules[\\/]hls\.js[\\/]/],
  ["uplot", /node_modules[\\/]uplot[\\/]/],
  ["framework", /node_modules[\\/](?:preact|@preact)[\\/]/],
];

export default defineConfig({
  plugins: [preact()],
  server: { proxy },
  preview: { proxy, headers: { "Content-Security-Policy": CONTENT_SECURITY_POLICY } },
  build: {
    target: "es2022",
    manifest: true,
    // What the pages are made of: scripts/release puts it beside the list of the programs' crates.
    license: true,
    // The gateway's content security policy knows no `data:` fonts or scripts; small files stay files.
    assetsInlineLimit: 0,
    // Larger than this is only what is loaded late and knowingly; the size check has the limits that matter.
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: LIBRARY_CHUNKS.map(([name, test]) => ({ name, test })) },
      },
    },
  },
  worker: { format: "es" },
  test: {
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    environment: "node",
    restoreMocks: true,
  },
});
