"use strict";
exports.id = 998;
exports.ids = [998];
exports.modules = {

/***/ 9998:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  rolloutCommand: () => (/* binding */ rolloutCommand)
});

// EXTERNAL MODULE: ./build/fleet/ask.js
var ask = __webpack_require__(3701);
// EXTERNAL MODULE: ./build/fleet/look.js + 1 modules
var look = __webpack_require__(3207);
;// CONCATENATED MODULE: ./build/fleet/look-to-roll-out.js


/** More pages than any app has: a server that always has another one must not keep a run going. */
const MOST_PAGES = 50;
/** Reads the app's CVMs and its revisions. Where one of both can't be read, nothing can be told. */
async function lookToRollOut(bench) {
    const { api, appId, edges } = bench;
    const [list, revisions] = await Promise.all([
        (0,ask/* askFor */.d)(bench, { do: "list" }, (options) => api.listCvms(appId, options)),
        readRevisions(bench),
    ]);
    if (!list.ok) {
        const { fault, gaveUp } = list;
        return { ok: false, trouble: { kind: "request", doing: { do: "list" }, fault, gaveUp } };
    }
    if (!revisions.ok)
        return revisions;
    const { cvms, serverTime } = list.value;
    const clockOffsetMs = (0,look/* clockOffset */.wy)(serverTime, edges.clock.now());
    return { ok: true, seen: { rows: cvms, revisions: revisions.rows, clockOffsetMs } };
}
async function readRevisions(bench) {
    const { api, appId } = bench;
    const doing = { do: "read-revisions" };
    const rows = [];
    for (let page = 1; page <= MOST_PAGES; page++) {
        const read = await (0,ask/* askFor */.d)(bench, doing, (options) => api.listRevisions(appId, page, options));
        if (!read.ok) {
            const { fault, gaveUp } = read;
            return { ok: false, trouble: { kind: "request", doing, fault, gaveUp } };
        }
        rows.push(...read.value.rows);
        if (page >= read.value.pages)
            break;
    }
    return { ok: true, rows };
}
/** To which app the CVMs belong that this one does not have, as far as the API tells. */
async function whereElse(bench, uuids) {
    const found = [];
    for (const uuid of uuids.slice(0, MOST_ASKED)) {
        const options = { signal: bench.edges.cancel };
        const cvm = await bench.api.getCvm(uuid, options);
        if (cvm.ok && cvm.value.appId !== bench.appId)
            found.push({ uuid, appId: cvm.value.appId });
    }
    return found;
}
/** A list of wrong UUIDs is named, not asked for one by one. */
const MOST_ASKED = 10;

// EXTERNAL MODULE: ./build/phala/cvm.js
var phala_cvm = __webpack_require__(5056);
;// CONCATENATED MODULE: ./build/fleet/plan/rollout-world.js
/** What a rollout knows of its instances, and what one more event makes of it. Pure. */
/** The world with one member changed. */
function changed(world, { key, ...change }) {
    const members = world.members.map((one) => (one.key === key ? { ...one, ...change } : one));
    return { ...world, members };
}
/** An update of ours is asked for or under way, forth or back. */
function isMoving({ ours }) {
    return ours === "sent" || ours === "back-sent";
}
/** Whether users miss it now. */
function isAway(member) {
    if (member.gone || (member.parked && !isMoving(member)))
        return false;
    return member.busy || isMoving(member) || !member.serves;
}

;// CONCATENATED MODULE: ./build/fleet/plan/next-step.js
/** What a rollout does next. Pure: the command carries it out, looks, and asks again. */

const LOOK = { do: "look" };
/**
 * The next step.
 *
 * Those that don't serve come first, then the oldest. One that serves is taken away only where fewer than
 * `maxUnavailable` of the others are away, for whatever reason; one that does not serve can't be missed, so
 * that only those count which are under way or don't serve on the revision yet. A sick old one therefore never
 * blocks itself, nor the other sick ones for good.
 */
function nextStep(world) {
    if (world.cancelled)
        return end("cancelled");
    const members = world.members.filter(({ gone }) => !gone);
    const moving = members.some(isMoving);
    const failed = world.members.some(isFailure);
    const [next] = toUpdate(members);
    const waits = members.some(isWaitedFor);
    if (!failed && !moving && next === undefined && !waits)
        return end("done");
    if (failed || world.outOfTime) {
        if (world.onFailure === "rollback")
            return stepBack(world, members);
        if (world.outOfTime)
            return end(failed && !moving ? "stopped" : "out-of-time");
        return moving ? LOOK : end("stopped");
    }
    if (world.approval)
        return moving ? LOOK : end("approval");
    if (next === undefined || !hasRoom(world, members, next))
        return LOOK;
    return { do: "redeploy", key: next.key };
}
/** In the order in which they are to be brought along; busy ones are not, until they are no more. */
function toUpdate(members) {
    return members.filter((one) => wantsUpdate(one) && !one.busy).sort(sickThen(oldestFirst));
}
/** Whether it is still to be updated by this run. */
function wantsUpdate({ ours, revision, force, gone }) {
    return !gone && ours === "untouched" && (revision === "old" || force);
}
/** Going back: first what is under way has to end, since it can't be turned round in the middle. */
function stepBack(world, members) {
    if (members.some(({ ours }) => ours === "sent"))
        return LOOK;
    const [next] = members.filter(isToGoBack).sort(sickThen((a, b) => oldestFirst(b, a)));
    if (next !== undefined && hasRoom(world, members, next)) {
        return { do: "roll-back", key: next.key };
    }
    if (members.some(isMoving))
        return LOOK;
    // Where others are away for good, one that serves the new revision is better than none that serves.
    if (next !== undefined || members.some(({ ours }) => ours === "back-failed")) {
        return end("back-failed");
    }
    const went = members.some(({ ours }) => ours === "back-done");
    if (went)
        return end("rolled-back");
    return end(world.members.some(isFailure) ? "stopped" : "out-of-time");
}
function isToGoBack({ ours, returns }) {
    return returns && (ours === "done" || ours === "failed");
}
function hasRoom(world, members, next) {
    const others = members.filter(({ key }) => key !== next.key);
    const back = next.ours !== "untouched";
    const missed = isMissed(next)
        ? others.filter(isAway)
        : others.filter(back ? isMoving : isInTheWay);
    return missed.length < world.maxUnavailable;
}
function isMissed(member) {
    return !member.parked && member.serves && !member.busy;
}
/** On its way, or on the revision and not there yet. */
function isInTheWay(member) {
    if (member.parked && !isMoving(member))
        return false;
    if (member.busy || isMoving(member))
        return true;
    return !member.serves && member.revision === "new" && !wantsUpdate(member);
}
/** Nothing is to be sent for it, but whether all is well is not known yet. */
function isWaitedFor(member) {
    const { ours, revision, busy, serves, parked } = member;
    if (ours !== "untouched")
        return false;
    return busy || (revision === "new" && !serves && !parked) || wantsUpdate(member);
}
function isFailure({ ours, gone }) {
    if (ours === "failed" || ours === "back-failed" || ours === "back-sent")
        return true;
    return ours === "back-done" || (ours === "unfit" && !gone);
}
function sickThen(order) {
    return (a, b) => Number(a.serves) - Number(b.serves) || order(a, b);
}
/** One without a date counts as the oldest. Of the same age: by key, so that a plan is the same each time. */
function oldestFirst(a, b) {
    const age = (a.createdAt ?? 0) - (b.createdAt ?? 0);
    return age === 0 ? (a.key < b.key ? -1 : 1) : age;
}
function end(how) {
    return { do: "end", end: how };
}

;// CONCATENATED MODULE: ./build/fleet/plan/rollout-size.js
/** The numbers of a rollout: how many at a time, in how many rounds, from which revision. Pure. */
/** So many of `count`: a share is rounded down, and at least 1. */
function numberOf(share, count) {
    const number = share.kind === "number" ? share.number : Math.floor((count * share.percent) / 100);
    return Math.max(1, number);
}
/** How often as many as allowed are brought along, one lot after another; at least once. */
function roundsOf(count, maxUnavailable) {
    return Math.max(1, Math.ceil(count / maxUnavailable));
}
/**
 * Whether the plan allows a moment in which none of the app's instances serves.
 *
 * @param toUpdate how many are brought along
 * @param servingBeside how many serve that are not among them
 */
function leavesNone(toUpdate, maxUnavailable, servingBeside) {
    return toUpdate > 0 && servingBeside === 0 && toUpdate <= maxUnavailable;
}
/**
 * The revision that most of those selected had before; of as many, the one that comes first. The source, which
 * an earlier step has updated, counts with what its own rows tell. What is on the wanted revision already tells
 * only where nothing else does.
 */
function previousHash(before, wanted) {
    const votes = new Map();
    for (const { composeHash, earlier, isSource } of before) {
        const hash = isSource && composeHash === wanted ? earlier : composeHash;
        if (hash !== null && hash !== wanted)
            votes.set(hash, (votes.get(hash) ?? 0) + 1);
    }
    const [most = null] = [...votes].sort(([, a], [, b]) => b - a);
    if (most !== null)
        return most[0];
    return before.some(({ composeHash }) => composeHash === wanted) ? wanted : null;
}

