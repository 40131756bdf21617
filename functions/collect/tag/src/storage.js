/**
 * What the browser remembers: in localStorage; where that is blocked in cookies, events excepted, because cookies travel
 * with every request; and in this page's memory where nothing else works.
 */

/** Names of events that wait start with this. */
export const QUEUE = "queue.";

/** The name of what is there whenever anything is. */
export const ANONYMOUS = "anonymousId";

const PREFIX = "headrace.";
const YEAR = 31536000; // seconds

const inMemory = {};
const memory = {
  getItem: (key) => inMemory[key],
  setItem: (key, text) => (inMemory[key] = text),
  removeItem: (key) => delete inMemory[key],
};

const cookies = {
  getItem(key) {
    const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(key + "="));
    return found && decodeURIComponent(found.slice(key.length + 1));
  },
  setItem(key, text, seconds = YEAR) {
    document.cookie = `${key}=${encodeURIComponent(text)};path=/;samesite=lax;max-age=${seconds}`;
  },
  removeItem: (key) => cookies.setItem(key, "", 0),
};

/** A storage that has something of ours works, even when it is full now; any other is tried. */
const works = (shelf) => {
  try {
    if (shelf().getItem(PREFIX + ANONYMOUS)) return shelf();
    shelf().setItem(PREFIX, 1);
    const kept = shelf().getItem(PREFIX);
    shelf().removeItem(PREFIX);
    return kept && shelf();
  } catch {
    return null; // how a browser says that storage is blocked
  }
};

let forIds;
let forQueues;

const shelfOf = (name) => {
  if (!forIds) {
    const local = works(() => localStorage);
    forIds = local || works(() => cookies) || memory;
    forQueues = local || memory;
  }
  return name.startsWith(QUEUE) ? forQueues : forIds;
};

/** What was written under this name; undefined when nothing was, or when another script broke it. */
export function read(name) {
  try {
    return JSON.parse(memory.getItem(PREFIX + name) || shelfOf(name).getItem(PREFIX + name)) || undefined;
  } catch {
    return undefined;
  }
}

/** Remember a value, or forget it when it is undefined. A full storage is no reason to lose anything: see memory. */
export function write(name, value) {
  const key = PREFIX + name;
  const text = JSON.stringify(value);
  memory.removeItem(key);
  try {
    if (text) return shelfOf(name).setItem(key, text);
  } catch {
    memory.setItem(key, text);
  }
  shelfOf(name).removeItem(key);
}

/** Whether events outlive this page. */
export const lasting = () => shelfOf(QUEUE) != memory;

/** The names of all waiting events, of other tabs and of pages that are gone. */
export function queues() {
  const keys = lasting() ? Object.keys(localStorage) : [];
  return keys.filter((key) => key.startsWith(PREFIX + QUEUE)).map((key) => key.slice(PREFIX.length));
}
