"use strict";
exports.id = 674;
exports.ids = [674];
exports.modules = {

/***/ 3701:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   d: () => (/* binding */ askFor)
/* harmony export */ });
/* harmony import */ var _net_persist_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(879);
/* harmony import */ var _net_retry_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8853);


/**
 * Sends a request that can be repeated without harm, within its budget. Each pause is a fact.
 *
 * @param doing what is tried, for the log
 */
function askFor({ edges, ledger }, doing, send, rules = {}) {
    const { budget = _net_retry_js__WEBPACK_IMPORTED_MODULE_1__/* .READ_BUDGET */ .ZR, judge = _net_retry_js__WEBPACK_IMPORTED_MODULE_1__/* .judgeRepeatable */ .hv } = rules;
    const signal = edges.cancel;
    const onWait = (fault, waitMs, next) => ledger.append({ fact: "retrying", doing, fault, waitMs, next });
    return (0,_net_persist_js__WEBPACK_IMPORTED_MODULE_0__/* .persist */ .Z)(edges, { budget, judge, signal, onWait }, (timeoutMs) => send({ signal, timeoutMs }));
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

/***/ 2090:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  e: () => (/* binding */ readBack)
});

// EXTERNAL MODULE: ./build/text/ids.js
var ids = __webpack_require__(3113);
// EXTERNAL MODULE: ./build/text/json.js
var json = __webpack_require__(8049);
// EXTERNAL MODULE: ./build/text/url.js
var url = __webpack_require__(5478);
// EXTERNAL MODULE: ./build/ledger/fact.js
var fact = __webpack_require__(2403);
// EXTERNAL MODULE: ./build/ledger/replica.js
var replica = __webpack_require__(7857);
// EXTERNAL MODULE: ./build/ledger/run-so-far.js
var run_so_far = __webpack_require__(3491);
// EXTERNAL MODULE: ./build/ledger/saved.js
var ledger_saved = __webpack_require__(5766);
;// CONCATENATED MODULE: ./build/ledger/terms.js
/** What a replica is waited for, in any order. */
const STAGES = ["running", "addressed", "healthy", "verified"];
/** Why a CVM that was selected stays. */
const SPARED_WHYS = [
    "last-running",
    "keep",
    "leave",
    "changed",
    "too-new",
    "no-date",
    "no-uuid",
    "in-progress",
    "stopped",
    "unproven",
];

;// CONCATENATED MODULE: ./build/ledger/read-back.js
/**
 * Reads the saved form of a ledger back, for post: field by field, never by a cast. Text that is cut, foreign
 * or of another version is no record.
 */








