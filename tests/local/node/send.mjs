// One call of each kind with @segment/analytics-node as npm has it. Arguments: collect URL, write key, user id.
import { Analytics } from "@segment/analytics-node";

const [host, writeKey, userId] = process.argv.slice(2);
const analytics = new Analytics({ writeKey, host, maxRetries: 2 });
let failed;
analytics.on("error", (error) => { failed = error; });

const anonymousId = `${userId}-visitor`;
analytics.page({ anonymousId, name: "Home", properties: { url: "https://shop.example/" } });
analytics.identify({ userId, anonymousId, traits: { first_name: "Grace", consents: { email: true } } });
analytics.track({ userId, event: "View Item", properties: { item_id: "K-17", price: 12.5, currency: "USD" } });
analytics.screen({ userId, name: "Cart" });
analytics.group({ userId, groupId: "navy", traits: { name: "Navy" } });
analytics.track({ userId: `${userId}-old`, event: "Login" });
analytics.alias({ previousId: `${userId}-old`, userId });

await analytics.closeAndFlush();
if (failed) {
  console.error(failed);
  process.exit(1);
}
