"use strict";
exports.id = 653;
exports.ids = [653];
exports.modules = {

/***/ 5653:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  deleteCommand: () => (/* binding */ deleteCommand)
});

// EXTERNAL MODULE: ./build/ledger/replica.js
var replica = __webpack_require__(7857);
// EXTERNAL MODULE: ./build/net/parallel.js
var parallel = __webpack_require__(756);
// EXTERNAL MODULE: ./build/fleet/ask.js
var ask = __webpack_require__(3701);
// EXTERNAL MODULE: ./build/fleet/look.js + 1 modules
var look = __webpack_require__(3207);
// EXTERNAL MODULE: ./build/phala/cvm.js
var phala_cvm = __webpack_require__(5056);
// EXTERNAL MODULE: ./build/phala/status.js
var phala_status = __webpack_require__(9220);
// EXTERNAL MODULE: ./build/text/pattern.js
var text_pattern = __webpack_require__(2857);
;// CONCATENATED MODULE: ./build/fleet/plan/select.js



/**
 * @param rows the app's CVMs
 * @param began when the run began, by the server's clock, ms since the epoch
 */
function selectForDelete(rows, wishes, began) {
    const there = rows.filter(({ deleted, status }) => !deleted && !(0,phala_status/* isGoing */.jf)(status));
    const slips = missingKeeps(there, wishes);
    const selected = there.filter((cvm) => isSelected(cvm, wishes, began));
    if (slips.length > 0)
        return nothing(selected, { kind: "not-found", ...noKeep(slips) });
    const kept = [];
    const keep = (cvm, why) => kept.push({ cvm, why, exact: isExact(cvm, wishes) });
    const first = selected.filter((cvm) => {
        const why = whySpared(cvm, wishes, began);
        if (why !== null)
            keep(cvm, why);
        return why === null;
    });
    const left = oldestRunning(first, wishes.leave);
    for (const cvm of left)
        keep(cvm, "leave");
    const second = without(first, left);
    const last = oldestRunning(second, tooFew(there, second, wishes.keepAtLeast));
    for (const cvm of last)
        keep(cvm, "last-running");
    const go = without(second, last).sort(deadThenNewest);
    const would = go.length;
    if (would <= wishes.maxDeletions)
        return { selected, go, kept, trouble: null };
    const most = wishes.maxDeletions;
    return {
        selected,
        go: [],
        kept,
        trouble: { kind: "limit", input: "max_deletions", most, would },
    };
}
function nothing(selected, trouble) {
    return { selected, go: [], kept: [], trouble };
}
function noKeep(missing) {
    return { input: "keep", missing, elsewhere: [] };
}
/** What protects nothing is a slip: an exact entry of `keep` that the app does not have. */
function missingKeeps(rows, { keep }) {
    return keep.flatMap((entry) => {
        if ("uuid" in entry)
            return rows.some((cvm) => cvm.vmUuid === entry.uuid) ? [] : [entry.uuid];
        const found = !entry.exact || rows.some(({ name }) => (0,text_pattern/* fitsPattern */.j)(entry, name));
        return found ? [] : [entry.text];
    });
}
function isSelected(cvm, wishes, now) {
    const { vmUuids, names, recorded, status, olderThanMs } = wishes;
    const uuid = cvm.vmUuid ?? "";
    if (vmUuids !== null && !vmUuids.includes(uuid))
        return false;
    if (names !== null && !names.some((pattern) => (0,text_pattern/* fitsPattern */.j)(pattern, cvm.name)))
        return false;
    if (recorded !== null && !recorded.includes(uuid))
        return false;
    if (status !== null && !hasAnyStatus(cvm, status))
        return false;
    // One without a date is selected, and left for that reason, so that it is named.
    const old = cvm.createdAt === null || now - cvm.createdAt >= (olderThanMs ?? 0);
    return olderThanMs === null || old;
}
/** Whether its status is one of the words; `dead` stands for those that came to nothing. */
function hasAnyStatus({ status }, words) {
    return words.some((word) => (word === "dead" ? (0,phala_status/* hasFailed */.WN)(status) : status === word));
}
/** Whether it was asked for by its UUID or its whole name. */
function isExact({ vmUuid, name }, { vmUuids, names }) {
    if (vmUuid !== null && vmUuids?.includes(vmUuid))
        return true;
    return names?.some((pattern) => pattern.exact && (0,text_pattern/* fitsPattern */.j)(pattern, name)) ?? false;
}
function whySpared(cvm, wishes, began) {
    if (cvm.vmUuid === null)
        return "no-uuid";
    if (isKept(cvm, wishes))
        return "keep";
    if (wishes.status !== null && cvm.inProgress)
        return "in-progress";
    if (wishes.olderThanMs !== null && cvm.createdAt === null)
        return "no-date";
    const new_ = cvm.createdAt !== null && cvm.createdAt > began;
    return new_ && !isExact(cvm, wishes) ? "too-new" : null;
}
function isKept({ vmUuid, name }, { keep }) {
    return keep.some((entry) => ("uuid" in entry ? entry.uuid === vmUuid : (0,text_pattern/* fitsPattern */.j)(entry, name)));
}
function isRunning({ status }) {
    return status === "running";
}
/** How many of these have to stay, so that enough running ones are left in the app. */
function tooFew(rows, going, atLeast) {
    const staying = rows.filter(isRunning).length - going.filter(isRunning).length;
    return Math.max(0, atLeast - staying);
}
function oldestRunning(cvms, count) {
    return cvms.filter(isRunning).sort(oldestFirst).slice(0, count);
}
function without(cvms, others) {
    const gone = new Set(others.map(phala_cvm/* cvmKey */.sk));
    return cvms.filter((cvm) => !gone.has((0,phala_cvm/* cvmKey */.sk)(cvm)));
}
/** One without a date counts as the oldest: it was there before whoever keeps dates. */
function oldestFirst(a, b) {
    return (a.createdAt ?? 0) - (b.createdAt ?? 0);
}
function deadThenNewest(a, b) {
    const dead = Number((0,phala_status/* hasFailed */.WN)(b.status)) - Number((0,phala_status/* hasFailed */.WN)(a.status));
    return dead === 0 ? oldestFirst(b, a) : dead;
}

;// CONCATENATED MODULE: ./build/fleet/plan/still-meant.js



/**
 * The app's own rows, each CVM once. Two rows that tell one UUID and not the same of it can't both be right:
 * what is left of them has no name, no app and no status, so that no pattern finds it and it counts as running
 * for nobody. One without a UUID is another row's CVM where that has its id.
 */
function ownRows(cvms, appId) {
    const own = cvms.filter((cvm) => cvm.appId === null || cvm.appId === appId);
    const ids = new Set(own.filter(({ vmUuid }) => vmUuid !== null).map(({ id }) => id));
    const rows = new Map();
    for (const cvm of own) {
        if (cvm.vmUuid === null && ids.has(cvm.id))
            continue;
        const key = (0,phala_cvm/* cvmKey */.sk)(cvm);
        const other = rows.get(key);
        rows.set(key, other === undefined || isSame(other, cvm) ? cvm : blurred(cvm));
    }
    return [...rows.values()];
}
function isSame(a, b) {
    return a.name === b.name && a.status === b.status && a.appId === b.appId;
}
function blurred(cvm) {
    return { ...cvm, name: null, appId: null, status: "" };
}
/**
 * Why a CVM is not to be deleted any more, by its row right before the request.
 *
 * @param before its row when it was selected
 * @param now its row by its own route
 * @returns null: it is what was meant. A row that tells no app is of the one whose list named it
 */
