/** Who the visitor is: an anonymous id made here, and the user id that `identify` gave. */

import { ANONYMOUS, read, write } from "./storage.js";
import { uuid } from "./uuid.js";

const USER = "userId";

export function identities() {
  let anonymousId = read(ANONYMOUS);
  if (!anonymousId) write(ANONYMOUS, (anonymousId = uuid()));
  return { anonymousId, userId: read(USER) };
}

/** A second person on the same device is another visitor as well. */
export function know(userId) {
  const before = read(USER);
  if (before && before != userId) write(ANONYMOUS);
  write(USER, userId);
}

export function forgetIdentities() {
  write(ANONYMOUS);
  write(USER);
}
