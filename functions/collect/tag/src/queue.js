/**
 * Events that wait to be sent. Each page has a list of its own in the storage, which is the only truth: who finds the
 * list of a page that is gone takes it over, and a page whose list was taken sends nothing of it.
 */

import { QUEUE, queues, read, write } from "./storage.js";
import { uuid } from "./uuid.js";

const MOST_EVENTS = 500;
const MOST_CHARACTERS = 1e6; // localStorage takes 5 million, and the site wants some
const LEASE = 5 * 60e3; // milliseconds: a page in the background may run its timers once a minute

const mine = QUEUE + uuid();

const events = (name) => (read(name) || {}).events || [];

/** Gives how many wait now. */
function keep(list, until = Date.now() + LEASE) {
  while (list.length > MOST_EVENTS || (list[1] && JSON.stringify(list).length > MOST_CHARACTERS)) list.shift();
  write(mine, list[0] ? { until, events: list } : undefined);
  return list.length;
}

export const waiting = () => events(mine);

export const add = (event) => keep([...waiting(), event]);

export function remove(gone) {
  const ids = gone.map((event) => event.messageId);
  keep(waiting().filter((event) => !ids.includes(event.messageId)));
}

/** Whoever comes next may send what waits here. */
export const release = () => keep(waiting(), 0);

/** Take over what pages left behind, one tab at a time where the browser can say so. */
export function adopt() {
  const take = () => {
    for (const name of queues()) {
      const { until } = read(name) || {};
      if (name != mine && !(until > Date.now())) {
        const found = events(name);
        write(name);
        keep([...found, ...waiting()]);
      }
    }
  };
  return navigator.locks ? navigator.locks.request("headrace", take) : take();
}

export function forgetQueues() {
  write(mine);
  queues().forEach((name) => write(name));
}