// EXTERNAL MODULE: ./build/phala/status.js
var phala_status = __webpack_require__(9220);
;// CONCATENATED MODULE: ./build/fleet/plan/update-course.js
/** What looks at one CVM say of its update, one after another. Pure. */

/** One look alone may be of the moment before something shows. */
const LOOKS = 2;
/** An update waits in a queue and shows nothing but its hash (API facts, 13); it takes three minutes itself. Ms. */
const QUEUE_MS = 180_000;
/** Whether `error` is final is not known (API facts, 13: one client says no), so it has to stand. */
const BAD_LOOKS = 3;
const BAD_STANDS_MS = 30_000;
function newCourse(target, acceptedAt, before) {
    const none = { good: 0, ended: 0, bad: 0, other: 0, badSince: 0 };
    return { target, acceptedAt, before, away: false, hadTarget: false, ...none };
}
/**
 * One more look. The row tells the new revision before the guest boots it, so an update counts as over only once
 * it was seen to be under way, or after a time in which it would have begun.
 */
function judgeCourse(course, sight, now) {
    const { status, inProgress } = sight;
    if (sight.composeHash !== course.target) {
        const other = course.hadTarget ? course.other + 1 : 0;
        const next = { ...course, other, good: 0, ended: 0, bad: 0 };
        return { course: next, verdict: other >= LOOKS ? "overtaken" : "waits" };
    }
    const away = course.away || inProgress || (course.before !== null && status !== course.before);
    const { acceptedAt } = course;
    const begun = away || acceptedAt === null || now - acceptedAt >= QUEUE_MS;
    const over = begun && !inProgress;
    const isBad = over && ((0,phala_status/* hasFailed */.WN)(status) || status === "stopped");
    const next = {
        ...course,
        away,
        hadTarget: true,
        other: 0,
        good: over && status === "running" ? course.good + 1 : 0,
        ended: over ? course.ended + 1 : 0,
        bad: isBad ? course.bad + 1 : 0,
        badSince: isBad && course.bad > 0 ? course.badSince : now,
    };
    return { course: next, verdict: verdictOf(next, now) };
}
function verdictOf({ good, ended, bad, badSince }, now) {
    if (good >= LOOKS)
        return "serving";
    if (bad >= BAD_LOOKS && now - badSince >= BAD_STANDS_MS)
        return "dead";
    return ended >= LOOKS ? "ended" : "waits";
}

;// CONCATENATED MODULE: ./build/fleet/plan/rollout-plan.js




/** A hosted job ends after six hours; the rest of it has to have time too. Ms. */
const LONGEST_WAIT_MS = 350 * 60_000;
function rolloutKey(cvm) {
    return `cvm-${(0,phala_cvm/* cvmKey */.sk)(cvm)}`;
}
function planRollout(seen, asked) {
    const { selected, rows, revisions } = seen;
    const { wanted, source, envs, instanceTimeoutMs } = asked;
    const members = selected.map((cvm) => ({
        key: rolloutKey(cvm),
        revision: cvm.composeHash === wanted ? "new" : "old",
        serves: (0,phala_cvm/* runs */.Np)(cvm),
        busy: false,
        ours: "untouched",
        createdAt: cvm.createdAt,
        force: envs,
        returns: false,
        parked: false,
        gone: false,
    }));
    const order = toUpdate(members).map(({ key }) => key);
    const maxUnavailable = numberOf(asked.maxUnavailable, selected.length);
    const rounds = roundsOf(order.length, maxUnavailable);
    const before = selected.map((cvm) => ({
        composeHash: cvm.composeHash,
        isSource: cvm.vmUuid === source,
        earlier: earlierOf(cvm, wanted, revisions),
    }));
    const beside = rows.filter((cvm) => !order.includes(rolloutKey(cvm)) && (0,phala_cvm/* runs */.Np)(cvm)).length;
    return {
        order,
        there: members.map(({ key }) => key).filter((key) => !order.includes(key)),
        maxUnavailable,
        limitMs: asked.waitTimeoutMs ?? Math.min(rounds * instanceTimeoutMs, LONGEST_WAIT_MS),
        leavesNone: leavesNone(order.length, maxUnavailable, beside),
        previous: previousHash(before, wanted),
    };
}
/** The revision that it had before the wanted one, by its own rows. */
function earlierOf({ vmUuid }, wanted, revisions) {
    const own = revisions.filter((row) => row.vmUuid === vmUuid);
    const since = own.findIndex((row) => row.composeHash === wanted);
    if (since === -1)
        return null;
    return own.slice(since).find((row) => row.composeHash !== wanted)?.composeHash ?? null;
}
/**
 * When the last update to a revision was begun, by our clock; null: so long ago that it has shown by now, or not
 * known. A row may tell the new revision before the guest boots it (API facts, 13).
 */
function begunLately({ vmUuid }, wanted, revisions, { now, clockOffsetMs }) {
    const [last] = revisions.filter((row) => row.vmUuid === vmUuid);
    if (last === undefined || last.composeHash !== wanted || last.createdAt === null)
        return null;
    const at = Math.min(now, last.createdAt - (clockOffsetMs ?? 0));
    return now - at < QUEUE_MS ? at : null;
}

// EXTERNAL MODULE: ./build/fleet/seal.js + 1 modules
var seal = __webpack_require__(9808);
// EXTERNAL MODULE: ./build/text/json.js
var json = __webpack_require__(8049);
;// CONCATENATED MODULE: ./build/fleet/plan/health-course.js
const UNASKED = { good: 0, bad: 0, since: null, askedAt: null, problem: null };
/** A single good answer may be luck, a single bad one bad luck: containers flap while they start. */
const IN_A_ROW = 2;
/** While it only has to stay healthy, it is asked so often at the least. Ms. */
const STAYS_EVERY_MS = 15_000;
/** Whether it is to be asked now. */
function isDue({ since, askedAt, bad }, forMs, now) {
    if (since === null || askedAt === null || bad > 0)
        return true;
    return now - askedAt >= STAYS_EVERY_MS || now - since >= forMs;
}
/**
 * One more answer.
 *
 * @param problem null: a good one
 * @param forMs how long it has to stay healthy after two good ones
 */
function judgeHealth(course, problem, forMs, now) {
    const good = problem === null ? course.good + 1 : 0;
    const bad = problem === null ? 0 : course.bad + 1;
    const since = course.since ?? (good >= IN_A_ROW ? now : null);
    const next = { good, bad, since, askedAt: now, problem: problem ?? course.problem };
    if (since === null)
        return { course: next, verdict: "checking" };
    if (bad >= IN_A_ROW)
        return { course: next, verdict: "sick" };
    const stood = problem === null && now - since >= forMs;
    return { course: next, verdict: stood ? "healthy" : "checking" };
}

;// CONCATENATED MODULE: ./build/fleet/update/instance.js





class Instance {
    key;
    uuid;
    isSource;
    row;
    ours = "untouched";
    /** Its environment is to be replaced, although it is on the revision. */
    force = false;
    /** An update of ours was accepted, as far as can be told. */
    changed = false;
    /** The revision that it had when this run took it on. */
    from = null;
    parked;
    gone = false;
    /** Looks in a row that did not show it. */
    missing = 0;
    under = null;
    course;
    health = UNASKED;
    /** Found on the revision, or after its update: seen to run, with its URL and healthy. */
    fit = false;
    /** The answer of the first round to one that is not on the revision yet; null: not asked. */
    answered = null;
    /** The address that was last known to reach it alone: an update keeps it (API facts, 13). */
    url = null;
    urlWantedSince = null;
    attestedAt = null;
    /** When this run first looked at it, or saw it come to the revision without us. */
    since;
    end = null;
    constructor(key, row, { wanted, since, isSource }) {
        this.key = key;
        this.uuid = row.vmUuid ?? "";
        this.row = row;
        this.since = since;
        this.isSource = isSource;
        this.parked = (0,phala_status/* isStopping */.vH)(row.status);
        this.course = newCourse(wanted, null, null);
    }
    /** Whether its row tells this revision. */
    has(composeHash) {
        return this.row.composeHash === composeHash;
    }
    /** As the planner sees it. */
    member(wanted) {
        const { key, ours, force, parked, gone, row, from } = this;
        return {
            key,
            ours,
            force,
            gone,
            revision: this.has(wanted) ? "new" : "old",
            serves: this.#serves(wanted),
            busy: isBusy(row),
            createdAt: row.createdAt,
            returns: from !== null && from !== wanted && this.changed,
            parked: parked && !(0,phala_cvm/* runs */.Np)(row),
        };
    }
    #serves(wanted) {
        if (!(0,phala_cvm/* runs */.Np)(this.row) || isBusy(this.row))
            return false;
        const { ours } = this;
        if (ours === "done" || ours === "back-done" || ours === "overtaken")
            return true;
        if (ours === "untouched" && (!this.has(wanted) || this.force))
            return this.answered !== false;
        if (ours === "failed" && !this.changed)
            return this.answered !== false;
        return ours === "untouched" && this.fit;
    }
}
/** An operation is in progress, or has a target that it has not reached (API facts, 3.3: one client asks both). */
function isBusy({ inProgress, raw }) {
    return inProgress || (0,json/* stringAt */.bX)((0,json/* objectAt */.lJ)(raw, "progress"), "target") !== null;
}

