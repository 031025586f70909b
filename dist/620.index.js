"use strict";
exports.id = 620;
exports.ids = [620];
exports.modules = {

/***/ 4620:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  verifyCommand: () => (/* binding */ verifyCommand)
});

// EXTERNAL MODULE: ./build/fleet/ask.js
var ask = __webpack_require__(3701);
// EXTERNAL MODULE: ./build/fleet/attest.js
var attest = __webpack_require__(5675);
// EXTERNAL MODULE: ./build/fleet/look.js + 1 modules
var look = __webpack_require__(3207);
// EXTERNAL MODULE: ./build/phala/cvm.js
var phala_cvm = __webpack_require__(5056);
// EXTERNAL MODULE: ./build/phala/status.js
var phala_status = __webpack_require__(9220);
// EXTERNAL MODULE: ./build/text/pattern.js
var pattern = __webpack_require__(2857);
;// CONCATENATED MODULE: ./build/fleet/plan/choose.js
/** Which instances of an app are meant, where nothing is to be changed. Pure. */



/**
 * The instances that fit both lists, where given: the running ones, and what is named exactly in whatever state.
 *
 * @param vmUuids dashed UUIDs; null: any
 */
function chooseInstances(rows, vmUuids, names) {
    const there = rows.filter(({ deleted, status }) => !deleted && !(0,phala_status/* isGoing */.jf)(status));
    const missing = [
        ...(vmUuids ?? []).filter((uuid) => !there.some((cvm) => cvm.vmUuid === uuid)),
        ...(names ?? [])
            .filter((one) => one.exact && !there.some(({ name }) => (0,pattern/* fitsPattern */.j)(one, name)))
            .map(({ text }) => text),
    ];
    const isExact = ({ vmUuid, name }) => (vmUuids?.includes(vmUuid ?? "") ?? false) ||
        (names?.some((one) => one.exact && (0,pattern/* fitsPattern */.j)(one, name)) ?? false);
    const selected = there.filter((cvm) => {
        const { vmUuid, name } = cvm;
        if (vmUuids !== null && !vmUuids.includes(vmUuid ?? ""))
            return false;
        if (names !== null && !names.some((one) => (0,pattern/* fitsPattern */.j)(one, name)))
            return false;
        return (0,phala_cvm/* runs */.Np)(cvm) || isExact(cvm);
    });
    return { selected, missing };
}

// EXTERNAL MODULE: ./build/text/ids.js
var ids = __webpack_require__(3113);
// EXTERNAL MODULE: ./build/inputs/attestation.js
var attestation = __webpack_require__(9343);
// EXTERNAL MODULE: ./build/inputs/common.js + 1 modules
var common = __webpack_require__(8020);
// EXTERNAL MODULE: ./build/inputs/reader.js
var reader = __webpack_require__(462);
// EXTERNAL MODULE: ./build/inputs/values.js
var inputs_values = __webpack_require__(9967);
;// CONCATENATED MODULE: ./build/inputs/verify.js
/** The inputs of the action verify. */






/** Silently empty, they would verify something else, or less. */
const GUARDED = ["vm_uuids", "name", "compose_hash", "source", "expected_os"];
/** Reads and checks all inputs. Pure: the environment is the only source. */
function readVerifyInputs(given) {
    const { env, faults } = (0,common/* withoutUnset */.sZ)(given, GUARDED);
    const read = new reader/* InputReader */.i_(env);
    const apiKey = (0,common/* requireApiKey */.Ft)(read, env);
    const apiUrl = (0,common/* readApiUrl */.AX)(read, env);
    const appId = read.required("app_id", "the app's 40 hex digits", ids/* parseAppId */.c_);
    const inputs = {
        vmUuids: read.optional("vm_uuids", "UUIDs, as a list or a JSON array", listOf(ids/* parseUuid */.Xw)),
        names: read.optional("name", "names, or patterns with *", listOf(pattern/* parsePattern */.E)),
        composeHash: read.optional("compose_hash", "64 hex digits", ids/* parseHash */.Eb),
        source: read.optional("source", "an instance's UUID", ids/* parseUuid */.Xw),
        ...(0,attestation/* readAttestation */.V6)(read),
        mode: read.withDefault("mode", "require", "warn or require", modeOf),
        requestTimeoutMs: (0,common/* durationOf */.cf)(read)("request_timeout", 60_000),
        waitTimeoutMs: (0,common/* durationOf */.cf)(read)("wait_timeout", 600_000),
        summary: (0,common/* flagOf */.iP)(read)("summary", true),
    };
    const hasReference = read.given("source") || read.given("expected_os");
    if (inputs.mode === "require" && !hasReference) {
        read.faults.push("mode: require needs source or expected_os: without a reference a green word would prove nothing. mode: warn tells the line of expected_os to write.");
    }
    const notes = (0,common/* lastChecks */.mQ)(read, env);
    const all = [...faults, ...read.faults];
    if (all.length > 0 || !apiKey || !apiUrl || !appId)
        return { faults: all };
    return { inputs: { ...inputs, apiKey, apiUrl, appId, notes } };
}
function modeOf(text) {
    return text === "warn" || text === "require" ? text : null;
}
/** A list whose every entry is of the form; it may be empty, and then selects nothing. */
function listOf(parse) {
    return (text) => {
        const values = ((0,inputs_values/* parseList */.E1)(text) ?? [null]).map((one) => (one === null ? null : parse(one)));
        const good = values.filter((value) => value !== null);
        return good.length === values.length ? good : null;
    };
}

