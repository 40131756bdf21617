/**
 * headrace.js: takes the place of the queue that the snippet made (`window.headrace`, an array of calls) and does what
 * it says. See docs/browser-tag.md.
 */

import { propertiesIn } from "./attributes.js";
import { CALLS } from "./calls.js";
import { collect } from "./collectors.js";
import { decide, isGranted, startConsent, withConsent } from "./consent.js";
import { identities } from "./identity.js";
import { message } from "./message.js";
import { countPage, watchPages } from "./pages.js";
import { countHashes, place } from "./place.js";
import { add } from "./queue.js";
import { flush, sendSoon, startSending } from "./transport.js";

const script = document.currentScript;
const early = [];
const tag = Array.isArray(window.headrace) ? window.headrace : [];
let settings;

const OWN_CALLS = {
  consent: decide,
  ready: (then) => then(tag),
  flush: () => (isGranted() ? flush() : Promise.resolve()),
  ids: () => (isGranted() ? identities() : {}),
};

/** Whoever wrote the page wants to know of a refusal, of the whole batch or of some of its events. */
function warn(outcome, events, status, answer) {
  if (outcome == "refused" || /"rejected": ?\[{/.test(answer)) console.warn("headrace: refused", status, answer);
}

function init(writeKey, options) {
  if (settings) return;
  settings = {
    writeKey,
    host: new URL(script ? script.src : location).origin,
    consent: "granted",
    respectDnt: true,
    pages: true,
    collectors: true,
    batchEvents: 20,
    batchSeconds: 2,
    log: warn,
    ...options,
  };
  for (const name in settings) if (settings[name] == "false") settings[name] = false; // as attributes say it
  settings.url = settings.host.replace(/\/$/, "") + "/flow";
  const { log } = settings;
  settings.log = (...told) => setTimeout(log, 0, ...told); // what it throws must not stop the sending
  if (settings.hashPages) countHashes();
  startConsent(settings, () => startSending(settings));
  if (settings.pages) watchPages(() => run(["page"]));
  if (settings.collectors) collect((event, properties) => run(["track", event, properties]));
  early.splice(0).forEach(run);
}

/** An event is as things are now, even when it waits for consent. */
function record(name, given) {
  const at = new Date();
  const where = place();
  const copy = JSON.parse(JSON.stringify(given));
  const emit = (fields, options) => {
    sendSoon(add(message(fields, at, where, options, settings.context)));
  };
  if (name == "page") countPage();
  withConsent(() => CALLS[name](emit, where, copy));
}

/** A call as the queue has it, `["track", "Add To Cart", {price: 39}]`. A wrong one must not break the page. */
function run([name, ...given]) {
  try {
    if (name == "init") init(...given);
    else if (!settings) early.push([name, ...given]);
    else if (OWN_CALLS[name]) return OWN_CALLS[name](...given);
    else record(name, given);
  } catch (error) {
    console.error("headrace:", name, error);
  }
}

if (!tag.version) {
  const queued = tag.splice(0);
  for (const name of ["init", ...Object.keys(CALLS), ...Object.keys(OWN_CALLS)]) {
    tag[name] = (...given) => run([name, ...given]);
  }
  tag.push = (...calls) => calls.forEach(run);
  tag.version = VERSION;
  window.headrace = tag;
  const { writeKey, ...options } = script ? propertiesIn(script) : {};
  if (writeKey) init(writeKey, options);
  queued.forEach(run);
}