// EXTERNAL MODULE: ./build/net/parallel.js
var parallel = __webpack_require__(756);
// EXTERNAL MODULE: ./build/fleet/plan/newcomers.js
var newcomers = __webpack_require__(3223);
// EXTERNAL MODULE: ./build/ledger/replica.js
var replica = __webpack_require__(7857);
// EXTERNAL MODULE: ./build/phala/gateway.js
var gateway = __webpack_require__(8538);
// EXTERNAL MODULE: ./build/fleet/follow/address.js
var address = __webpack_require__(3752);
// EXTERNAL MODULE: ./build/fleet/follow/health.js
var health = __webpack_require__(836);
;// CONCATENATED MODULE: ./build/fleet/update/ends.js
/** How the update of one instance ends, as facts. */


/** It serves: on the revision, or on the one that it went back to. */
function finish({ ledger }, one) {
    const { key, under } = one;
    if (under === null) {
        one.fit = true;
        return;
    }
    one.under = null;
    one.ours = under.back ? "back-done" : "done";
    ledger.append({ replica: key, fact: "updated", to: under.target });
}
/** It came to nothing. */
function fail({ ledger, edges }, one, end) {
    const { key, under } = one;
    const back = under?.back ?? false;
    const stage = one.isSource ? "source" : under === null ? "there" : back ? "back" : "forth";
    one.under = null;
    one.end = end;
    if (end.why === "overtaken")
        one.ours = "overtaken";
    else
        one.ours = stage === "forth" ? "failed" : stage === "back" ? "back-failed" : "unfit";
    // The source is no member, so that it has no facts of its own.
    if (one.isSource)
        return;
    const elapsedMs = edges.clock.now() - (under?.startedAt ?? one.since);
    ledger.append({
        replica: key,
        fact: "failed",
        during: back ? "going-back" : "updating",
        trouble: { kind: "update", stage, replica: (0,replica/* identOf */.gl)(one.row), end, elapsedMs },
    });
}
/** It is as if we had not asked: somebody else brought it to the revision, or nothing may be sent any more. */
function withdraw({ ledger, edges }, one, wanted) {
    if (one.under?.sent === true)
        ledger.append({ replica: one.key, fact: "withdrawn" });
    one.under = null;
    one.ours = "untouched";
    one.from = null;
    one.since = edges.clock.now();
    one.course = newCourse(wanted, one.since, one.row.status);
}

// EXTERNAL MODULE: ./build/net/fault.js
var fault = __webpack_require__(1723);
// EXTERNAL MODULE: ./build/text/cut.js
var cut = __webpack_require__(5307);
;// CONCATENATED MODULE: ./build/fleet/update/probe.js


/** Deadline of one health request in ms. */
const PROBE_MS = 10_000;
/** So much of an answer is kept for a person to see what came instead. Characters. */
const MOST_KEPT = 200;
/**
 * Asks an instance itself, once. The request carries nothing but its path: the API key has no business there.
 * Redirects are not followed.
 *
 * @param expect text that the body must hold; null: a 2xx is enough
 * @returns what is wrong with the answer; null: it is good
 */
async function probe({ transport, runner, cancel }, url, expect) {
    try {
        const request = {
            method: "GET",
            url,
            headers: {},
            timeoutMs: PROBE_MS,
            signal: cancel,
        };
        const { status, body } = await transport(request);
        const shown = () => (0,cut/* cut */.J)(runner.redactPrinted((0,cut/* cut */.J)(body, MOST_KEPT * 10)), MOST_KEPT);
        if (status < 200 || status >= 300)
            return { got: "status", status, body: shown() };
        if (expect === null || body.includes(expect))
            return null;
        return { got: "other-text", expected: expect, body: shown() };
    }
    catch (error) {
        return { got: "fault", fault: (0,fault/* networkFault */.T4)(error, url) };
    }
}

;// CONCATENATED MODULE: ./build/fleet/update/check-up.js
/** An instance that runs: has it its URL, and is it healthy? */







/** Its event log is asked for the id so often at the most. Ms. */
const ATTEST_EVERY_MS = 30_000;
/** One round for one that runs by the looks. */
async function checkUp(bench, one, rules) {
    const { clock } = bench.edges;
    if (one.url === null)
        await searchUrl(bench, one, rules);
    if (one.url === null)
        return withoutUrl(bench, one, rules);
    if (rules.healthCheck === null)
        return finish(bench, one);
    const now = clock.now();
    if (!isDue(one.health, rules.healthForMs, now))
        return;
    const address = addressOf(one, rules);
    const problem = address === null
        ? { got: "no-usable-url" }
        : await probe(bench.edges, address, expectOf(one, rules));
    if (bench.edges.cancel.aborted)
        return;
    const judged = judgeHealth(one.health, problem, rules.healthForMs, clock.now());
    if (problem !== null && one.health.problem === null && !one.isSource) {
        bench.ledger.append({
            fact: "noted",
            note: { note: "not-healthy", replica: one.key, problem },
        });
    }
    one.health = judged.course;
    if (judged.verdict === "healthy")
        finish(bench, one);
    if (judged.verdict === "sick" && problem !== null) {
        fail(bench, one, { why: "unhealthy", address, path: rules.healthCheck, problem });
    }
}
/** Asks one that is not on the revision once whether it serves: a 2xx is what counts. */
async function askOnce(bench, one, rules) {
    const address = addressOf(one, rules);
    if (rules.healthCheck === null || address === null || one.parked)
        return;
    one.answered = (await probe(bench.edges, address, null)) === null;
}
/** Where its health is asked; null: it has no address that this step may ask. */
function addressOf(one, { healthCheck, apiUrl }) {
    return one.url === null || healthCheck === null ? null : (0,health/* healthUrl */.g)(one.url, healthCheck, apiUrl);
}
/** The text that names the new version is asked of nothing else. */
function expectOf(one, { healthExpect, wanted }) {
    const isNew = one.has(wanted) && one.course.target === wanted;
    return isNew ? healthExpect : null;
}
/** An update keeps the instance's id, but its row may not tell it (API facts, "Instance id"). */
async function searchUrl({ api, appId, edges }, one, rules) {
    const now = edges.clock.now();
    one.urlWantedSince ??= now;
    if (one.attestedAt !== null && now - one.attestedAt < ATTEST_EVERY_MS)
        return;
    one.attestedAt = now;
    const { row } = one;
    const options = { signal: edges.cancel, timeoutMs: PROBE_MS };
    const told = await api.attestedInstanceId(one.uuid, options);
    const id = told.ok ? told.value.instanceId : null;
    if (id === null || rules.port !== null)
        return;
    one.url = (0,gateway/* builtInstanceUrl */.vv)(id, row.appUrl, row.appId ?? appId, (0,gateway/* gatewayDomain */.f3)(row.raw));
}
/** Without a health check nobody needs its URL now: a warning, once it had its time. */
function withoutUrl(bench, one, rules) {
    const { clock } = bench.edges;
    if (rules.healthCheck !== null)
        return;
    if (clock.now() - (one.urlWantedSince ?? clock.now()) < address/* URL_WINDOW_MS */.cT)
        return;
    const elapsedMs = clock.now() - (one.under?.startedAt ?? one.since);
    const stage = one.under === null ? "there" : one.under.back ? "back" : "forth";
    if (!one.isSource) {
        bench.ledger.append({
            replica: one.key,
            fact: "warned",
            trouble: {
                kind: "update",
                stage,
                replica: (0,replica/* identOf */.gl)(one.row),
                end: { why: "no-url" },
                elapsedMs,
            },
        });
    }
    finish(bench, one);
}

// EXTERNAL MODULE: ./build/net/retry-after.js
var retry_after = __webpack_require__(6874);
// EXTERNAL MODULE: ./build/phala/codes.js
var codes = __webpack_require__(9414);
// EXTERNAL MODULE: ./build/phala/revisions.js
var revisions = __webpack_require__(8274);
;// CONCATENATED MODULE: ./build/fleet/update/rules.js
/**
 * The row of a revision to redeploy. Which environment a redeploy brings along is not known (API facts, 13), so
 * that the row is of the CVM whose environment is right, where there is one.
 */
function rowOf(rows, composeHash, vmUuid) {
    const fitting = rows.filter((row) => row.composeHash === composeHash);
    return fitting.find((row) => row.vmUuid === vmUuid) ?? fitting[0] ?? null;
}

;// CONCATENATED MODULE: ./build/fleet/update/send.js
/** Sends one request of an update. Nothing is sent again but after a look: see `judgeUpdate`. */