function whyNotMeant(before, now, { appId, status }) {
    if (now.vmUuid !== before.vmUuid || now.name !== before.name)
        return "changed";
    if ((now.appId ?? before.appId) !== appId)
        return "changed";
    if (status === null || (0,phala_status/* isGoing */.jf)(now.status))
        return null;
    if (now.inProgress)
        return "in-progress";
    // Dead, or parked, at the look, and brought back by somebody since.
    return hasAnyStatus(now, status) ? null : "changed";
}

;// CONCATENATED MODULE: ./build/fleet/look-to-delete.js
/** What is there before anything is deleted: the app's list, and what it does not show of those asked for. */





const READS_AT_ONCE = 8;
/**
 * Reads the app's list, and by its own route each UUID that the list does not show: it may be gone, listed
 * late, or another app's. Nothing is deleted where that can't be told.
 */
async function lookToDelete(bench, uuids) {
    const list = await readList(bench);
    if (!list.ok)
        return list;
    const { rows } = list.seen;
    const unlisted = uuids.filter((uuid) => !rows.some(({ vmUuid }) => vmUuid === uuid));
    const read = await (0,parallel/* inParallel */.H)(unlisted, READS_AT_ONCE, (uuid) => readOne(bench, uuid));
    const trouble = read.find((one) => one.is === "unreadable");
    if (trouble !== undefined)
        return { ok: false, trouble: trouble.trouble };
    const elsewhere = read.flatMap((one) => (one.is === "elsewhere" ? [one.owner] : []));
    if (elsewhere.length > 0) {
        const input = "vm_uuids";
        return { ok: false, trouble: { kind: "not-found", input, missing: [], elsewhere } };
    }
    const late = read.flatMap((one) => (one.is === "here" ? [one.cvm] : []));
    // The app has CVMs, so its list was not to be had; who else runs in it is then not known.
    if (late.length > 0 && list.seen.noApp !== null)
        return { ok: false, trouble: list.seen.noApp };
    return { ok: true, seen: { ...list.seen, rows: [...rows, ...late] } };
}
async function readList(bench) {
    const { edges, api, appId } = bench;
    const list = await (0,ask/* askFor */.d)(bench, { do: "list" }, async (options) => {
        const read = await api.listCvms(appId, options);
        if (!read.ok)
            return read;
        const clockOffsetMs = (0,look/* clockOffset */.wy)(read.value.serverTime, edges.clock.now());
        return { ok: true, value: { cvms: read.value.cvms, clockOffsetMs } };
    });
    if (list.ok) {
        const { cvms, clockOffsetMs } = list.value;
        const rows = ownRows(cvms, appId);
        const workspaceSlug = rows.find((row) => row.workspaceSlug !== null)?.workspaceSlug ?? null;
        return { ok: true, seen: { rows, clockOffsetMs, workspaceSlug, noApp: null } };
    }
    const { fault, gaveUp } = list;
    const trouble = { kind: "request", doing: { do: "list" }, fault, gaveUp };
    if (fault.kind === "answer" && fault.status === 404 && !fault.page) {
        const none = { rows: [], clockOffsetMs: null, workspaceSlug: null, noApp: trouble };
        return { ok: true, seen: none };
    }
    return { ok: false, trouble };
}
async function readOne(bench, uuid) {
    const doing = { do: "read", replica: { ...replica/* NOBODY */.oQ, uuid } };
    const row = await (0,ask/* askFor */.d)(bench, doing, (options) => bench.api.getCvm(uuid, options));
    if (row.ok) {
        const cvm = row.value;
        if (cvm.appId === bench.appId && cvm.vmUuid === uuid)
            return { is: "here", cvm };
        return { is: "elsewhere", owner: { uuid, appId: cvm.appId } };
    }
    const { fault, gaveUp } = row;
    if (fault.kind === "answer" && fault.status === 404 && !fault.page)
        return { is: "gone" };
    // Sources disagree on the answer for another workspace's: 403 or 404 (API facts, "Errors, limits").
    if (fault.kind === "answer" && fault.status === 403 && !fault.page) {
        return { is: "elsewhere", owner: { uuid, appId: null } };
    }
    return { is: "unreadable", trouble: { kind: "request", doing, fault, gaveUp } };
}

// EXTERNAL MODULE: ./build/phala/deletion.js
var deletion = __webpack_require__(6724);
// EXTERNAL MODULE: ./build/fleet/plan/newcomers.js
var newcomers = __webpack_require__(3223);
;// CONCATENATED MODULE: ./build/fleet/plan/absent.js


/** What is listed so long after it was asked for, and is not on its way out, is asked for again. Ms. */
const ASK_AGAIN_MS = 20_000;
/**
 * What a look at the list says of one deletion. What a list has shown is gone when it is gone from the list;
 * for the others only their own 404 proves it (`read-it`), since a list may show newcomers late (API facts,
 * "Unknown"), and an empty list proves nothing.
 *
 * @param trusted the list holds a CVM that is known to be there, so its silence means something
 */
function absent(deletion, list, trusted, now) {
    const row = list?.find(({ vmUuid, deleted }) => vmUuid === deletion.uuid && !deleted);
    if (row !== undefined && row.status !== "deleted") {
        const early = now - deletion.askedAt < ASK_AGAIN_MS;
        return early || (0,phala_status/* isGoing */.jf)(row.status) ? "there" : "ask-again";
    }
    return list !== null && trusted && deletion.listed ? "gone" : "read-it";
}
/** Unknown to the API, and created just now: it may come to light yet. */
function isTooNew({ unknown, madeAt }, now) {
    return unknown && madeAt !== null && now - madeAt < newcomers/* SETTLE_WINDOW_MS */.oz;
}

;// CONCATENATED MODULE: ./build/fleet/retire.js






/**
 * What is busy gets a minute at the least: a pause is 20 s at the most, so the last try begins no earlier than
 * that before the end.
 */
