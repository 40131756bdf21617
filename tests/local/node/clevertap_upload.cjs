// Uploads with npm's clevertap, unmodified but for its endpoint. Arguments: collect URL, account id, passcode, user id.
// Prints the answers: to a profile with events, to a list of which one record fails, and to the question for the profile.
const CleverTap = require("clevertap");

const [host, account, passcode, user] = process.argv.slice(2);
const client = CleverTap.init(account, passcode, CleverTap.REGIONS.EUROPE);
client.api.apiEndpoint = `${host}/1`;

const call = (method, argument) => new Promise((resolve) => client[method](argument, resolve));
const seconds = Math.floor(Date.now() / 1000);
const event = (evtName, evtData, more) => ({ type: "event", identity: user, ts: seconds, evtName, evtData, ...more });

async function main() {
  const uploaded = await call("upload", [
    {
      type: "profile", identity: user, ts: seconds,
      profileData: {
        Name: "Ana Lima", Email: `${user}@example.test`, "MSG-email": true, "MSG-sms": false, Points: 3,
        Renewal: "$D_1796083200",
      },
    },
    event("Charged", {
      Amount: 39.5, Currency: "EUR", "Charged ID": `${user}-order`, paid_on: "$D_1795132800",
      Items: [{ "Product ID": "K1", "Product name": "Kettle", Price: 39.5, Quantity: 1 }],
    }),
    event("View Item", { item_id: "K1" }),
  ]);
  const partial = await call("upload", [event("View Item", { item_id: "K2" }), event(undefined, {})]);
  const profile = await call("profile", { identity: user });
  console.log(JSON.stringify({ uploaded, partial, profile }));
}

main();
