import { parseArgs } from "node:util";
import { faultFrom, optionsFrom } from "./given.ts";
import { type Fault, type SimulatorOptions, startSimulator } from "./index.ts";

const HELP = `Simulated Phala Cloud on a loopback port.

Usage: npm run --silent simulator [-- flags]

The first line of output is one JSON object with api_url, api_key, app_id, vm_uuid (a running source
CVM), nodes and control_url. It then serves until SIGTERM or SIGINT.

  --port N               port (default: a free one)
  --boot-ms N            boot time of a replica in ms (default 200)
  --latency-ms N         added to every answer of the API
  --list-lag-ms N        a newcomer shows in lists only after this time
  --remove-ms N          how long a deletion takes
  --live-instances N     live CVMs of the app at the start (default 1)
  --differing-hashes     each of them has its own compose hash
  --on-chain             the app's KMS is on chain: creates need approval
  --form465 FORM         envelope, detail, flat, flat-detail or string
  --id-style STYLE       number or string
  --seed N               ids and choices come from it (default 1)
  --fault JSON           a fault, e.g. '{"route":"create","kind":"drop","when":"after"}'; repeatable
  --options JSON         any other option of startSimulator, e.g. '{"titleCase":true}'
  --help                 this text
`;

const FLAGS = {
  port: { type: "string" },
  "boot-ms": { type: "string" },
  "latency-ms": { type: "string" },
  "list-lag-ms": { type: "string" },
  "remove-ms": { type: "string" },
  "live-instances": { type: "string" },
  "differing-hashes": { type: "boolean" },
  "on-chain": { type: "boolean" },
  form465: { type: "string" },
  "id-style": { type: "string" },
  seed: { type: "string" },
  fault: { type: "string", multiple: true },
  options: { type: "string" },
  help: { type: "boolean" },
} as const;

/** Names of the options whose flags take a whole number. */
const NUMBERS = {
  port: "port",
  "boot-ms": "bootMs",
  "latency-ms": "latencyMs",
  "list-lag-ms": "listLagMs",
  "remove-ms": "removeMs",
  "live-instances": "liveInstances",
  seed: "seed",
} as const;

/** Names of the options whose flags take a word. */
const WORDS = { form465: "form465", "id-style": "idStyle" } as const;

function readJson(flag: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`--${flag} takes JSON, not ${text}`);
  }
}

function readFlags(): { help: boolean; options: SimulatorOptions; faults: Fault[] } {
  const { values } = parseArgs({ options: FLAGS });
  const options: Record<string, unknown> = {};
  for (const [flag, name] of Object.entries(NUMBERS)) {
    const text = values[flag as keyof typeof NUMBERS];
    if (text === undefined) continue;
    if (!/^\d+$/.test(text)) throw new Error(`--${flag} takes a whole number, not "${text}"`);
    options[name] = Number(text);
  }
  for (const [flag, name] of Object.entries(WORDS)) {
    const text = values[flag as keyof typeof WORDS];
    if (text !== undefined) options[name] = text;
  }
  if (values["on-chain"]) options.onChain = true;
  if (values["differing-hashes"]) options.differingHashes = true;
  const json = values.options === undefined ? {} : readJson("options", values.options);
  return {
    help: values.help ?? false,
    options: { ...optionsFrom(json), ...optionsFrom(options) },
    faults: (values.fault ?? []).map((text) => faultFrom(readJson("fault", text))),
  };
}

/**
 * Under `npm run` a signal to npm ends npm and its shell, but many shells do not pass it on: the
 * simulator would be left behind. So it ends when that shell has gone. Started directly, it outlives
 * the shell that put it into the background, as a workflow step needs.
 */
function stopWithNpm(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, 200);
}

async function main(): Promise<void> {
  const { help, options, faults } = readFlags();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const sim = await startSimulator(options);
  for (const fault of faults) sim.fault(fault);
  const stop = (): void => {
    void sim.close().then(() => process.exit(0));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  stopWithNpm(stop);
  const about = {
    api_url: sim.apiUrl,
    api_key: sim.apiKey,
    app_id: sim.appId,
    vm_uuid: sim.vmUuid,
    nodes: sim.nodes.map(({ id, name, region, slots, deviceId }) => ({
      id,
      name,
      region,
      slots,
      device_id: deviceId,
    })),
    compose_hash: sim.composeHash,
    control_url: sim.controlUrl,
  };
  process.stdout.write(`${JSON.stringify(about)}\n`);
}

main().catch((error: unknown) => {
  console.error(`simulator: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(2);
});