const DELETE_BUDGET = { maxTries: 20, totalMs: 80_000, tryMs: 15_000 };
const TELL_AGAIN_MS = 30_000;
/** Looks at once. A cancelled job has five minutes for all its post steps. */
const AT_ONCE = 8;
/** Deletes exactly these and waits until they are gone: a few at once, and one look at the list for all. */
async function retire(bench, keys, rules) {
    // In their order; one that is busy pauses without keeping its turn.
    const gate = (0,parallel/* gateOf */.R)(rules.atOnce);
    const begun = await Promise.all(keys.map((key) => begin(bench, key, rules, gate)));
    const deletions = begun.filter((one) => one !== null);
    if (rules.absenceMs > 0)
        await untilAbsent(bench, deletions, rules);
}
/** A platform in trouble may answer once with an empty list and a 404 at the same time. */
const LOOKS_TO_BE_GONE = 2;
async function begin(bench, key, rules, gate) {
    const { edges, ledger } = bench;
    const { ident, times } = ledger.replica(key);
    if (ident.uuid === null || edges.cancel.aborted)
        return null;
    const { uuid } = ident;
    let attempts = 0;
    const result = await (0,ask/* askFor */.d)(bench, { do: "delete", replica: ident }, (options) => gate(() => retire_ask(bench, key, rules, options, () => ++attempts)), { budget: DELETE_BUDGET, judge: deletion/* judgeDeletion */.eL });
    const under = {
        key,
        uuid,
        askedAt: edges.clock.now(),
        listed: false,
        madeAt: times.sent ?? null,
        asked: attempts > 0,
        missed: 0,
    };
    if (result.ok) {
        if (result.value === "spared")
            return null;
        // Not waited for: all that can be told is that the API has begun, or knew nothing of it from the first.
        if (rules.absenceMs === 0) {
            ledger.append({ replica: key, fact: attempts > 0 ? "begun" : "vanished" });
        }
        return { ...under, unknown: result.value === "unknown", fault: null };
    }
    const { fault, gaveUp } = result;
    if (edges.cancel.aborted)
        return null;
    // Otherwise it may be under way all the same: the answer that said so may have been lost.
    if (attempts > 0 && (0,deletion/* judgeDeletion */.eL)(fault) !== "final" && rules.absenceMs > 0) {
        return { ...under, unknown: false, fault };
    }
    const why = attempts > 0 && (0,deletion/* judgeDeletion */.eL)(fault) === "final" ? "refused" : "not-seen";
    fail(bench, key, { kind: "survived", why, fault, gaveUp });
    return null;
}
/**
 * Reads the CVM again, and asks for its deletion if it still is what was meant: what changed its name or its
 * app since the look is not what was selected.
 *
 * @param counted told of each deletion that is sent; answers its number
 */
async function retire_ask({ edges, api, ledger }, key, { whyNot }, options, counted) {
    const uuid = ledger.replica(key).ident.uuid ?? "";
    if (whyNot !== null) {
        const row = await api.getCvm(uuid, options);
        if (!row.ok)
            return isNotFound(row.fault) ? { ok: true, value: "unknown" } : row;
        const why = whyNot(row.value, key);
        if (why !== null) {
            ledger.append({ replica: key, fact: "spared", why });
            return { ok: true, value: "spared" };
        }
        if (row.value.deleted || (0,phala_status/* isGoing */.jf)(row.value.status))
            return { ok: true, value: "going" };
    }
    if (edges.cancel.aborted)
        return CANCELLED;
    ledger.append({ replica: key, fact: "deleting", attempt: counted() });
    return api.deleteCvm(uuid, options);
}
const CANCELLED = {
    ok: false,
    fault: { kind: "network", network: "cancelled", detail: "" },
};
async function untilAbsent(bench, deletions, rules) {
    const { edges, ledger } = bench;
    const { clock, cancel } = edges;
    const begun = clock.now();
    const deadline = begun + rules.absenceMs;
    let toldAt = begun;
    let left = deletions;
    while (left.length > 0 && clock.now() < deadline && !cancel.aborted) {
        left = await lookOnce(bench, left, rules);
        if (left.length === 0 || cancel.aborted)
            break;
        if (clock.now() - toldAt >= TELL_AGAIN_MS) {
            toldAt = clock.now();
            ledger.append({
                fact: "waiting",
                what: "absence",
                keys: left.map(({ key }) => key),
                total: deletions.length,
                sinceMs: toldAt - begun,
                limitMs: rules.absenceMs,
            });
        }
        await clock.sleep(Math.min(rules.pollMs, Math.max(0, deadline - clock.now())), cancel);
    }
    if (cancel.aborted)
        return;
    for (const { key, fault } of left) {
        const why = fault === null ? "still-there" : "not-seen";
        fail(bench, key, { kind: "survived", why, fault, gaveUp: null });
    }
}
/** One look at the list, and at what the list does not tell. @returns what can't be said to be gone */
async function lookOnce(bench, left, rules) {
    const { edges, api, ledger, appId } = bench;
    const look = { signal: edges.cancel, timeoutMs: newcomers/* LOOK_TIMEOUT_MS */.Pi };
    const list = await api.listCvms(appId, look);
    const cvms = list.ok ? list.value.cvms : null;
    const trusted = cvms?.some(({ vmUuid }) => vmUuid !== null && rules.witnesses.includes(vmUuid)) ?? false;
    const after = await (0,parallel/* inParallel */.H)(left, AT_ONCE, async (one) => {
        const now = edges.clock.now();
        const seen = cvms?.some(({ vmUuid }) => vmUuid === one.uuid) ?? false;
        const under = { ...one, listed: one.listed || seen, missed: 0 };
        const said = absent(under, cvms, trusted, now);
        if (said === "there")
            return under;
        if (said === "ask-again")
            return askAgain(bench, under, rules);
        // Gone is what both say (API facts, "Deleting"): a list alone may have left it out this once.
        if (!(await isNotThere(api, one.uuid, look))) {
            return list.ok ? under : { ...under, fault: list.fault };
        }
        if (said === "read-it" && isTooNew(under, now))
            return under;
        const missed = one.missed + 1;
        if (missed < LOOKS_TO_BE_GONE)
            return { ...under, missed };
        ledger.append({ replica: one.key, fact: one.asked ? "deleted" : "vanished" });
        return null;
    });
    return after.filter((one) => one !== null);
}
/** A deletion may have been lost, or have come too early. @returns null: it is not to be deleted any more */
async function askAgain(bench, under, rules) {
    const { clock, cancel: signal } = bench.edges;
    let { asked } = under;
    const result = await retire_ask(bench, under.key, rules, { signal, timeoutMs: newcomers/* LOOK_TIMEOUT_MS */.Pi }, () => {
        asked = true;
        return 2;
    });
    if (result.ok && result.value === "spared")
        return null;
    return { ...under, asked, askedAt: clock.now(), fault: result.ok ? null : under.fault };
}
/** Whether the API says that it knows no such CVM. */
async function isNotThere(api, uuid, look) {
    const cvm = await api.getCvm(uuid, look);
    if (!cvm.ok)
        return isNotFound(cvm.fault);
    // Whether a deleted one is ever told of is not known (API facts, "Deleting").
    return cvm.value.deleted || cvm.value.status === "deleted";
}
function isNotFound(fault) {
    return fault.kind === "answer" && fault.status === 404;
}
function fail({ ledger }, key, survived) {
    const doing = { do: "delete", replica: ledger.replica(key).ident };
    ledger.append({
        replica: key,
        fact: "failed",
        during: "retiring",
        trouble: { ...survived, doing },
    });
}

// EXTERNAL MODULE: ./build/text/environment.js
var environment = __webpack_require__(7494);
// EXTERNAL MODULE: ./build/text/ids.js
var ids = __webpack_require__(3113);
// EXTERNAL MODULE: ./build/inputs/common.js + 1 modules
var common = __webpack_require__(8020);
// EXTERNAL MODULE: ./build/inputs/reader.js
var reader = __webpack_require__(462);
// EXTERNAL MODULE: ./build/inputs/values.js
var values = __webpack_require__(9967);
;// CONCATENATED MODULE: ./build/inputs/delete.js
/** The inputs of the action `delete`. Pure: the environment is the only source. */






