/**
 * Pages written for User.com's widget: `window.civchat`, `userengage("event.<name>", {...})`, `UE.pageHit({...})`. There is no
 * chat. https://apidocs.user.com/developer-guide/web-sdk/
 */

import { call, start, unsupported } from "./tag.js";
import { traitsOf, translated } from "./userengage_names.js";

const PREFIX = "event.";

/** civchat and pageHit say the same of a person; `state` is how the chat looks. */
function say({ user_id: userId, apiKey, state, event, URL, ...traits }) {
  if (userId || Object.keys(traits)[0]) call("identify", userId, traitsOf(traits));
}

function userengage(name, data) {
  if (name == "product_event") {
    const [event, properties] = translated(data);
    if (event) call("track", event, properties);
    else unsupported(`a product event of type "${data.event_type}"`)();
  } else if (name.startsWith(PREFIX)) {
    call("track", name.slice(PREFIX.length), data);
  } else {
    unsupported(`userengage("${name}")`)();
  }
}

const before = window.userengage;
const { civchat } = window;

if (civchat) {
  if (civchat.apiKey) start(civchat.apiKey);
  say(civchat);
}

window.userengage = userengage;
window.UE = {
  pageHit(data = {}) {
    say(data);
    call("page", data.URL ? { url: data.URL } : {});
    if (data.event) {
      const { event_name: name, ...properties } = data.event;
      call("track", name, properties);
    }
  },
  resetAuth: () => call("reset"),
  destroy: unsupported("UE.destroy"),
};
((before && before.q) || []).forEach((given) => userengage(...given));
