/**
 * The first live run, for the owner of a key (`.github/workflows/live.yml`): a dry run, one replica that the
 * platform itself deletes after half an hour, each read route once, the deletion, and a report on what nobody
 * knows about the API. Bounded in money and time; what it may cost is checked before anything is created.
 *
 *     script/node script/live/main.ts          runs it; exit code 0 when all went as it should
 *     script/node script/live/main.ts --end    deletes what a run left that was killed
 *
 * Settings come from the environment: see settings.ts. The report goes to $GITHUB_STEP_SUMMARY and to live-report.md
 * in $RUNNER_TEMP/live.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Ask, asker, type Read } from "./api.ts";
import { Hidden } from "./hide.ts";
import { reportOf, wentWell } from "./report.ts";
import { askAll, questions, rowsOf, subjectOf } from "./routes.ts";
import type { Seen } from "./seen.ts";
import { dashed, type Settings, settingsFrom, TTL, WAIT } from "./settings.ts";
import { listOf, objectOf } from "./shape.ts";
import { inputsOfAction, runMain, runPost } from "./step.ts";
import { watchDeletion, watchNewcomers } from "./watch.ts";

type Draft = { -readonly [Field in keyof Seen]: Seen[Field] };

/** What all parts of a run share. */
interface Run {
  readonly settings: Settings;
  readonly hidden: Hidden;
  readonly ask: Ask;
  readonly seen: Draft;
  readonly cancel: AbortSignal;
  readonly say: (line: string) => void;
}

/** Reasons to stop before anything is created; null where there is none. Also notes the price. */
async function reasonToStop(run: Run, list: Read): Promise<string | null> {
  const { settings, seen, ask } = run;
  const rows = rowsOf(list);
  if (rows === null) return `the app's list was answered with ${list.status ?? "nothing"}`;
  const source = objectOf((await ask({ path: `/cvms/${settings.source}` })).body);
  const { compute_billing_price: told, billing_period: period } = objectOf(source.resource);
  const price = period === "hourly" && told != null ? Number(told) : Number.NaN;
  seen.price = Number.isFinite(price) ? price : settings.price;
  if (seen.price === null)
    return "the API does not tell the price, and LIVE_HOURLY_PRICE is not set";
  if (seen.price > settings.maxCost) {
    return `an hour costs ${seen.price} USD, more than the ${settings.maxCost} USD allowed`;
  }
  return null;
}

function inputsFor({ settings, seen }: Run): Record<string, string> {
  const known = inputsOfAction();
  const named = known.has("name");
  seen.name = named ? settings.name : null;
  return {
    app_id: settings.appId,
    vm_uuid: settings.source,
    cleanup: "always",
    ttl: TTL,
    wait_timeout: WAIT,
    summary: "false",
    ...(named && { name: settings.name }),
    // live.yml asks for an app that nobody else works on meanwhile: what a lost answer made is deleted too.
    ...(known.has("exclusive") && { exclusive: "true" }),
  };
}

/** Waits until the attestation tells the instance id, for the patience at most. */
async function attested(run: Run, uuid: string): Promise<number | null> {
  const { settings, ask, cancel } = run;
  const begun = Date.now();
  while (!cancel.aborted && Date.now() - begun <= settings.patienceMs) {
    const { body } = await ask({ path: `/cvms/${uuid}/attestation` });
    const events = listOf(objectOf(objectOf(body).tcb_info).event_log).map(objectOf);
    if (events.filter(({ event }) => event === "instance-id").length === 1)
      return Date.now() - begun;
    await pause(settings.pollMs);
  }
  return null;
}

/** Each read route once, while the replica is there. */
async function readAll(run: Run, uuid: string): Promise<void> {
  const { settings, ask, seen, cancel } = run;
  // First: it tells how late it is. One that never ran attests nothing.
  if (seen.main?.exitCode === 0) seen.attestedMs = await attested(run, uuid);
  const row = (await ask({ path: `/cvms/${uuid}` })).body;
  const older = (await ask({ path: `/cvms/${uuid}`, version: "2025-10-28" })).body;
  seen.reads = await askAll(ask, questions(settings, subjectOf(uuid, row, older)), cancel);
}

/** Outputs that name something, or give a right. */
const NAMING = [
  "replica_id",
  "name",
  "vm_uuid",
  "instance_id",
  "app_id",
  "app_url",
  "instance_url",
  "dashboard_url",
  "compose_hash",
  "device_id",
  "encrypted_env_pubkey",
  "commit_token",
  "commit_url",
  "api_commit_url",
];

