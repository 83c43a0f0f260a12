// The app's worker: keeps one page for when there is no network, shows messages that arrive while
// no page is open, and says that they arrived or were opened. Nothing about anybody is kept.

const OFFLINE = "/offline";
const PARTS = /(?:src|href)="(\/(?:static|words|app)\/[^"]+)"/g; // of that page

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("message", (event) => event.waitUntil(keep())); // in another language now, or larger
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  else if (/^\/(static|words|app)\//.test(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});

self.addEventListener("push", (event) => event.waitUntil(show(event.data.json())));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

async function keep() {
  const cache = await caches.open("shell");
  const page = await fetch(OFFLINE);
  const parts = [...(await page.clone().text()).matchAll(PARTS)].map((found) => found[1]);
  await cache.addAll([...new Set(parts)]);
  await cache.put(OFFLINE, page);
}

async function show(message) {
  await self.registration.showNotification(message.title, {
    body: message.body,
    tag: message.id, // one that comes twice takes the place of the first
    data: message,
    icon: "/static/icon-192.png",
    requireInteraction: message.urgent,
  });
  await tell(message, "delivered");
}

async function open(message) {
  await Promise.all([tell(message, "read"), self.clients.openWindow(new URL(message.link, self.location.origin).href)]);
}

// The message is shown even when nobody can be told that it is.
async function tell({ id, token }, event) {
  const body = JSON.stringify({ id, token, event });
  await fetch("/receipts/push", { method: "POST", headers: { "content-type": "application/json" }, body }).catch(() => {});
}
