/** No secret in anything that was written, and the API key nowhere but at the API. */
import { COMPOSE_FILE } from "../../../simulator/shapes-vm.ts";
import { KEY } from "../draw-faults.ts";
import { BLOB, ENV_VALUES, SECRETS } from "../inputs.ts";
import type { Played } from "../play.ts";
import { printed, type Reading } from "../reading.ts";

export function* secrets(reading: Reading): Generator<string> {
  const { main, run } = reading;
  const token = main.runner.outputs.commit_token ?? "";
  const given = run.wish.kind === "commit" ? tokensIn(main) : [];
  for (const one of [main, ...run.posts]) {
    const { saved, markdown } = one.runner;
    const state = Object.values(saved).join("\n");
    const shown = [printed(one), markdown].join("\n");
    for (const text of [...SECRETS, ...given, ...(token === "" ? [] : [token])]) {
      for (const form of formsOf(text)) {
        if (shown.includes(form)) yield `${one.kind}: a secret is shown (${text.slice(0, 6)}…)`;
        if (state.includes(form))
          yield `${one.kind}: a secret is in the state (${text.slice(0, 6)}…)`;
      }
    }
    // The compose file is for the outputs alone.
    if (shown.includes(COMPOSE_FILE.slice(0, 20))) yield `${one.kind}: the compose file is shown`;
    yield* travelling(reading, one);
  }
  const outputs = Object.values(main.runner.outputs).join("\n");
  for (const text of [KEY, BLOB, ...ENV_VALUES].flatMap(formsOf)) {
    if (outputs.includes(text)) yield `a secret is in an output (${text.slice(0, 6)}…)`;
  }
}

function* travelling({ show }: Reading, { kind, exchanges, github }: Played): Generator<string> {
  const { origin } = new URL(show.sim.apiUrl);
  for (const { request } of [...exchanges, ...github]) {
    const text = JSON.stringify([request.url, request.headers, request.body ?? ""]);
    if (request.url.includes(KEY)) yield `${kind}: the key is in an address`;
    if (
      new URL(request.url).origin !== origin &&
      (text.includes(KEY) || "x-api-key" in request.headers)
    ) {
      yield `${kind}: the key went to ${new URL(request.url).origin}`;
    }
    if (ENV_VALUES.some((value) => text.includes(value)))
      yield `${kind}: a value of envs was sent open`;
  }
}

/** Commit tokens that were sent. */
function tokensIn({ exchanges }: Played): string[] {
  return exchanges.flatMap(({ route, request }) => {
    const token =
      route === "commit" ? /"token":"([^"]+)"/.exec(request.body ?? "")?.[1] : undefined;
    return token === undefined ? [] : [token];
  });
}

function formsOf(text: string): string[] {
  const bytes = Buffer.from(text, "utf8");
  return [text, bytes.toString("base64"), bytes.toString("hex")];
}
