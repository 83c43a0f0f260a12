// Shows messages that arrive while no page is open, and says that they arrived or were opened.

self.addEventListener("push", (event) => event.waitUntil(show(event.data.json())));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

async function show(message) {
  await self.registration.showNotification(message.title, {
    body: message.body,
    tag: message.id, // one that comes twice takes the place of the first
    data: message,
    icon: "/static/icon.svg",
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
