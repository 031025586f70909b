import { parseEnvironment } from "../text/environment.ts";
import type { InputReader } from "./reader.ts";

/** The GitHub environment whose deployments are meant; null: none. */
export function readDeploymentEnvironment(read: InputReader): string | null {
  return read.optional(
    "deployment_environment",
    "the name of a GitHub environment, at most 255 characters on one line",
    parseEnvironment,
  );
}