/** What main left; null: it has no record, or none of this version. */
function readBack(state) {
    const run = readRun((0,json/* parseJson */.qF)(state[ledger_saved/* RUN */.oq] ?? ""), state);
    if (run === null)
        return null;
    const replicas = Object.entries(state)
        .filter(([name]) => /^replica_\d+$/.test(name))
        .sort(([a], [b]) => Number(a.slice(ledger_saved/* REPLICA */.PI.length)) - Number(b.slice(ledger_saved/* REPLICA */.PI.length)))
        .map(([, text]) => readReplica((0,json/* parseJson */.qF)(text)))
        .filter((replica) => replica !== null);
    return { run, replicas };
}
const COMMANDS = ["create", "delete", "rollout", "verify"];
function readRun(value, state) {
    if ((0,json/* numberAt */.tk)(value, "v") !== ledger_saved/* VERSION */.xv)
        return null;
    const saved = (0,json/* objectAt */.lJ)(value, "began");
    const command = COMMANDS.find((name) => name === (0,json/* stringAt */.bX)(saved, "command"));
    // The key goes there, so it is held to what an input is held to.
    const apiUrl = (0,url/* parseApiUrl */.nV)((0,json/* stringAt */.bX)(saved, "apiUrl") ?? "");
    const appId = (0,json/* stringAt */.bX)(saved, "appId");
    if (saved === null || command === undefined || apiUrl === null || appId === null)
        return null;
    return {
        ...run_so_far/* blankRun */.u5,
        began: {
            fact: "began",
            command,
            apiUrl,
            appId,
            source: (0,json/* stringAt */.bX)(saved, "source"),
            requestTimeoutMs: (0,json/* numberAt */.tk)(saved, "requestTimeoutMs") ?? 60_000,
            cleanup: fact/* CLEANUP_MODES */.Q.find((mode) => mode === (0,json/* stringAt */.bX)(saved, "cleanup")) ?? "never",
            exclusive: (0,json/* booleanAt */.CR)(saved, "exclusive") ?? false,
            ttlMs: (0,json/* numberAt */.tk)(saved, "ttlMs"),
            waits: STAGES.filter((stage) => arrayHas((0,json/* fieldOf */._F)(saved, "waits"), stage)),
            summary: (0,json/* booleanAt */.CR)(saved, "summary") ?? true,
        },
        surveyed: readSurveyed((0,json/* objectAt */.lJ)(value, "surveyed"), state),
        outcome: (0,json/* stringAt */.bX)(value, "outcome"),
    };
}
function readSurveyed(saved, state) {
    if (!(0,json/* isObject */.Gv)(saved))
        return null;
    return {
        fact: "surveyed",
        known: readKnown((0,json/* numberAt */.tk)(saved, "known"), state),
        clockOffsetMs: (0,json/* numberAt */.tk)(saved, "clockOffsetMs"),
        workspaceSlug: (0,json/* stringAt */.bX)(saved, "workspaceSlug"),
    };
}
/** Null also where a part is missing: what was there before is then not known. */
function readKnown(length, state) {
    const keys = [];
    for (let part = 0; part * ledger_saved/* KEYS_A_PART */.F5 < (length ?? 0); part++) {
        const saved = (0,json/* parseJson */.qF)(state[ledger_saved/* KNOWN */.cR + part] ?? "");
        if (Array.isArray(saved))
            keys.push(...saved);
    }
    const known = keys.filter((key) => typeof key === "string");
    return known.length === length ? known : null;
}
const FATES = ["unasked", "open", "nothing", "there", "unknown", "going", "gone"];
const ORIGINS = ["none", "created", "adopted", "existing"];
const PROOFS = ["answer", "name", "elimination"];
const GONE_BY = ["us", "somebody"];
const VIAS = ["create", "prepare", "commit"];
function readReplica(value) {
    const key = (0,json/* stringAt */.bX)(value, "key");
    const fate = oneOf(FATES, (0,json/* stringAt */.bX)(value, "fate"));
    const origin = oneOf(ORIGINS, (0,json/* stringAt */.bX)(value, "origin"));
    if ((0,json/* numberAt */.tk)(value, "v") !== ledger_saved/* VERSION */.xv || !isKey(key) || fate === null || origin === null)
        return null;
    const asked = readTry((0,json/* objectAt */.lJ)(value, "asked"));
    return {
        ...(0,replica/* blankReplica */.ZL)(key),
        slot: readSlot((0,json/* objectAt */.lJ)(value, "slot")),
        ident: readIdent((0,json/* objectAt */.lJ)(value, "ident")),
        fate,
        origin,
        proof: oneOf(PROOFS, (0,json/* stringAt */.bX)(value, "proof")),
        goneBy: oneOf(GONE_BY, (0,json/* stringAt */.bX)(value, "goneBy")),
        since: (0,json/* numberAt */.tk)(value, "since"),
        until: (0,json/* numberAt */.tk)(value, "until"),
        revision: readUpdate((0,json/* objectAt */.lJ)(value, "revision")),
        spared: oneOf(SPARED_WHYS, (0,json/* stringAt */.bX)(value, "spared")),
        tries: asked === null ? [] : [asked],
    };
}
const BACKS = ["asked", "done", "failed"];
function readUpdate(saved) {
    const to = (0,ids/* parseHash */.Eb)((0,json/* stringAt */.bX)(saved, "to") ?? "");
    if (to === null)
        return null;
    return {
        from: (0,ids/* parseHash */.Eb)((0,json/* stringAt */.bX)(saved, "from") ?? ""),
        to,
        done: (0,json/* booleanAt */.CR)(saved, "done") ?? false,
        back: oneOf(BACKS, (0,json/* stringAt */.bX)(saved, "back")),
        backTrouble: null,
    };
}
function readTry(saved) {
    const at = (0,json/* numberAt */.tk)(saved, "at");
    const via = oneOf(VIAS, (0,json/* stringAt */.bX)(saved, "via"));
    if (at === null || via === null)
        return null;
    return { at, via, place: readPlace((0,json/* fieldOf */._F)(saved, "place")), fault: null };
}
function readPlace(saved) {
    return { nodeId: (0,json/* numberAt */.tk)(saved, "nodeId"), name: (0,json/* stringAt */.bX)(saved, "name") };
}
function readSlot(saved) {
    const index = (0,json/* numberAt */.tk)(saved, "index");
    const places = (0,json/* fieldOf */._F)(saved, "places");
    if (index === null || !Array.isArray(places))
        return null;
    return {
        index,
        places: places.map(readPlace),
        composeHash: (0,json/* stringAt */.bX)(saved, "composeHash"),
        expectedHash: (0,json/* stringAt */.bX)(saved, "expectedHash"),
    };
}
function readIdent(saved) {
    if (!(0,json/* isObject */.Gv)(saved))
        return replica/* NOBODY */.oQ;
    return {
        id: (0,json/* numberAt */.tk)(saved, "id") ?? (0,json/* stringAt */.bX)(saved, "id"),
        uuid: (0,json/* stringAt */.bX)(saved, "uuid"),
        name: (0,json/* stringAt */.bX)(saved, "name"),
        nodeId: (0,json/* numberAt */.tk)(saved, "nodeId"),
        nodeName: (0,json/* stringAt */.bX)(saved, "nodeName"),
        instanceId: (0,json/* stringAt */.bX)(saved, "instanceId"),
        url: (0,json/* stringAt */.bX)(saved, "url"),
    };
}
function isKey(text) {
    return text !== null && /^(?:new-\d+|cvm-.+)$/.test(text);
}
function oneOf(words, text) {
    return words.find((word) => word === text) ?? null;
}
function arrayHas(value, word) {
    return Array.isArray(value) && value.includes(word);
}


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


/***/ })

};
;