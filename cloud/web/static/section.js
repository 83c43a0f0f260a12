// A page that the service writes as a whole: see written.js.

import { Live } from "./live.js";
import { byId } from "./parts.js";
import { Written, writtenParts } from "./written.js";

const page = new Written(byId("section"), byId("section-said"), window.location.href, false);
page.stale = false;
const parts = [page, ...writtenParts()];
const live = new Live({
  reload: () => parts.forEach((part) => (part.stale = true)),
  changed: (one) => parts.forEach((part) => part.changed(one)),
});
setInterval(() => parts.forEach((part) => part.tick(live)), 500);
