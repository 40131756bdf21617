// A visitor who buys, with @snowplow/node-tracker as npm has it. Arguments: collect URL, write key, user id, method.
import {
  buildEcommerceTransaction,
  buildPageView,
  buildSelfDescribingEvent,
  newTracker,
} from "@snowplow/node-tracker";

const [endpoint, appId, user, eventMethod] = process.argv.slice(2);
const sent = [];
const emitter = { endpoint, eventMethod, bufferSize: 1, onRequestSuccess: (events) => { sent.push(...events); } };
const tracker = newTracker({ namespace: "shop", appId }, emitter);

tracker.setDomainUserId(`${user}-visitor`);
tracker.track(buildPageView({ pageUrl: "https://shop.example/kettles?utm_source=news", pageTitle: "Kettles" }));
const lookAround = { schema: "iglu:com.acme/look_around/jsonschema/1-0-0", data: { shelf: 3 } };
tracker.track(buildSelfDescribingEvent({ event: lookAround }));
tracker.setUserId(user);
tracker.track(buildEcommerceTransaction({ orderId: `${user}-order`, total: 39.5, currency: "EUR" }));

for (let round = 0; sent.length < 3; round++) {
  if (round === 40) throw new Error(`only ${sent.length} events were taken`);
  await new Promise((done) => setTimeout(done, 250));
  await tracker.flush();
}
