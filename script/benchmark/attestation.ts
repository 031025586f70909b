/** What verifying costs: the room that is loaded, the first quote and each further one, and a step's requests. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { median, rounded } from "./stats.ts";

export interface Attesting {
  /** Medians over fresh processes, in ms. */
  readonly loadMs: number;
  readonly firstMs: number;
  readonly furtherMs: number;
  readonly runs: number;
  /** Of a step that verifies 50 instances of one kind of platform beside a source, by route. */
  readonly requests: readonly { readonly route: string; readonly count: number }[];
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** How many quotes follow the first. */
const FURTHER = 20;
const INSTANCES = 50;

/** A process of its own: what is loaded once is measured once. The genuine quote, on a day of its collateral's. */
const ONCE = (root: string) => `
  const at = (path) => import(new URL(path, ${JSON.stringify(pathToFileURL(root).href)}).href);
  const { fromLibrary, intelTrust, libraryFixture, reportFixture } = await at("__tests__/attest/support.ts");
  process.stdout.write(JSON.stringify(await (async () => {
    const { quote } = reportFixture("quote-report.json");
    const collateral = fromLibrary(libraryFixture("tdx_quote_outdated_collateral.json"));
    const trust = intelTrust("2026-03-15T00:00:00Z");
    const { verifyQuote } = await at("src/attest/verify.ts");
    const times = [];
    for (let n = 0; n <= ${FURTHER}; n++) {
      const begun = performance.now();
      if (verifyQuote(quote, collateral, trust).fault !== null) throw new Error("not verified");
      times.push(performance.now() - begun);
    }
    return times;
  })()));
`;

/** What a step loads that verifies: the chunk of the bundle with the verifier. */
const LOAD = (root: string) => `
  const { readFileSync, readdirSync } = await import("node:fs");
  const dist = ${JSON.stringify(join(root, "dist"))};
  const chunk = readdirSync(dist).find((name) => /^\\d+\\.index\\.js$/.test(name) && readFileSync(dist + "/" + name, "utf8").includes("Intel SGX PCK Certificate"));
  if (chunk === undefined) throw new Error("no chunk has the verifier");
  await import("node:crypto");
  const begun = performance.now();
  await import(dist + "/" + chunk);
  process.stdout.write(JSON.stringify([performance.now() - begun]));
`;

function times(script: string): number[] {
  const args = ["--input-type=module", "--disable-warning=ExperimentalWarning", "-e", script];
  const env = { PATH: process.env.PATH ?? "" };
  return JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, env, encoding: "utf8" }));
}

/** @param runs processes of each */
export async function attesting(runs: number): Promise<Attesting> {
  const loads: number[] = [];
  const firsts: number[] = [];
  const further: number[] = [];
  for (let n = 0; n < runs; n++) {
    loads.push(...times(LOAD(ROOT)));
    const [first = 0, ...more] = times(ONCE(ROOT));
    firsts.push(first);
    further.push(median(more));
  }
  return {
    loadMs: rounded(median(loads)),
    firstMs: rounded(median(firsts)),
    furtherMs: rounded(median(further)),
    runs,
    requests: await requests(),
  };
}

/** Of the action verify in simulated time: the bundle trusts Intel alone, and no simulated cloud is Intel's. */
async function requests(): Promise<Attesting["requests"]> {
  const { Simulation } = await import("../../__tests__/support/simulated/simulation.ts");
  const sim = new Simulation({ liveInstances: INSTANCES });
  const step = sim.start({ source: sim.world.source.vmUuid }, "verify");
  const { exitCode } = await step.finished;
  if (exitCode !== 0) throw new Error(`verify ended with ${exitCode}`);
  const counts = new Map<string, number>();
  for (const { route } of sim.requests) counts.set(route, (counts.get(route) ?? 0) + 1);
  return [...counts].map(([route, count]) => ({ route, count }));
}
