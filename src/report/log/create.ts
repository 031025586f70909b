/** What the log of create, and of its post, says of a fact: the subscriber of the ledger that prints. */
import type { Fact } from "../../ledger/fact.ts";
import { retryingText } from "../words/retrying.ts";
import { followingLine } from "./following.ts";
import { limitingLine } from "./limiting.ts";
import { info, type LogLine, type Place } from "./line.ts";
import { lookingLine } from "./looking.ts";
import { makingLine } from "./making.ts";
import { retiringLine } from "./retiring.ts";

/** The line of one fact; null where it has none. @param place as far as it is known by then */
export function createLine(fact: Fact, place: Place): LogLine | null {
  if (fact.fact === "retrying") {
    const { doing, fault, waitMs, next } = fact;
    return info(retryingText(doing, fault, waitMs, next));
  }
  if (fact.fact !== "noted") return null;
  const { note } = fact;
  return (
    makingLine(note) ??
    followingLine(note, place) ??
    limitingLine(note) ??
    lookingLine(note, place) ??
    retiringLine(note)
  );
}