const SELECTORS = ["vm_uuids", "name", "deployment_environment", "status"];
/** Empty, they would widen what is deleted; `action.yml` gives them the default `unset`. */
const GUARDED = [
    ...SELECTORS,
    "older_than",
    "keep",
    "leave",
    "keep_at_least",
    "max_deletions",
    "dry_run",
];
/** More are nobody's list of CVMs: each that the app does not list is asked for by itself. */
const MOST_ENTRIES = 1_000;
const LONGEST_AGE_MS = 3_660 * 24 * 3_600_000;
/** @returns the inputs, or every fault that was found */
function readDeleteInputs(env) {
    const { env: given, faults: empties } = (0,common/* withoutUnset */.sZ)(env, GUARDED);
    const read = new reader/* InputReader */.i_(given);
    read.faults.push(...empties);
    const duration = (0,common/* durationOf */.cf)(read);
    const flag = (0,common/* flagOf */.iP)(read);
    const whole = (name, fallback) => read.withDefault(name, fallback, `a whole number from 0 to ${MOST_ENTRIES}`, upTo);
    const apiKey = (0,common/* requireApiKey */.Ft)(read, given);
    const apiUrl = (0,common/* readApiUrl */.AX)(read, given);
    const appId = read.required("app_id", "the app's 40 hex digits", ids/* parseAppId */.c_);
    const own = {
        ...selectorsOf(read),
        keep: read.optional("keep", KEEP_FORM, parseKeep) ?? [],
        leave: whole("leave", 0),
        keepAtLeast: whole("keep_at_least", 1),
        maxDeletions: whole("max_deletions", 10),
        dryRun: flag("dry_run", false),
        githubToken: read.text("github_token", (text) => text),
        wait: flag("wait", true),
        waitTimeoutMs: duration("wait_timeout", 600_000),
        pollIntervalMs: duration("poll_interval", 2_000, 100),
        requestTimeoutMs: duration("request_timeout", 60_000),
        summary: flag("summary", true),
    };
    selectionChecks(read, given, own, empties.length > 0);
    const notes = (0,common/* lastChecks */.mQ)(read, given);
    if (read.faults.length > 0 || !apiKey || !apiUrl || !appId)
        return { faults: read.faults };
    return { inputs: { ...own, apiKey, apiUrl, appId, notes } };
}
const NAME_FORM = "names, or patterns with *, of letters, digits and hyphens, separated by commas or lines or as a JSON array";
const KEEP_FORM = "UUIDs, names or patterns with *, separated by commas or lines or as a JSON array";
function selectorsOf(read) {
    return {
        vmUuids: read.optional("vm_uuids", `UUIDs, separated by commas or lines or as a JSON array, at most ${MOST_ENTRIES}`, (text) => entries(text, ids/* parseUuid */.Xw, uniqueText)),
        names: read.optional("name", NAME_FORM, (text) => entries(text, text_pattern/* parsePattern */.E)),
        deploymentEnvironment: read.optional("deployment_environment", "the name of a GitHub environment, at most 255 characters on one line", environment/* parseEnvironment */.N),
        status: read.optional("status", "dead, or words such as stopped, separated by commas or lines", (text) => entries(text, parseStatus)),
        olderThanMs: read.optional("older_than", "a duration such as 90m, 24h or 7d (or a number of seconds), above 0", (0,common/* within */.ux)(1, LONGEST_AGE_MS)),
    };
}
/**
 * The entries of a list. `[]` is a list of nothing; text that names nothing (`,`) is a slip.
 *
 * @returns null where it is no list, or one of them is not of its form
 */
function entries(text, parse, tidy = (items) => items) {
    const items = (0,values/* parseList */.E1)(text);
    if (items === null || items.length > MOST_ENTRIES)
        return null;
    // An entry of an array that is empty came out of something; of a text, it is a comma too many.
    if (items.length === 0 && !/^\[\s*\]$/.test(text))
        return null;
    const parsed = items.map(parse).filter((item) => item !== null);
    return parsed.length === items.length ? tidy(parsed) : null;
}
function uniqueText(items) {
    return [...new Set(items)];
}
function parseKeep(text) {
    return entries(text, (item) => {
        const uuid = (0,ids/* parseUuid */.Xw)(item);
        return uuid === null ? (0,text_pattern/* parsePattern */.E)(item) : { uuid };
    });
}
function parseStatus(text) {
    return /^[a-z][a-z_ -]{0,39}$/i.test(text) ? text.toLowerCase() : null;
}
function upTo(text) {
    const number = (0,values/* parseWhole */.z2)(text);
    return number !== null && number <= MOST_ENTRIES ? number : null;
}
/** Nothing may be selected by what was left out, nor everything by one character. */
function selectionChecks(read, env, { names, deploymentEnvironment }, cameOutEmpty) {
    if (!SELECTORS.some((name) => read.given(name))) {
        if (!cameOutEmpty) {
            read.faults.push(`nothing says what to delete: give ${SELECTORS.slice(0, -1).join(", ")} or ${SELECTORS.at(-1)}.`);
        }
        return;
    }
    const second = ["vm_uuids", "status", "older_than", "max_deletions"];
    const hasSecond = second.some((name) => read.given(name));
    const words = `${second.slice(0, -1).join(", ")} or ${second.at(-1)}`;
    const all = names?.some((pattern) => pattern.all) ?? false;
    if (all && !hasSecond) {
        read.faults.push(`name is a pattern that fits every name: it needs ${words} beside it.`);
    }
    const narrow = names !== null && !all;
    if (deploymentEnvironment !== null && !isPullRequest(env) && !hasSecond && !narrow) {
        read.faults.push(`deployment_environment, where no pull request started the run, means every deployment of the environment: it needs name, ${words} beside it.`);
    }
}
/** Whether the run is for a pull request, whose own deployments are meant then. */
function isPullRequest(env) {
    return ["pull_request", "pull_request_target"].includes(env.GITHUB_EVENT_NAME ?? "");
}

// EXTERNAL MODULE: ./build/report/annotation/delete.js
var annotation_delete = __webpack_require__(3947);
// EXTERNAL MODULE: ./build/report/log/deleting.js
var deleting = __webpack_require__(9703);
// EXTERNAL MODULE: ./build/ledger/trouble.js
var ledger_trouble = __webpack_require__(9342);
;// CONCATENATED MODULE: ./build/report/outputs/delete.js


const DELETE_ARRAYS = ["selected", "deleted", "kept"];
/** Every output by name. */
function deleteOutputs(told) {
    const { ledger, judgement } = told;
    const { outcome, trouble } = judgement;
    const selected = ledger.replicas();
    const list = (replicas) => JSON.stringify(replicas.map(entryOf));
    return {
        selected: list(selected),
        deleted: list(selected.filter(replica/* isDeleted */.oy)),
        kept: list(selected.filter(({ spared }) => spared !== null)),
        outcome,
        error_code: trouble === null ? "" : (0,ledger_trouble/* codeOf */.$)(trouble),
        error_message: told.message,
    };
}
/** As the CVM was when it was selected. */
function entryOf({ ident, cvm, spared }) {
    const createdAt = cvm?.createdAt ?? null;
    return {
        vm_uuid: ident.uuid,
        name: ident.name,
        status: cvm?.status ?? null,
        node_name: ident.nodeName,
        created_at: createdAt === null ? null : new Date(createdAt).toISOString(),
        why: spared,
    };
}

