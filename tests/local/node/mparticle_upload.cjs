// Batches with mparticle as npm has it. Arguments: collect URL, key, secret, user id.
const mParticle = require("mparticle");

const [host, key, secret, user] = process.argv.slice(2);
const api = new mParticle.EventsApi(new mParticle.Configuration(key, secret));
api.apiClient.basePath = `${host}/v2`;

function batch(...events) {
  const made = new mParticle.Batch(mParticle.Batch.Environment.production);
  made.user_identities = new mParticle.UserIdentities();
  made.user_identities.customerid = user;
  events.forEach((event) => made.addEvent(event));
  return made;
}

function bought() {
  const kettle = new mParticle.Product();
  Object.assign(kettle, { id: "K1", name: "Kettle", price: 39.5, quantity: 1 });
  const action = new mParticle.ProductAction("purchase");
  Object.assign(action, { products: [kettle], total_amount: 39.5, transaction_id: `ord-${user}` });
  const event = new mParticle.CommerceEvent();
  Object.assign(event, { product_action: action, currency_code: "EUR", timestamp_unixtime_ms: Date.now() });
  return event;
}

function custom(name, type) {
  const event = new mParticle.AppEvent(type, name);
  event.custom_attributes = { menu: "main" };
  event.timestamp_unixtime_ms = Date.now();
  return event;
}

const first = batch(bought(), custom("Menu Opened", mParticle.AppEvent.CustomEventType.navigation));
first.user_attributes = { "Hair Color": "brown", tags: ["vip", "tr"] };
const consent = new mParticle.GDPRConsentState("v2", true, Date.now(), "shop.example/signup", "device");
first.consent_state = new mParticle.ConsentState();
first.consent_state.gdpr = { newsletter: consent };

const second = batch(custom("Menu Closed", mParticle.AppEvent.CustomEventType.navigation));

function status(upload, body) {
  return new Promise((resolve) => upload.call(api, body, (error, data, response) => resolve(
    response ? response.status : (error && error.status) || null)));
}

(async () => {
  const statuses = [await status(api.uploadEvents, first), await status(api.bulkUploadEvents, [second])];
  console.log(JSON.stringify(statuses));
})();
