/**
 * Pages written for Netmera's web SDK: `netmera.push(function (api) {...})`, with `api.getUser()` and `api.sendEvent({code, ...})`.
 * The SDK's source is closed: this is what Netmera's documentation and the pages of its users show.
 */

import { translated } from "./netmera_events.js";
import { call } from "./tag.js";

const TRAITS = { setName: "first_name", setSurName: "last_name", setEmail: "email", setGsmNo: "phone" };

function user() {
  let id;
  const traits = {};
  const methods = {
    setCustomId: (value) => (id = value),
    addProfileAttr: (name, value) => (traits[name] = value),
    save() {
      call("identify", id, { ...traits });
      return Promise.resolve();
    },
  };
  for (const setter in TRAITS) methods[setter] = (value) => (traits[TRAITS[setter]] = value);
  return methods;
}

const api = {
  getUser: user,
  sendEvent(event) {
    const [name, properties] = translated(event);
    if (name == "screen") call("screen", properties.name, properties);
    else call("track", name, properties);
  },
};

const run = (then) => then.call(api, api);
const netmera = (window.netmera = window.netmera || []);
const queued = netmera.splice(0);
netmera.push = (...functions) => functions.forEach(run);
queued.forEach(run);