// EXTERNAL MODULE: ./build/report/summary/delete.js
var summary_delete = __webpack_require__(2898);
// EXTERNAL MODULE: ./build/deployments/deployments.js
var deployments_deployments = __webpack_require__(8300);
// EXTERNAL MODULE: ./build/deployments/desk.js + 3 modules
var deployments_desk = __webpack_require__(4332);
// EXTERNAL MODULE: ./build/net/persist.js
var persist = __webpack_require__(879);
// EXTERNAL MODULE: ./build/text/json.js
var json = __webpack_require__(8049);
// EXTERNAL MODULE: ./build/deployments/verdict.js
var verdict = __webpack_require__(569);
;// CONCATENATED MODULE: ./build/deployments/owned.js




const BUDGET = { maxTries: 4, totalMs: 75_000, firstWaitMs: 1_000 };
const PER_PAGE = 100;
/** Ten thousand deployments, the newest first: what is older is nobody's that still runs. */
const MOST_PAGES = 100;
/** Reads deployments, one request at a time, as GitHub asks for. Nothing is thrown. */
class DeploymentBook {
    #edges;
    #ledger;
    #desk;
    #budget;
    /** @param budget how long one request may be tried for */
    constructor(edges, ledger, desk, budget = BUDGET) {
        this.#budget = budget;
        this.#edges = edges;
        this.#ledger = ledger;
        this.#desk = desk;
    }
    /**
     * The deployments that name a CVM, newest first, page by page.
     *
     * @param environment of this one alone; null: of all
     * @param until asked after each page whether the rest is not needed; and the most pages
     */
    async list(environment, until = {}) {
        const { enough = () => false, mostPages = MOST_PAGES } = until;
        const found = new Map();
        const only = environment === null ? "" : `&environment=${encodeURIComponent(environment)}`;
        for (let page = 1; page <= mostPages; page++) {
            const answer = await this.#read(`?per_page=${PER_PAGE}&page=${page}${only}`);
            if (!answer.ok)
                return failed(answer);
            const { rows, more } = answer.value;
            // A row that moves to the next page meanwhile is met twice.
            for (const row of rows.map(readOwned).filter((one) => one !== null)) {
                if (environment === null || row.environment === environment)
                    found.set(row.id, row);
            }
            if (!more || enough([...found.values()]))
                break;
        }
        return { ok: true, value: [...found.values()] };
    }
    /** Whether a deployment is not inactive: its newest status counts, and one without any is active. */
    async isActive(id) {
        const answer = await this.#read(`/${id}/statuses?per_page=1`);
        if (!answer.ok)
            return failed(answer);
        return { ok: true, value: (0,json/* stringAt */.bX)(answer.value.rows[0], "state") !== "inactive" };
    }
    #read(rest) {
        const { client, workflow } = this.#desk;
        const { cancel: signal } = this.#edges;
        const path = `/repos/${workflow.owner}/${workflow.repo}/deployments${rest}`;
        const doing = { do: "read-deployments" };
        const onWait = (fault, waitMs, next) => this.#ledger.append({ fact: "retrying", doing, fault, waitMs, next });
        // To read is to repeat without harm, as to tell a status is.
        const rules = { budget: this.#budget, judge: (fault) => (0,verdict/* judge */.S)("status", fault), signal };
        return (0,persist/* persist */.Z)(this.#edges, { ...rules, onWait }, async () => pageOf(await client.get(path)));
    }
}
function pageOf(answer) {
    if (!answer.ok)
        return answer;
    const { status, data, headers } = answer.value;
    if (!Array.isArray(data)) {
        const problem = "an answer that is no list";
        return {
            ok: false,
            fault: { kind: "unreadable", status, problem, requestId: null, page: false },
        };
    }
    // A server may give fewer a page than it was asked for, and then says that there are more.
    const more = data.length >= PER_PAGE || /\brel="next"/.test(String(headers.link ?? ""));
    return { ok: true, value: { rows: data, more: more && data.length > 0 } };
}
/** Null: it names no CVM, so it is not one that the action recorded. The payload may come as text. */
function readOwned(row) {
    const text = (0,json/* stringAt */.bX)(row, "payload");
    const parsed = text === null ? (0,json/* objectAt */.lJ)(row, "payload") : (0,json/* parseJson */.qF)(text);
    const payload = (0,json/* isObject */.Gv)(parsed) ? parsed : null;
    const id = (0,json/* numberAt */.tk)(row, "id");
    const vmUuid = (0,ids/* parseUuid */.Xw)((0,json/* stringAt */.bX)(payload, "vm_uuid") ?? "");
    if (id === null || !Number.isSafeInteger(id) || id <= 0 || vmUuid === null)
        return null;
    return {
        id,
        vmUuid,
        appId: (0,ids/* parseAppId */.c_)((0,json/* stringAt */.bX)(payload, "app_id") ?? ""),
        environment: (0,json/* stringAt */.bX)(row, "environment") ?? "",
        pullRequest: (0,json/* numberAt */.tk)(payload, "number"),
    };
}
function failed({ fault, gaveUp }) {
    return {
        ok: false,
        trouble: { kind: "request", doing: { do: "read-deployments" }, fault, gaveUp },
    };
}

;// CONCATENATED MODULE: ./build/commands/delete-records.js
/** The GitHub deployments of a delete: those that select, and those that become inactive. */






const NO_RECORDS = { recorded: null, active: [], stale: [] };
/** More old deployments than this are not asked for their state in one run; the newest are. */
const MOST_STALE = 50;
/** Where nobody asked for deployments, a thousand of the newest are looked at. */
const delete_records_MOST_PAGES = 10;
/** What `deployment_environment` selects. Where it can't be read, nothing is to be deleted by guess. */
async function ownedRecords(run, rows) {
    const { edges, ledger, inputs, appId } = run;
    const { deploymentEnvironment: environment, githubToken: token } = inputs;
    if (environment === null)
        return { ok: true, value: NO_RECORDS };
    const desk = await (0,deployments_desk/* openDesk */.A)(edges, { token });
    if (typeof desk === "string")
        return problem(desk);
    const { pullRequest } = desk.workflow;
    const ofOne = isPullRequest(edges.env);
    if (ofOne && pullRequest === null) {
        return problem("The event that started the run names no pull request.");
    }
    const book = new DeploymentBook(edges, ledger, desk);
    const list = await book.list(environment);
    if (!list.ok)
        return list;
    const own = list.value.filter((one) => one.appId === appId && (!ofOne || one.pullRequest === pullRequest));
    const isHere = ({ vmUuid }) => rows.some((row) => row.vmUuid === vmUuid);
    const active = [];
    for (const one of own.filter(isHere)) {
        const is = await book.isActive(one.id);
        if (!is.ok)
            return is;
        if (is.value)
            active.push(one);
    }
    const recorded = [...new Set(active.map(({ vmUuid }) => vmUuid))];
    const stale = own.filter((one) => !isHere(one)).slice(0, MOST_STALE);
    return { ok: true, value: { recorded, active, stale } };
}
function problem(text) {
    return { ok: false, trouble: { kind: "github", problem: text } };
}
/**
 * Has GitHub show as inactive what is gone. Failures are no reason for red: a warning where deployments were
 * what selected, a notice where nobody spoke of them.
 */
async function closeRecords(run, records) {
    const { edges, ledger, inputs } = run;
    const { githubToken: token } = inputs;
    const gone = new Set(ledger
        .replicas()
        .filter(replica/* isDeleted */.oy)
        .map(({ ident }) => ident.uuid ?? ""));
    if (edges.cancel.aborted || token === null)
        return;
    if (records.recorded === null && gone.size === 0)
        return;
    const desk = await (0,deployments_desk/* openDesk */.A)(edges, { token });
    if (typeof desk === "string")
        return;
    const ids = records.recorded === null
        ? await recordsOf(run, desk, gone)
        : [...namesOf(records.active, gone), ...(await leftActive(run, desk, records))];
    const deployments = (0,deployments_deployments/* openDeployments */.X)(edges, { token });
    for (const id of ids) {
        const { warning } = await deployments.deactivate(id);
        if (warning === null)
            continue;
        if (records.recorded === null)
            edges.runner.notice(warning);
        else
            edges.runner.warning(warning);
    }
}
function namesOf(owned, gone) {
    return owned.filter(({ vmUuid }) => gone.has(vmUuid)).map(({ id }) => id);
}
/** The deployments of what was deleted, where another word than an environment selected it. */
async function recordsOf({ edges, ledger }, desk, gone) {
    const book = new DeploymentBook(edges, ledger, desk, { maxTries: 2, totalMs: 15_000 });
    const all = (found) => [...gone].every((uuid) => found.some(({ vmUuid }) => vmUuid === uuid));
    const list = await book.list(null, { enough: all, mostPages: delete_records_MOST_PAGES });
    if (list.ok)
        return namesOf(list.value, gone);
    edges.runner.notice((0,deleting/* notLookedFor */.h5)(list.trouble));
    return [];
}
/** What a step that was killed between a deletion and its record has left. */
async function leftActive({ edges, ledger }, desk, { stale }) {
    const book = new DeploymentBook(edges, ledger, desk);
    const ids = [];
    for (const { id } of stale) {
        const is = await book.isActive(id);
        if (!is.ok)
            break;
        if (is.value)
            ids.push(id);
    }
    if (ids.length > 0)
        edges.runner.info((0,deleting/* staleLine */.Sq)(ids.length));
    return ids;
}

;// CONCATENATED MODULE: ./build/commands/judge-delete.js
/** How a delete ended. Pure. */



/** What became of each that was selected. */
function judgeDelete(replicas, wishes) {
    const survived = replicas.flatMap(({ trouble }) => (trouble === null ? [] : [trouble]));
    const kept = replicas.filter((replica) => isMissed(replica, wishes));
    const troubles = [...survived, ...(kept.length === 0 ? [] : [keptTrouble(kept)])];
    const [first] = troubles;
    const some = replicas.some(replica/* isDeleted */.oy);
    if (first === undefined) {
        return { outcome: some ? "deleted" : "unchanged", trouble: null, exitCode: 0 };
    }
    if (some)
        return { outcome: "partial", trouble: first, exitCode: 1 };
    const late = troubles.every((trouble) => (0,ledger_trouble/* codeOf */.$)(trouble) === "TIMEOUT");
    return { outcome: late ? "timeout" : "failed", trouble: first, exitCode: 1 };
}
/** Asked for exactly, and there still: to be left because of `leave` is what was asked for. */
function isMissed({ spared, cvm }, wishes) {
    return spared !== null && spared !== "leave" && cvm !== null && isExact(cvm, wishes);
}
function keptTrouble(kept) {
    return {
        kind: "kept",
        kept: kept.flatMap(({ ident, spared }) => (spared === null ? [] : [{ ident, why: spared }])),
    };
}

;// CONCATENATED MODULE: ./build/commands/delete.js
/** The action `delete`: what a workflow can name goes, and nothing else. */













const deleteCommand = {
    name: "delete",
    arrays: DELETE_ARRAYS,
    read: readDeleteInputs,
    carryOut,
    outputs: deleteOutputs,
    summary: summary_delete/* deleteSummary */.O,
    title: annotation_delete/* deleteTitle */.ct,
    exists: annotation_delete/* deleteExists */.uB,
};
/** Looks, selects, says what it selected, deletes, and waits until it is gone. */
async function carryOut(run) {
    const { inputs, ledger, edges } = run;
    const startedAt = edges.clock.now();
    const looked = await lookToDelete(run, inputs.vmUuids ?? []);
    if (!looked.ok)
        return delete_failed(looked.trouble);
    const { seen } = looked;
    if (seen.noApp !== null)
        edges.runner.warning((0,deleting/* noAppWarning */.D_)(run.appId));
    const records = await ownedRecords(run, seen.rows);
    if (!records.ok)
        return delete_failed(records.trouble);
    const wishes = wishesOf(inputs, records.value);
    const began = startedAt + (seen.clockOffsetMs ?? 0);
    const selection = selectForDelete(seen.rows, wishes, began);
    note(run, seen, selection);
    if (selection.trouble !== null)
        return delete_failed(selection.trouble);
    if (inputs.dryRun)
        return { outcome: "dry_run", trouble: null, exitCode: 0 };
    await remove(run, seen, wishes, selection);
    await closeRecords(run, records.value);
    return judgeDelete(ledger.replicas(), wishes);
}
function delete_failed(trouble) {
    return { outcome: "failed", trouble, exitCode: 1 };
}
function wishesOf(inputs, { recorded }) {
    const { vmUuids, names, status, olderThanMs, keep, leave, keepAtLeast, maxDeletions } = inputs;
    return { vmUuids, names, recorded, status, olderThanMs, keep, leave, keepAtLeast, maxDeletions };
}
function keyOf(cvm) {
    return `cvm-${(0,phala_cvm/* cvmKey */.sk)(cvm)}`;
}
/** What was seen and selected, as facts and in the log; what exactly would be deleted comes first. */
function note({ ledger, edges }, seen, selection) {
    const { clockOffsetMs, workspaceSlug } = seen;
    ledger.append({ fact: "surveyed", known: null, clockOffsetMs, workspaceSlug });
    const kept = new Map(selection.kept.map((one) => [(0,phala_cvm/* cvmKey */.sk)(one.cvm), one]));
    const others = selection.selected.filter((cvm) => !selection.go.includes(cvm));
    for (const cvm of [...selection.go, ...others]) {
        ledger.append({ replica: keyOf(cvm), fact: "found", ident: (0,replica/* identOf */.gl)(cvm), cvm });
    }
    const now = edges.clock.now() + (clockOffsetMs ?? 0);
    for (const line of (0,deleting/* selectionLines */.a_)(selection, seen.rows.length, now))
        edges.runner.info(line);
    for (const { cvm, why } of kept.values()) {
        ledger.append({ replica: keyOf(cvm), fact: "spared", why });
    }
    const warning = (0,deleting/* keptRunningWarning */.qU)(selection.kept);
    if (warning !== null)
        edges.runner.warning(warning);
}
async function remove(run, { rows }, { status }, { go }) {
    const { inputs, ledger, appId } = run;
    const { apiUrl, requestTimeoutMs, summary, wait, waitTimeoutMs, pollIntervalMs } = inputs;
    const waits = { cleanup: "never", exclusive: false, ttlMs: null, waits: [] };
    const access = { apiUrl, appId, source: null, requestTimeoutMs, summary };
    ledger.append({ fact: "began", command: "delete", ...access, ...waits });
    const before = new Map(go.map((cvm) => [keyOf(cvm), cvm]));
    const going = new Set(go.map(phala_cvm/* cvmKey */.sk));
    await retire(run, [...before.keys()], {
        absenceMs: wait ? waitTimeoutMs : 0,
        pollMs: pollIntervalMs,
        whyNot: (now, key) => {
            const row = before.get(key);
            return row === undefined ? "changed" : whyNotMeant(row, now, { appId, status });
        },
        witnesses: rows.flatMap((cvm) => cvm.vmUuid === null || going.has((0,phala_cvm/* cvmKey */.sk)(cvm)) ? [] : [cvm.vmUuid]),
        atOnce: 1,
    });
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

/***/ 3947:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   a6: () => (/* binding */ fateText),
/* harmony export */   ct: () => (/* binding */ deleteTitle),
/* harmony export */   uB: () => (/* binding */ deleteExists)
/* harmony export */ });
/* harmony import */ var _ledger_replica_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7857);
/* harmony import */ var _ledger_trouble_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(9342);
/* harmony import */ var _text_links_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(4862);
/* harmony import */ var _words_doing_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1111);
/* harmony import */ var _annotation_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(753);
/* harmony import */ var _trouble_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(5925);






