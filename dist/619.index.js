"use strict";
exports.id = 619;
exports.ids = [619];
exports.modules = {

/***/ 8619:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  runCommand: () => (/* binding */ runCommand)
});

// EXTERNAL MODULE: ./build/action/unwritable.js
var unwritable = __webpack_require__(6075);
// EXTERNAL MODULE: ./build/fleet/run.js
var run = __webpack_require__(5357);
// EXTERNAL MODULE: ./build/inputs/common.js + 1 modules
var common = __webpack_require__(8020);
// EXTERNAL MODULE: ./build/inputs/masks.js
var masks = __webpack_require__(7320);
// EXTERNAL MODULE: ./build/ledger/ledger.js + 1 modules
var ledger_ledger = __webpack_require__(5501);
// EXTERNAL MODULE: ./build/ledger/saved.js
var saved = __webpack_require__(5766);
// EXTERNAL MODULE: ./build/ledger/trouble.js
var ledger_trouble = __webpack_require__(9342);
// EXTERNAL MODULE: ./build/report/annotation/annotation.js
var annotation = __webpack_require__(753);
// EXTERNAL MODULE: ./build/report/annotation/trouble.js
var annotation_trouble = __webpack_require__(5925);
// EXTERNAL MODULE: ./build/text/clean.js
var clean = __webpack_require__(5502);
// EXTERNAL MODULE: ./build/text/duration.js
var duration = __webpack_require__(2811);
// EXTERNAL MODULE: ./build/report/annotation/failure.js + 1 modules
var failure = __webpack_require__(8023);
// EXTERNAL MODULE: ./build/report/words/attested.js
var attested = __webpack_require__(3370);
// EXTERNAL MODULE: ./build/report/words/doing.js
var doing = __webpack_require__(1111);
// EXTERNAL MODULE: ./build/report/words/spared.js
var spared = __webpack_require__(2671);
// EXTERNAL MODULE: ./build/report/log/updating.js
var updating = __webpack_require__(5305);
;// CONCATENATED MODULE: ./build/report/log/facts.js








/** The lines of one fact, in the order of the log; none for what is told elsewhere. */
function linesOf(fact, ledger) {
    switch (fact.fact) {
        case "retrying":
            return [
                `Could not ${(0,doing/* doingText */.V)(fact.doing)}: ${(0,failure/* reasonOf */.A3)(fact.fault)}. Try ${fact.next} follows in ${(0,duration/* duration */.p)(fact.waitMs)}.`,
            ];
        case "waiting":
            return [waitingLine(fact, ledger)];
        case "spared":
            return [`${(0,doing/* whoText */.U)(ledger.replica(fact.replica).ident)} stays: ${(0,spared/* sparedText */.p)(fact.why)}.`];
        case "deleting":
            return [`Deleting ${(0,doing/* whoText */.U)(ledger.replica(fact.replica).ident)}.`];
        case "begun":
            return [`The deletion of ${(0,doing/* whoText */.U)(ledger.replica(fact.replica).ident)} has begun.`];
        case "deleted":
            return [`${(0,doing/* whoText */.U)(ledger.replica(fact.replica).ident)} is gone.`];
        case "vanished":
            return [`${(0,doing/* whoText */.U)(ledger.replica(fact.replica).ident)} is gone already.`];
        case "attested":
            return [`${(0,doing/* whoText */.U)(ledger.replica(fact.replica).ident)}: ${(0,attested/* verdictText */.nt)(fact.attested)}.`];
        case "failed":
            if (fact.trouble.kind === "update")
                return (0,updating/* updatingLines */.U)(fact, ledger);
            return [`${(0,doing/* whoText */.U)(ledger.replica(fact.replica).ident)}: failed (${(0,ledger_trouble/* codeOf */.$)(fact.trouble)}).`];
        default:
            return (0,updating/* updatingLines */.U)(fact, ledger);
    }
}
const WAITED_FOR = {
    serving: "to serve",
    absence: "to be gone",
    approval: "approval",
    room: "room",
    attestation: "to be verified",
};
function waitingLine(fact, ledger) {
    const names = fact.keys.slice(0, 5).map((key) => {
        const { name, uuid } = ledger.replica(key).ident;
        return (0,clean/* oneLine */.TN)(name ?? uuid ?? "unnamed", 80);
    });
    const more = fact.keys.length > names.length ? ` and ${fact.keys.length - names.length} more` : "";
    const what = WAITED_FOR[fact.what];
    return `Still waiting for ${fact.keys.length} of ${fact.total} (${names.join(", ")}${more}) ${what}: ${(0,duration/* duration */.p)(fact.sinceMs)} of at most ${(0,duration/* duration */.p)(fact.limitMs)}.`;
}

