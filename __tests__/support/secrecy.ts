/**
 * Looks for secrets in everything that a step wrote, in clear and in the encodings in which one could slip
 * out. Written apart from the action's own redaction and from the runner's masks, so that a gap of theirs
 * is not shared.
 */
import type { StepResult } from "./runner.ts";

/** Words with this in front, anywhere in an input, are secrets that a test planted. */
const SEED = /seed_[0-9A-Za-z]{8,}/g;
/** What the GitHub runner gives every job; `StepOptions.githubToken` when not given. */
export const JOB_TOKEN = ["ghs", "dummytokenofthejob000000000000000000"].join("_");
/** The outputs whose purpose is to hand the commit token on. */
const TOKEN_OUTPUTS = new Set(["commit_token", "commit_url", "api_commit_url"]);
/** Shorter pieces would be found by chance. */
const SHORTEST = 8;

/** A secret that no other test has: fit for the value of a variable. */
export function seed(name: string): string {
  return `seed_${Buffer.from(`${name}|${seeds++}`).toString("hex")}`;
}
let seeds = 0;

/** Each way of writing a secret, by the way's name. */
export function formsOf(secret: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(secret, "utf8");
  const hex = bytes.toString("hex");
  const percent = hex.replaceAll(/../g, "%$&");
  const forms = new Map([
    ["clear", secret],
    ["JSON", JSON.stringify(secret).slice(1, -1)],
    ["JSON in JSON", JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ["URL", encodeURIComponent(secret)],
    ["form", new URLSearchParams([["", secret]]).toString().slice(1)],
    ["percent", percent],
    ["PERCENT", percent.toUpperCase()],
    ["hex", hex],
    ["HEX", hex.toUpperCase()],
    ["reversed", [...secret].reverse().join("")],
  ]);
  for (const offset of [0, 1, 2]) {
    // Inside a longer text the secret may begin at any of three places; the seams belong to its neighbours.
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    const whole = shifted.toString("base64").slice(offset === 0 ? 0 : 4);
    const inner = whole.replace(/=+$/, "").slice(0, -1);
    forms.set(`base64 at ${offset}`, inner);
    forms.set(`base64url at ${offset}`, inner.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return forms;
}

/** In which forms `text` holds a secret; of a secret of several lines each line counts. */
export function findsIn(text: string, secret: string): string[] {
  const find = finders.get(secret) ?? finderOf(secret);
  finders.set(secret, find);
  return find(text);
}

/** To write a secret in every way takes longer than to look for it, and most are looked for in many texts. */
const finders = new Map<string, (text: string) => string[]>();

function finderOf(secret: string): (text: string) => string[] {
  const pieces = [secret, ...secret.split(/[\r\n]+/)].filter((piece) => piece.length >= SHORTEST);
  const ways = [...new Set(pieces)].map((piece) => ({ piece, forms: [...formsOf(piece)] }));
  return (text) => {
    const read = asRead(text);
    return ways.flatMap(({ piece, forms }) => [
      ...forms.filter(([, form]) => text.includes(form)).map(([name]) => name),
      ...(read !== text && read.includes(piece) ? ["HTML"] : []),
    ]);
  };
}

/** HTML and Markdown as a browser shows them. */
function asRead(text: string): string {
  return text
    .replaceAll(/&#(\d+);/g, (_entity, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("\u200b", "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** Everything that a step left behind, by place. `add-mask` is how a secret is made known: not counted. */
export function writingsOf(result: StepResult): ReadonlyMap<string, string> {
  const places = new Map([
    ["stdout", result.stdout.replaceAll(/^::add-mask::.*$/gm, "")],
    ["stderr", result.stderr],
    ["summary", result.summary],
    ["annotations", JSON.stringify(result.annotations)],
  ]);
  const named = {
    output: result.outputs,
    state: result.state,
    environment: result.exported,
    file: result.written,
  };
  for (const [kind, values] of Object.entries(named)) {
    for (const [name, value] of Object.entries(values)) {
      places.set(`${kind} ${name}`, `${name}\n${value}`);
    }
  }
  return places;
}

interface Secret {
  readonly name: string;
  readonly value: string;
  readonly mayStandIn: (place: string) => boolean;
}

/** The secrets of a step, from how it was started and what it got. */
function secretsOf({ options, outputs }: StepResult): Secret[] {
  const inputs = options.inputs ?? {};
  const nowhere = () => false;
  const outputsAlone = (place: string) => TOKEN_OUTPUTS.has(place.replace(/^output /, ""));
  const planted = Object.values(inputs).flatMap((value) => value.match(SEED) ?? []);
  const fixed = {
    "API key": inputs.api_key ?? options.api?.apiKey,
    "API key of the environment": options.env?.PHALA_CLOUD_API_KEY,
    "GitHub token": options.githubToken ?? JOB_TOKEN,
    "signing key": inputs.private_key?.replace(/^0x/i, ""),
    "signing key in capitals": inputs.private_key?.replace(/^0x/i, "").toUpperCase(),
    "encrypted environment": inputs.encrypted_env?.replace(/^0x/i, ""),
    ...Object.fromEntries(planted.map((value, index) => [`variable ${index}`, value])),
  };
  const tokens = {
    "given commit token": inputs.commit_token,
    "commit token": outputs.commit_token,
  };
  return [
    ...Object.entries(fixed).map(([name, value]) => ({ name, value, mayStandIn: nowhere })),
    ...Object.entries(tokens).map(([name, value]) => ({ name, value, mayStandIn: outputsAlone })),
  ].filter((secret): secret is Secret => (secret.value ?? "").length >= SHORTEST);
}

/**
 * Which secret of a step stands where, and in which form; empty when none leaked. Needs no list of secrets:
 * the API key, the tokens and the planted words are taken from how the step was started.
 */
export function leaksOf(result: StepResult): string[] {
  const places = [...writingsOf(result)];
  return secretsOf(result).flatMap(({ name, value, mayStandIn }) =>
    places
      .filter(([place]) => !mayStandIn(place))
      .flatMap(([place, text]) =>
        findsIn(text, value).map((form) => `${name} in ${place} (${form})`),
      ),
  );
}