const TITLES = {
    INPUT: "An input is wrong or does not fit",
    LIMIT: "More would be deleted than max_deletions allows",
    NOT_FOUND: "An input names what the app does not have",
    KEPT: "Something asked for was not deleted",
    TIMEOUT: "Not gone in time",
    INTERNAL: "The action met a problem of its own",
};
/** What the run's page shows first, without the code. */
function deleteTitle({ outcome, trouble }) {
    if (outcome === "cancelled")
        return "The step was cancelled";
    const code = trouble === null ? "" : (0,_ledger_trouble_js__WEBPACK_IMPORTED_MODULE_4__/* .codeOf */ .$)(trouble);
    const known = Object.hasOwn(TITLES, code) ? TITLES[code] : undefined;
    return known ?? (outcome === "partial" ? "Not everything was deleted" : "Nothing was deleted");
}
/** What is gone, and what is there still and billed. */
function deleteExists(ledger) {
    const { began, surveyed } = ledger.run;
    // Nothing was sent that could delete.
    if (began === null)
        return { text: "Nothing was deleted.", list: [] };
    const replicas = ledger.replicas();
    const gone = replicas.filter(_ledger_replica_js__WEBPACK_IMPORTED_MODULE_0__/* .isDeleted */ .oy).length;
    const left = replicas.filter((one) => !(0,_ledger_replica_js__WEBPACK_IMPORTED_MODULE_0__/* .isDeleted */ .oy)(one) && one.fate !== "gone");
    const asked = left.filter(({ spared }) => spared === null);
    if (replicas.length === 0)
        return _annotation_js__WEBPACK_IMPORTED_MODULE_2__/* .NOTHING_SAID */ .SV;
    const count = `Deleted: ${gone} of ${replicas.length} selected.`;
    if (asked.length === 0)
        return { text: count, list: [] };
    const slug = surveyed?.workspaceSlug ?? null;
    return {
        text: `${count} There still, as far as is known, and billed: ${asked.length}.`,
        list: asked.map((one) => {
            const { uuid } = one.ident;
            const link = uuid === null ? "" : ` ${(0,_text_links_js__WEBPACK_IMPORTED_MODULE_5__/* .dashboardUrl */ .aU)(slug, began.appId, uuid)}`;
            return `${(0,_words_doing_js__WEBPACK_IMPORTED_MODULE_1__/* .whoText */ .U)(one.ident)}: ${fateText(one)}${link}`;
        }),
    };
}
/** What became of one that was to be deleted, in a few words or a sentence. */
function fateText({ fate, goneBy, trouble, spared }) {
    if (spared !== null)
        return "stays";
    if (trouble?.kind === "survived")
        return (0,_trouble_js__WEBPACK_IMPORTED_MODULE_3__/* .survivedText */ .QJ)(trouble);
    if (fate === "gone")
        return goneBy === "us" ? "deleted" : "gone already";
    return fate === "going" ? "its deletion was asked for" : "not asked for";
}


