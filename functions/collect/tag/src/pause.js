/** The pause that the collector asked for (`Retry-After`): every tab and page of the site keeps to it. */

import { read, write } from "./storage.js";

const UNTIL = "retryAt";
const LONGEST = 86400; // seconds: beyond that a clock was set

/** Seconds that are left of it; 0 when none was asked for. */
export function pause() {
  const seconds = (read(UNTIL) - Date.now()) / 1e3;
  return seconds > 0 && seconds < LONGEST ? seconds : 0;
}

/** The header is seconds or a date. */
export function heed(retryAfter) {
  const until = retryAfter > 0 ? Date.now() + retryAfter * 1e3 : Date.parse(retryAfter);
  if (until) write(UNTIL, until);
}

export const forgetPause = () => write(UNTIL);
