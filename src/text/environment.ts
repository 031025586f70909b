import { oneLine } from "./clean.ts";

/** The longest name of an environment, in characters (GitHub docs, "Managing environments"). */
const MAX_ENVIRONMENT = 255;

/** The input `deployment_environment`: what GitHub takes for an environment's name. */
export function parseEnvironment(text: string): string | null {
  return text !== "" && text.length <= MAX_ENVIRONMENT && oneLine(text, MAX_ENVIRONMENT) === text
    ? text
    : null;
}