async function create(run: Run, before: ReadonlySet<string>): Promise<string | null> {
  const { settings, ask, seen, cancel, say, hidden } = run;
  const watch = watchNewcomers(ask, settings, before);
  say("Create one replica …");
  try {
    seen.main = await runMain(settings, inputsFor(run), say, cancel);
  } finally {
    await watch.stop();
  }
  const { outputs } = seen.main;
  hidden.add(...NAMING.map((name) => outputs[name]));
  const uuid = outputs.vm_uuid ? dashed(outputs.vm_uuid) : null;
  seen.looks = uuid === null ? [] : (watch.looks.get(uuid) ?? []);
  return uuid;
}

/** Whatever becomes of the rest, what was made is deleted. */
async function createAndLook(run: Run, before: ReadonlySet<string>): Promise<void> {
  const { settings, ask, seen, say } = run;
  const begun = Date.now();
  let uuid: string | null = null;
  try {
    uuid = await create(run, before);
    if (uuid !== null) await readAll(run, uuid);
  } finally {
    say("Delete it …");
    const [post, deletion] = await Promise.all([
      runPost(settings, say),
      uuid === null ? null : watchDeletion(ask, settings, uuid),
    ]);
    seen.post = post;
    seen.deletion = deletion;
    seen.livedMs = uuid === null ? null : Date.now() - begun;
    seen.usage = await ask({ path: `/apps/${settings.appId}/usage` });
    if (post?.exitCode === 0) writeFileSync(join(settings.folder, "ended"), "");
  }
}

async function runAll(run: Run): Promise<void> {
  const { settings, ask, seen, cancel, say } = run;
  const list = await ask({ path: `/apps/${settings.appId}/cvms` });
  seen.stopped = await reasonToStop(run, list);
  if (seen.stopped !== null) return;
  say("Dry run …");
  const dry = await runMain(settings, { ...inputsFor(run), dry_run: "true" }, say, cancel);
  seen.dryRun = { exitCode: dry.exitCode, outcome: dry.outputs.outcome ?? "" };
  if (dry.exitCode !== 0) seen.stopped = "the dry run failed";
  if (cancel.aborted) seen.stopped ??= "it was cancelled";
  if (seen.stopped !== null) return;
  const before = new Set(
    (rowsOf(list) ?? []).map(({ vm_uuid: id }) => (typeof id === "string" ? dashed(id) : "")),
  );
  await createAndLook(run, before);
}

/** Writes the report, unless something is left in it that must not be told. */
function handOver({ settings, hidden, seen }: Run): void {
  const facts = readFileSync(new URL("../../docs/api-facts.md", import.meta.url), "utf8");
  const text = hidden.takeOut(reportOf(seen, facts));
  hidden.check(text);
  mkdirSync(settings.folder, { recursive: true });
  writeFileSync(join(settings.folder, "live-report.md"), text);
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (summary !== undefined && summary !== "") appendFileSync(summary, text);
}

/** Prints a line of the action's log without what it must not hold; not at a line's begin, where it would be a command to the runner. */
function sayHidden(hidden: Hidden): (line: string) => void {
  return (line) => {
    if (!line.startsWith("::add-mask::")) console.log(`| ${hidden.takeOut(line)}`);
  };
}

async function main(): Promise<number> {
  const settings = settingsFrom(process.env);
  const hidden = new Hidden();
  hidden.add(settings.apiKey, settings.appId, settings.source, settings.name);
  const say = sayHidden(hidden);
  if (process.argv.includes("--end")) {
    if (existsSync(join(settings.folder, "ended"))) return 0;
    const post = await runPost(settings, say);
    return post === null || post.exitCode === 0 ? 0 : 1;
  }
  const cancel = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => cancel.abort());
  const seen: Draft = {
    stopped: null,
    dryRun: null,
    main: null,
    name: null,
    looks: [],
    reads: new Map(),
    attestedMs: null,
    post: null,
    deletion: null,
    usage: null,
    price: null,
    livedMs: null,
  };
  const run: Run = {
    settings,
    hidden,
    ask: asker(settings.apiUrl, settings.apiKey, hidden),
    seen,
    cancel: cancel.signal,
    say,
  };
  rmSync(settings.folder, { recursive: true, force: true });
  try {
    await runAll(run);
  } finally {
    handOver(run);
  }
  say(seen.stopped === null ? "Done." : `Stopped: ${seen.stopped}.`);
  return wentWell(seen) ? 0 : 1;
}

if (import.meta.main) {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      // Of this program's own; the texts of answers are in none.
      console.error(`live run: ${error instanceof Error ? error.message : "an unknown error"}`);
      process.exitCode = 1;
    },
  );
}