// EXTERNAL MODULE: ./build/commands/conclude.js + 2 modules
var conclude = __webpack_require__(1367);
;// CONCATENATED MODULE: ./build/commands/run.js












/**
 * Carries one command out and tells how it ended: outputs, log, one annotation where it is red, summary.
 *
 * @returns the process's exit code
 */
async function runCommand(edges, command) {
    const { runner, clock } = edges;
    const ledger = new ledger_ledger/* Ledger */.O(() => clock.now(), (0,saved/* penOf */.DX)((name, value) => runner.saveState(name, value)));
    ledger.subscribe((fact) => {
        for (const line of linesOf(fact, ledger))
            runner.info(line);
    });
    let inputs = null;
    let judgement;
    try {
        (0,masks/* maskSecrets */.Q)(edges.env, runner);
        for (const name of command.arrays)
            runner.output(name, "[]");
        const read = command.read(edges.env);
        if ("faults" in read)
            judgement = failed({ kind: "inputs", faults: read.faults });
        else {
            inputs = read.inputs;
            judgement = await carryOut(edges, command, ledger, inputs);
        }
    }
    catch (error) {
        if (error instanceof Error)
            runner.debug(error.stack ?? error.message);
        judgement = failed(internal(error));
    }
    return tell(edges, command, { inputs, ledger, judgement });
}
async function carryOut(edges, command, ledger, inputs) {
    for (const note of inputs.notes)
        edges.runner.warning(note);
    const { apiUrl, apiKey, appId, requestTimeoutMs: timeoutMs } = inputs;
    const api = (0,run/* openApi */.N)(edges, { apiUrl, apiKey, timeoutMs });
    const judgement = await command.carryOut({ edges, api, ledger, appId, inputs });
    if (!edges.cancel.aborted)
        return judgement;
    return { outcome: "cancelled", trouble: null, exitCode: 1 };
}
function failed(trouble) {
    return { outcome: "failed", trouble, exitCode: 1 };
}
function internal(error) {
    if (error instanceof unwritable/* Unwritable */.Y) {
        return { kind: "internal", what: error.what, detail: (0,clean/* oneLine */.TN)(error.why, 300) };
    }
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { kind: "internal", what: "bug", detail: (0,clean/* oneLine */.TN)(message, 300) };
}
async function tell(edges, command, ended) {
    const { runner } = edges;
    let told = toldOf(edges, command, ended);
    try {
        if (ended.ledger.run.began !== null) {
            ended.ledger.append({ fact: "ended", outcome: ended.judgement.outcome });
        }
        for (const [name, value] of Object.entries(command.outputs(told)))
            runner.output(name, value);
    }
    catch (error) {
        if (error instanceof Error)
            runner.debug(error.stack ?? error.message);
        // What was wrong before keeps its outcome and its code.
        const { exitCode } = ended.judgement;
        const judgement = exitCode === 1 ? ended.judgement : failed(internal(error));
        told = toldOf(edges, command, { ...ended, judgement });
    }
    const annotation = annotationFor(edges, command, told);
    for (const line of annotation?.rest ?? [])
        runner.info(`- ${line}`);
    if (annotation !== null)
        runner.error(annotation.text, annotation.title);
    if ((0,common/* wantsSummary */.ui)(edges.env))
        await (0,conclude/* writeSummary */.Sy)(edges, () => command.summary(told));
    return told.judgement.exitCode;
}
function toldOf(edges, command, ended) {
    const redactPrinted = (text) => edges.runner.redactPrinted(text);
    const told = { ...ended, message: "", redactPrinted, env: edges.env };
    if (ended.judgement.trouble === null)
        return told;
    return { ...told, message: annotationFor(edges, command, told)?.message ?? "" };
}
/** The one annotation of a red step; null where it is green. */
function annotationFor(edges, command, { inputs, ledger, judgement }) {
    const { trouble, exitCode } = judgement;
    if (exitCode === 0)
        return null;
    const code = (trouble === null ? "" : (0,ledger_trouble/* codeOf */.$)(trouble));
    const workspaceSlug = ledger.run.surveyed?.workspaceSlug ?? null;
    const failed = trouble === null
        ? { text: "The step was cancelled.", list: [] }
        : (0,annotation_trouble/* wordsOfTrouble */.a7)(trouble, { workspaceSlug, appId: inputs?.appId ?? null });
    const title = command.title(judgement) + (code === "" ? "" : ` (${code})`);
    const exists = trouble?.kind === "inputs" ? annotation/* NOTHING_SAID */.SV : command.exists(ledger);
    return (0,annotation/* annotationOf */.lW)({ title, code, failed, exists }, edges);
}


