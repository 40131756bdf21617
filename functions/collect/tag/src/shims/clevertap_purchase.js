/**
 * `Charged`, CleverTap's purchase, as collect has it when it comes by CleverTap's own format
 * (functions/collect/protocols/clevertap/standard_events.py; a test holds the two together).
 */

const PURCHASE = {
  amount: "amount", chargedid: "order_id", couponcode: "coupon", currency: "currency", discount: "discount",
  itemcount: "item_count", items: "items", paymentmode: "payment_method", shipping: "shipping", tax: "tax",
};
const ITEM = {
  brand: "brand", category: "category", itemid: "item_id", itemname: "name", name: "name", price: "price",
  productid: "item_id", productname: "name", quantity: "quantity", sku: "item_id", variant: "variant",
};

const bare = (name) => name.toLowerCase().replace(/[ _-]/g, "");

/** A name already taken, by its own spelling or by the first that means it, is given to no other. */
function renamed(said, names) {
  const taken = new Set(Object.keys(said).filter((name) => names[bare(name)] == name));
  const found = {};
  for (const name in said) {
    let wanted = names[bare(name)] || name;
    if (wanted != name && taken.has(wanted)) wanted = name;
    taken.add(wanted);
    found[wanted] = said[name];
  }
  return found;
}

/** How many pieces they are; none where one of them does not say it in whole numbers. */
function pieces(items) {
  let sum = items.length ? 0 : NaN;
  for (const item of items) {
    const count = item.quantity === undefined ? 1 : item.quantity;
    sum += typeof count == "number" || /^\d{1,9}$/.test(count) ? +count : NaN;
    if (!Number.isInteger(+count)) sum = NaN;
  }
  return sum;
}

/** An event's name and properties; only a purchase gets others. */
export function translated(name, said) {
  if (name != "Charged") return [name, said];
  const properties = renamed(said, PURCHASE);
  if (typeof properties.order_id == "number") properties.order_id = `${properties.order_id}`;
  if (Array.isArray(properties.items)) {
    properties.items = properties.items.map((item) => renamed(item, ITEM));
    const count = pieces(properties.items);
    if (!("item_count" in properties) && Number.isInteger(count)) properties.item_count = count;
  }
  return ["Complete Purchase", properties];
}
