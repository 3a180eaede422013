// The TypeScript MCP SDK, in its current form and its 1.x form, against a gateway: tools, an answer, a denial.
// Environment: WARDGATE_URL, POD (a pod of shop/web). Ends with the plain line "N passed, N failed".
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import process from "node:process";

// The packages lie in the cache, not beside this file.
const require = createRequire(`${process.env.MODULES}/package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name)).href);

const canaries = readFileSync(process.env.WARDGATE_TEST_CANARIES, "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"))
  .map((line) => line.split("\t"));

const current = await load("@modelcontextprotocol/client");
const legacy = {
  ...(await load("@modelcontextprotocol/sdk/client/index.js")),
  ...(await load("@modelcontextprotocol/sdk/client/streamableHttp.js")),
};

const url = new URL(process.env.WARDGATE_URL);
const clients = {
  "current, negotiated": () => new current.Client({ name: "e2e", version: "1" }, { versionNegotiation: { mode: "auto" } }),
  "current, 2026-07-28": () => new current.Client({ name: "e2e", version: "1" }, { versionNegotiation: { mode: { pin: "2026-07-28" } } }),
  "current, legacy": () => new current.Client({ name: "e2e", version: "1" }),
  "1.x": () => new legacy.Client({ name: "e2e", version: "1" }),
};

function check(condition, what) {
  if (!condition) throw new Error(what);
}

async function call(client, name, args) {
  const result = await client.callTool({ name, arguments: args });
  const text = JSON.stringify(result);
  for (const [canary, value] of canaries) check(!text.includes(value), `${name} let ${canary} through`);
  return result;
}

async function smoke(client) {
  const { tools } = await client.listTools();
  check(tools.some((tool) => tool.name === "k8s_get_logs"), "k8s_get_logs is not listed");
  const log = await call(client, "k8s_get_logs", { namespace: "shop", pod: process.env.POD, tail_lines: 200 });
  check(!log.isError, `the log is an error: ${JSON.stringify(log)}`);
  check(JSON.stringify(log.structuredContent).includes("refreshing credentials"), "the lines did not arrive");
  const exec = await call(client, "k8s_exec_readonly", { namespace: "shop", pod: process.env.POD, command: ["sh", "-c", "id"] });
  check(exec.isError && exec.structuredContent.denied.rule.startsWith("exec."), "sh -c id is not denied");
  check(exec.structuredContent.denied.remedy, "the denial has no remedy");
}

let passed = 0;
let failed = 0;
for (const [name, make] of Object.entries(clients)) {
  const module = name === "1.x" ? legacy : current;
  const client = make();
  try {
    await client.connect(new module.StreamableHTTPClientTransport(url));
    await smoke(client);
    passed += 1;
    console.log(`ok   TypeScript SDK ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL TypeScript SDK ${name}: ${error.message}`);
  } finally {
    await client.close().catch(() => {});
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
