/** Data collectors: an element with `data-hr-event` sends that event when it is clicked, a form when it is submitted. */

import { propertiesIn } from "./attributes.js";

/** What must not leave the page, whoever lists it: a password that is shown is a text field. */
const SECRET = /passw|pwd|one-time|cc-|file/i;

function fieldsOf(form, names) {
  const fields = {};
  const data = new FormData(form);
  for (const name of names.split(/[\s,]+/)) {
    const secret = [...form.elements].some(
      (field) => field.name == name && SECRET.test([field.type, field.autocomplete, name]),
    );
    const values = secret ? [] : data.getAll(name);
    if (values[0]) fields[name] = values[1] ? values : values[0];
  }
  return fields;
}

/** `track` gets the event's name and its properties. Listeners on the document see elements that come later, too. */
export function collect(track) {
  const listen = (type) =>
    document.addEventListener(
      type,
      (event) => {
        const element = event.composedPath().find((node) => node.dataset && node.dataset.hrEvent);
        if (!element || (element.tagName == "FORM") != (type == "submit")) return;
        const fields = element.dataset.hrFields;
        const properties = propertiesIn(element, "event", "fields");
        track(element.dataset.hrEvent, fields ? { ...fieldsOf(element, fields), ...properties } : properties);
      },
      true,
    );
  listen("click");
  listen("submit");
}