/***/ }),

/***/ 9703:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   D_: () => (/* binding */ noAppWarning),
/* harmony export */   Sq: () => (/* binding */ staleLine),
/* harmony export */   a_: () => (/* binding */ selectionLines),
/* harmony export */   h5: () => (/* binding */ notLookedFor),
/* harmony export */   ho: () => (/* binding */ costOf),
/* harmony export */   hy: () => (/* binding */ ageOf),
/* harmony export */   qU: () => (/* binding */ keptRunningWarning)
/* harmony export */ });
/* harmony import */ var _ledger_replica_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7857);
/* harmony import */ var _text_clean_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(5502);
/* harmony import */ var _text_duration_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(2811);
/* harmony import */ var _annotation_failure_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8023);
/* harmony import */ var _summary_cost_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(6124);
/* harmony import */ var _words_doing_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1111);
/* harmony import */ var _words_spared_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(2671);
/** The log of a delete: what was selected, and what becomes of it. */







/**
 * The selection, a line each, in the order of the deletions; what stays is told by its own facts.
 *
 * @param of how many CVMs the app has
 * @param now by the server's clock, ms since the epoch
 */
function selectionLines({ selected, go }, of, now) {
    if (selected.length === 0) {
        return [`None of the app's ${of} CVMs is selected, so there is nothing to delete.`];
    }
    const head = `Selected: ${selected.length} of the app's ${of} CVMs; to be deleted: ${go.length}.`;
    return [head, ...selected.map((cvm) => `- ${placeOf(cvm)}, ${ageOf(cvm, now)}, ${costOf(cvm)}`)];
}
function placeOf(cvm) {
    const status = (0,_text_clean_js__WEBPACK_IMPORTED_MODULE_4__/* .oneLine */ .TN)(cvm.status, 40) || "no status told";
    const node = cvm.nodeName === null ? "node not told" : `on ${(0,_text_clean_js__WEBPACK_IMPORTED_MODULE_4__/* .oneLine */ .TN)(cvm.nodeName, 80)}`;
    return `${(0,_words_doing_js__WEBPACK_IMPORTED_MODULE_2__/* .whoText */ .U)({ ..._ledger_replica_js__WEBPACK_IMPORTED_MODULE_0__/* .NOBODY */ .oQ, id: cvm.id, name: cvm.name, uuid: cvm.vmUuid })}: ${status}, ${node}`;
}
/** How old a CVM is. @param now by the server's clock, ms since the epoch */
function ageOf({ createdAt }, now) {
    return createdAt === null ? "age not told" : `${(0,_text_duration_js__WEBPACK_IMPORTED_MODULE_5__/* .duration */ .p)(Math.max(0, now - createdAt))} old`;
}
/** What one CVM costs. */
function costOf(cvm) {
    const price = (0,_summary_cost_js__WEBPACK_IMPORTED_MODULE_6__/* .hourlyPrice */ .z)({ cvm });
    return price === null ? "price not told" : `${Number(price.toFixed(6))} USD an hour`;
}
/** Green all the same: a pattern or the like selected more than may go. Null: there is none. */
function keptRunningWarning(kept) {
    const left = kept.filter(({ why, exact }) => why === "last-running" && !exact);
    if (left.length === 0)
        return null;
    const names = left.slice(0, 5).map(({ cvm }) => (0,_text_clean_js__WEBPACK_IMPORTED_MODULE_4__/* .oneLine */ .TN)(cvm.name ?? cvm.vmUuid ?? "unnamed", 80));
    const more = left.length > names.length ? ` and ${left.length - names.length} more` : "";
    return `Not deleted: ${names.join(", ")}${more}: ${(0,_words_spared_js__WEBPACK_IMPORTED_MODULE_3__/* .sparedText */ .p)("last-running")}. Write keep_at_least: 0 if none has to stay.`;
}
function noAppWarning(appId) {
    return `The API knows no app ${appId}, or none with CVMs (HTTP 404): check app_id if there should be some.`;
}
/** Why the deployments of what was deleted stay as they are. */
function notLookedFor(trouble) {
    const why = trouble.kind === "request" ? (0,_annotation_failure_js__WEBPACK_IMPORTED_MODULE_1__/* .reasonOf */ .A3)(trouble.fault) : "unknown reason";
    return `GitHub deployments of what was deleted, if there are any, stay as they are: they could not be read (${why}). With \`permissions: deployments: write\` the job's token may do so.`;
}
function staleLine(count) {
    return `${count} deployment${count === 1 ? "" : "s"} of what is gone already ${count === 1 ? "is" : "are"} set to inactive.`;
}