/** An update whose answer was lost shows in the row at once (API facts, 13); then for so long nothing is sent. Ms. */
const SETTLE_MS = 15_000;
/** Between two tries at one that is busy: locks have been seen to last for minutes. Ms. */
const BUSY_PAUSE_MS = 5_000;
/** So many lost answers mean that the way to the API is broken. */
const MOST_LOST = 3;
/** Begins an update or the way back; its first request is sent by `send`. */
function begin(bench, one, rules, back) {
    const now = bench.edges.clock.now();
    const target = back ? (one.from ?? "") : rules.wanted;
    if (!back)
        one.from = one.row.composeHash;
    const envs = !back && rules.encryptedEnv !== null;
    one.ours = back ? "back-sent" : "sent";
    one.end = null;
    one.under = {
        ops: [...(one.has(target) ? [] : ["redeploy"]), ...(envs ? ["envs"] : [])],
        back,
        target,
        phase: "asking",
        notBefore: now,
        sent: false,
        mayBeBegun: false,
        lost: 0,
        fault: null,
        registered: false,
        startedAt: now,
        deadline: now + rules.instanceTimeoutMs,
    };
    one.course = newCourse(target, null, one.row.status);
    one.health = UNASKED;
    // Somebody else brought it back: there is nothing to send.
    if (one.under.ops.length === 0) {
        tell(bench, one, one.under, rules);
        one.under.phase = "moving";
    }
}
/** Saved before the first request of an update. */
function tell({ ledger }, one, under, { wanted }) {
    if (under.sent)
        return;
    under.sent = true;
    const to = under.target;
    const from = under.back ? wanted : one.from;
    ledger.append({ replica: one.key, fact: "updating", from, to, back: under.back });
}
/** The request was accepted, says its answer or the row. */
function accept({ edges }, one, under) {
    under.phase = "moving";
    under.fault = null;
    one.changed = true;
    one.course = newCourse(under.target, edges.clock.now(), one.row.status);
    one.health = UNASKED;
}
/** What the next request of an update is. */
function doingOf(one, under) {
    const doing = under.ops[0] === "envs" ? "replace-envs" : "redeploy";
    return { do: doing, replica: (0,replica/* identOf */.gl)(one.row) };
}
/** @returns what has to be registered before anything can go on; null: nothing */
async function send(bench, one, rules) {
    const { under } = one;
    const { edges } = bench;
    if (under === null)
        return null;
    const row = rowOf(rules.rows, under.target, under.back ? one.uuid : rules.source);
    if (under.ops[0] === "redeploy" && row === null) {
        fail(bench, one, { why: "no-revision", composeHash: under.target });
        return null;
    }
    tell(bench, one, under, rules);
    const answer = await send_ask(bench, one, under, row?.id ?? "", rules);
    if (edges.cancel.aborted)
        return null;
    if (answer.kind === "accepted")
        accept(bench, one, under);
    else if (answer.kind === "approval")
        return needsApproval(bench, one, under, answer);
    else
        takeFault(bench, one, under, answer.fault, rules);
    return null;
}
function send_ask({ api, appId, edges }, { uuid }, under, revisionId, rules) {
    const options = { signal: edges.cancel };
    if (under.ops[0] === "envs")
        return api.replaceEnvs(uuid, rules.encryptedEnv ?? "", options);
    const transactionHash = under.registered ? codes/* ALREADY_REGISTERED */.QD : null;
    return api.redeploy({ appId, revisionId, vmUuid: uuid, transactionHash }, options);
}
function needsApproval(bench, one, under, { approval, fault }) {
    // All is registered, and the API wants to be told so.
    if (approval.isAllowed && !under.registered) {
        under.registered = true;
        return null;
    }
    if (under.back || one.changed) {
        fail(bench, one, { why: "refused", fault, doing: doingOf(one, under) });
        return null;
    }
    withdraw(bench, one, under.target);
    return approval;
}
function takeFault(bench, one, under, fault, rules) {
    const { edges, ledger } = bench;
    const now = edges.clock.now();
    const verdict = (0,revisions/* judgeUpdate */.pq)(fault);
    const doing = doingOf(one, under);
    under.fault = fault;
    if (verdict === "final") {
        fail(bench, one, { why: "refused", fault, doing });
        return;
    }
    under.mayBeBegun ||= verdict !== "busy";
    const asked = fault.kind === "answer" ? ((0,retry_after/* retryAfterMs */.V)(fault, now) ?? 0) : 0;
    if (verdict === "lost") {
        under.lost += 1;
        under.phase = "settling";
        under.notBefore = now + Math.max(asked, SETTLE_MS);
        if (under.lost > MOST_LOST) {
            fail(bench, one, { why: "unsettled", fault, doing });
            return;
        }
    }
    else {
        under.notBefore = now + Math.max(asked, Math.min(BUSY_PAUSE_MS, rules.pollMs * 5));
    }
    const waitMs = under.notBefore - now;
    ledger.append({ fact: "retrying", doing, fault, waitMs, next: under.lost + 2 });
}

;// CONCATENATED MODULE: ./build/phala/port.js
/** Which of a CVM's addresses leads to a port (API facts, "URLs"). Pure. */


/** `…{40 hex digits}-8080` with the gateway's marks behind it, in a host or in a path. */
const PORT = /(?<![0-9a-f])[0-9a-f]{40}-(\d{1,5})[sg]?(?![\w-])/i;
/** The instance's own URL for a port, as its row lists it; null: not listed. */
function portUrl(row, port) {
    const urls = (0,json/* arrayAt */.RD)(row, "endpoints").map((entry) => (0,gateway/* soundAddress */.cp)((0,json/* stringAt */.bX)(entry, "instance")));
    return urls.find((url) => url !== null && Number(PORT.exec(url)?.[1]) === port) ?? null;
}

;// CONCATENATED MODULE: ./build/fleet/update/watch.js









/** One look without it may be a hiccup. */
const LOOKS_WITHOUT = 2;
/**
 * Takes one look into account.
 *
 * @param row null: the look did not show it
 * @returns whether it runs as it should, so that its URL and its health are next
 */
function observe(bench, one, row, rules) {
    if (row === null || row.deleted || (0,phala_status/* isGoing */.jf)(row.status)) {
        one.missing += 1;
        if (one.missing >= LOOKS_WITHOUT && !one.gone)
            lose(bench, one);
        return false;
    }
    one.missing = 0;
    show(bench, one, row);
    const { row: before } = one;
    one.row = row;
    one.url = ownUrl(row, rules.port, bench.appId) ?? one.url;
    const { under } = one;
    if (under !== null)
        return under.phase === "moving" ? move(bench, one, under) : watch_ask(bench, one, under);
    if (one.ours === "done")
        return keep(bench, one, rules);
    if (one.ours === "untouched" && before.composeHash !== rules.wanted && one.has(rules.wanted)) {
        // Somebody else updates it.
        one.since = bench.edges.clock.now();
        one.course = newCourse(rules.wanted, one.since, before.status);
    }
    const found = one.isSource || (one.ours === "untouched" && one.has(rules.wanted) && !one.force);
    if (!found || one.fit || one.parked)
        return false;
    return move(bench, one, null);
}
/** It was updated by us: is it still what we made it? */
function keep(bench, one, { wanted }) {
    const { row, course } = one;
    const other = one.has(wanted) ? 0 : course.other + 1;
    one.course = { ...course, other };
    if (other >= LOOKS_WITHOUT)
        fail(bench, one, { why: "overtaken", composeHash: row.composeHash });
    return false;
}
/** A line for each change of its state. */
function show({ ledger }, one, row) {
    const before = one.row;
    const same = before.status === row.status && isBusy(before) === isBusy(row);
    if (same || one.isSource)
        return;
    const { status } = row;
    const look = { detailed: false, bootProgress: null, bootError: null };
    ledger.append({
        replica: one.key,
        fact: "seen",
        cvm: row,
        status: { ...look, status, inProgress: isBusy(row) },
    });
}
function lose(bench, one) {
    if (one.under !== null || one.isSource)
        fail(bench, one, { why: "vanished" });
    else
        bench.ledger.append({ replica: one.key, fact: "vanished" });
    one.gone = true;
}
/** Its request is not accepted yet, as far as we know: does the row say that it was? */
function watch_ask(bench, one, under) {
    const begun = under.ops[0] === "redeploy" ? one.has(under.target) : isBusy(one.row);
    if (begun && under.mayBeBegun)
        accept(bench, one, under);
    else if (begun && under.ops[0] === "redeploy") {
        // On its way back, somebody else's hand has done what we want.
        if (under.back)
            accept(bench, one, under);
        else
            withdraw(bench, one, under.target);
    }
    else if (under.phase === "settling" && bench.edges.clock.now() >= under.notBefore) {
        under.phase = "asking";
    }
    return false;
}
function move(bench, one, under) {
    const { ledger, edges } = bench;
    const { row } = one;
    const now = edges.clock.now();
    const sight = { composeHash: row.composeHash, status: row.status, inProgress: isBusy(row) };
    const { course, verdict } = judgeCourse(one.course, sight, now);
    one.course = course;
    if (under !== null && !(0,phala_cvm/* runs */.Np)(row) && ledger.replica(one.key).times.away === undefined) {
        ledger.append({ replica: one.key, fact: "away" });
    }
    if (verdict === "waits")
        one.health = UNASKED;
    if (verdict === "overtaken") {
        fail(bench, one, { why: "overtaken", composeHash: row.composeHash });
    }
    else if ((verdict === "ended" || verdict === "serving") &&
        under !== null &&
        under.ops.length > 1) {
        under.ops = under.ops.slice(1);
        under.phase = "asking";
        under.notBefore = now;
        under.mayBeBegun = false;
    }
    else if (verdict === "ended" && one.parked)
        finish(bench, one);
    else if (verdict === "dead")
        fail(bench, one, { why: "status", status: row.status });
    else if (verdict === "serving")
        return reach(bench, one);
    return false;
}
function reach({ ledger }, one) {
    const back = one.under?.back ?? false;
    const stage = { fact: "reached", stage: "running", url: one.url };
    const known = ledger.replica(one.key).times.running !== undefined;
    if (!one.isSource && one.under !== null && !back && !known) {
        ledger.append({ replica: one.key, ...stage });
    }
    return true;
}
/** Its own URL as the row tells it; null: it does not. */
function ownUrl(row, port, appId) {
    if (port !== null)
        return portUrl(row.raw, port);
    return (0,address/* addressed */.Ue)(row, null, appId).instanceUrl;
}
/** Why it is late, as far as it came. */
function lateEnd(one, rules, address) {
    const { under, row, health, course } = one;
    if (under !== null && under.phase !== "moving" && under.fault !== null) {
        const why = under.mayBeBegun ? "unsettled" : "refused";
        return { why, fault: under.fault, doing: doingOf(one, under) };
    }
    if (course.good > 0 && one.url === null)
        return { why: "no-url" };
    if (course.good > 0 && rules.healthCheck !== null) {
        const problem = health.problem ?? { got: "unasked" };
        return { why: "unhealthy", address, path: rules.healthCheck, problem };
    }
    return { why: "late", status: row.status, inProgress: isBusy(row) };
}