/***/ }),

/***/ 2403:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Q: () => (/* binding */ CLEANUP_MODES),
/* harmony export */   r: () => (/* binding */ isReplicaFact)
/* harmony export */ });
const CLEANUP_MODES = ["never", "on_failure", "always"];
/** Whether it is a fact of one replica. */
function isReplicaFact(fact) {
    return "replica" in fact;
}


/***/ }),

/***/ 5501:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  O: () => (/* binding */ Ledger),
  Y: () => (/* binding */ NO_PEN)
});

// EXTERNAL MODULE: ./build/ledger/fact.js
var ledger_fact = __webpack_require__(2403);
// EXTERNAL MODULE: ./build/ledger/replica.js
var ledger_replica = __webpack_require__(7857);
;// CONCATENATED MODULE: ./build/ledger/fold.js

/** The replica with one more fact taken into account. Pure. */
function fold(replica, fact) {
    const { at } = fact;
    switch (fact.fact) {
        case "found":
            return {
                ...replica,
                ident: fact.ident,
                origin: "existing",
                fate: "there",
                cvm: fact.cvm,
                status: fact.cvm?.status ?? replica.status,
            };
        case "planned":
            return { ...replica, slot: fact.slot };
        case "skipped":
            return { ...replica, trouble: fact.trouble };
        case "asking":
            return asked(replica, fact, at);
        case "pausing":
        case "lost":
            return { ...replica, tries: withFault(replica.tries, fact.fault) };
        case "refused":
            return { ...replica, fate: "nothing", since: null, trouble: fact.trouble };
        case "searched":
            return {
                ...replica,
                fate: isPrepare(replica) ? "nothing" : "unknown",
                trouble: fact.trouble,
            };
        case "approval":
            return { ...replica, fate: "nothing", since: null, need: fact.need, trouble: fact.trouble };
        case "created":
            return there(replica, "created", "answer", fact.ident, at, { vm: fact.vm });
        case "adopted":
            return there(replica, "adopted", fact.proof, fact.ident, at, rowOf(fact.cvm));
        case "located":
            return { ...replica, ident: merged(replica.ident, fact.ident), ...rowOf(fact.cvm) };
        case "limited":
            return { ...replica, until: fact.until, trouble: withoutLimit(replica.trouble) };
        case "seen":
            return seen(replica, fact.cvm, fact.status.status);
        case "reached":
            return reached(replica, fact.stage, fact.url, at);
        case "attested":
            return { ...replica, attested: fact.attested };
        case "failed":
            if (fact.during === "going-back")
                return backFailed(replica, fact.trouble);
            return {
                ...replica,
                trouble: replica.trouble ?? fact.trouble,
                times: isWaiting(fact.during) ? { ...replica.times, failed: at } : replica.times,
            };
        case "updating":
            return updating(replica, fact, at);
        case "away":
            return { ...replica, times: { ...replica.times, away: replica.times.away ?? at } };
        case "updated":
            return updated(replica, fact.to, at);
        case "withdrawn":
            return { ...replica, revision: null, times: {} };
        case "warned":
            return { ...replica, warnings: [...replica.warnings, fact.trouble] };
        case "spared":
            return { ...replica, spared: fact.why };
        case "deleting":
            return { ...replica, fate: "going" };
        case "begun":
            return { ...replica, begun: true };
        case "deleted":
            return { ...replica, fate: "gone", goneBy: "us", status: "deleted" };
        case "vanished":
            return { ...replica, fate: "gone", goneBy: "somebody", status: "deleted" };
        case "recorded":
            return { ...replica, deployment: { id: fact.deployment, told: fact.told } };
    }
}
/**
 * A request goes out. What an earlier try may have made keeps its `since`; after a certain no nothing made
 * before this one is ours.
 */
