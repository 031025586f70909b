/** Draws GitHub's side of a story: an environment for its runs, and what goes wrong between it and the action. */
import type { Fault } from "../../simulator/core.ts";
import type { Dice } from "./dice.ts";
import { GITHUB_TOKEN } from "./github.ts";
import type { Outage, Run, Story } from "./story.ts";

const ROUTES = ["deployment", "deployment", "deployment-status"] as const;

/** The same story with deployments recorded. */
export function withDeployments(dice: Dice, story: Story): Story {
  const environment = dice.pick(["preview", "pr-17", "Größe 1/2"]);
  const faults = dice.chance(0.35)
    ? []
    : [drawFault(dice), ...dice.several(3, () => drawFault(dice))];
  const outages = dice.chance(0.15) ? [drawOutage(dice)] : [];
  return {
    ...story,
    github: { faults, renamed: dice.chance(0.1), latencyMs: dice.pick([1, 40, 40, 900]) },
    outages: [...story.outages, ...outages],
    runs: story.runs.map((run) => recorded(dice, run, environment)),
  };
}

function recorded(dice: Dice, run: Run, environment: string): Run {
  return {
    ...run,
    wish: { ...run.wish, environment },
    end: dice.chance(0.15) ? drawEnd(dice) : run.end,
    ...(run.beside === undefined ? {} : { beside: recorded(dice, run.beside, environment) }),
  };
}

function drawEnd(dice: Dice): Run["end"] {
  const at = { route: dice.pick(ROUTES), nth: dice.pick([1, 1, 2, 3]) };
  return { how: dice.pick(["cancel", "kill"]), at };
}

function drawOutage(dice: Dice): Outage {
  return {
    route: dice.pick(ROUTES),
    nth: dice.pick([1, 1, 2, 3]),
    times: dice.pick([1, 2, 9]),
    network: dice.pick(["refused", "unresolved", "unreachable", "proxy", "certificate"]),
  };
}

function drawFault(dice: Dice): Fault {
  const route = dice.pick(ROUTES);
  const nth = dice.pick([1, 1, 1, 2, 3, 5]);
  const times = dice.pick<number | "always">([1, 1, 2, 4, "always"]);
  const target = { route, nth, times };
  const when = dice.pick(["before", "after"] as const);
  switch (dice.whole(0, 10)) {
    case 0:
      return { ...target, kind: "drop", when };
    case 1:
      return { ...target, kind: "hang", when };
    case 2:
      return { ...target, kind: "delay", ms: dice.pick([300, 4_000, 15_000]), when: "after" };
    case 3:
      return { ...target, kind: "cut" };
    case 4:
      return { ...target, kind: "garbage", form: dice.pick(["text", "array", "null", "object"]) };
    case 5:
      return { ...target, kind: "redirect", location: "https://elsewhere.invalid/repos/octo/web" };
    case 6:
      return refused(target, dice.pick([403, 429]), dice.pick(["1", "17", "60", "100000", "soon"]));
    default:
      return refused(target, dice.pick([401, 403, 404, 404, 410, 422, 422, 500, 502, 503]), "");
  }
}

/** Nothing was done: GitHub decides before it works, and its own 5xx are no different here. */
function refused(
  target: Pick<Fault, "route" | "nth" | "times">,
  status: number,
  after: string,
): Fault {
  const message = after === "" ? "Resource not accessible" : "You have exceeded a rate limit";
  const body = JSON.stringify({ message: `${message} (${GITHUB_TOKEN})` });
  const type = { "content-type": "application/json" };
  const headers = after === "" ? type : { ...type, "Retry-After": after };
  return { ...target, kind: "status", when: "before", status, headers, body } as Fault;
}
