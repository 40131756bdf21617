/**
 * Sends what waits: `POST <host>/flow` as text/plain, which needs no preflight. What the collector could not take now
 * (408, 429, 5xx, no network) is sent again later, as long as it takes; what it refused is not.
 */

import { isGranted } from "./consent.js";
import { heed, pause } from "./pause.js";
import { adopt, release, remove, waiting } from "./queue.js";
import { lasting } from "./storage.js";

const MOST_BYTES = 60e3; // browsers take 64 KB with requests that outlive their page
const KEEPALIVE_BYTES = 64e3;
const TIMEOUT = 30e3; // milliseconds
const LONGEST_WAIT = 300; // seconds

let settings;
let timer;
let planned;
let busy;
let failures = 0;
let inFlight = [];

/** From now on: what waits is sent, and a page that is left sends the rest. */
export function startSending(given) {
  settings = given;
  addEventListener("online", flush);
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", leaveWhenHidden);
  sendIn(settings.batchSeconds); // what pages before this one left
}

const leaveWhenHidden = () => document.visibilityState == "hidden" && leave();

/** Send when so many waiting events fill a batch, or soon; not before a failure was waited out. */
export function sendSoon(count) {
  if (!failures && count >= settings.batchEvents) flush();
  else if (!planned) sendIn(settings.batchSeconds);
}

function sendIn(seconds) {
  clearTimeout(timer);
  planned = true;
  timer = setTimeout(flush, seconds * 1e3);
}

const bodyOf = (batch) => JSON.stringify({ batch, sentAt: new Date(), writeKey: settings.writeKey });

const bytesOf = (text) => new Blob([text]).size;

/** As many events as fit into one request; the first in any case. */
function chunk(events) {
  let bytes = 0;
  return events.slice(0, settings.batchEvents).filter((event, index) => {
    bytes += bytesOf(JSON.stringify(event));
    return !index || bytes < MOST_BYTES;
  });
}

/** Send all that waits. The promise is kept when there is nothing left to try now. */
export async function flush() {
  if (busy || !isGranted()) return;
  busy = true;
  clearTimeout(timer);
  planned = false;
  let wait = pause();
  try {
    if (lasting()) await adopt();
    while (!wait && (inFlight = chunk(waiting()))[0]) wait = await attempt(inFlight);
  } finally {
    inFlight = [];
    busy = false;
  }
  if (wait) sendIn(wait);
}

/** Seconds until this batch may be tried again; 0 when it is done with. */
async function attempt(batch) {
  const body = bodyOf(batch);
  const request = { method: "POST", body, credentials: "omit" };
  request.keepalive = !failures && bytesOf(body) < KEEPALIVE_BYTES; // their sum is limited: a second try goes without
  if (AbortSignal.timeout) request.signal = AbortSignal.timeout(TIMEOUT);
  let status = 0;
  let text;
  try {
    const answer = await fetch(settings.url, request);
    status = answer.status;
    if (isGranted()) heed(answer.headers.get("retry-after"));
    text = await answer.text();
  } catch (error) {
    text = `${error}`; // no network: the status stays 0
  }
  if (!status || status == 408 || status == 429 || status >= 500) {
    settings.log("kept", batch, status, text);
    failures++;
    return (pause() || Math.min(LONGEST_WAIT, 2 ** failures / 2)) * (1 + Math.random() / 2);
  }
  failures = 0;
  remove(batch);
  settings.log(status < 400 ? "sent" : "refused", batch, status, text);
  return 0;
}

/**
 * The page is hidden, perhaps for ever. A beacon's answer is never known, so that it carries nothing while the collector
 * fails: then the events stay for the next page, if they outlive this one.
 */
function leave() {
  if (!isGranted()) return;
  let rest = waiting().filter((event) => !inFlight.some((sent) => sent.messageId == event.messageId));
  if (!lasting() || (!failures && navigator.onLine && !pause())) {
    for (let batch; (batch = chunk(rest))[0]; rest = rest.slice(batch.length)) {
      if (!navigator.sendBeacon(settings.url, new Blob([bodyOf(batch)], { type: "text/plain" }))) break;
      remove(batch);
      settings.log("beacon", batch);
    }
  }
  if (!inFlight[0]) release();
}
