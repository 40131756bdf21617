/**
 * Netmera's standard events by their codes, and their short keys, under the names that collect gives them when they come
 * by Netmera's own format (functions/collect/protocols/netmera/standard_events.py; a test holds the two together).
 */

const ITEM = {
  ea: "item_id", eb: "name", eq: "price", ec: "quantity", ga: "category_ids", ef: "category", eh: "brand",
  gd: "brand_id", ei: "variant", eg: "keywords", ge: "campaign_id",
};
const CONTENT = {
  ea: "content_id", eb: "title", ed: "content_type", ee: "provider", ga: "category_ids", ef: "category",
  eg: "keywords", eo: "rating",
};
const ORDER = { er: "subtotal", es: "amount", ec: "item_count", em: "payment_method" };
const PURCHASE = { ...ORDER, fz: "product_count", ep: "shipping", el: "discount", ek: "coupon" };
const SCREEN = { ea: "name", ee: "page_id", ef: "referrer_id", ej: "referrer", el: "time_in_page" };
const LINE_ITEM = { ...ITEM, id: "item_id" };
const CONTENT_TYPES = ["other", "image", "audio", "video", "text"];

export const EVENTS = {
  "n:sv": ["screen", SCREEN],
  "n:cl": ["Login", { uid: "user_id" }],
  "n:rg": ["Registration", { uid: "user_id" }],
  "n:sr": ["Search", { ga: "query", ef: "results" }],
  "n:sh": ["Share", { ga: "network", ef: "content" }],
  "n:bc": ["Click Banner", { ea: "banner_id", eg: "keywords" }],
  "n:cv": ["View Category", { ga: "category_id", ef: "category" }],
  "n:bl": ["Battery Level", { ec: "level" }],
  "n:ip": ["In-App Purchase", ITEM],
  "n:vp": ["View Item", ITEM],
  "n:cp": ["Comment Item", ITEM],
  "n:rp": ["Rate Item", { ...ITEM, eo: "stars" }],
  "n:wl": ["Add To Wish List", ITEM],
  "n:acp": ["Add To Cart", { ...ITEM, er: "cart_total" }],
  "n:rcp": ["Remove From Cart", ITEM],
  "n:vt": ["View Cart", { ec: "item_count", er: "amount" }],
  "n:ph": ["Complete Purchase", PURCHASE],
  "n:co": ["Cancel Order", ORDER],
  "n:vc": ["View Content", CONTENT],
  "n:rc": ["Rate Content", CONTENT],
  "n:cc": ["Comment Content", CONTENT],
};

function renamed(said, names) {
  const found = {};
  for (const key in said) {
    const name = names[key] || key;
    if (name == key || !(name in said)) found[name] = valueOf(name, said[key]);
  }
  return found;
}

function valueOf(name, value) {
  if (name == "items" && Array.isArray(value)) return value.map((item) => renamed(item, LINE_ITEM));
  if (name == "category" && Array.isArray(value)) return value.join(", ");
  if (name == "content_type") return CONTENT_TYPES[value] || value;
  return value;
}

/** The event's name, and its attributes under readable names. What is not standard stays as it is. */
export function translated({ code, ...attributes }) {
  const [name, names] = EVENTS[code] || [code];
  return [name, names ? renamed(attributes, names) : attributes];
}