function asked(replica, { via, place }, at) {
    return {
        ...replica,
        fate: via === "prepare" ? "nothing" : "open",
        since: replica.since ?? at,
        tries: [...replica.tries, { at, via, place, fault: null }],
        trouble: null,
        times: { sent: replica.times.sent ?? at },
    };
}
function withFault(tries, fault) {
    const last = tries.at(-1);
    return last === undefined ? tries : [...tries.slice(0, -1), { ...last, fault }];
}
function there(replica, origin, proof, ident, at, more) {
    return {
        ...replica,
        ...more,
        origin,
        proof,
        fate: "there",
        ident: merged(replica.ident, ident),
        trouble: null,
        times: { ...replica.times, made: at },
    };
}
function rowOf(cvm) {
    return cvm === null ? {} : { cvm, status: cvm.status };
}
/** What is newly known goes over what was known; silence takes nothing back. */
function merged(before, now) {
    return {
        id: now.id ?? before.id,
        uuid: now.uuid ?? before.uuid,
        name: now.name ?? before.name,
        nodeId: now.nodeId ?? before.nodeId,
        nodeName: now.nodeName ?? before.nodeName,
        instanceId: now.instanceId ?? before.instanceId,
        url: now.url ?? before.url,
    };
}
function seen(replica, cvm, status) {
    const now = cvm === null ? replica : { ...replica, cvm, ident: merged(replica.ident, (0,ledger_replica/* identOf */.gl)(cvm)) };
    return { ...now, status };
}
function reached(replica, stage, url, at) {
    const ident = url === null ? replica.ident : { ...replica.ident, url };
    return { ...replica, ident, times: { ...replica.times, [stage]: replica.times[stage] ?? at } };
}
/** A `ttl` that is set in the end takes its own failure back, and no other. */
function withoutLimit(trouble) {
    const limit = trouble?.kind === "request" && trouble.doing.do === "limit";
    return limit ? null : trouble;
}
/** Going back takes nothing of what went before: why it goes back is told in the end. */
function updating(replica, { from, to, back }, at) {
    if (back && replica.revision !== null) {
        const revision = { ...replica.revision, back: "asked" };
        return { ...replica, revision, times: { ...replica.times, backSent: at } };
    }
    const revision = { from, to, done: false, back: null, backTrouble: null };
    return { ...replica, revision, trouble: null, times: { sent: at } };
}
function updated(replica, to, at) {
    const { revision, times } = replica;
    if (revision?.back === "asked") {
        return {
            ...replica,
            revision: { ...revision, back: "done" },
            times: { ...times, backDone: at },
        };
    }
    const now = revision ?? { from: null, to, back: null, backTrouble: null };
    return { ...replica, revision: { ...now, to, done: true }, times: { ...times, updated: at } };
}
function backFailed(replica, trouble) {
    if (replica.revision === null)
        return replica;
    const revision = { ...replica.revision, back: "failed", backTrouble: trouble };
    return { ...replica, revision };
}
/** What failed while it was waited for has a moment in which it was given up. */
function isWaiting(during) {
    return during === "following" || during === "updating";
}
function isPrepare({ tries }) {
    return tries.at(-1)?.via === "prepare";
}

// EXTERNAL MODULE: ./build/ledger/run-so-far.js
var run_so_far = __webpack_require__(3491);
;// CONCATENATED MODULE: ./build/ledger/ledger.js
/**
 * The one place where something that happened is written down. A fact is taken into the fold, saved where
 * it changes what post would do, and then told to whoever listens; in this order, so that nothing is said
 * that a kill could undo.
 */




