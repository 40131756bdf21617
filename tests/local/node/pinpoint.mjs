// Amazon Pinpoint's own client for JavaScript, every call once. Arguments: URL, access key id, secret, app id, user id.
// Prints an object: what each call was answered with, or the name of its error.
import {
  DeleteEndpointCommand, DeleteUserEndpointsCommand, GetEndpointCommand, GetUserEndpointsCommand, PinpointClient,
  PutEventsCommand, UpdateEndpointCommand, UpdateEndpointsBatchCommand,
} from "@aws-sdk/client-pinpoint";

const [endpoint, accessKeyId, secretAccessKey, ApplicationId, UserId, reads] = process.argv.slice(2);
const client = new PinpointClient({ endpoint, region: "eu-west-1", credentials: { accessKeyId, secretAccessKey } });
const answers = {};

async function ask(name, command) {
  try {
    const { $metadata, ...answered } = await client.send(command);
    answers[name] = { status: $metadata.httpStatusCode, requestId: $metadata.requestId, ...answered };
  } catch (error) {
    answers[name] = { error: error.name, status: error.$metadata?.httpStatusCode, message: error.Message ?? error.message };
  }
}

const device = `eu-west-1:${UserId}/phone ü`;
const Timestamp = new Date().toISOString();
const nextWeek = new Date(Date.now() + 7 * 86_400_000).toISOString();
await ask("update_endpoint", new UpdateEndpointCommand({
  ApplicationId, EndpointId: device,
  EndpointRequest: {
    Address: `token-of-${UserId}`, ChannelType: "APNS", OptOut: "NONE", User: { UserId, UserAttributes: { tier: ["gold"] } },
    Demographic: { Make: "apple", Model: "iPhone16,1", Platform: "ios", PlatformVersion: "18.1", AppVersion: "2.0" },
  },
}));
await ask("update_endpoints_batch", new UpdateEndpointsBatchCommand({
  ApplicationId,
  EndpointBatchRequest: {
    Item: [{ Id: `mail-${UserId}`, ChannelType: "EMAIL", Address: `${UserId}@shop.example`, User: { UserId } }],
  },
}));
await ask("put_events", new PutEventsCommand({
  ApplicationId,
  EventsRequest: {
    BatchItem: {
      [device]: {
        Endpoint: { User: { UserId } },
        Events: {
          one: { EventType: "_session.start", Timestamp, Session: { Id: `${UserId}-s1`, StartTimestamp: Timestamp } },
          two: { EventType: "View Item", Timestamp, Attributes: { item_id: "K-17" }, Metrics: { price: 12.5 } },
          three: { EventType: "View Item", Timestamp: nextWeek },
        },
      },
    },
  },
}));
if (reads) {
  await ask("get_endpoint", new GetEndpointCommand({ ApplicationId, EndpointId: `nobody-${UserId}` }));
  await ask("get_user_endpoints", new GetUserEndpointsCommand({ ApplicationId, UserId: `nobody-${UserId}` }));
  await ask("delete_endpoint", new DeleteEndpointCommand({ ApplicationId, EndpointId: `nobody-${UserId}` }));
  await ask("delete_user_endpoints", new DeleteUserEndpointsCommand({ ApplicationId, UserId: `nobody-${UserId}` }));
}
console.log(JSON.stringify(answers));
