/** The calls of the field, `track` to `reset`: from their loose arguments to one message each. */

import { forgetIdentities, identities, know } from "./identity.js";
import { forgetSession } from "./session.js";

const isObject = (value) => value && typeof value == "object";

/** `(category, name, properties, options)`, the texts being optional. */
function named(given) {
  const texts = [];
  if (given[0] === null) given.shift(); // a category that was left out
  while (typeof given[0] == "string") texts.push(given.shift());
  const name = texts.pop();
  return [{ name, category: texts.pop() }, ...given];
}

const text = (id) => (id || id === 0 ? `${id}` : undefined);

/** Each gets `emit(message, options)`, the page the visitor was on, and what the page gave. */
export const CALLS = {
  track(emit, place, [event, properties, options]) {
    emit({ type: "track", event, properties }, options);
  },
  page(emit, place, given) {
    const [names, properties, options] = named(given);
    emit({ type: "page", ...names, properties: { ...place, ...properties } }, options);
  },
  screen(emit, place, given) {
    const [names, properties, options] = named(given);
    emit({ type: "screen", ...names, properties }, options);
  },
  identify(emit, place, given) {
    const userId = isObject(given[0]) ? undefined : text(given.shift());
    if (userId) know(userId);
    emit({ type: "identify", traits: given[0] }, given[1]);
  },
  group(emit, place, [groupId, traits, options]) {
    emit({ type: "group", groupId: text(groupId), traits }, options);
  },
  alias(emit, place, [userId, previousId, options]) {
    const before = identities();
    const previous = text(previousId) || before.userId || before.anonymousId;
    emit({ type: "alias", userId: text(userId), previousId: previous }, options);
  },
  reset() {
    forgetIdentities();
    forgetSession();
  },
};
