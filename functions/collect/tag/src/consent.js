/**
 * What waits for consent waits as calls, in this page's memory: neither ids nor events exist before it is given.
 */

import { forgetIdentities } from "./identity.js";
import { forgetPause } from "./pause.js";
import { forgetQueues } from "./queue.js";
import { forgetSession } from "./session.js";

const MOST_CALLS = 500;

const calls = [];
let state = "pending";
let onGranted;

const objected = () => navigator.globalPrivacyControl || navigator.doNotTrack == "1";

export function startConsent({ consent, respectDnt }, granted) {
  onGranted = granted;
  if (consent == "denied" || (respectDnt && objected())) decide(false);
  else if (consent == "granted") decide(true); // anything else is no consent yet
}

export const isGranted = () => state == "granted";

/** Do it, now or once consent is given; never when it is denied. */
export function withConsent(call) {
  if (isGranted()) return call();
  if (state == "pending" && calls.push(call) > MOST_CALLS) calls.shift();
}

export function decide(granted) {
  const before = state;
  state = granted ? "granted" : "denied";
  const waited = calls.splice(0);
  if (!granted) {
    forgetIdentities();
    forgetSession();
    forgetQueues();
    forgetPause();
  } else if (before != state) {
    onGranted();
    waited.forEach((call) => call());
  }
}
