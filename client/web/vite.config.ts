// How the pages are built, and how they are served during development: requests to the gateway go through a proxy, so
// that pages and gateway have the same origin, as in production.

import preact from "@preact/preset-vite";
import { defineConfig } from "vitest/config";

const gateway = process.env["VILOKANAM_GATEWAY"] ?? "http://127.0.0.1:8080";

const proxy = {
  "/v1": { target: gateway, changeOrigin: true, ws: true },
  "/openapi.json": { target: gateway, changeOrigin: true },
};

/** The gateway's content security policy. The preview uses it, too, so that violations are found there. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "connect-src 'self' ws: wss:",
  "img-src 'self' data: blob:",
  // The player library gives the tracks of captions an empty file as `data:` URL.
  "media-src 'self' blob: data:",
  "worker-src 'self' blob:",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Libraries with a chunk of their own, by their module paths. The pages show something before these are loaded, and the
 * chunks stay in browsers' caches when only the pages change.
 */
const LIBRARY_CHUNKS: readonly (readonly [name: string, path: RegExp])[] = [
  // Only for streams with captions or further audio tracks.
  ["hls-full", /node_modules[\\/]hls\.js[\\/]dist[\\/]hls\.mjs/],
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
    // The licences of all packages, which scripts/release adds to those of the programs' crates.
    license: true,
    // The content security policy forbids fonts and scripts in `data:` URLs.
    assetsInlineLimit: 0,
    // Only chunks that are loaded late are larger. `npm run size` checks the limits that matter.
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: LIBRARY_CHUNKS.map(([name, test]) => ({ name, test })) },
      },
    },
  },
  worker: { format: "es" },
  test: {
    include: ["src/**/*.test.ts", "src/**/*.test.tsx", "tests/**/*.test.ts"],
    environment: "node",
    restoreMocks: true,
  },
});