// EXTERNAL MODULE: ./build/ledger/replica.js
var replica = __webpack_require__(7857);
// EXTERNAL MODULE: ./build/report/annotation/annotation.js
var annotation = __webpack_require__(753);
// EXTERNAL MODULE: ./build/report/annotation/trouble.js
var annotation_trouble = __webpack_require__(5925);
// EXTERNAL MODULE: ./build/report/annotation/unverified.js
var unverified = __webpack_require__(4251);
// EXTERNAL MODULE: ./build/ledger/trouble.js
var ledger_trouble = __webpack_require__(9342);
// EXTERNAL MODULE: ./build/text/cut.js
var cut = __webpack_require__(5307);
// EXTERNAL MODULE: ./build/report/words/attested.js
var attested = __webpack_require__(3370);
;// CONCATENATED MODULE: ./build/report/outputs/attested.js


/** The longest report, in characters. */
const MAX_REPORT = 60_000;
/**
 * The `report` output. Where it would be too long, texts of checks that hold are cut, then these checks left out,
 * then all but the verdict; what is cut says so.
 *
 * @returns JSON of `MAX_REPORT` characters at most
 */
function report(entries) {
    for (const shorten of [
        (entry) => entry,
        withShortTexts,
        withFailuresOnly,
        withVerdictOnly,
    ]) {
        const text = JSON.stringify(entries.map(shorten));
        if (text.length <= MAX_REPORT)
            return text;
    }
    const list = [];
    let room = MAX_REPORT - JSON.stringify([{ left_out: entries.length }]).length;
    // Those that failed first: they are why somebody reads it.
    for (const entry of [...entries].sort((a, b) => Number(a.verified) - Number(b.verified))) {
        const short = withVerdictOnly(entry);
        const length = JSON.stringify(short).length + 1;
        if (length > room)
            continue;
        room -= length;
        list.push(short);
    }
    return JSON.stringify([...list, { left_out: entries.length - list.length }]);
}
function withShortTexts(entry) {
    const checks = entry.checks.map((one) => one.ok ? { ...one, expected: (0,attested/* shortened */.vI)(one.expected), seen: (0,attested/* shortened */.vI)(one.seen) } : one);
    return { ...entry, checks, cut: true };
}
function withFailuresOnly(entry) {
    return { ...entry, checks: entry.checks.filter(({ ok }) => !ok), cut: true };
}
function withVerdictOnly(entry) {
    const failed = entry.checks.filter(({ ok }) => !ok);
    const checks = failed.map((one) => ({
        ...one,
        expected: (0,attested/* shortened */.vI)(one.expected),
        seen: (0,attested/* shortened */.vI)(one.seen),
    }));
    const nothing = { measurements: null, unpinned_images: null, allowed_envs: null };
    const name = entry.name === null ? null : (0,cut/* cut */.J)(entry.name, 63);
    return {
        ...entry,
        ...nothing,
        name,
        advisories: entry.advisories.slice(0, 5),
        checks,
        cut: true,
    };
}

;// CONCATENATED MODULE: ./build/report/outputs/verify.js


/** @param message the annotation's text */
function verifyOutputs(ledger, { outcome, trouble }, message) {
    return {
        report: report(attestedIn(ledger)),
        outcome,
        error_code: trouble === null ? "" : (0,ledger_trouble/* codeOf */.$)(trouble),
        error_message: message,
    };
}
/** What was verified, in the order of the run. */
function attestedIn(ledger) {
    return ledger.replicas().flatMap(({ attested }) => (attested === null ? [] : [attested]));
}

// EXTERNAL MODULE: ./build/text/clean.js
var clean = __webpack_require__(5502);
// EXTERNAL MODULE: ./build/report/summary/attested.js
var summary_attested = __webpack_require__(6249);
// EXTERNAL MODULE: ./build/report/summary/create.js
var create = __webpack_require__(8677);
;// CONCATENATED MODULE: ./build/report/summary/verify.js




