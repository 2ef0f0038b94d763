// A certified OpenID provider on loopback. It signs in whoever says who they are: `login` is a subject known below.
// node provider.mjs FOLDER SETTINGS, where FOLDER holds node_modules and SETTINGS is JSON.
import { pathToFileURL } from "node:url";
import path from "node:path";

const [folder, given] = process.argv.slice(2);
const { port, client, people } = JSON.parse(given);
const { default: Provider } = await import(pathToFileURL(path.join(folder, "node_modules/oidc-provider/lib/index.js")));

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["a key for tests alone"] },
  findAccount: async (_context, subject) => ({
    accountId: subject,
    claims: async () => ({ sub: subject, ...people[subject] }),
  }),
});
provider.listen(port, "127.0.0.1", () => console.log("ready"));
