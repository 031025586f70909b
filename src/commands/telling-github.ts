/** The words that deployments are told with. */
import type { DeploymentWords } from "../deployments/deployments.ts";
import { doingText } from "../report/words/doing.ts";
import { explain } from "../report/words/github.ts";
import { retryingText } from "../report/words/retrying.ts";

export const DEPLOYMENT_WORDS: DeploymentWords = {
  retrying: retryingText,
  explain: (doing, fault, gaveUp) => explain(doingText(doing), fault, gaveUp),
};
