/**
 * Pages written for CleverTap's web SDK: its queues `event`, `profile`, `onUserLogin`, `privacy` and `account`, filled before or
 * after this is loaded. https://developer.clevertap.com/docs/web-quickstart-guide
 */

import { translated } from "./clevertap_purchase.js";
import { call, start, unsupported } from "./tag.js";

const DATE = /^\$D_(\d+)$/; // epoch seconds, as text
const TRAITS = {
  Name: "name", Email: "email", Phone: "phone", Gender: "gender", DOB: "birthday", Photo: "avatar",
};
const CONSENTS = { "msg-email": "email", "msg-push": "push", "msg-sms": "sms", "msg-whatsapp": "whatsapp" };
const UNSUPPORTED = [
  "addMultiValueForKey", "addMultiValuesForKey", "removeMultiValueForKey", "removeMultiValuesForKey",
  "setMultiValuesForKey", "removeValueForKey", "handleIncrementValue", "handleDecrementValue", "getLocation",
  "renderNotificationViewed", "renderNotificationClicked", "raiseNotificationClicked", "defineVariables", "syncVariables",
  "fetchVariables",
];

const isObject = (value) => value && typeof value == "object" && !(value instanceof Date);

/** Dates as ISO 8601, however deep. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  const [, seconds] = DATE.exec(value) || [];
  return seconds ? new Date(seconds * 1e3) : value;
}

/** A day: of the visitor's calendar when it is a Date; pages may also write its eight digits, `$D_19800101`. */
function birthday(value) {
  if (value instanceof Date) return new Date(value - value.getTimezoneOffset() * 60e3);
  const [, year, month, day] = /^\$D_(\d{4})(\d\d)(\d\d)$/.exec(value) || [];
  return year ? `${year}-${month}-${day}` : plain(value);
}

const dayOf = (value) => (value instanceof Date ? (value.toJSON() || "").slice(0, 10) : value);

const OF_TRAITS = {
  DOB: (value) => dayOf(birthday(value)),
  Phone: (value) => (typeof value == "number" ? `+${value}` : value),
};

/** Names, each perhaps followed by its properties. */
function events(given) {
  given.forEach((name, index) => {
    const next = given[index + 1];
    if (typeof name == "string") call("track", ...translated(name, isObject(next) ? plain(next) : {}));
  });
}

function person({ Site }) {
  if (!Site) return unsupported("a profile that is not Site")();
  const { Identity, ...profile } = Site;
  const traits = {};
  const consents = {};
  for (const [key, value] of Object.entries(profile)) {
    const channel = CONSENTS[key.toLowerCase()];
    if (channel) consents[channel] = `${value}` == "true";
    else traits[TRAITS[key] || key] = OF_TRAITS[key] ? OF_TRAITS[key](value) : plain(value);
  }
  call("identify", Identity, Object.keys(consents)[0] ? { ...traits, consents } : traits);
}

const handlers = {
  account: (given) => given.forEach(({ id }) => id && start(id)),
  privacy: (given) =>
    given.forEach(({ optOut }) => {
      if (optOut !== undefined && optOut != optedOut) call("consent", !(optedOut = optOut));
    }),
  onUserLogin: (given) => given.forEach(person),
  profile: (given) => given.forEach(person),
  event: events,
  notifications: (given) => given.forEach(unsupported("clevertap.notifications")),
};
let optedOut = false;

const clevertap = (window.clevertap = window.clevertap || {});
Object.assign(clevertap, {
  init: (id) => start(id),
  logout: () => call("reset"),
  pageChanged: () => call("page"),
  getCleverTapID: () => (window.headrace.ids ? window.headrace.ids().anonymousId : undefined),
  setLogLevel() {},
});
for (const name of UNSUPPORTED) clevertap[name] = unsupported(`clevertap.${name}`);
for (const name in handlers) {
  const list = (clevertap[name] = clevertap[name] || []); // the page may hold on to its lists
  const queued = list.splice(0);
  list.push = (...given) => handlers[name](given);
  handlers[name](queued);
}