/** For post, which writes nothing. */
const NO_PEN = { run: () => undefined, replica: () => undefined };
class Ledger {
    #now;
    #pen;
    #subscribers = [];
    #replicas;
    /** Facts that a subscriber appended while others were still being told. */
    #queue = [];
    #telling = false;
    #run;
    /** @param now our clock, ms since the epoch */
    constructor(now, pen, pages = { run: run_so_far/* blankRun */.u5, replicas: [] }) {
        this.#now = now;
        this.#pen = pen;
        this.#run = pages.run;
        this.#replicas = new Map(pages.replicas.map((replica) => [replica.key, replica]));
    }
    /** The run as its own facts tell it. */
    get run() {
        return this.#run;
    }
    /** All replicas, in the order in which they came up. */
    replicas() {
        return [...this.#replicas.values()];
    }
    /** One replica; blank where there are no facts of it. */
    replica(key) {
        return this.#replicas.get(key) ?? (0,ledger_replica/* blankReplica */.ZL)(key);
    }
    subscribe(subscriber) {
        this.#subscribers.push(subscriber);
    }
    /**
     * Takes a fact in.
     *
     * @throws where it can't be saved: no request must leave without its record
     */
    append(news) {
        const fact = { at: this.#now(), ...news };
        if ((0,ledger_fact/* isReplicaFact */.r)(fact))
            this.#takeIn(fact);
        else {
            this.#run = (0,run_so_far/* foldRun */.$I)(this.#run, fact);
            if (SAVED.has(fact.fact))
                this.#pen.run(this.#run);
        }
        this.#queue.push(fact);
        this.#tell();
    }
    #takeIn(fact) {
        const { replica: key } = fact;
        this.#replicas.set(key, fold(this.replica(key), fact));
        if (!SAVED.has(fact.fact))
            return;
        const index = [...this.#replicas.keys()].indexOf(key);
        this.#pen.replica(index, this.replica(key));
    }
    /** One after another: what a subscriber appends waits until all have been told of what came before. */
    #tell() {
        if (this.#telling)
            return;
        this.#telling = true;
        try {
            for (let fact = this.#queue.shift(); fact !== undefined; fact = this.#queue.shift()) {
                for (const subscriber of this.#subscribers)
                    subscriber(fact, this);
            }
        }
        finally {
            this.#telling = false;
        }
    }
}
/** A fact that changes what post would do, or say, is saved at once; the others are not. */
const SAVED = new Set([
    "began",
    "surveyed",
    "stopped",
    "ended",
    "found",
    "spared",
    "asking",
    "pausing",
    "lost",
    "refused",
    "searched",
    "approval",
    "created",
    "located",
    "adopted",
    "limited",
    "reached",
    "failed",
    "updating",
    "away",
    "updated",
    "withdrawn",
    "deleting",
    "deleted",
    "vanished",
    "recorded",
]);


/***/ }),

/***/ 7857:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   ZL: () => (/* binding */ blankReplica),
/* harmony export */   gl: () => (/* binding */ identOf),
/* harmony export */   oQ: () => (/* binding */ NOBODY),
/* harmony export */   oy: () => (/* binding */ isDeleted)
/* harmony export */ });
/* unused harmony exports identOfVm, isOurs, isBilled, exists, isLost, isGood, mayDelete, isProven */
const NOBODY = {
    id: null,
    uuid: null,
    name: null,
    nodeId: null,
    nodeName: null,
    instanceId: null,
    url: null,
};
/** A replica of which nothing is known yet. */
function blankReplica(key) {
    return {
        key,
        slot: null,
        ident: NOBODY,
        origin: "none",
        proof: null,
        fate: "unasked",
        goneBy: null,
        begun: false,
        tries: [],
        since: null,
        vm: null,
        cvm: null,
        status: null,
        trouble: null,
        warnings: [],
        need: null,
        until: null,
        revision: null,
        spared: null,
        attested: null,
        times: {},
        deployment: null,
    };
}
/** Who a row is. */
function identOf(cvm) {
    return {
        id: cvm.id,
        uuid: cvm.vmUuid,
        name: cvm.name,
        nodeId: cvm.nodeId,
        nodeName: cvm.nodeName,
        instanceId: cvm.instanceId,
        url: cvm.instanceUrl,
    };
}
/** Who an answer says it made. */
function identOfVm(vm) {
    return {
        id: vm.id,
        uuid: vm.vmUuid,
        name: vm.name,
        nodeId: vm.teepodId,
        nodeName: vm.teepodName,
        instanceId: vm.instanceId,
        url: null,
    };
}
/** Whether this run brought it about. */
function isOurs({ origin }) {
    return origin === "created" || origin === "adopted";
}
/** Whether this run made something that somebody pays for by now. */
function isBilled(replica) {
    return isOurs(replica) && replica.fate !== "gone";
}
/** Whether a CVM stands behind it, as far as is known. */
function exists({ origin }) {
    return origin !== "none";
}
/** Whether something may have been made of which nobody knows where it is. */
function isLost(replica) {
    if (replica.slot === null)
        return false;
    if (replica.fate === "open" || replica.fate === "unknown")
        return true;
    return isOurs(replica) && replica.fate === "there" && replica.ident.uuid === null;
}
/** Whether nothing is known to be wrong with it. */
function isGood(replica) {
    return exists(replica) && replica.trouble === null && replica.fate === "there";
}
/**
 * Whether this run may delete it: billed, not there before, and proven to be its own; elimination is a proof
 * only where nothing else creates.
 *
 * @param known what was there before, by UUID; the source is always in it
 */