;// CONCATENATED MODULE: ./build/fleet/update/roll-out.js








/** Requests at once to the instances themselves. */
const AT_ONCE = 8;
const HEARTBEAT_MS = 60_000;
class RollOut {
    #bench;
    #instances;
    #rules;
    #begun;
    #approval = null;
    #blind = null;
    #toldAt;
    #askedAt = Number.NEGATIVE_INFINITY;
    #wentBack = false;
    constructor(bench, instances, rules) {
        this.#bench = bench;
        this.#instances = instances;
        this.#rules = rules;
        this.#begun = bench.edges.clock.now();
        this.#toldAt = this.#begun;
    }
    /** Waits until the source serves, for as long as one instance may take. @returns whether it does */
    async sourceServes(source) {
        for (;;) {
            await this.#look([source]);
            if (source.end === null && !source.fit)
                this.#expire([source], true);
            if (source.end !== null || source.fit || this.#cancelled)
                return source.fit;
            await this.#pause();
        }
    }
    /** Carries the rollout out, to its end. */
    async run() {
        for (let round = 0;; round++) {
            await this.#look(this.#instances);
            if (round === 0)
                await this.#askOldOnes();
            this.#expire(this.#instances, false);
            const step = this.#plan();
            if (step.do === "end")
                return { end: step.end, approval: this.#approval };
            await this.#sendDue();
            if (this.#cancelled)
                continue;
            this.#beat();
            await this.#pause();
        }
    }
    get #cancelled() {
        return this.#bench.edges.cancel.aborted;
    }
    #isBad() {
        return this.#world().members.some(({ ours }) => ours === "failed" || ours === "back-failed");
    }
    #world() {
        const { maxUnavailable, onFailure, limitMs, wanted } = this.#rules;
        return {
            members: this.#instances.map((one) => one.member(wanted)),
            maxUnavailable,
            onFailure,
            approval: this.#approval !== null,
            cancelled: this.#cancelled,
            outOfTime: this.#bench.edges.clock.now() - this.#begun >= limitMs,
        };
    }
    /** Begins whatever may begin. @returns the step that remains: to look, or the end */
    #plan() {
        for (;;) {
            const step = nextStep(this.#world());
            if (step.do === "look" || step.do === "end")
                return step;
            const one = this.#instances.find(({ key }) => key === step.key);
            if (one === undefined)
                throw new Error(`no instance ${step.key}`);
            if (step.do === "roll-back")
                this.#goBack();
            begin(this.#bench, one, this.#rules, step.do === "roll-back");
        }
    }
    #goBack() {
        if (this.#wentBack)
            return;
        this.#wentBack = true;
        const { wanted } = this.#rules;
        const count = this.#instances.filter((one) => one.member(wanted).returns).length;
        this.#bench.ledger.append({ fact: "noted", note: { note: "going-back", count } });
    }
    /** One look at all of them, by one request; then URLs and health of those that run as they should. */
    async #look(instances) {
        const { api, appId, edges, ledger } = this.#bench;
        const list = await api.listCvms(appId, { signal: edges.cancel, timeoutMs: newcomers/* LOOK_TIMEOUT_MS */.Pi });
        if (this.#cancelled)
            return;
        if (!list.ok) {
            const { fault } = list;
            if (this.#blind !== fault.kind) {
                ledger.append({ fact: "noted", note: { note: "look-failed", fault } });
            }
            this.#blind = fault.kind;
            return;
        }
        this.#blind = null;
        const rows = new Map();
        for (const cvm of list.value.cvms)
            if (cvm.vmUuid !== null)
                rows.set(cvm.vmUuid, cvm);
        const there = instances.filter(({ gone }) => !gone);
        await this.#askUptimes(there.filter((one) => isDoubtful(one, rows.get(one.uuid), edges.clock.now())));
        const running = there.filter((one) => observe(this.#bench, one, rows.get(one.uuid) ?? null, this.#rules));
        await (0,parallel/* inParallel */.H)(running, AT_ONCE, (one) => checkUp(this.#bench, one, this.#rules));
    }
    /** Whether the guest came up after its update: what a row says may be of the time before (API facts, 13). */
    async #askUptimes(doubtful) {
        const { api, edges } = this.#bench;
        const now = edges.clock.now();
        if (doubtful.length === 0 || now - this.#askedAt < this.#rules.pollMs * 5)
            return;
        this.#askedAt = now;
        const uuids = doubtful.map(({ uuid }) => uuid);
        const statuses = await api.bootStatuses(uuids, {
            signal: edges.cancel,
            timeoutMs: newcomers/* LOOK_TIMEOUT_MS */.Pi,
        });
        if (!statuses.ok)
            return;
        for (const one of doubtful) {
            const up = statuses.value.get(one.uuid)?.uptimeMs;
            const { acceptedAt } = one.course;
            // Told to the second: a second more may have passed since it came up.
            if (up === undefined || acceptedAt === null || now - up - 1_000 < acceptedAt)
                continue;
            one.course = { ...one.course, away: true };
        }
    }
    /** Which of those on another revision serve now, for the order. */
    async #askOldOnes() {
        const { wanted } = this.#rules;
        const old = this.#instances.filter((one) => !one.has(wanted) || one.force);
        await (0,parallel/* inParallel */.H)(old, AT_ONCE, (one) => askOnce(this.#bench, one, this.#rules));
    }
    #expire(instances, source) {
        const now = this.#bench.edges.clock.now();
        const { instanceTimeoutMs, wanted } = this.#rules;
        for (const one of instances) {
            const { under, ours, gone, fit, parked } = one;
            const found = source || (ours === "untouched" && one.has(wanted) && !one.force);
            const waits = under !== null || (found && !fit && !parked && !gone);
            const deadline = under?.deadline ?? one.since + instanceTimeoutMs;
            if (!waits || now < deadline)
                continue;
            fail(this.#bench, one, lateEnd(one, this.#rules, addressOf(one, this.#rules)));
        }
    }
    /** One request after another; after a failure none that was not sent before. */
    async #sendDue() {
        const { clock } = this.#bench.edges;
        for (const one of this.#instances) {
            const { under } = one;
            if (this.#cancelled)
                return;
            if (under?.phase !== "asking" || clock.now() < under.notBefore)
                continue;
            // What is in progress would only answer that it is busy.
            if (one.row.inProgress && under.fault !== null)
                continue;
            const first = !under.sent && !under.back;
            if (first && (this.#isBad() || this.#approval !== null))
                withdraw(this.#bench, one, this.#rules.wanted);
            else
                this.#approval = (await send(this.#bench, one, this.#rules)) ?? this.#approval;
        }
    }
    /** A line a minute, so that a long wait never looks dead. */
    #beat() {
        const { edges, ledger } = this.#bench;
        const now = edges.clock.now();
        if (now - this.#toldAt < HEARTBEAT_MS)
            return;
        this.#toldAt = now;
        const waiting = this.#instances.filter(({ under, fit, row }) => under === null ? !fit && row.composeHash === this.#rules.wanted : true);
        ledger.append({
            fact: "waiting",
            what: "serving",
            keys: waiting.map(({ key }) => key),
            total: this.#instances.length,
            sinceMs: now - this.#begun,
            limitMs: this.#rules.limitMs,
        });
    }
    async #pause() {
        const { clock, cancel } = this.#bench.edges;
        await clock.sleep(this.#rules.pollMs, cancel);
    }
}
/** It may not have begun its update yet, for all that its row says. */
function isDoubtful({ course, under }, row, now) {
    const { acceptedAt, away } = course;
    if (acceptedAt === null || away || row === undefined)
        return false;
    if (now - acceptedAt >= QUEUE_MS)
        return false;
    if (under !== null && under.phase !== "moving")
        return false;
    return row.composeHash === course.target && row.status === "running" && !row.inProgress;
}

;// CONCATENATED MODULE: ./build/fleet/update/source.js




/**
 * The source has to serve before anything is touched; an update of it that is under way is waited for.
 *
 * @returns why it does not; null: it does, or the step was cancelled
 */
async function checkSource({ edges, ledger }, { revisions, clockOffsetMs }, source, rollOut) {
    const now = edges.clock.now();
    const wanted = source.composeHash ?? "";
    const one = new Instance(rolloutKey(source), source, { wanted, since: now, isSource: true });
    const lately = begunLately(source, wanted, revisions, { now, clockOffsetMs });
    one.course = newCourse(wanted, lately, null);
    const serves = await rollOut.sourceServes(one);
    const ident = (0,replica/* identOf */.gl)(one.row);
    if (serves)
        ledger.append({ fact: "noted", note: { note: "source-serves", ident } });
    if (serves || one.end === null)
        return null;
    const elapsedMs = edges.clock.now() - now;
    return { kind: "update", stage: "source", replica: ident, end: one.end, elapsedMs };
}

// EXTERNAL MODULE: ./build/text/ids.js
var ids = __webpack_require__(3113);
// EXTERNAL MODULE: ./build/inputs/common.js + 1 modules
var common = __webpack_require__(8020);
// EXTERNAL MODULE: ./build/inputs/envs.js
var inputs_envs = __webpack_require__(4693);
// EXTERNAL MODULE: ./build/text/pattern.js
var text_pattern = __webpack_require__(2857);
// EXTERNAL MODULE: ./build/inputs/values.js
var values = __webpack_require__(9967);
;// CONCATENATED MODULE: ./build/inputs/lists.js
/** Inputs that name several CVMs. */



/** More are nobody's list of CVMs. */
const MOST_ENTRIES = 1_000;
/** UUIDs, each once; null: not given. `[]` is a list of nothing. */
function readUuids(read, name) {
    const form = `UUIDs, separated by commas or lines or as a JSON array, at most ${MOST_ENTRIES}`;
    return read.optional(name, form, (text) => {
        const uuids = each(text, ids/* parseUuid */.Xw);
        return uuids === null ? null : [...new Set(uuids)];
    });
}
/** Names and patterns; null: not given. */
function readPatterns(read, name) {
    const form = "names, or patterns with *, of letters, digits and hyphens, separated by commas or lines or as a JSON array";
    return read.optional(name, form, (text) => each(text, text_pattern/* parsePattern */.E));
}
function each(text, parse) {
    const items = (0,values/* parseList */.E1)(text);
    if (items === null || items.length > MOST_ENTRIES)
        return null;
    // Text that names nothing is a slip; an empty array came out of something.
    if (items.length === 0 && !/^\[\s*\]$/.test(text))
        return null;
    const parsed = items.map(parse).filter((item) => item !== null);
    return parsed.length === items.length ? parsed : null;
}

// EXTERNAL MODULE: ./build/inputs/reader.js
var reader = __webpack_require__(462);
;// CONCATENATED MODULE: ./build/inputs/rollout.js






const ON_FAILURE = ["stop", "rollback"];
/** Silently empty, they would widen or weaken the step; `action.yml` gives them the default `unset`. */
const ROLLOUT_GUARDED = [
    "vm_uuids",
    "name",
    "compose_hash",
    "source",
    "health_expect",
    "on_failure",
    "dry_run",
];
const LONGEST_MS = 7 * 24 * 3_600_000;
const MOST_UNAVAILABLE = 1_000;
const LONGEST_EXPECT = 1_000;
/** @returns the inputs, or every fault that was found */
function readRolloutInputs(env) {
    const { env: given, faults: empties } = (0,common/* withoutUnset */.sZ)(env, ROLLOUT_GUARDED);
    const read = new reader/* InputReader */.i_(given);
    read.faults.push(...empties);
    const apiKey = (0,common/* requireApiKey */.Ft)(read, given);
    const apiUrl = (0,common/* readApiUrl */.AX)(read, given);
    const appId = read.required("app_id", "the app's 40 hex digits", ids/* parseAppId */.c_);
    const { envs, maskedEnvs, notes } = (0,inputs_envs/* readEnvs */.v)(read);
    const own = {
        ...whichOf(read),
        ...healthOf(read),
        ...timesOf(read),
        encryptedEnv: read.secret("encrypted_env", "a hex blob of an even number of digits", values/* parseHexBlob */.wM),
        envs,
        maskedEnvs,
        maxUnavailable: read.withDefault("max_unavailable", { kind: "number", number: 1 }, `a whole number from 1 to ${MOST_UNAVAILABLE}, or per cent from 1% to 100%`, parseShare),
        onFailure: read.withDefault("on_failure", "stop", "stop or rollback", (text) => ON_FAILURE.find((word) => word === text) ?? null),
        dryRun: (0,common/* flagOf */.iP)(read)("dry_run", false),
        summary: (0,common/* flagOf */.iP)(read)("summary", true),
    };
    crossChecks(read, empties.length > 0);
    const unknownNotes = (0,common/* lastChecks */.mQ)(read, given);
    if (read.faults.length > 0 || !apiKey || !apiUrl || !appId)
        return { faults: read.faults };
    return { inputs: { ...own, apiKey, apiUrl, appId, notes: [...notes, ...unknownNotes] } };
}
function whichOf(read) {
    return {
        vmUuids: readUuids(read, "vm_uuids"),
        names: readPatterns(read, "name"),
        composeHash: read.optional("compose_hash", "64 hex digits", ids/* parseHash */.Eb),
        source: read.optional("source", "the UUID of an instance of the app", ids/* parseUuid */.Xw),
    };
}
function healthOf(read) {
    return {
        port: read.optional("port", "a port from 1 to 65535", parsePort),
        healthCheck: read.optional("health_check", "a path such as /healthz", values/* parsePath */.Rr),
        healthExpect: read.optional("health_expect", `a text of at most ${LONGEST_EXPECT} characters`, (text) => (text.length <= LONGEST_EXPECT ? text : null)),
        healthForMs: read.withDefault("health_for", 0, "a duration such as 30s or 2m, at most 7d", (0,common/* within */.ux)(0, LONGEST_MS)),
    };
}
function timesOf(read) {
    const duration = (0,common/* durationOf */.cf)(read);
    return {
        requestTimeoutMs: duration("request_timeout", 60_000),
        instanceTimeoutMs: duration("instance_timeout", 900_000),
        waitTimeoutMs: read.optional("wait_timeout", "a duration such as 90m or 2h, above 0 and at most 7d", (0,common/* within */.ux)(1, LONGEST_MS)),
        pollIntervalMs: duration("poll_interval", 2_000, 100),
    };
}
/** @param cameOutEmpty that is said already, and is why something is missing */
function crossChecks(read, cameOutEmpty) {
    for (const name of ["envs", "envs_plain"]) {
        read.exclude(name, ["encrypted_env"], "one is encrypted by this action, the other is already");
    }
    if (!read.given("compose_hash") && !read.given("source") && !cameOutEmpty) {
        read.faults.push("compose_hash and source are both missing: give the revision to bring the instances to, or the UUID of the instance that has it.");
    }
    const why = "nothing is asked whose answer it could speak of";
    read.useless("health_expect", "", "health_check", why);
    read.useless("health_for", "0s", "health_check", why);
}
/** A whole number from 1, or a share such as `20%`. */
function parseShare(text) {
    const percent = /^(\d{1,3})\s?%$/.exec(text)?.[1];
    if (percent !== undefined) {
        const share = Number(percent);
        return share >= 1 && share <= 100 ? { kind: "percent", percent: share } : null;
    }
    const number = (0,values/* parseWhole */.z2)(text);
    if (number === null || number < 1 || number > MOST_UNAVAILABLE)
        return null;
    return { kind: "number", number };
}
function parsePort(text) {
    const port = (0,values/* parseWhole */.z2)(text);
    return port !== null && port >= 1 && port <= 65_535 ? port : null;
}

// EXTERNAL MODULE: ./build/ledger/trouble.js
var ledger_trouble = __webpack_require__(9342);
// EXTERNAL MODULE: ./build/report/annotation/rollout.js
var rollout = __webpack_require__(3339);
// EXTERNAL MODULE: ./build/report/log/making.js
var making = __webpack_require__(6642);
// EXTERNAL MODULE: ./build/report/log/updating.js
var updating = __webpack_require__(5305);
// EXTERNAL MODULE: ./build/text/links.js
var links = __webpack_require__(4862);
// EXTERNAL MODULE: ./build/report/words/update.js
var update = __webpack_require__(6743);
// EXTERNAL MODULE: ./build/report/words/updated.js
var updated = __webpack_require__(3803);
;// CONCATENATED MODULE: ./build/report/outputs/rollout.js




const ROLLOUT_ARRAYS = ["replicas", "vm_uuids"];
/** Every output by name. */
function rolloutOutputs(told, { wanted, previous, approval }) {
    const { ledger, judgement, message } = told;
    const { outcome, trouble } = judgement;
    const replicas = ledger.replicas();
    const uuids = replicas.map(({ ident }) => ident.uuid).filter((uuid) => uuid !== null);
    return {
        replicas: JSON.stringify(replicas.map((replica) => entryOf(replica, told, wanted))),
        vm_uuids: JSON.stringify(uuids),
        compose_hash: approval?.composeHash ?? wanted ?? "",
        previous_compose_hash: previous ?? "",
        outcome,
        error_code: trouble === null ? "" : (0,ledger_trouble/* codeOf */.$)(trouble),
        error_message: message,
        device_id: approval?.deviceId ?? "",
        commit_token: approval?.commitToken ?? "",
        commit_url: approval?.commitUrl ?? "",
        api_commit_url: approval?.apiCommitUrl ?? "",
        onchain_status: rollout_json(approval?.onchainStatus),
        kms_info: rollout_json(approval?.kmsInfo),
    };
}
/** As create's entries are, with what came of the update. */
function entryOf(replica, { ledger, inputs, redactPrinted }, wanted) {
    const { ident, cvm, revision, trouble, status } = replica;
    const slug = ledger.run.surveyed?.workspaceSlug ?? null;
    const { uuid } = ident;
    const first = revision?.backTrouble ?? trouble;
    return {
        replica_id: ident.id,
        name: ident.name,
        status: status ?? null,
        node_id: ident.nodeId,
        node_name: ident.nodeName,
        vm_uuid: uuid,
        instance_id: ident.instanceId,
        app_url: cvm?.appUrl ?? null,
        instance_url: ident.url,
        dashboard_url: uuid === null ? null : (0,links/* dashboardUrl */.aU)(slug, inputs?.appId ?? null, uuid),
        compose_hash: (0,updated/* revisionNow */.UJ)(replica),
        from: revision?.from ?? cvm?.composeHash ?? null,
        to: wanted,
        outcome: (0,updated/* updateOutcome */.GO)(replica, wanted),
        error: first?.kind === "update" ? redactPrinted((0,update/* updateText */.Pq)(first)) : null,
    };
}
function rollout_json(value) {
    return value === null || value === undefined ? "" : JSON.stringify(value);
}

// EXTERNAL MODULE: ./build/text/clean.js
var clean = __webpack_require__(5502);
// EXTERNAL MODULE: ./build/report/summary/create.js
var create = __webpack_require__(8677);
// EXTERNAL MODULE: ./build/report/summary/delete.js
var summary_delete = __webpack_require__(2898);
// EXTERNAL MODULE: ./build/report/summary/timeline.js
var timeline = __webpack_require__(8390);
;// CONCATENATED MODULE: ./build/report/summary/rollout.js







const MOST_ROWS = 200;
const HEADLINES = {
    rolled_out: "✅ Rolled out",
    unchanged: "✅ Nothing to roll out",
    dry_run: "🔍 Dry run: nothing was touched",
    pending_approval: "❌ On-chain approval needed",
    partial: "⚠️ Stopped: two revisions serve now",
    rolled_back: "⚠️ Failed, and rolled back",
    timeout: "❌ Not done in time",
    cancelled: "⚠️ Cancelled",
    failed: "❌ Failed",
};
/** What came of it in one line, why it is red, each instance before and after, and the phases as a chart. */
function rolloutSummary(told, handover) {
    const { ledger, judgement, message } = told;
    const { trouble } = judgement;
    const replicas = ledger.replicas();
    return (0,create/* withinLimit */.zl)([
        `### ${HEADLINES[judgement.outcome] ?? judgement.outcome}`,
        (0,summary_delete/* saidOf */.J)(message, (trouble === null ? "" : (0,ledger_trouble/* codeOf */.$)(trouble)), told.env),
        revisionsOf(handover),
        table(told, replicas, handover),
        (0,timeline/* chartOf */.I)("Phases since the first request (min:s)", replicas.map(sectionOf)),
        nextOf(told, handover),
    ]);
}
function revisionsOf({ wanted, previous }) {
    if (wanted === null)
        return "";
    const before = previous === null || previous === wanted ? "" : `, before that mostly ${(0,clean/* code */.aY)(previous)}`;
    return `Revision ${(0,clean/* code */.aY)(wanted)}${before}.`;
}
function table({ ledger, inputs }, replicas, { wanted }) {
    if (replicas.length === 0)
        return "";
    const slug = ledger.run.surveyed?.workspaceSlug ?? null;
    const rows = replicas.slice(0, MOST_ROWS).map((replica) => {
        const { ident, cvm, revision } = replica;
        const appId = inputs?.appId ?? null;
        const link = ident.uuid === null ? null : (0,clean/* safeLink */.o3)((0,links/* dashboardUrl */.aU)(slug, appId, ident.uuid));
        const name = (0,clean/* code */.aY)(ident.name ?? "unnamed", 80);
        const { took, away } = (0,updated/* timesOf */.Qv)(replica);
        const cells = [
            link === null ? name : `<a href="${link}">${name}</a>`,
            hash(revision === null ? (cvm?.composeHash ?? null) : revision.from),
            hash((0,updated/* revisionNow */.UJ)(replica)),
            (0,clean/* markdown */.wD)((0,updated/* updatedText */.NL)(replica, wanted), 200),
            (0,updated/* timeText */.Tc)(took),
            (0,updated/* timeText */.Tc)(away),
        ];
        return `| ${cells.join(" | ")} |`;
    });
    const left = replicas.length - rows.length;
    return [
        "| Instance | Before | After | What it is now | Took | Seen not serving |",
        "| --- | --- | --- | --- | --- | --- |",
        ...rows,
        ...(left === 0 ? [] : ["", `… and ${left} more.`]),
    ].join("\n");
}
function hash(composeHash) {
    return composeHash === null ? "–" : (0,clean/* code */.aY)(composeHash.slice(0, 12));
}
function sectionOf({ ident, times }) {
    const { sent, running, updated, failed, backSent, backDone } = times;
    const phases = [];
    const over = updated ?? failed ?? running;
    if (sent !== undefined && over !== undefined) {
        const up = running ?? over;
        const look = running === undefined ? "crit" : "active";
        phases.push({ name: "updating", look, from: sent, to: up });
        if (running !== undefined && over > running) {
            const result = updated === undefined ? "crit" : "done";
            phases.push({ name: "health check", look: result, from: running, to: over });
        }
    }
    if (backSent !== undefined && backDone !== undefined) {
        phases.push({ name: "going back", look: "active", from: backSent, to: backDone });
    }
    return { name: ident.name ?? ident.uuid ?? "instance", phases };
}
function nextOf({ judgement, ledger }, { previous, wanted }) {
    const { outcome, exitCode } = judgement;
    if (exitCode === 0 || ledger.run.began === null)
        return "";
    const again = "**Next:** run the step again: it goes on from what it finds.";
    if (outcome === "rolled_back" || previous === null || previous === wanted)
        return again;
    return `${again} To go back instead, roll out ${(0,clean/* code */.aY)(previous)} (\`compose_hash\`).`;
}

;// CONCATENATED MODULE: ./build/commands/judge-rollout.js

/** @param replicas those selected, as the run left them */
function judgeRollout(end, replicas, { limitMs, need }) {
    const first = firstTrouble(replicas);
    const late = { kind: "out-of-time", limitMs };
    switch (end) {
        case "cancelled":
            return { outcome: "cancelled", trouble: null, exitCode: 1 };
        case "approval":
            return need === null
                ? red("failed", first ?? late)
                : red("pending_approval", { kind: "approval", at: "update", need });
        case "out-of-time":
            return red("timeout", first ?? late);
        case "rolled-back":
            return red("rolled_back", first ?? late);
        case "back-failed":
            return red("failed", first ?? late);
        case "done":
        case "stopped":
            if (first !== null)
                return red(outcomeOf(replicas), first);
            return { outcome: wordOf(replicas), trouble: null, exitCode: 0 };
    }
}
function wordOf(replicas) {
    return replicas.some(isUpdated) ? "rolled_out" : "unchanged";
}
/** Some made it: what serves is of two revisions now. Otherwise, that nobody had enough time has its own word. */
function outcomeOf(replicas) {
    if (replicas.some(isUpdated))
        return "partial";
    const troubles = replicas.map(({ trouble }) => trouble).filter((trouble) => trouble !== null);
    return troubles.every((trouble) => (0,ledger_trouble/* codeOf */.$)(trouble) === "TIMEOUT") ? "timeout" : "failed";
}
function isUpdated({ revision, trouble }) {
    return revision?.done === true && revision.back === null && trouble === null;
}
/** By the time when it was given up. */
function firstTrouble(replicas) {
    const failed = replicas.filter(({ trouble }) => trouble !== null);
    const at = ({ times }) => times.failed ?? Number.POSITIVE_INFINITY;
    return [...failed].sort((a, b) => at(a) - at(b))[0]?.trouble ?? null;
}
function red(outcome, trouble) {
    return { outcome, trouble, exitCode: 1 };
}

;// CONCATENATED MODULE: ./build/fleet/plan/select-rollout.js


/** @param rows the app's CVMs */
function selectForRollout(rows, wishes) {
    const there = rows.filter(({ deleted, status }) => !deleted && !(0,phala_status/* isGoing */.jf)(status));
    const noUuid = (wishes.vmUuids ?? []).filter((uuid) => !there.some(({ vmUuid }) => vmUuid === uuid));
    const noName = (wishes.names ?? [])
        .filter((pattern) => pattern.exact && !there.some(({ name }) => (0,text_pattern/* fitsPattern */.j)(pattern, name)))
        .map(({ text }) => text);
    const fitting = there.filter((cvm) => fits(cvm, wishes));
    const skipped = fitting.flatMap((cvm) => {
        const why = whySkipped(cvm, wishes);
        return why === null ? [] : [{ cvm, why }];
    });
    const left = new Set(skipped.map(({ cvm }) => cvm));
    return {
        selected: fitting.filter((cvm) => !left.has(cvm)).sort(select_rollout_oldestFirst),
        skipped,
        missing: [...noUuid, ...noName],
        input: noUuid.length > 0 ? "vm_uuids" : noName.length > 0 ? "name" : "selection",
    };
}
/** Whether nothing may be done: what was named is not there, or nothing is left to bring along. */
function selectionTrouble({ selected, missing, input, }) {
    if (missing.length === 0 && selected.length > 0)
        return null;
    return { kind: "not-found", input, missing, elsewhere: [] };
}
function select_rollout_oldestFirst(a, b) {
    return (a.createdAt ?? 0) - (b.createdAt ?? 0);
}
function fits({ vmUuid, name }, { vmUuids, names }) {
    if (vmUuids !== null && (vmUuid === null || !vmUuids.includes(vmUuid)))
        return false;
    return names === null || names.some((pattern) => (0,text_pattern/* fitsPattern */.j)(pattern, name));
}
/** A stopped one may be parked on purpose: it is taken along only where just that one was meant. */
function whySkipped({ vmUuid, name, status }, wishes) {
    if (vmUuid === null)
        return "no-uuid";
    if (!(0,phala_status/* isStopping */.vH)(status))
        return null;
    const exact = wishes.vmUuids?.includes(vmUuid) ||
        wishes.names?.some((pattern) => pattern.exact && (0,text_pattern/* fitsPattern */.j)(pattern, name));
    return exact ? null : "stopped";
}

;// CONCATENATED MODULE: ./build/commands/rollout-choice.js
/** Which revision a rollout brings which instances to. */



/** Which revision, and which instances; or why nothing may be done. */
async function choose(run, seen) {
    const { inputs } = run;
    const source = seen.rows.find(({ vmUuid, deleted }) => vmUuid === inputs.source && !deleted);
    if (inputs.source !== null && source === undefined) {
        return notFound(run, "source", [inputs.source]);
    }
    const wanted = inputs.composeHash ?? source?.composeHash ?? null;
    if (wanted === null || rowOf(seen.revisions, wanted, null) === null) {
        return { ...notHere("compose_hash"), missing: [wanted ?? "the revision of source"] };
    }
    const selection = selectForRollout(seen.rows, inputs);
    const trouble = selectionTrouble(selection);
    if (trouble !== null) {
        return trouble.input === "vm_uuids" ? notFound(run, "vm_uuids", trouble.missing) : trouble;
    }
    const { selected, skipped } = selection;
    return { wanted, source: source ?? null, selected, skipped };
}
function notHere(input) {
    return { kind: "not-found", input, missing: [], elsewhere: [] };
}
async function notFound(run, input, missing) {
    const elsewhere = await whereElse(run, missing);
    const known = new Set(elsewhere.map(({ uuid }) => uuid));
    return { ...notHere(input), missing: missing.filter((uuid) => !known.has(uuid)), elsewhere };
}

;// CONCATENATED MODULE: ./build/commands/rollout.js
/** The action `rollout`: brings instances of an app to a revision, one after another. */


















/** One run's command: what is for the outputs alone has no place in the ledger, and stays here. */
function rolloutCommand() {
    const handover = { wanted: null, previous: null, approval: null };
    return {
        name: "rollout",
        arrays: ROLLOUT_ARRAYS,
        read: readRolloutInputs,
        carryOut: (run) => carryOut(run, handover),
        outputs: (told) => rolloutOutputs(told, handover),
        summary: (told) => rolloutSummary(told, handover),
        title: rollout/* rolloutTitle */.eK,
        exists: rollout/* rolloutExists */.qD,
    };
}
/** Looks, plans, checks the source, and brings one after another along. */
async function carryOut(run, handover) {
    const { inputs, ledger, edges } = run;
    const looked = await lookToRollOut(run);
    if (!looked.ok)
        return failed(looked.trouble);
    const chosen = await choose(run, looked.seen);
    if ("kind" in chosen)
        return failed(chosen);
    const { wanted, selected, source } = chosen;
    handover.wanted = wanted;
    const plan = planRollout({ ...looked.seen, selected }, { ...inputs, wanted, envs: givesEnvs(inputs) });
    handover.previous = plan.previous;
    note(run, looked.seen, chosen, plan);
    const sealed = await blobOf(run, selected, source);
    if (typeof sealed === "object" && sealed !== null)
        return failed(sealed);
    const rules = rulesOf(inputs, looked.seen, { wanted, plan, encryptedEnv: sealed });
    const instances = instancesOf(run, looked.seen, selected, rules);
    const rollOut = new RollOut(run, instances, rules);
    if (source !== null) {
        const unfit = await checkSource(run, looked.seen, source, rollOut);
        if (unfit !== null)
            return failed(unfit);
        for (const one of instances)
            one.fit ||= one.uuid === source.vmUuid && one.has(wanted);
    }
    if (inputs.dryRun)
        return { outcome: "dry_run", trouble: null, exitCode: 0 };
    rollout_begin(run);
    const { end, approval } = await rollOut.run();
    if (approval?.commitToken != null)
        edges.runner.neverPrint(approval.commitToken);
    handover.approval = approval;
    const need = approval === null ? null : needOf(approval);
    return judgeRollout(end, ledger.replicas(), { limitMs: plan.limitMs, need });
}
function failed(trouble) {
    const late = trouble.kind === "update" && (0,ledger_trouble/* codeOf */.$)(trouble) === "TIMEOUT";
    return { outcome: late ? "timeout" : "failed", trouble, exitCode: 1 };
}
function givesEnvs({ envs, encryptedEnv }) {
    return envs.length > 0 || encryptedEnv !== null;
}
/** What was seen and is planned, as facts and in the log. */
function note({ ledger, edges, inputs }, { rows, clockOffsetMs }, { wanted, selected, skipped }, plan) {
    const workspaceSlug = rows.find((cvm) => cvm.workspaceSlug !== null)?.workspaceSlug ?? null;
    ledger.append({ fact: "surveyed", known: null, clockOffsetMs, workspaceSlug });
    for (const cvm of selected) {
        ledger.append({ replica: rolloutKey(cvm), fact: "found", ident: (0,replica/* identOf */.gl)(cvm), cvm });
    }
    const envs = givesEnvs(inputs);
    ledger.append({ fact: "noted", note: { note: "rollout", wanted, envs, ...plan } });
    for (const { cvm, why } of skipped) {
        ledger.append({ fact: "noted", note: { note: "skipped", ident: (0,replica/* identOf */.gl)(cvm), why } });
    }
    for (const warning of (0,updating/* sharedWarnings */.b)(plan, inputs, envs))
        edges.runner.warning(warning);
}
/** The new environment, sealed once for all; null: none was given. */
async function blobOf(run, selected, source) {
    const { inputs, api, appId, edges } = run;
    const row = source ?? selected[0];
    if (inputs.envs.length === 0 || row?.vmUuid == null)
        return inputs.encryptedEnv;
    const sealed = await (0,seal/* sealEnvsFor */.N)({
        api,
        read: (doing, send) => (0,ask/* askFor */.d)(run, doing, send),
        onDropped: (names) => edges.runner.warning((0,making/* droppedNames */.xX)(names)),
        mask: (blob) => edges.runner.mask(blob),
    }, { envs: inputs.envs, appId, vmUuid: row.vmUuid, source: row });
    return sealed.ok ? sealed.blob : sealed.trouble;
}
function rulesOf(inputs, { revisions }, decided) {
    const { wanted, plan, encryptedEnv } = decided;
    const { onFailure, instanceTimeoutMs, pollIntervalMs: pollMs, apiUrl, port } = inputs;
    const { healthCheck, healthExpect, healthForMs, source } = inputs;
    const { maxUnavailable, limitMs } = plan;
    const health = { port, healthCheck, healthExpect, healthForMs };
    const how = { maxUnavailable, limitMs, onFailure, instanceTimeoutMs, pollMs, apiUrl };
    return { wanted, ...how, ...health, encryptedEnv, rows: revisions, source };
}
/** Those selected, as they are before anything is touched. */
function instancesOf({ edges }, seen, selected, { wanted, encryptedEnv }) {
    const now = edges.clock.now();
    return selected.map((cvm) => {
        const one = new Instance(rolloutKey(cvm), cvm, { wanted, since: now, isSource: false });
        one.force = encryptedEnv !== null;
        one.course = newCourse(wanted, begunLately(cvm, wanted, seen.revisions, { ...seen, now }), null);
        return one;
    });
}
/** From here on something may change. */
function rollout_begin({ ledger, inputs, appId }) {
    const { apiUrl, source, requestTimeoutMs, summary } = inputs;
    ledger.append({
        fact: "began",
        command: "rollout",
        apiUrl,
        appId,
        source,
        requestTimeoutMs,
        summary,
        cleanup: "never",
        exclusive: false,
        ttlMs: null,
        waits: [],
    });
}
/** A 465 as far as it may be shown. */
function needOf(approval) {
    const { message, composeHash, appId, deviceId, kmsInfo, onchainStatus, commitToken } = approval;
    const hasToken = commitToken !== null;
    return { message, composeHash, appId, deviceId, kmsInfo, onchainStatus, hasToken };
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