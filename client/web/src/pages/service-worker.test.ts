import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";

const SOURCE = readFileSync(fileURLToPath(new URL("../../public/sw.js", import.meta.url)), "utf8");
const ORIGIN = "https://video.example";

type Listener = (event: Record<string, unknown>) => void;

/** Runs the service worker, and sends it an event. */
function worker(windows: { readonly url: string; readonly focus: () => void }[] = []) {
  const listeners = new Map<string, Listener>();
  const show = vi.fn(async () => undefined);
  const openWindow = vi.fn(async () => null);
  const self = {
    addEventListener: (name: string, listener: Listener) => listeners.set(name, listener),
    registration: { showNotification: show },
    clients: { matchAll: async () => windows, openWindow, claim: async () => undefined },
    location: { origin: ORIGIN },
    skipWaiting: () => undefined,
  };
  new Function("self", SOURCE)(self);
  const send = async (name: string, event: Record<string, unknown>) => {
    const pending: Promise<unknown>[] = [];
    listeners.get(name)?.({ ...event, waitUntil: (work: Promise<unknown>) => pending.push(work) });
    await Promise.all(pending);
  };
  return { send, show, openWindow };
}

const clickOn = (url: string) => ({ notification: { close: () => undefined, data: { url } } });

describe("the service worker", () => {
  it("shows what a message says", async () => {
    const { send, show } = worker();
    const message = { title: "Ann is live", text: "Chess", url: "/watch/7", tag: "went-live:/watch/7" };
    await send("push", { data: { json: () => message } });
    const options = { body: "Chess", data: { url: "/watch/7" }, tag: "went-live:/watch/7" };
    expect(show).toHaveBeenCalledWith("Ann is live", expect.objectContaining(options));
  });

  it("shows something if a message cannot be read", async () => {
    const { send, show } = worker();
    await send("push", { data: null });
    expect(show).toHaveBeenCalledWith("Vilokanam", expect.objectContaining({ data: { url: "/notices" } }));
  });

  it("opens the page of a message, once", async () => {
    const focus = vi.fn();
    const { send, openWindow } = worker([{ url: `${ORIGIN}/watch/7`, focus }]);
    await send("notificationclick", clickOn("/watch/7"));
    expect(focus).toHaveBeenCalledOnce();
    await send("notificationclick", clickOn("/watch/8"));
    expect(openWindow).toHaveBeenCalledExactlyOnceWith(`${ORIGIN}/watch/8`);
  });

  it("opens nothing of another origin", async () => {
    for (const url of ["https://evil.example/", "//evil.example/x", "javascript:alert(1)"]) {
      const { send, openWindow } = worker();
      await send("notificationclick", clickOn(url));
      expect(openWindow).toHaveBeenCalledExactlyOnceWith(ORIGIN);
    }
  });
});