function mayDelete(replica, exclusive, known) {
    const { uuid } = replica.ident;
    if (!isBilled(replica) || uuid === null || known.has(uuid))
        return false;
    return isProven(replica, exclusive);
}
/** Whether it is proven that this run made it. */
function isProven({ proof }, exclusive) {
    return proof === "answer" || proof === "name" || (proof === "elimination" && exclusive);
}
/** Whether this run deleted it: seen to be gone, or, where nobody waits, the API has begun with it. */
function isDeleted({ fate, goneBy, begun }) {
    return (fate === "gone" && goneBy === "us") || begun;
}


/***/ }),

/***/ 3491:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $I: () => (/* binding */ foldRun),
/* harmony export */   u5: () => (/* binding */ blankRun)
/* harmony export */ });
/* unused harmony export knownBefore */
const blankRun = { began: null, surveyed: null, stopped: null, outcome: null };
/** The run with one more fact taken into account. Pure. */
function foldRun(run, fact) {
    switch (fact.fact) {
        case "began":
            return { ...run, began: fact };
        case "surveyed":
            return { ...run, surveyed: fact };
        case "stopped":
            return { ...run, stopped: fact.trouble };
        case "ended":
            return { ...run, outcome: fact.outcome };
        default:
            return run;
    }
}
/** What was there before, by `cvmKeys`, the source always among it; null: the list could not be read. */
function knownBefore({ began, surveyed }) {
    const known = surveyed?.known ?? null;
    if (known === null)
        return null;
    return new Set(began?.source == null ? known : [...known, began.source]);
}


/***/ }),

/***/ 5766:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   DX: () => (/* binding */ penOf),
/* harmony export */   F5: () => (/* binding */ KEYS_A_PART),
/* harmony export */   PI: () => (/* binding */ REPLICA),
/* harmony export */   cR: () => (/* binding */ KNOWN),
/* harmony export */   oq: () => (/* binding */ RUN),
/* harmony export */   xv: () => (/* binding */ VERSION)
/* harmony export */ });
/* harmony import */ var _text_clean_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5502);
/**
 * The saved form of a ledger, version 2: what the runner keeps of the main step, for post. Ids, times and
 * words of our own only: no secret has a field. `read-back.ts` reads it.
 */

const VERSION = 2;
const RUN = "run";
const KNOWN = "known_";
const REPLICA = "replica_";
/**
 * The state reaches post as environment variables, which Windows bounds to 32 Ki characters each, Linux to
 * 128 KiB: beyond that post could not be started. A key has some 40 characters.
 */
