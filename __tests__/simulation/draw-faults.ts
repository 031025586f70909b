/** Draws what goes wrong between client and server: every kind that the simulator knows, on every route. */
import type { Fault } from "../../simulator/core.ts";
import type { Dice } from "./dice.ts";
import type { Outage } from "./story.ts";

/** Echoed by servers: a client must not pass it on. */
export const KEY = "phak_simulator_only_not_a_secret";

type Kind = Fault extends infer F
  ? F extends Fault
    ? Omit<F, "route" | "nth" | "times" | "path">
    : never
  : never;

const PAYING = ["create", "create", "create", "commit"] as const;
const OTHERS = [
  "list",
  "list",
  "batch",
  "delete",
  "scheduled-delete",
  "nodes",
  "cvm",
  "kms-pubkey",
  "kms-info",
  "instance-id",
  "attestation",
] as const;

export function drawFaults(dice: Dice): Fault[] {
  const paying = () => target(dice, dice.pick(PAYING), (route) => payingKind(dice, route));
  const other = () => target(dice, dice.pick(OTHERS), (route) => otherKind(dice, route));
  const first = dice.chance(0.7) ? [paying()] : [other()];
  if (dice.chance(0.06)) first.push(denial(dice));
  if (dice.chance(0.02)) first.push(...revoked(dice));
  return [...first, ...dice.several(2, paying), ...dice.several(4, other)];
}

/** One route alone says that the key is none, or may not, for a while or for good. */
function denial(dice: Dice): Fault {
  return {
    route: dice.pick(["batch", "batch", "list", "cvm"]),
    nth: dice.pick([1, 2, 3]),
    times: dice.pick<number | "always">([1, 2, 3, "always", "always"]),
    ...status(dice, dice.pick([401, 401, 403]), "before"),
  } as Fault;
}

/** From some look on the key is none, whatever is asked. */
function revoked(dice: Dice): Fault[] {
  const nth = dice.pick([2, 2, 3, 6]);
  const denied = status(dice, 401, "before");
  return ["batch", "list", "cvm"].map(
    (route) => ({ route, nth: route === "cvm" ? 1 : nth, times: "always", ...denied }) as Fault,
  );
}

function target(dice: Dice, route: string, draw: (route: string) => Kind): Fault {
  const nth = dice.pick([1, 1, 1, 2, 2, 3, 4, 6, 9]);
  const times = dice.pick<number | "always">([1, 1, 1, 1, 2, 3, 5, "always"]);
  const kind = draw(route);
  // A server that always does what it says not to do would make every client pay for every try.
  const lie = kind.kind === "status" && kind.when === "after" && kind.headers !== undefined;
  return { route, nth, times: lie ? 1 : times, ...kind } as Fault;
}

/** On the routes that make replicas. */
function payingKind(dice: Dice, route: string): Kind {
  const pick = dice.whole(0, 13);
  if (pick <= 1) return refusal(dice);
  if (pick <= 3) return doubtful(dice, dice.pick(["before", "after"]));
  if (pick === 4) return lie(dice, route);
  if (pick === 5) return spoken(dice);
  return transport(dice);
}

/** An edge in front of an API that did the work all the same. */
function lie(dice: Dice, route: string): Kind {
  const away = { "Retry-After": dice.pick(["1", "3", "17", "45"]) };
  // A commit's token makes one replica at the most, so a lie costs nothing there.
  if (route === "commit") return { kind: "status", when: "after", status: 503, headers: away };
  const status = dice.pick([503, 503, 429, 409, 400, 403, 422]);
  const coded = status === 400;
  const code = dice.pick(["ERR-02-009", "ERR-02-005"]);
  const body = coded ? JSON.stringify({ error_code: code, message: "no" }) : "try later";
  const headers = status === 503 || (status === 429 && dice.chance(0.5)) ? away : {};
  return { kind: "status", when: "after", status, headers, body };
}

