/** One event as it is sent, in the field's batch form. Its id is made once: however often it is sent, it is one event. */

import { identities } from "./identity.js";
import { session } from "./session.js";
import { uuid } from "./uuid.js";

export function message(fields, at, place, options, context) {
  const { id, campaign } = session(+at, place.search);
  const { context: more, ...other } = options || {};
  return {
    messageId: uuid(),
    timestamp: at,
    ...identities(),
    ...fields,
    ...other,
    context: {
      library: { name: "headrace.js", version: VERSION },
      page: place,
      locale: navigator.language,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      screen: { width: screen.width, height: screen.height, density: devicePixelRatio },
      campaign,
      sessionId: id,
      ...context,
      ...more,
    },
  };
}
