/** Where the visitor is. In a single-page app the referrer is the address before. */

const withoutHash = () => location.href.split("#")[0];

let wanted = withoutHash;
let url;
let referrer;

/** Pages are told apart by what follows `#` as well. */
export function countHashes() {
  wanted = () => location.href;
}

export const here = () => wanted();

export function place() {
  const now = here();
  if (now != url) {
    referrer = url || document.referrer;
    url = now;
  }
  return { path: location.pathname, referrer, search: location.search, title: document.title, url };
}
