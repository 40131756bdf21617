// One event with each SDK that retries. Arguments: sdk, collect URL, write key, user id.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const [sdk, host, key, user] = process.argv.slice(2);
const event = "View Item";
const properties = { item_id: "K-17" };

const send = {
  async segment() {
    const { Analytics } = require("@segment/analytics-node");
    const analytics = new Analytics({ writeKey: key, host, path: "/v1/batch", flushAt: 1, maxRetries: 3 });
    analytics.track({ userId: user, event, properties });
    await analytics.closeAndFlush({ timeout: 20_000 });
  },
  async posthog() {
    const { PostHog } = require("posthog-node");
    const client = new PostHog(key, { host, flushAt: 1, fetchRetryDelay: 200, disableCompression: true });
    client.capture({ distinctId: user, event, properties });
    await client.shutdown(20_000);
  },
  async snowplow() {
    const { newTracker, buildSelfDescribingEvent } = require("@snowplow/node-tracker");
    const tracker = newTracker(
      { namespace: "t", appId: key, encodeBase64: false },
      { endpoint: host, eventMethod: "post", bufferSize: 1 },
    );
    tracker.setUserId(user);
    const schema = "iglu:shop.example/view_item/jsonschema/1-0-0";
    tracker.track(buildSelfDescribingEvent({ event: { schema, data: properties } }));
    // It keeps what was refused and sends it with the next flush.
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      tracker.flush();
    }
  },
  async pinpoint() {
    const { PinpointClient, PutEventsCommand } = require("@aws-sdk/client-pinpoint");
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "none" };
    const client = new PinpointClient({ endpoint: host, region: "us-east-1", credentials });
    const item = {
      Endpoint: { User: { UserId: user } },
      Events: { "0d4f1c9e-8a7b-4c5d": {
        EventType: event, Timestamp: new Date().toISOString(), Attributes: properties,
      } },
    };
    const EventsRequest = { BatchItem: { [`${user}-device`]: item } };
    await client.send(new PutEventsCommand({ ApplicationId: key, EventsRequest }));
  },
};

await send[sdk]();
