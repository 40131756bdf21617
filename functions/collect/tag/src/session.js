/** Sessions end after 30 idle minutes. The campaign that brought the visitor is kept for the session. */

import { read, write } from "./storage.js";
import { uuid } from "./uuid.js";

const SESSION = "session";
const IDLE = 30 * 60e3; // milliseconds

/** The utm_ parameters by the names of `context.campaign`: name (utm_campaign), source, medium, term, content. */
function campaignIn(search) {
  const campaign = {};
  new URLSearchParams(search).forEach((value, parameter) => {
    const [, what] = /^utm_(.+)/.exec(parameter) || [];
    if (what && value) campaign[what == "campaign" ? "name" : what] = value;
  });
  return Object.keys(campaign)[0] && campaign;
}

/** The session at a moment (milliseconds), on a page with this query. */
export function session(at, search) {
  const before = read(SESSION);
  const running = before && at - before.at < IDLE ? before : { id: uuid() };
  const now = { id: running.id, at, campaign: campaignIn(search) || running.campaign };
  write(SESSION, now);
  return now;
}

export const forgetSession = () => write(SESSION);
