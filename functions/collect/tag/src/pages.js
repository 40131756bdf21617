/** Page views by themselves: the first, and each new address of a single-page app. */

import { here } from "./place.js";

let counted;

/** This address has its page view, whoever sent it. */
export function countPage() {
  counted = here();
}

export function watchPages(page) {
  const look = () => counted != here() && page();
  const lookSoon = () => setTimeout(look); // the app sets its title first
  for (const method of ["pushState", "replaceState"]) {
    const original = history[method];
    history[method] = function (...given) {
      const path = counted == here() && location.pathname;
      original.apply(this, given);
      // Replacing the query of a page that was counted makes no new page: sites tidy their addresses.
      if (method == "replaceState" && path == location.pathname) countPage();
      else lookSoon();
    };
  }
  addEventListener("popstate", lookSoon);
  addEventListener("hashchange", lookSoon);
  addEventListener("pageshow", ({ persisted }) => persisted && page()); // shown again as it was left
  const start = () => Promise.resolve().then(look); // after the calls that the page has queued
  if (document.prerendering) document.addEventListener("prerenderingchange", start);
  else start();
}
