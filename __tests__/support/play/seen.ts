/** What is to be seen of a case once it is over, in the same form from both worlds. */
import type { CvmSummary, RecordedRequest } from "../../../simulator/record.ts";
import type { StepResult } from "../runner.ts";
import type { Result } from "../simulated/simulation.ts";
import type { Cloud } from "./cloud.ts";

export interface SeenAnnotation {
  readonly level: "error" | "warning" | "notice";
  readonly title?: string;
  readonly message: string;
}

/** One step, main or post. */
export interface Step {
  /** Null: it was killed. */
  readonly exitCode: number | null;
  readonly outputs: Readonly<Record<string, string>>;
  /** The log as a user sees it, a line each; annotations included. */
  readonly log: string;
  readonly annotations: readonly SeenAnnotation[];
  readonly summary: string;
  readonly state: Readonly<Record<string, string>>;
}

export interface Seen {
  readonly main: Step;
  /** Null: it was not run. */
  readonly post: Step | null;
  readonly cloud: Cloud;
  readonly requests: readonly RecordedRequest[];
  /** Create requests, in order. */
  readonly posts: readonly RecordedRequest[];
  /** Replicas that exist in the end, in order of creation. */
  readonly left: readonly CvmSummary[];
}

export function seenOfProcess(cloud: Cloud, main: StepResult, post: StepResult | null): Seen {
  const step = (result: StepResult): Step => ({
    exitCode: result.exitCode,
    outputs: result.outputs,
    log: result.log.map(({ text }) => text).join("\n"),
    annotations: result.annotations.filter(({ from }) => from === "action"),
    summary: result.summary,
    state: result.state,
  });
  return seen(cloud, step(main), post && step(post));
}

export function seenOfSimulation(cloud: Cloud, main: Result, post: Result | null): Seen {
  const step = ({ exitCode, runner }: Result): Step => ({
    exitCode,
    outputs: runner.outputs,
    log: runner.entries.map(({ text }) => text).join("\n"),
    annotations: runner.entries.flatMap(({ kind, text }) =>
      kind === "error" || kind === "warning" || kind === "notice"
        ? [{ level: kind, message: text }]
        : [],
    ),
    summary: runner.markdown,
    state: runner.saved,
  });
  return seen(cloud, step(main), post && step(post));
}

function seen(cloud: Cloud, main: Step, post: Step | null): Seen {
  const { requests } = cloud;
  return {
    main,
    post,
    cloud,
    requests,
    posts: requests.filter(({ route }) => ["create", "instances", "commit"].includes(route)),
    left: cloud.replicas().filter(({ deleted }) => !deleted),
  };
}

/** What two worlds must show alike of one case: all but times, addresses and the number of looks. */
export function gist({ main, post, posts, left }: Seen): unknown {
  const step = (one: Step | null) =>
    one && {
      exitCode: one.exitCode,
      outcome: one.outputs.outcome,
      code: one.outputs.error_code,
      levels: one.annotations.map(({ level }) => level),
      replicas: outcomesOf(one),
    };
  return { main: step(main), post: step(post), posts: posts.length, left: left.length };
}

function outcomesOf({ outputs }: Step): unknown {
  const entries = JSON.parse(outputs.replicas || "[]") as { outcome: string; vm_uuid: unknown }[];
  return entries.map(({ outcome, vm_uuid }) => [outcome, vm_uuid === null ? "no UUID" : "UUID"]);
}