const KEYS_A_PART = 500;
/** The API's names are short (API facts, "Identifiers"); a server's text may not be. Characters. */
const LONGEST_TEXT = 200;
/** Writes a ledger by a runner's `saveState`. */
function penOf(saveState) {
    let known = null;
    return {
        run(run) {
            const now = run.surveyed?.known ?? null;
            if (now !== known)
                saveKnown(saveState, now ?? []);
            known = now;
            // Last: where it is, the rest is there too.
            saveState(RUN, JSON.stringify(runRecord(run)));
        },
        // One key a replica, so that fifty of them don't write fifty growing copies of everything.
        replica: (index, replica) => saveState(REPLICA + index, JSON.stringify(replicaRecord(replica))),
    };
}
function saveKnown(saveState, keys) {
    for (let from = 0; from < keys.length; from += KEYS_A_PART) {
        saveState(KNOWN + from / KEYS_A_PART, JSON.stringify(keys.slice(from, from + KEYS_A_PART)));
    }
}
function runRecord({ began, surveyed, stopped, outcome }) {
    return {
        v: VERSION,
        began,
        surveyed: surveyed && {
            known: surveyed.known === null ? null : surveyed.known.length,
            clockOffsetMs: surveyed.clockOffsetMs,
            workspaceSlug: surveyed.workspaceSlug,
        },
        stopped: stopped !== null,
        outcome,
    };
}
function replicaRecord(replica) {
    const { key, slot, fate, origin, proof, goneBy, since, until, revision, deployment } = replica;
    const last = replica.tries.at(-1);
    return {
        v: VERSION,
        key,
        slot,
        ident: shortIdent(replica.ident),
        fate,
        origin,
        proof,
        goneBy,
        since,
        until,
        revision: revision && {
            from: revision.from,
            to: revision.to,
            done: revision.done,
            back: revision.back,
        },
        deployment,
        asked: last === undefined ? null : { at: last.at, via: last.via, place: last.place },
        tries: replica.tries.length,
        failed: replica.trouble !== null,
        spared: replica.spared,
        times: replica.times,
    };
}
function shortIdent(ident) {
    const short = (text) => (text === null ? null : (0,_text_clean_js__WEBPACK_IMPORTED_MODULE_0__/* .oneLine */ .TN)(text, LONGEST_TEXT));
    return {
        ...ident,
        id: typeof ident.id === "string" ? short(ident.id) : ident.id,
        name: short(ident.name),
        nodeName: short(ident.nodeName),
        instanceId: short(ident.instanceId),
        // An address that is cut leads elsewhere.
        url: (ident.url?.length ?? 0) > LONGEST_TEXT ? null : ident.url,
    };
}


/***/ }),

/***/ 5305:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   U: () => (/* binding */ updatingLines),
/* harmony export */   b: () => (/* binding */ sharedWarnings)
/* harmony export */ });
/* harmony import */ var _ledger_trouble_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(9342);
/* harmony import */ var _text_clean_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(5502);
/* harmony import */ var _text_duration_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(2811);
/* harmony import */ var _annotation_failure_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8023);
/* harmony import */ var _words_doing_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1111);
/* harmony import */ var _words_spared_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2671);
/* harmony import */ var _words_update_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6743);
/* harmony import */ var _words_updated_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(3803);








