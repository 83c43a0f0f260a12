// A page that the service writes as a whole: see written.js.

import { Live } from "./live.js";
import { byId } from "./parts.js";
import { Written } from "./written.js";

const page = new Written(byId("section"), byId("section-said"), window.location.href, false);
page.stale = false;
const live = new Live({
  reload: () => (page.stale = true),
  changed: (one) => page.changed(one),
});
setInterval(() => page.tick(live), 500);
