/** What goes together in create, and what does not, once all is read. A fault goes to `read.faults`. */
import { ALREADY_REGISTERED } from "../text/ids.ts";
import { type AttestationInputs, refuseUseless } from "./attestation.ts";
import { refuseTwoEnvironments } from "./envs.ts";
import type { InputReader } from "./reader.ts";
import type { Inputs } from "./types.ts";

type Checked = Pick<
  Inputs,
  "prepareOnly" | "wait" | "healthCheck" | "verify" | "count" | "transactionHash"
> &
  AttestationInputs;

export function crossChecks(read: InputReader, inputs: Checked): void {
  refuseTwoEnvironments(read);
  commitChecks(read, inputs);
  countChecks(read, inputs);
  waitChecks(read, inputs);
}

/** What is committed was decided before. */
function commitChecks(
  read: InputReader,
  { prepareOnly, transactionHash }: Pick<Checked, "prepareOnly" | "transactionHash">,
): void {
  read.exclude(
    "commit_token",
    ["count", "instances", "node_id", "teepod_id", "envs", "envs_plain", "encrypted_env"],
    "what is committed was decided when it was prepared",
  );
  // An empty commit_token is a fault already.
  if (!read.cameOutEmpty("commit_token")) {
    read.useless(
      "transaction_hash",
      { value: transactionHash, usual: ALREADY_REGISTERED },
      "commit_token",
      "a job output that was to fill it came out empty (misspelt, or dropped by GitHub), and without it this step would ask for another replica",
    );
  }
  if (read.given("commit_token") && prepareOnly) {
    read.faults.push(
      "commit_token can't be combined with prepare_only: prepare first, then commit.",
    );
  }
}

function countChecks(read: InputReader, inputs: Pick<Checked, "prepareOnly" | "count">): void {
  read.exclude(
    "instances",
    ["count"],
    "one says how many to create, the other how many there shall be",
  );
  if (inputs.prepareOnly) {
    if (read.given("instances")) {
      read.faults.push("prepare_only can't be combined with instances: it prepares one replica.");
    } else if ((inputs.count ?? 1) > 1 && !read.given("name")) {
      read.faults.push("prepare_only prepares one replica: give count 1 and one node at the most.");
    }
  }
}

/** Only what runs can answer, and shows what it is. */
function waitChecks(read: InputReader, inputs: Checked): void {
  refuseUseless(read, inputs.verify, inputs);
  if (inputs.verify !== "off" && (!inputs.wait || inputs.prepareOnly)) {
    const other = inputs.wait ? "prepare_only" : "wait: false";
    read.faults.push(
      `verify can't be combined with ${other}: only a running replica shows what it is.`,
    );
  }
  if (inputs.healthCheck !== null && !inputs.wait) {
    read.faults.push("health_check needs wait: true, since only a running replica can answer.");
  }
}
