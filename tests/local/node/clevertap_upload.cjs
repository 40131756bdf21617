// npm's clevertap, unmodified but for its endpoint. Arguments: what to do, collect URL, account id, passcode, user id.
// Prints what it was answered: to `upload`, a list that is right and a list with an error; to `profile`, the question.
const CleverTap = require("clevertap");

const [command, host, account, passcode, user] = process.argv.slice(2);
const client = CleverTap.init(account, passcode, CleverTap.REGIONS.EUROPE);
client.api.apiEndpoint = `${host}/1`;

const call = (method, argument) => new Promise((resolve) => client[method](argument, resolve));
const seconds = Math.floor(Date.now() / 1000);
const event = (evtName, evtData) => ({ type: "event", identity: user, ts: seconds, evtName, evtData });

async function upload() {
  const right = await call("upload", [
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
  const wrong = await call("upload", [event("View Item", { item_id: "K2" }), event(undefined, {})]);
  return { right, wrong };
}

async function main() {
  const answers = command === "upload" ? await upload() : await call("profile", { identity: user });
  console.log(JSON.stringify(answers));
}

main();
