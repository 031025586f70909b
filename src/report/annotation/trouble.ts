/** What a trouble says: what failed, and what to do. One function a kind, for the commands on the ledger. */
import type { Ident } from "../../ledger/terms.ts";
import type { Trouble } from "../../ledger/trouble.ts";
import { oneLine } from "../../text/clean.ts";
import { cut } from "../../text/cut.ts";
import { dashboardUrl } from "../../text/links.ts";
import { doingText, whoText } from "../words/doing.ts";
import { explain } from "../words/github.ts";
import { misfitText } from "../words/misfit.ts";
import { reasonOf } from "../words/reason.ts";
import { sparedText } from "../words/spared.ts";
import { MAX_ANNOTATION, type Words } from "./annotation.ts";
import { inputFailure, requestFailure, troubleOf } from "./failure.ts";
import { internalText } from "./internal.ts";
import { limitText } from "./making.ts";
import { wordsOfRollout } from "./rollout.ts";
import { unverifiedWords } from "./unverified.ts";

/** Where the app is to be seen. */
export interface Place {
  readonly workspaceSlug: string | null;
  readonly appId: string | null;
}

/** What these commands don't meet: it is of creates, or of their post. A new kind has words below, or stands here. */
type OfCreate =
  | "ambiguous"
  | "approval-unread"
  | "boot"
  | "both"
  | "dead"
  | "late"
  | "made-by-prepare"
  | "mismatch"
  | "missing"
  | "name-not-free"
  | "no-key"
  | "no-port"
  | "no-url"
  | "no-uuid"
  | "not-asked"
  | "taken"
  | "ttl-past"
  | "unapproved"
  | "unhealthy"
  | "unproven"
  | "unsearched"
  | "unseen"
  | "untold"
  | "unverified-source";

export function wordsOfTrouble(trouble: Trouble, place: Place): Words {
  switch (trouble.kind) {
    case "inputs": {
      const { text, list = [] } = inputFailure(trouble.faults);
      return { text, list };
    }
    case "github":
      return plain(`${trouble.problem} Nothing was deleted.`);
    case "request":
    case "refused":
      if (trouble.doing.do === "read-deployments") {
        const { doing, fault, gaveUp } = trouble;
        return plain(explain(doingText(doing), fault, gaveUp, "Nothing was deleted."));
      }
      return plain(requestFailure(doingText(trouble.doing), trouble.fault, trouble.gaveUp).text);
    case "limit":
      return plain(limitText(trouble));
    case "not-found":
      return notFound(trouble, place);
    case "kept":
      return {
        text: `${trouble.kept.length} asked for by name or UUID ${trouble.kept.length === 1 ? "was" : "were"} not deleted. Change the input that keeps what is to go, or its name, and run the step again.`,
        list: trouble.kept.map(
          ({ ident, why }) => `${whoText(ident)}: ${sparedText(why)}.${linkOf(ident, place)}`,
        ),
      };
    case "survived":
      return plain(survivedText(trouble));
    case "unverified":
      return unverifiedWords(trouble, place);
    case "misfit":
      return plain(misfitText(trouble.misfit));
    case "update":
    case "out-of-time":
    case "approval":
    case "rejected":
    case "chain":
      return plain(wordsOfRollout(trouble));
    case "internal":
      return plain(internalText(trouble));
    default:
      return plain(`The step met a problem (${trouble.kind satisfies OfCreate}).`);
  }
}

/** For a warning: one line, within what the runner shows. */
export function oneLineOfWords({ text, list }: Words): string {
  return cut([text, ...list].join(" "), MAX_ANNOTATION);
}

function plain(text: string): Words {
  return { text, list: [] };
}

type Of<K extends Trouble["kind"]> = Extract<Trouble, { kind: K }>;

function notFound({ input, missing, elsewhere }: Of<"not-found">, place: Place): Words {
  const list = [
    ...missing.map((name) => `${oneLine(name, 80)} is not in the app`),
    ...elsewhere.map(({ uuid, appId }) => {
      const app = appId === null ? "another app" : `another app, ${appId}`;
      return `${uuid} belongs to ${app}`;
    }),
  ];
  const app = place.appId === null ? "" : ` ${place.appId}`;
  if (input === "selection") {
    const text = `Nothing in the app${app} fits what was selected, so nothing was done. Correct vm_uuids or name, or app_id.`;
    return { text, list };
  }
  return {
    text: `${input} names what the app${app} does not have, so nothing was done. Correct ${input}, or app_id.`,
    list,
  };
}

/** What became of one deletion. */
export function survivedText({ doing, why, fault, gaveUp }: Of<"survived">): string {
  const what = doingText(doing);
  if (why === "still-there") {
    return `Could not ${what}: the deletion was accepted, but it is still there. Run the step again.`;
  }
  if (fault === null) return `Could not ${what}.`;
  if (why === "refused") return requestFailure(what, fault, gaveUp).text;
  return `${troubleOf(what, fault, gaveUp)} Whether it is gone could not be seen (${reasonOf(fault)}). Run the step again.`;
}

function linkOf({ uuid }: Ident, { workspaceSlug, appId }: Place): string {
  return uuid === null ? "" : ` See ${dashboardUrl(workspaceSlug, appId, uuid)}`;
}