/** The lines of one fact; none for what is told elsewhere. */
function updatingLines(fact, ledger) {
    switch (fact.fact) {
        case "noted":
            return noteLines(fact.note, ledger);
        case "updating":
            return [
                fact.back
                    ? `Bringing ${name(ledger, fact.replica)} back to ${(0,_words_update_js__WEBPACK_IMPORTED_MODULE_3__/* .shortHash */ .BC)(fact.to)}.`
                    : `Updating ${name(ledger, fact.replica)}: ${(0,_words_update_js__WEBPACK_IMPORTED_MODULE_3__/* .shortHash */ .BC)(fact.from)} → ${(0,_words_update_js__WEBPACK_IMPORTED_MODULE_3__/* .shortHash */ .BC)(fact.to)}.`,
            ];
        case "seen": {
            const { status, inProgress } = fact.status;
            const busy = inProgress && status === "running" ? ", an operation in progress" : "";
            return [`${name(ledger, fact.replica)}: ${(0,_text_clean_js__WEBPACK_IMPORTED_MODULE_5__/* .oneLine */ .TN)(status, 40) || "no status told"}${busy}`];
        }
        case "withdrawn":
            return [`${name(ledger, fact.replica)} was not updated by this step.`];
        case "updated":
            return [updatedLine(fact, ledger)];
        case "vanished":
            return [`${(0,_words_doing_js__WEBPACK_IMPORTED_MODULE_1__/* .whoText */ .U)(ledger.replica(fact.replica).ident)} is gone already.`];
        case "warned":
            return fact.trouble.kind === "update" ? [(0,_words_update_js__WEBPACK_IMPORTED_MODULE_3__/* .updateText */ .Pq)(fact.trouble)] : [];
        case "failed":
            return fact.trouble.kind === "update"
                ? [`${(0,_words_update_js__WEBPACK_IMPORTED_MODULE_3__/* .updateText */ .Pq)(fact.trouble)} (${(0,_ledger_trouble_js__WEBPACK_IMPORTED_MODULE_6__/* .codeOf */ .$)(fact.trouble)})`]
                : [];
        default:
            return [];
    }
}
function updatedLine({ replica: key }, ledger) {
    const replica = ledger.replica(key);
    const { from, back } = replica.revision ?? { from: null, back: null };
    if (back === "done")
        return `${name(ledger, key)} is back at ${(0,_words_update_js__WEBPACK_IMPORTED_MODULE_3__/* .shortHash */ .BC)(from)}.`;
    const { took } = (0,_words_updated_js__WEBPACK_IMPORTED_MODULE_4__/* .timesOf */ .Qv)(replica);
    const after = took === null ? "" : ` after ${(0,_text_duration_js__WEBPACK_IMPORTED_MODULE_7__/* .duration */ .p)(took)}`;
    return `${name(ledger, key)} serves the revision${after} (${progress(ledger)}).`;
}
/** `3/8`: those on the revision of all that were selected. */
function progress(ledger) {
    const replicas = ledger.replicas();
    const to = replicas.find(({ revision }) => revision !== null)?.revision?.to ?? null;
    const isThere = ({ revision, cvm, trouble }) => trouble === null && (revision === null ? cvm?.composeHash === to : revision.done);
    return `${replicas.filter(isThere).length}/${replicas.length}`;
}
function noteLines(note, ledger) {
    switch (note.note) {
        case "rollout":
            return planLines(note, ledger);
        case "skipped":
            return [`${(0,_words_doing_js__WEBPACK_IMPORTED_MODULE_1__/* .whoText */ .U)(note.ident)} is left: ${(0,_words_spared_js__WEBPACK_IMPORTED_MODULE_2__/* .sparedText */ .p)(note.why)}.`];
        case "source-serves":
            return [`The source ${(0,_words_doing_js__WEBPACK_IMPORTED_MODULE_1__/* .whoText */ .U)(note.ident)} serves.`];
        case "going-back":
            return [
                `Rolling back ${note.count === 1 ? "the one" : `the ${note.count}`} that this run changed.`,
            ];
        case "look-failed":
            return [`A look at the app failed: ${(0,_annotation_failure_js__WEBPACK_IMPORTED_MODULE_0__/* .reasonOf */ .A3)(note.fault)}. It goes on.`];
        case "not-healthy":
            return [`${name(ledger, note.replica)} is not healthy yet: it ${(0,_words_update_js__WEBPACK_IMPORTED_MODULE_3__/* .problemText */ .fI)(note.problem)}.`];
        default:
            return [];
    }
}
/** More lines than this nobody reads; the summary has them all. */
const MOST_LINES = 50;
function planLines(note, ledger) {
    const { order, there, wanted, maxUnavailable, envs } = note;
    const total = order.length + there.length;
    const what = envs ? " with a new environment" : "";
    const list = (keys, say) => [
        ...keys.slice(0, MOST_LINES).map(say),
        ...(keys.length > MOST_LINES ? [`- … and ${keys.length - MOST_LINES} more`] : []),
    ];
    const revision = (key) => (0,_words_update_js__WEBPACK_IMPORTED_MODULE_3__/* .shortHash */ .BC)(ledger.replica(key).cvm?.composeHash ?? null);
    const head = `Revision ${wanted}${what}: ${order.length} of ${total} to be brought along, ${maxUnavailable} at a time.`;
    return [
        head,
        ...list(order, (key) => `- ${who(ledger, key)}: has ${revision(key)}`),
        ...list(there, (key) => `- ${who(ledger, key)}: is on it already`),
    ];
}
function who(ledger, key) {
    return (0,_words_doing_js__WEBPACK_IMPORTED_MODULE_1__/* .whoText */ .U)(ledger.replica(key).ident);
}
function name(ledger, key) {
    const { name: called, uuid } = ledger.replica(key).ident;
    return (0,_text_clean_js__WEBPACK_IMPORTED_MODULE_5__/* .oneLine */ .TN)(called ?? uuid ?? "unnamed", 80);
}
/** What is not wrong but worth a warning before anything is touched. */
function sharedWarnings(plan, inputs, envs) {
    const warnings = [];
    if (plan.leavesNone) {
        warnings.push("There will be a time in which no instance of the app serves: as many are updated at once as serve. A lower max_unavailable, or one more instance, avoids that.");
    }
    if (envs && inputs.onFailure === "rollback" && plan.order.length > 0) {
        warnings.push("on_failure: rollback brings revisions back, but not environments, since those that the instances have can't be read.");
    }
    return warnings;
}


/***/ })

};
;