/***/ }),

/***/ 2898:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   J: () => (/* binding */ saidOf),
/* harmony export */   O: () => (/* binding */ deleteSummary)
/* harmony export */ });
/* harmony import */ var _ledger_replica_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7857);
/* harmony import */ var _ledger_trouble_js__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(9342);
/* harmony import */ var _text_clean_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(5502);
/* harmony import */ var _text_links_js__WEBPACK_IMPORTED_MODULE_9__ = __webpack_require__(4862);
/* harmony import */ var _annotation_delete_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3947);
/* harmony import */ var _log_deleting_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9703);
/* harmony import */ var _words_error_code_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(7033);
/* harmony import */ var _words_spared_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(2671);
/* harmony import */ var _cost_js__WEBPACK_IMPORTED_MODULE_10__ = __webpack_require__(6124);
/* harmony import */ var _create_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(8677);
/* harmony import */ var _reason_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(9333);
/** The job summary of a delete, as Markdown. Names are the server's, and can't be markup. */











const MOST_ROWS = 200;
const HEADLINES = {
    deleted: "🗑️ Deleted",
    unchanged: "✅ Nothing to delete",
    dry_run: "🔍 Dry run: nothing was deleted",
    partial: "⚠️ Only some were deleted",
    timeout: "❌ Not gone in time",
    cancelled: "⚠️ Cancelled",
    failed: "❌ Failed",
};
/** What came of the run in one line, the selection with age, node, status and cost, and why it is red. */
function deleteSummary(told) {
    const { ledger, judgement, message } = told;
    const replicas = ledger.replicas();
    return (0,_create_js__WEBPACK_IMPORTED_MODULE_5__/* .withinLimit */ .zl)([
        `### ${HEADLINES[judgement.outcome] ?? judgement.outcome}`,
        saidOf(message, codeOf(judgement), told.env),
        table(told, replicas),
        savedBy(replicas.filter(_ledger_replica_js__WEBPACK_IMPORTED_MODULE_0__/* .isDeleted */ .oy)),
    ]);
}
/** The annotation, with its last line as a link to what the code means. */
function saidOf(message, code, env) {
    const section = `<a href="${(0,_words_error_code_js__WEBPACK_IMPORTED_MODULE_3__/* .sectionUrl */ .TJ)(code, env)}">what it means, and what to do</a>`;
    const last = code === "" ? "" : `Error code ${(0,_text_clean_js__WEBPACK_IMPORTED_MODULE_7__/* .code */ .aY)(code, 80)}: ${section}`;
    const lines = message.split("\n").filter((line) => !line.startsWith("Error code: "));
    return [...lines.map((line) => (0,_reason_js__WEBPACK_IMPORTED_MODULE_6__/* .withLinks */ .q)(line)), message === "" ? "" : last]
        .filter((line) => line !== "")
        .join("\n\n");
}
function codeOf({ trouble }) {
    return (trouble === null ? "" : (0,_ledger_trouble_js__WEBPACK_IMPORTED_MODULE_8__/* .codeOf */ .$)(trouble));
}
function table(told, replicas) {
    if (replicas.length === 0)
        return "";
    const { surveyed } = told.ledger.run;
    const slug = surveyed?.workspaceSlug ?? null;
    const appId = told.inputs?.appId ?? null;
    const now = (surveyed?.at ?? 0) + (surveyed?.clockOffsetMs ?? 0);
    const rows = replicas.slice(0, MOST_ROWS).map((replica) => {
        const { ident, cvm } = replica;
        const link = ident.uuid === null ? null : (0,_text_clean_js__WEBPACK_IMPORTED_MODULE_7__/* .safeLink */ .o3)((0,_text_links_js__WEBPACK_IMPORTED_MODULE_9__/* .dashboardUrl */ .aU)(slug, appId, ident.uuid));
        const name = (0,_text_clean_js__WEBPACK_IMPORTED_MODULE_7__/* .code */ .aY)(ident.name ?? "unnamed", 80);
        const cells = [
            link === null ? name : `<a href="${link}">${name}</a>`,
            ident.uuid === null ? "–" : (0,_text_clean_js__WEBPACK_IMPORTED_MODULE_7__/* .code */ .aY)(ident.uuid, 80),
            ident.nodeName === null ? "–" : (0,_text_clean_js__WEBPACK_IMPORTED_MODULE_7__/* .code */ .aY)(ident.nodeName, 80),
            (0,_text_clean_js__WEBPACK_IMPORTED_MODULE_7__/* .code */ .aY)(cvm?.status || "unknown", 40),
            cvm === null ? "–" : (0,_log_deleting_js__WEBPACK_IMPORTED_MODULE_2__/* .ageOf */ .hy)(cvm, now),
            cvm === null ? "–" : (0,_log_deleting_js__WEBPACK_IMPORTED_MODULE_2__/* .costOf */ .ho)(cvm),
            (0,_text_clean_js__WEBPACK_IMPORTED_MODULE_7__/* .markdown */ .wD)(becameOf(told, replica), 200),
        ];
        return `| ${cells.join(" | ")} |`;
    });
    const left = replicas.length - rows.length;
    return [
        "| CVM | UUID | Node | Status | Age | Cost | What becomes of it |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        ...rows,
        ...(left === 0 ? [] : ["", `… and ${left} more.`]),
    ].join("\n");
}
function becameOf({ judgement, ledger }, replica) {
    if (replica.spared !== null)
        return `stays: ${(0,_words_spared_js__WEBPACK_IMPORTED_MODULE_4__/* .sparedText */ .p)(replica.spared)}`;
    if (judgement.outcome === "dry_run")
        return "would be deleted";
    return ledger.run.began === null ? "stays: nothing was deleted" : (0,_annotation_delete_js__WEBPACK_IMPORTED_MODULE_1__/* .fateText */ .a6)(replica);
}
/** What is not billed any more. */
function savedBy(gone) {
    const prices = gone.map(_cost_js__WEBPACK_IMPORTED_MODULE_10__/* .hourlyPrice */ .z).filter((price) => price !== null);
    const sum = prices.reduce((total, price) => total + price, 0);
    return sum === 0 || !Number.isFinite(sum)
        ? ""
        : `**Saved:** ${Number(sum.toFixed(6))} USD per hour (compute, as the API prices it).`;
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