// Shows push messages of the gateway, and opens the page that they are about. It caches nothing.

const APP = "Vilokanam";

/** The message; a general one if it cannot be read, since browsers demand that something is shown. */
function read(data) {
  try {
    const { title, text, url, tag } = data.json();
    return { title: String(title || APP), text: String(text || ""), url: String(url || "/"), tag: String(tag || "") };
  } catch {
    return { title: APP, text: "There is something new.", url: "/notices", tag: "" };
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const { title, text, url, tag } = read(event.data);
  const options = { body: text, icon: "/icon.svg", badge: "/icon.svg", data: { url }, ...(tag && { tag }) };
  event.waitUntil(self.registration.showNotification(title, options));
});

/** Opens the page of a message: in a window of this origin that is open, or in a new one. */
async function open(path) {
  const target = new URL(path, self.location.origin);
  // A message opens nothing of others.
  const href = target.origin === self.location.origin ? target.href : self.location.origin;
  const windows = await self.clients.matchAll({ type: "window" });
  const there = windows.find(({ url }) => url === href);
  if (there) return there.focus();
  return self.clients.openWindow(href);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url ?? "/notices"));
});
