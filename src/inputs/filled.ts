/** Names of a list with GitHub's values in the place of their placeholders. */
import { eventOf } from "./files.ts";
import { PLACEHOLDERS, type Placeholder, placeholderValue } from "./placeholders.ts";
import { type Env, shown } from "./reader.ts";

/**
 * @param kept placeholders that are somebody else's to fill in
 * @returns the names, or why they can't be had: a value that is empty would make another name of it
 */
export function filledIn(
  listed: readonly string[],
  env: Env,
  kept: readonly string[] = [],
): { readonly names: readonly string[] } | { readonly fault: string } {
  let event: unknown = null;
  let fault: string | null = null;
  const names = listed.map((text) =>
    text.replace(/\{([^{}]*)\}/g, (whole, key: string) => {
      if (kept.includes(key)) return whole;
      const known = PLACEHOLDERS.find((one) => one === key);
      if (known === undefined) {
        const all = [...kept, ...PLACEHOLDERS].map((one) => `{${one}}`).join(", ");
        fault ??= `holds ${shown(whole)}: there are ${all}`;
        return "";
      }
      event ??= eventOf(env) ?? {};
      const value = placeholderValue(known, env, event);
      if (value === "") fault ??= emptyFault(known, env);
      return value;
    }),
  );
  return fault === null ? { names } : { fault };
}

function emptyFault(placeholder: Placeholder, env: Env): string {
  const event = env.GITHUB_EVENT_NAME ? ` (event ${shown(env.GITHUB_EVENT_NAME)})` : "";
  return `holds {${placeholder}}, which is empty in this run${event}`;
}
