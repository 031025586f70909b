/** What is said while replicas are asked for. Server text in it is made one printable line. */
import type { Note } from "../../ledger/fact.ts";
import type { Ident } from "../../ledger/terms.ts";
import { isBusyWithOthers, proofOf } from "../../phala/verdict.ts";
import { oneLine } from "../../text/clean.ts";
import { duration, timeOfDay } from "../../text/duration.ts";
import { doingText, placeText } from "../words/doing.ts";
import { reasonOf } from "../words/reason.ts";
import { info, type LogLine, warning } from "./line.ts";

type Of<N extends Note["note"]> = Extract<Note, { note: N }>;

/** Null: it is told elsewhere. */
export function makingLine(note: Note): LogLine | null {
  switch (note.note) {
    case "asking-again":
      return info(askingAgain(note));
    case "answer-lost":
      return info(
        `No usable answer to "${doingText(note.doing)}": ${reasonOf(note.fault)}. The replica may exist, so it is looked for among the app's CVMs, and nothing is sent meanwhile.`,
      );
    case "committing-at-once":
      return info(
        "The API wants an on-chain approval, and all is registered already: committing at once.",
      );
    case "sending-again":
      return info(sendingAgain(note));
    case "name-taken":
      return info(
        `A CVM called ${note.name} is on its way out (${oneLine(note.status, 40)}): waiting until it is gone.`,
      );
    case "going-elsewhere":
      return info(
        `${note.name}: nothing was made on ${triedText(note.from)}; trying ${placeText(note.to)}.`,
      );
    case "no-room":
      return info(noRoom(note));
    case "created":
      return info(created(note));
    case "adopted":
      return info(adopted(note));
    case "stands":
      return info(`${called(note.replica)} is there already; it is left as it is.`);
    case "environment-kept":
      return warning(
        `${note.name} is there already: its environment can't be read, and was neither compared with what was given nor changed.`,
      );
    case "named-otherwise":
      return warning(
        `The API created ${called(note.replica)} although it was asked for the name ${note.asked}: it does not honour names. The replica is this step's and is used, but a step that is run again would not find it by its name and would create another.`,
      );
    default:
      return null;
  }
}

/** Before a request that may make a replica is sent again. */
function askingAgain({ via, doing, fault, waitMs, next }: Of<"asking-again">): string {
  const trouble = `Could not ${doingText(doing)}: ${reasonOf(fault)}.`;
  const follows = `try ${next} follows in ${duration(waitMs)}`;
  if (proofOf(fault) === "unsent") return `${trouble} Nothing was sent; ${follows}.`;
  if (via !== "create") return `${trouble} That makes no second replica: ${follows}.`;
  const busy = isBusyWithOthers(fault)
    ? " The API says so also when several creations run at once."
    : "";
  return `${trouble}${busy} The app is looked at first; if nothing new is there, ${follows}.`;
}

function sendingAgain({ name }: Of<"sending-again">): string {
  return name === null
    ? "No replica showed up. The commit is sent once more: its token makes one replica at the most."
    : `${name} did not show up. The request is sent once more: names hold, so it makes one replica at the most.`;
}

function noRoom({ name, tried, waitMs, until }: Of<"no-room">): string {
  const places = tried.map(triedText).join(", on ");
  return `${name}: no room on ${places}. Trying again in ${duration(waitMs)}, until ${timeOfDay(until)} (capacity_wait).`;
}

function triedText({ place, code }: Of<"going-elsewhere">["from"]): string {
  return `${placeText(place)}: ${code}`;
}

function created({ replica, place, tookMs }: Of<"created">): string {
  const { nodeId, nodeName, name, uuid } = replica;
  const where = placeText(nodeId === null ? place : { nodeId, name: nodeName });
  return `Created ${name} (${uuid ?? "its UUID is not known yet"}) on ${where} in ${duration(tookMs)}. It is billed from now on.`;
}

function adopted({ replica, how }: Of<"adopted">): string {
  switch (how) {
    case "name":
      return `Found ${called(replica)} by its name, which nothing in the app had before: it is this step's.`;
    case "elimination":
      return `Found ${called(replica)}: most likely the replica of this step, and adopted as such. It is the only new CVM that fits the lost request in node, compose hash and time.`;
    case "older":
      return `Found ${called(replica)} by its name, which nothing in the app had before, but by created_at it is older than the request: another run was quicker, or a clock of the platform is off. It is used; without exclusive neither cleanup nor a ttl ends it.`;
    case "refused":
      return `The API refused the request, but ${called(replica)} is there, and was not before: it is used. Another run may have created it, so without exclusive neither cleanup nor a ttl ends it.`;
  }
}

function called({ name, uuid }: Ident): string {
  return `${oneLine(name ?? "unnamed", 80)} (${uuid ?? "no UUID"})`;
}
