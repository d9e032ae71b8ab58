// Push messages of this browser: the permission, the service worker that shows them, and the subscription at the gateway.

import { UserError } from "../common/errors";
import { notices } from "../gateway";

const WORKER = "/sw.js";
/** Time for the browser to start the service worker, in milliseconds. */
const READY_MS = 10_000;

/** Whether push messages are on in this browser; why not, if they cannot be. */
export type PushState = "on" | "off" | "unsupported" | "refused";

function isSupported(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

/** The bytes of URL-safe base64 without padding. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(standard), (character) => character.charCodeAt(0));
}

async function subscription(): Promise<PushSubscription | null> {
  const worker = await navigator.serviceWorker.getRegistration(WORKER);
  return (await worker?.pushManager.getSubscription()) ?? null;
}

export async function pushState(): Promise<PushState> {
  if (!isSupported()) return "unsupported";
  if (Notification.permission === "denied") return "refused";
  return (await subscription()) ? "on" : "off";
}

async function readyWorker(): Promise<ServiceWorkerRegistration> {
  await navigator.serviceWorker.register(WORKER);
  const late = new Promise<never>((_, reject) => {
    const error = new UserError("push-worker", "The browser does not start what shows messages.", "Reload the page.");
    setTimeout(() => reject(error), READY_MS);
  });
  return Promise.race([navigator.serviceWorker.ready, late]);
}

/**
 * Turns push messages on in this browser, after asking the person.
 *
 * @throws UserError if the browser or the person does not allow it; GatewayError if the gateway refuses.
 */
export async function turnPushOn(): Promise<PushState> {
  if (!isSupported()) return "unsupported";
  if ((await Notification.requestPermission()) !== "granted") return pushState();
  const [worker, key] = await Promise.all([readyWorker(), notices.pushKey()]);
  // One of another key, of an earlier gateway at this address, gets nothing from this one.
  await (await worker.pushManager.getSubscription())?.unsubscribe();
  let made: PushSubscription;
  try {
    made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
  } catch {
    throw new UserError(
      "push-refused",
      "The browser cannot subscribe to push messages.",
      "Check that it is connected and that this page is not in a private window.",
    );
  }
  const { endpoint = "", keys } = made.toJSON();
  const { p256dh = "", auth = "" } = keys ?? {};
  try {
    await notices.subscribe({ endpoint, keys: { p256dh, auth } });
  } catch (error) {
    await made.unsubscribe();
    throw error;
  }
  return "on";
}

/** Turns push messages off in this browser. */
export async function turnPushOff(): Promise<PushState> {
  const made = await subscription();
  if (made) {
    await notices.unsubscribe(made.endpoint);
    await made.unsubscribe();
  }
  return pushState();
}