/** Certain, and with a code that tells what it speaks of: the node, the request or the run. */
function spoken(dice: Dice): Kind {
  const [status, code] = dice.pick<[number, string | null]>([
    [400, "ERR-02-003"],
    [400, "ERR-02-005"],
    [400, "ERR-02-015"],
    [400, "ERR-04-001"],
    [403, "ERR-04-003"],
    [409, "ERR-03-007"],
    [400, "ERR-99-001"],
    [402, null],
    [403, null],
    [404, null],
  ]);
  const body = JSON.stringify(
    code === null ? { detail: "no" } : { error_code: code, message: "no", details: [] },
  );
  return { kind: "status", when: "before", status, body };
}

function otherKind(dice: Dice, route: string): Kind {
  const pick = dice.whole(0, 9);
  if (pick <= 1) return refusal(dice);
  if (pick <= 3) return doubtful(dice, dice.pick(["before", "after"]));
  // A CVM's own 404 proves that it is gone: a lie there is believed by everybody.
  const denied = route === "cvm" ? 403 : 404;
  if (pick === 4) return status(dice, dice.pick([401, 403, denied, denied]), "before");
  return transport(dice);
}

/** Certain: nothing was done. */
function refusal(dice: Dice): Extract<Kind, { kind: "status" }> {
  const code = dice.pick([429, 429, 503, 503, 409, 400, 401]);
  const after = dice.pick(["1", "3", "17", "45", "70", "100000", "{now+7}", "{now-3}", "soon", ""]);
  const headers = after === "" || code === 400 || code === 401 ? {} : { "Retry-After": after };
  const coded = code === 400 || dice.chance(0.15);
  const body = coded
    ? JSON.stringify({ error_code: "ERR-02-009", message: `no (${KEY})`, details: [] })
    : JSON.stringify({ detail: `try later, ${KEY}` });
  return { kind: "status", when: "before", status: code, headers, body };
}

/** Nobody can tell whether anything was done. */
function doubtful(dice: Dice, when: "before" | "after"): Kind {
  return status(dice, dice.pick([500, 502, 503, 504, 408]), when);
}

function status(dice: Dice, code: number, when: "before" | "after"): Kind {
  const body = dice.pick([
    "",
    `<html><title>${code} sorry</title></html>`,
    `{"detail":"::error::${KEY}"}`,
    '{"detail":"brok',
    JSON.stringify({ detail: [{ loc: ["body", "x"], msg: "bad" }] }),
  ]);
  return { kind: "status", when, status: code, body };
}

function transport(dice: Dice): Kind {
  const when = dice.pick(["before", "after"] as const);
  switch (dice.whole(0, 12)) {
    case 0:
    case 1:
      return { kind: "drop", when };
    case 2:
      return { kind: "hang", when };
    case 3:
    case 4:
      return { kind: "late", afterMs: dice.pick([500, 4_000, 20_000, 33_000, 61_000, 150_000]) };
    case 5:
      return { kind: "delay", ms: dice.pick([300, 4_000, 15_000, 70_000]), when };
    case 6:
      return { kind: "drip", ms: dice.pick([1, 20, 200]) };
    case 7:
      return { kind: "endless" };
    case 8:
      return { kind: "huge", bytes: dice.pick([1_000_000, 11_000_000]) };
    case 9:
      return { kind: "cut" };
    case 10:
      return { kind: "redirect", location: "https://elsewhere.invalid/api/v1" };
    case 11:
      return { kind: "empty" };
    default:
      return {
        kind: "garbage",
        form: dice.pick([
          "text",
          "html",
          "number",
          "string",
          "array",
          "null",
          "object",
          "utf8",
          "deep",
        ]),
      };
  }
}

export function drawOutages(dice: Dice): Outage[] {
  const outage = (): Outage => ({
    route: dice.pick(["create", "create", "list", "commit", "batch", "delete", "nodes"]),
    nth: dice.pick([1, 1, 2, 3, 5]),
    times: dice.pick([1, 1, 2, 4, 9]),
    network: dice.pick([
      "refused",
      "handshake",
      "connect-timeout",
      "unresolved",
      "unreachable",
      "proxy",
      "certificate",
    ]),
  });
  return [outage(), ...dice.several(2, outage)];
}
