/** The GitHub deployments of a create: loaded where an environment is named. */
import type { Edges } from "../action/edges.ts";
import { Recording, type RecordingInputs } from "../deployments/subscriber.ts";
import { failureOf } from "../report/annotation/of-trouble.ts";
import { type Ending, placeOf } from "./ending.ts";
import { DEPLOYMENT_WORDS } from "./telling-github.ts";

export function recordingOf(edges: Edges, inputs: RecordingInputs, ending: Ending): Recording {
  return new Recording(edges, inputs, ending.ledger, {
    ...DEPLOYMENT_WORDS,
    describe: (trouble, replica) => failureOf(trouble, { ...placeOf(ending), replica }).text,
  });
}
