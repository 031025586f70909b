/**
 * Stands in for `actions/upload-artifact` and `actions/download-artifact`, as far as the examples use
 * them: files go from one job's workspace to another's.
 */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { StandIn } from "./workflow-job.ts";

/** The artifacts of one workflow run. */
export class Artifacts {
  readonly #store = mkdtempSync(join(tmpdir(), "cvm-replica-artifacts-"));

  /** By `owner/name`, for `WorkflowSettings.standIns`. */
  readonly standIns: Readonly<Record<string, StandIn>> = {
    "actions/upload-artifact": ({ name = "artifact", path = "" }, { workspace }) => {
      const folder = join(this.#store, name);
      if (existsSync(folder)) {
        throw new Error(`an artifact called ${name} exists already`);
      }
      // The real one only warns; an example that uploads nothing is wrong.
      const file = join(workspace, path);
      mkdirSync(folder);
      copyFileSync(file, join(folder, basename(file)));
      return {};
    },
    "actions/download-artifact": ({ pattern, path, ...rest }, { workspace }) => {
      if (pattern === undefined || path === undefined || rest["merge-multiple"] !== "true") {
        throw new Error("only pattern, path and merge-multiple: true are known here");
      }
      const [head = "", tail = ""] = pattern.split("*");
      const names = readdirSync(this.#store);
      for (const name of names.filter((one) => one.startsWith(head) && one.endsWith(tail))) {
        cpSync(join(this.#store, name), join(workspace, path), { recursive: true });
      }
      return {};
    },
  };

  remove(): void {
    rmSync(this.#store, { recursive: true });
  }
}
