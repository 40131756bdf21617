/**
 * User.com's product events and attributes under the names that collect gives them when they come by User.com's own format
 * (functions/collect/protocols/user_com: product_events.py, user_attributes.py; a test holds the two together).
 */

const PURCHASE = "Complete Purchase";
const NAMES = {
  "add to cart": "Add To Cart",
  "add": "Add To Cart",
  "remove": "Remove From Cart",
  "purchase": PURCHASE,
  "checkout": "Start Checkout",
  "checkout option": "Choose Checkout Option",
  "order": "Order Item",
  "reservation": "Reserve Item",
  "return": "Return Item",
  "refund": "Refund Item",
  "view": "View Item",
  "detail": "View Item Details",
  "click": "Click Item",
  "promo click": "Click Promotion",
  "liking": "Like Item",
  "add to observation": "Add To Wish List",
};
const ITEM = {
  custom_id: "item_id", product_id: "item_id", name: "name", category_name: "category", category: "category",
  brand: "brand", variant: "variant", price: "price", quantity: "quantity", product_url: "url", image_url: "image_url",
};
const TRAITS = { phone_number: "phone", gravatar_url: "avatar" };

/** A purchase is an order: its product is the one in a list, and its amount what that cost, unless the page says one. */
function order(item, others) {
  if (!("quantity" in item)) item.quantity = 1;
  const count = +item.quantity;
  const cost = Math.round(item.price * count * 1e6) / 1e6;
  const found = { items: [item] };
  if (Number.isInteger(count)) found.item_count = count;
  if (Number.isFinite(cost)) found.amount = cost;
  return { ...found, ...others };
}

/** The event's name and properties; no name for a type that User.com has not. */
export function translated({ event_type: type, ...product }) {
  const item = {};
  const others = {};
  for (const key in product) {
    const name = ITEM[key];
    if (!name) others[key] = product[key];
    else if (!(name in item)) item[name] = product[key];
  }
  const name = NAMES[type];
  return [name, name == PURCHASE ? order(item, others) : { ...item, ...others }];
}

export function traitsOf(attributes) {
  const traits = {};
  for (const name in attributes) traits[TRAITS[name] || name] = attributes[name];
  const { unsubscribed, ...rest } = traits;
  return typeof unsubscribed == "boolean" ? { ...rest, consents: { email: !unsubscribed } } : traits;
}
