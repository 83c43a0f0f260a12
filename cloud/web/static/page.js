// What every live page of staff does: one stream, a queue, a wall, sound, four pictures a second.

import { asksMe, isOpen, worstByRecording, worstFirst } from "./alerts.js";
import { Live } from "./live.js";
import { byId, me } from "./parts.js";
import { Queue } from "./queue.js";
import { Sound } from "./sound.js";
import { Wall } from "./wall.js";
import { loadGreens } from "./ways.js";
import { writtenParts } from "./written.js";

const DRAW_MS = 250;

// options: onSelect(alert id) for the queue; draw(live, alerts) and alert(view) for the page itself
export function staffPage(options = {}) {
  const sound = new Sound(byId("sound"));
  const wall = new Wall(byId("wall"), byId("wall-note"));
  const queue = new Queue(byId("queue"), {
    empty: byId("queue-empty"),
    news: byId("queue-news"),
    announce: byId("announce"),
    onSelect: options.onSelect,
  });
  const written = writtenParts();
  const title = document.title;
  const live = new Live({
    reload: () => {
      for (const part of written) part.stale = true;
      return Promise.all([queue.load(), loadGreens(), wall.refresh(true)]).then(() => {
        byId("loading").hidden = true;
        return options.reload?.(queue);
      });
    },
    traces: (blocks) => {
      wall.traces(blocks);
      options.traces?.(blocks);
    },
    alert: (view) => {
      queue.put(view);
      options.alert?.(view, queue);
    },
    recordings: () => wall.refresh(),
    green: loadGreens,
    changed: (one) => {
      wall.changed(one);
      options.changed?.(one);
      for (const part of written) part.changed(one);
    },
  });
  setInterval(() => {
    live.running = wall.rows;
    queue.draw(live);
    const alerts = [...queue.alerts.values()].sort(worstFirst);
    wall.mark(worstByRecording(alerts));
    wall.draw(live);
    const open = alerts.filter(isOpen);
    const worst = open[0]?.priority;
    const waits = open.filter((one) => me.role !== "hospital" || asksMe(one)).length;
    document.title = waits ? `(${waits}) ${title}` : title;
    sound.tick(live.lostMs && worst !== "high" ? "medium" : worst); // a deaf page sounds too
    if (byId("loading").hidden || live.failed) for (const part of written) part.tick(live); // after what is urgent
    options.draw?.(live, queue);
  }, DRAW_MS);
}