const HEADLINES = {
    verified: "✅ Verified",
    unverified: "❌ Not verified",
    cancelled: "⚠️ Cancelled",
    failed: "❌ Failed",
};
function verifySummary({ ledger, judgement, message }) {
    const entries = attestedIn(ledger);
    const { outcome, exitCode } = judgement;
    const good = entries.filter(({ verified }) => verified).length;
    const warned = outcome === "unverified" && exitCode === 0;
    const headline = warned ? "⚠️ Not verified" : (HEADLINES[outcome] ?? outcome);
    const count = entries.length === 0 ? "" : ` (${good} of ${entries.length})`;
    const said = message.split("\n").map((line) => (0,clean/* markdown */.wD)(line, 2_000));
    return (0,create/* withinLimit */.zl)([`### ${headline}${count}`, said.join("\n\n"), ...(0,summary_attested/* attestedParts */.f)(entries)]);
}
/** Without the code. */
function verifyTitle({ outcome, trouble }) {
    if (outcome === "cancelled")
        return "The step was cancelled";
    switch (trouble?.kind) {
        case "inputs":
            return "An input is wrong or does not fit the app";
        case "not-found":
            return "There is nothing to verify, or not all of it";
        case "unverified":
            if (trouble.source)
                return "The source is not verified";
            return `${trouble.entries.length} of ${trouble.of} instances not verified`;
        case "internal":
            return "The action met a problem of its own";
        default:
            return "Nothing was verified";
    }
}

;// CONCATENATED MODULE: ./build/commands/verify.js
/** The action verify: whether instances of an app are proven to be genuine and as wanted. */












