/**
 * The same three with Phala's own command line (`phala`): run where it is installed, else what the benchmark
 * measured (docs/benchmarks.json). It is never installed by the demo.
 */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { bill, code, heading, say } from "../show.ts";
import { sweep, until } from "./acts.ts";
import { billed, type Cloud, replicas } from "./cloud.ts";

interface Benchmarks {
  readonly versions: Readonly<Record<string, string>>;
  readonly survival: readonly {
    readonly fault: string;
    readonly ours: string;
    readonly cli: string;
  }[];
}

/** Runs it, or tells what was measured. */
export async function officialWay(cloud: Cloud): Promise<void> {
  heading("The same with the official command line");
  const version = spawnSync("phala", ["--version"], { env: process.env, timeout: 30_000 });
  if (version.status === 0) await run(cloud);
  else measured();
}

function measured(): void {
  const { survival, versions } = JSON.parse(
    readFileSync(new URL("../../docs/benchmarks.json", import.meta.url), "utf8"),
  ) as Benchmarks;
  const count = (who: "ours" | "cli"): number =>
    survival.filter((row) => row[who] === "lost").length;
  say(
    `\`phala\` is not installed here, so this is what was measured with it${versions.cli ? ` (${versions.cli})` : ""}, by script/bench:`,
  );
  code(
    [
      `of ${survival.length} faults at the create request, a replica was made, billed, and named to nobody`,
      `  in ${count("cli")} by the official command line,`,
      `  in ${count("ours")} by this action.`,
      "A command line that is killed is gone; nothing runs after it to look for what it made.",
    ].join("\n"),
  );
}

/** One `phala cvms replicate`. Its output is shown, whatever it is. */
async function replicate(cloud: Cloud, kill: boolean): Promise<void> {
  const { vm_uuid, api_url, api_key } = cloud.about;
  say("\nphala cvms replicate");
  const child = spawn("phala", ["cvms", "replicate", vm_uuid, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PHALA_CLOUD_API_PREFIX: api_url, PHALA_CLOUD_API_KEY: api_key },
    timeout: 90_000,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  const ended = new Promise<number | null>((done, fail) => {
    child.once("error", fail);
    child.once("close", done);
  });
  if (kill) {
    await until("the replica is made", async () => replicas(await cloud.cvms()).length === 1);
    child.kill("SIGKILL");
  }
  const exitCode = await ended;
  code(text.trim() === "" ? "(no output)" : text);
  const cvms = await cloud.cvms();
  const said = text.replaceAll("-", "");
  const named = replicas(cvms).filter(({ vmUuid }) => said.includes(vmUuid.replaceAll("-", "")));
  bill(
    `billed now: ${billed(cvms).length}`,
    `exit code ${exitCode ?? "none, killed"}; it named ${named.length} of ${replicas(cvms).length} that it made`,
  );
}

async function run(cloud: Cloud): Promise<void> {
  await sweep(cloud);
  await replicate(cloud, false);
  await sweep(cloud);
  await cloud.fault({ route: "create", kind: "drop", when: "after" });
  await replicate(cloud, false);
  await sweep(cloud);
  await cloud.fault({ route: "create", kind: "hang", when: "after" });
  await replicate(cloud, true);
  await sweep(cloud);
}
