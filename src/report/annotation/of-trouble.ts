/** The one place where a trouble of create, or of its post, becomes words: one function a kind. */
import { codeOf } from "../../ledger/code.ts";
import type { Trouble } from "../../ledger/trouble.ts";
import { chainText } from "../words/chain.ts";
import { doingText } from "../words/doing.ts";
import type { ErrorCode } from "../words/error-code.ts";
import { misfitText } from "../words/misfit.ts";
import type { About } from "./about.ts";
import type { Words } from "./annotation.ts";
import { approvalText, unapprovedText, unreadText } from "./approval.ts";
import { type Failure, inputFailure, requestFailure } from "./failure.ts";
import { internalText } from "./internal.ts";
import {
  keylessText,
  missingText,
  survivedText,
  unprovenText,
  unsearchedText,
  untoldWords,
} from "./left.ts";
import {
  ambiguousWords,
  limitText,
  madeByPrepareText,
  nameNotFreeText,
  notAskedText,
  refusedWords,
  takenText,
  unseenText,
} from "./making.ts";
import {
  bootText,
  deadText,
  lateText,
  mismatchText,
  noPortText,
  noUrlText,
  noUuidText,
  ttlFailedText,
  ttlPastText,
  unhealthyText,
} from "./running.ts";
import { wordsOfTrouble } from "./trouble.ts";
import { sourceUnverifiedText, unverifiedWords } from "./unverified.ts";

/** A trouble in the words of an annotation, with its code. */
export function failureOf(trouble: Trouble, about: About): Failure {
  const code = codeOf(trouble) as ErrorCode;
  const words = wordsOf(trouble, about);
  if (typeof words === "string") return { code, text: words };
  return words.list.length === 0 ? { code, text: words.text } : { code, ...words };
}

function wordsOf(trouble: Trouble, about: About): string | Words {
  switch (trouble.kind) {
    case "inputs":
      return { list: [], ...inputFailure(trouble.faults) };
    case "misfit":
      return misfitText(trouble.misfit);
    case "request":
      if (trouble.doing.do === "limit") return ttlFailedText(trouble);
      return requestFailure(doingText(trouble.doing), trouble.fault, trouble.gaveUp).text;
    case "refused":
      return refusedWords(trouble, about);
    case "ambiguous":
      return ambiguousWords(trouble, about);
    case "unseen":
      return unseenText(trouble, about);
    case "made-by-prepare":
      return madeByPrepareText(about);
    case "approval":
      return approvalText(trouble);
    case "unapproved":
      return unapprovedText(trouble);
    case "approval-unread":
      return unreadText(trouble);
    case "rejected":
    case "chain":
      return `${chainText(trouble)} The replica was not created.`;
    case "taken":
      return takenText(trouble);
    case "name-not-free":
      return nameNotFreeText(trouble);
    case "not-asked":
      return notAskedText(trouble);
    case "limit":
      return limitText(trouble);
    case "boot":
      return bootText(trouble, about);
    case "late":
      return lateText(trouble, about);
    case "no-uuid":
      return noUuidText(trouble, about);
    case "unhealthy":
      return unhealthyText(trouble, about);
    case "no-url":
      return noUrlText(trouble, about);
    case "no-port":
      return noPortText(trouble, about);
    case "mismatch":
      return mismatchText(trouble, about);
    case "dead":
      return deadText(trouble, about);
    case "ttl-past":
      return ttlPastText(trouble);
    case "both":
      return bothWords(trouble, about);
    case "unverified":
      return unverifiedWords(trouble, about);
    case "unverified-source":
      return sourceUnverifiedText(trouble, about);
    case "internal":
      return internalText(trouble);
    case "untold":
      return untoldWords(trouble, about);
    case "unsearched":
      return unsearchedText(trouble, about);
    case "missing":
      return missingText(trouble, about);
    case "unproven":
      return unprovenText(trouble, about);
    case "survived":
      return survivedText(trouble, about);
    case "no-key":
      return keylessText(trouble, about);
    // Of the other commands.
    case "not-found":
    case "kept":
    case "github":
    case "update":
    case "out-of-time":
      return wordsOfTrouble(trouble, about);
  }
}

/** The texts of both; what the one lists that counts. */
function bothWords(trouble: Extract<Trouble, { kind: "both" }>, about: About): Words {
  const first = failureOf(trouble.first, about);
  const second = failureOf(trouble.ttl, about);
  const main = codeOf(trouble) === first.code ? first : second;
  return { text: `${first.text} ${second.text}`, list: main.list ?? [] };
}
