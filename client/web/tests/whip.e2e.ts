// WHIP: a browser tab with a camera and a microphone, which Chromium imitates, publishes a stream; the stream is on air with
// sound and picture until the tab ends its session.

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { startBrowser } from "./support/browser";
import { FAKE_DEVICES } from "./support/devices";
import { Stage } from "./support/platform";
import { until } from "./support/ports";

const WITHIN_MS = 120_000;
const CREATOR = "//Dave";
const WORDS = ["--price", "0.002", "--title", "From a tab"] as const;

let stage: Stage;
let browser: Browser;

interface Published {
  readonly status: number;
  readonly location: string;
}

/** Publishes the devices of a page until the page is left. */
function publish(page: Page, url: string, key: string): Promise<Published> {
  return page.evaluate(
    async ([to, token]) => {
      const devices = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
      const peer = new RTCPeerConnection();
      for (const track of devices.getTracks())
        peer.addTransceiver(track, { direction: "sendonly", streams: [devices] });
      await peer.setLocalDescription();
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/sdp" };
      const answer = await fetch(to, { method: "POST", headers, body: peer.localDescription?.sdp ?? "" });
      if (answer.ok) await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
      // Kept, so that the connection is not collected.
      Object.assign(window, { peer });
      return { status: answer.status, location: answer.headers.get("location") ?? "" };
    },
    [url, key] as const,
  );
}

describe("WHIP", { timeout: WITHIN_MS }, () => {
  beforeAll(async () => {
    stage = new Stage(inject("place"));
    browser = await startBrowser(FAKE_DEVICES);
  });

  afterAll(async () => {
    await browser.close();
    await stage.leave();
  });

  it("puts camera and microphone of a tab on air until its session ends", async () => {
    const created = await stage.cli<{ stream: string | number }>(CREATOR, "stream", "create", ...WORDS);
    const stream = String(created.stream);
    const { key } = await stage.cli<{ key: string }>(CREATOR, "stream", "key", "create", stream);
    const whip = `${stage.place.gateway}/v1/streams/${stream}/whip`;
    const page = await browser.newPage();
    await page.goto(stage.place.pages);
    expect((await publish(page, whip, "0".repeat(40))).status).toBe(403);

    const published = await publish(page, whip, key);
    expect(published.status).toBe(201);
    const master = `${stage.place.gateway}/v1/streams/${stream}/hls/master.m3u8`;
    const playlist = await until(
      "the tab on air",
      async () => {
        const answer = await fetch(master);
        return answer.ok && answer.text();
      },
      WITHIN_MS,
    );
    expect(playlist).toMatch(/CODECS="avc1[^"]*,mp4a[^"]*"/);

    const session = new URL(published.location, whip);
    const headers = { authorization: `Bearer ${key}` };
    expect((await fetch(session, { method: "DELETE", headers })).status).toBe(200);
    const isClosed = () =>
      page.evaluate(() => {
        const { peer } = window as unknown as { peer: RTCPeerConnection };
        return peer.connectionState !== "connected";
      });
    await until("the end of the connection", isClosed, WITHIN_MS);
    expect((await fetch(session, { method: "DELETE", headers })).status).toBe(404);
  });
});
