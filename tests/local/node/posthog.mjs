// A visitor who buys, with posthog-node as npm has it. Arguments: collect URL, write key, user id, and whether it may compress.
import { PostHog } from "posthog-node";

const [host, key, user, compressed] = process.argv.slice(2);
const disableCompression = compressed !== "compressed";
const client = new PostHog(key, { host, flushAt: 20, fetchRetryDelay: 200, disableCompression });
let failed;
client.on("error", (error) => { failed = error; });

const visitor = `${user}-visitor`;
client.capture({ distinctId: visitor, event: "Look Around", properties: { shelf: 3, $process_person_profile: false } });
client.identify({ distinctId: user, properties: { $anon_distinct_id: visitor, email: `${user}@example.test` } });
client.capture({
  distinctId: user,
  event: "Complete Purchase",
  properties: { amount: 39.5, currency: "EUR", order_id: `${user}-order` },
});

await client.shutdown();
if (failed) {
  console.error(failed);
  process.exit(1);
}
