/** `data-hr-item-id="7"` is the property `itemId`. */

/** Numbers in their one spelling become numbers; "39.90", "007" and "true" stay text, which the tracking plan types. */
const valueOf = (text) => (/^-?[\d.]+$/.test(text) && `${+text}` == text ? +text : text);

export function propertiesIn(element, ...without) {
  const properties = {};
  for (const name in element.dataset) {
    const property = /^hr[^a-z]/.test(name) && name[2].toLowerCase() + name.slice(3);
    if (property && !without.includes(property)) properties[property] = valueOf(element.dataset[name]);
  }
  return properties;
}
