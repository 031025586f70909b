/**
 * The two routes of the GitHub API that record deployments, in simulated time: as strict as GitHub in what
 * it takes, and with faults of its own. It knows nothing of the cloud.
 */

import { statusAnswer } from "../../simulator/acts.ts";
import { type Fault, FaultPlan } from "../../simulator/core.ts";
import { garbage } from "../../simulator/garbage.ts";
import type { HttpRequest } from "../../src/net/transport.ts";
import type { SimulatedClock } from "../support/simulated/clock.ts";
import type { Reply } from "../support/simulated/server.ts";
import { isObject, jsonOf } from "./facts.ts";
import type { GithubPlan } from "./story.ts";

const GITHUB_ORIGIN = "https://api.github.invalid";
/** Echoed by its errors: a client must not pass it on. */
export const GITHUB_TOKEN = ["ghs", "simulated0only0not0a0secret0000000"].join("_");
const REPOSITORY = "octo/web";
const SHA = "1".repeat(40);
/** Where GitHub sends requests for a repository that was renamed. */
const MOVED = "/repositories/7";

/** A deployment as GitHub holds it. */
export interface Deployment {
  readonly id: number;
  /** Null: its replica was never created. */
  readonly vmUuid: string | null;
  readonly environment: string;
  /** Accepted states in their order. */
  readonly states: string[];
}

type Answer = { status: number; headers: Record<string, string>; body: string };

/** The variables that the runner sets in every step. */
export const RUNNER_ENV = {
  GITHUB_API_URL: GITHUB_ORIGIN,
  GITHUB_SERVER_URL: "https://github.invalid",
  GITHUB_REPOSITORY: REPOSITORY,
  GITHUB_SHA: SHA,
  GITHUB_REF_NAME: "main",
  GITHUB_RUN_ID: "4711",
  GITHUB_EVENT_NAME: "push",
} as const;

/** `deployment`, `deployment-status`, or null for a request to somebody else. */
export function githubRoute({ url }: Pick<HttpRequest, "url">): string | null {
  const { origin, pathname } = new URL(url);
  if (origin !== GITHUB_ORIGIN) return null;
  return pathname.endsWith("/statuses") ? "deployment-status" : "deployment";
}

export class SimulatedGithub {
  readonly deployments: Deployment[] = [];
  readonly #clock: SimulatedClock;
  readonly #plan: GithubPlan;
  readonly #faults = new FaultPlan();

  constructor(clock: SimulatedClock, plan: GithubPlan) {
    this.#clock = clock;
    this.#plan = plan;
    for (const fault of plan.faults) this.#faults.add(fault);
  }

  /** Takes a request and works on it even if the client leaves meanwhile. */
  async serve(request: HttpRequest): Promise<Reply> {
    const route = githubRoute(request) ?? "deployment";
    await this.#pause(this.#plan.latencyMs);
    const fault = this.#faults.next(route, new URL(request.url).pathname);
    const reply = this.#reply(request, fault);
    await this.#pause(this.#plan.latencyMs);
    if (fault?.kind === "delay") await this.#pause(fault.ms);
    return reply;
  }

  #reply(request: HttpRequest, fault: Fault | undefined): Reply {
    const before = fault !== undefined && "when" in fault && fault.when === "before";
    const answer = before || fault?.kind === "redirect" ? null : this.#work(request);
    switch (fault?.kind) {
      case "drop":
        return { kind: "broken", network: "reset", detail: "ECONNRESET" };
      case "hang":
        return { kind: "silence" };
      case "status":
        return this.#answer(statusAnswer(fault, this.#clock.now()));
      case "redirect":
        return this.#answer({ status: 307, headers: { location: fault.location }, body: "" });
      case "cut":
        return answer === null ? { kind: "silence" } : { kind: "cut", answer };
      case "garbage": {
        // A 201 for what was only sent elsewhere would be a lie.
        if (answer !== null && answer.status >= 300) return this.#answer(answer);
        const { body, type } = garbage(fault.form);
        return this.#answer({ status: 201, headers: { "content-type": type }, body: String(body) });
      }
      default:
        return answer === null ? { kind: "silence" } : this.#answer(answer);
    }
  }

  #answer({ status, headers, body }: Answer): Reply {
    const date = new Date(this.#clock.now()).toUTCString();
    return { kind: "answer", answer: { status, headers: { date, ...headers }, body } };
  }

  #work({ method, url, headers, body }: HttpRequest): Answer {
    const { pathname } = new URL(url);
    const named = `/repos/${REPOSITORY}`;
    if (headers.authorization !== `token ${GITHUB_TOKEN}`) return refusal(401, "Bad credentials");
    if (this.#plan.renamed && pathname.startsWith(`${named}/`)) {
      const location = GITHUB_ORIGIN + pathname.replace(named, MOVED);
      return { status: 307, headers: { location }, body: "" };
    }
    const path = pathname.replace(this.#plan.renamed ? MOVED : named, "");
    const [, id] = /^\/deployments\/(\d+)\/statuses$/.exec(path) ?? [];
    const given = jsonOf(body ?? "");
    if (method !== "POST" || !isObject(given)) return refusal(404, "Not Found");
    if (id !== undefined) return this.#setState(Number(id), given);
    return path === "/deployments" ? this.#create(given) : refusal(404, "Not Found");
  }

  #create(given: Readonly<Record<string, unknown>>): Answer {
    const { environment, ref, description, payload } = given;
    if (typeof environment !== "string" || ref !== SHA || tooLong(description)) {
      return refusal(422, "Validation Failed");
    }
    const uuid = isObject(payload) ? payload.vm_uuid : null;
    const id = 101 + this.deployments.length;
    const vmUuid = typeof uuid === "string" ? uuid : null;
    this.deployments.push({ id, vmUuid, environment, states: [] });
    return json(201, { id, environment });
  }

  #setState(id: number, { state, description }: Readonly<Record<string, unknown>>): Answer {
    const deployment = this.deployments.find((one) => one.id === id);
    if (deployment === undefined) return refusal(404, "Not Found");
    const known = ["in_progress", "success", "failure", "error", "inactive"];
    if (!known.includes(String(state)) || tooLong(description)) {
      return refusal(422, "Validation Failed");
    }
    deployment.states.push(String(state));
    return json(201, { id: id * 100, state });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }
}

function tooLong(text: unknown): boolean {
  return typeof text === "string" && text.length > 140;
}

function refusal(status: number, message: string): Answer {
  return json(status, { message, documentation_url: "https://docs.github.invalid/rest" });
}

function json(status: number, value: unknown): Answer {
  const headers = { "content-type": "application/json; charset=utf-8" };
  return { status, headers, body: JSON.stringify(value) };
}
