// The button that lets a browser show notifications: it fills in its form and sends it (written.js).

export async function allow(button) {
  const { form, dataset } = button;
  if ((await Notification.requestPermission()) !== "granted") throw new Error("refused");
  const worker = await navigator.serviceWorker.register("/worker.js");
  const options = { userVisibleOnly: true, applicationServerKey: dataset.push };
  const { endpoint, keys } = (await worker.pushManager.subscribe(options)).toJSON();
  for (const [name, value] of Object.entries({ endpoint, "keys.p256dh": keys.p256dh, "keys.auth": keys.auth })) form.elements[name].value = value;
  form.requestSubmit();
}
