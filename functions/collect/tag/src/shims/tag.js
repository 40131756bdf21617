/** The tag behind a shim: the page's own, or one that is loaded from where the shim came from. */

const script = document.currentScript;
const { origin } = new URL(script ? script.src : location);

const queue = (window.headrace = window.headrace || []);

/** A call, done at once or when the tag is there. */
export const call = (...given) => queue.push(given);

export const unsupported = (name) => () => console.warn(`headrace: ${name} is not supported`);

/** Have the tag, and start it unless the page does. */
export function start(writeKey) {
  call("init", writeKey, { host: origin });
  if (queue.version || document.querySelector('script[src$="/flow.js"]')) return;
  const element = document.createElement("script");
  element.src = origin + "/flow.js";
  element.async = true;
  document.head.appendChild(element);
}