const verifyCommand = {
    name: "verify",
    arrays: ["report"],
    read: readVerifyInputs,
    carryOut: verify,
    outputs: ({ ledger, judgement, message }) => verifyOutputs(ledger, judgement, message),
    summary: verifySummary,
    title: verifyTitle,
    // A verification makes nothing, so nothing more is billed than before.
    exists: () => annotation/* NOTHING_SAID */.SV,
};
async function verify(run) {
    const { edges, inputs, ledger } = run;
    // Before the list, so that what it takes counts toward the time.
    const until = edges.clock.now() + inputs.waitTimeoutMs;
    const looked = await verify_look(run);
    if ("trouble" in looked)
        return stopped(ledger, looked.trouble);
    const { source, selected } = looked;
    const verifier = await attest/* Verifier */.B.open(edges, inputs, tellsOf(run, selected));
    let first = null;
    if (source !== null) {
        const composeHash = wantedHash(inputs.composeHash, null, null);
        const subject = subjectOf(source, { composeHash, reference: verifier.pins });
        [first = null] = await verifyAll(run, verifier, [source], [subject], until);
    }
    const reference = first === null ? verifier.pins : (first.asReference ?? "unproven");
    const measured = first?.attested.compose_hash ?? null;
    const others = selected.filter((cvm) => (0,phala_cvm/* cvmKey */.sk)(cvm) !== (source && (0,phala_cvm/* cvmKey */.sk)(source)));
    const subjects = others.map((cvm) => {
        const composeHash = wantedHash(inputs.composeHash, measured, cvm.composeHash);
        return subjectOf(cvm, { composeHash, reference });
    });
    await verifyAll(run, verifier, others, subjects, until);
    const of = others.length + (first === null ? 0 : 1);
    return judge(run, of, first !== null && first.asReference === null);
}
/** One read of the app's CVMs, and what of it is meant. */
async function verify_look(run) {
    const { api, appId, edges, inputs, ledger } = run;
    const list = await (0,ask/* askFor */.d)(run, { do: "list" }, (options) => api.listCvms(appId, options));
    if (!list.ok) {
        const { fault, gaveUp } = list;
        return { trouble: { kind: "request", doing: { do: "list" }, fault, gaveUp } };
    }
    const { cvms, serverTime } = list.value;
    ledger.append({
        fact: "surveyed",
        known: cvms.flatMap(phala_cvm/* cvmKeys */.Ls),
        clockOffsetMs: (0,look/* clockOffset */.wy)(serverTime, edges.clock.now()),
        workspaceSlug: cvms.find(({ workspaceSlug }) => workspaceSlug !== null)?.workspaceSlug ?? null,
    });
    const { selected, missing } = chooseInstances(cvms, inputs.vmUuids, inputs.names);
    const notFound = (input, names) => ({ trouble: { kind: "not-found", input, missing: names, elsewhere: [] } });
    if (missing.length > 0) {
        const uuids = missing.filter((one) => inputs.vmUuids?.includes(one));
        return notFound(uuids.length > 0 ? "vm_uuids" : "name", missing);
    }
    const { source: uuid } = inputs;
    const source = cvms.find(({ vmUuid, deleted }) => vmUuid === uuid && !deleted) ?? null;
    if (uuid !== null && source === null)
        return notFound("source", [uuid]);
    return selected.length === 0 ? notFound("selection", []) : { source, selected };
}
/** The input, else what the source's verified quote measured, else what the API tells; null: whatever it is. */
function wantedHash(input, measured, told) {
    if (input !== null)
        return { hash: input, from: "input" };
    if (measured !== null)
        return { hash: measured, from: "source" };
    return told === null ? null : { hash: told, from: "api" };
}
function subjectOf(cvm, wanted) {
    const { vmUuid, name, instanceId } = cvm;
    return { vmUuid: vmUuid ?? `${cvm.id}`, name, instanceId, formerIds: [], ...wanted };
}
const keyOf = (cvm) => `cvm-${(0,phala_cvm/* cvmKey */.sk)(cvm)}`;
async function verifyAll({ ledger, edges }, verifier, cvms, subjects, until) {
    for (const cvm of cvms) {
        ledger.append({ replica: keyOf(cvm), fact: "found", ident: (0,replica/* identOf */.gl)(cvm), cvm });
    }
    const verified = await verifier.verify(subjects, until);
    for (const [index, { attested }] of edges.cancel.aborted ? [] : verified.entries()) {
        const cvm = cvms[index];
        if (cvm !== undefined)
            ledger.append({ replica: keyOf(cvm), fact: "attested", attested });
    }
    return verified;
}
function tellsOf({ ledger, inputs }, selected) {
    return {
        onWait: (what, fault, waitMs, next) => ledger.append({ fact: "retrying", doing: { do: "collateral", what }, fault, waitMs, next }),
        onBeat: (sinceMs) => {
            const keys = selected.map(keyOf).filter((key) => ledger.replica(key).attested === null);
            const limitMs = inputs.waitTimeoutMs;
            const total = selected.length;
            ledger.append({ fact: "waiting", what: "attestation", keys, total, sinceMs, limitMs });
        },
    };
}
/** @param source the source failed, so that nothing could be compared with it */
function judge({ edges, inputs, ledger }, of, source) {
    const entries = ledger
        .replicas()
        .flatMap(({ attested }) => (attested === null ? [] : [attested]));
    const bad = entries.filter(({ verified }) => !verified);
    if (bad.length === 0)
        return { outcome: "verified", trouble: null, exitCode: 0 };
    const trouble = { kind: "unverified", entries: bad, of, source };
    if (inputs.mode === "require")
        return { outcome: "unverified", trouble, exitCode: 1 };
    const place = { workspaceSlug: ledger.run.surveyed?.workspaceSlug ?? null, appId: inputs.appId };
    if (!edges.cancel.aborted) {
        edges.runner.warning((0,annotation_trouble/* oneLineOfWords */.V6)((0,unverified/* unverifiedWords */.zw)(trouble, place)));
    }
    return { outcome: "unverified", trouble: null, exitCode: 0 };
}
function stopped(ledger, trouble) {
    ledger.append({ fact: "stopped", trouble });
    return { outcome: "failed", trouble, exitCode: 1 };
}


/***/ }),

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

/***/ 2857:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   E: () => (/* binding */ parsePattern),
/* harmony export */   j: () => (/* binding */ fitsPattern)
/* harmony export */ });
/** Names as a workflow writes them: whole, or with `*` for any run of characters. */
/** What the platform takes for a name (API facts, "Identifiers"); anything else is nobody's name. */
const NAME = /^[A-Za-z][A-Za-z0-9-]{0,62}$/;
const PATTERN = /^[A-Za-z0-9*-]{1,63}$/;
/** A name or pattern; null for what could be none. */
function parsePattern(text) {
    if (!PATTERN.test(text))
        return null;
    return { text, exact: !text.includes("*"), all: /^\*+$/.test(text) };
}
/**
 * Whether a CVM's name is meant. To the letter, case included, since what fits may be deleted; a name that
 * the platform would not give (control characters, letters that only look alike) fits nothing.
 */
function fitsPattern({ text }, name) {
    if (name === null || !NAME.test(name))
        return false;
    const [first = "", ...rest] = text.split("*");
    if (rest.length === 0)
        return name === text;
    if (!name.startsWith(first))
        return false;
    const last = rest.pop() ?? "";
    let at = first.length;
    for (const piece of rest) {
        const found = name.indexOf(piece, at);
        if (found === -1)
            return false;
        at = found + piece.length;
    }
    return name.length - last.length >= at && name.endsWith(last);
}


/***/ })

};
;