"use strict";
exports.id = 200;
exports.ids = [200];
exports.modules = {

/***/ 2200:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  runDeletePost: () => (/* binding */ runDeletePost)
});

// EXTERNAL MODULE: ./build/fleet/ask.js
var ask = __webpack_require__(3701);
// EXTERNAL MODULE: ./build/fleet/run.js
var run = __webpack_require__(5357);
// EXTERNAL MODULE: ./build/inputs/common.js + 1 modules
var common = __webpack_require__(8020);
// EXTERNAL MODULE: ./build/inputs/masks.js
var masks = __webpack_require__(7320);
// EXTERNAL MODULE: ./build/ledger/ledger.js + 1 modules
var ledger_ledger = __webpack_require__(5501);
// EXTERNAL MODULE: ./build/ledger/read-back.js + 1 modules
var read_back = __webpack_require__(2090);
// EXTERNAL MODULE: ./build/net/parallel.js
var parallel = __webpack_require__(756);
// EXTERNAL MODULE: ./build/text/clean.js
var clean = __webpack_require__(5502);
// EXTERNAL MODULE: ./build/text/links.js
var text_links = __webpack_require__(4862);
// EXTERNAL MODULE: ./build/report/words/doing.js
var doing = __webpack_require__(1111);
;// CONCATENATED MODULE: ./build/report/log/after-delete.js



const NOTHING_ASKED = "No deletion was asked for by the main step, so there is nothing to say.";
function toldByMain(outcome) {
    return `The main step has told how it ended (${outcome}).`;
}
/** In the log, as one warning, and in the job summary. */
function afterDelete(fates, place) {
    const gone = fates.filter(({ is }) => is === "gone");
    const left = fates.filter(({ is }) => is !== "gone");
    const lines = [...gone, ...left].map(({ replica, is }) => `${(0,doing/* whoText */.U)(replica.ident)}: ${wordsOf(replica, is)}.`);
    const links = left.slice(0, 10).map(({ replica: { ident } }) => {
        const url = ident.uuid === null ? "" : ` ${(0,text_links/* dashboardUrl */.aU)(place.workspaceSlug, place.appId, ident.uuid)}`;
        return `\n- ${(0,doing/* whoText */.U)(ident)}${url}`;
    });
    const more = left.length > links.length ? `\n- … and ${left.length - links.length} more, in the log` : "";
    const warning = left.length === 0
        ? null
        : `The step was cut short. Certainly gone: ${gone.length} of ${fates.length}. Not gone for certain, and billed while it is there: ${left.length}. Run the step again: what is gone stays gone.${links.join("")}${more}`;
    return { lines, warning, summary: summaryOf(fates) };
}
function wordsOf({ fate }, is) {
    if (is === "gone")
        return "certainly gone";
    const asked = fate === "going" ? "its deletion was asked for" : "its deletion was not asked for";
    return is === "there"
        ? `there still, ${asked}`
        : `whether it is gone could not be seen, ${asked}`;
}
function summaryOf(fates) {
    const rows = fates.slice(0, 200).map(({ replica, is }) => {
        const { name, uuid } = replica.ident;
        return `| ${(0,clean/* code */.aY)(name ?? "unnamed", 80)} | ${uuid === null ? "–" : (0,clean/* code */.aY)(uuid, 80)} | ${(0,clean/* markdown */.wD)(wordsOf(replica, is), 200)} |`;
    });
    const head = [
        "### After a deletion that was cut short",
        "",
        "| CVM | UUID | What is known |",
        "| --- | --- | --- |",
    ];
    return `${[...head, ...rows].join("\n")}\n`;
}

// EXTERNAL MODULE: ./build/commands/conclude.js + 2 modules
var conclude = __webpack_require__(1367);
;// CONCATENATED MODULE: ./build/commands/delete-post.js









const BUDGET = { maxTries: 4, totalMs: 30_000, tryMs: 15_000 };
const AT_ONCE = 8;
/** @returns the process's exit code: 0, since nothing that it finds can be mended here */
async function runDeletePost(edges) {
    const { runner } = edges;
    (0,masks/* maskSecrets */.Q)(edges.env, runner);
    try {
        const pages = (0,read_back/* readBack */.e)(runner.state());
        if (pages?.run.began == null)
            runner.info(NOTHING_ASKED);
        else if (pages.run.outcome !== null && pages.run.outcome !== "cancelled") {
            runner.info(toldByMain(pages.run.outcome));
        }
        else
            await say(edges, pages);
    }
    catch (error) {
        const why = error instanceof Error ? error.message : "unknown reason";
        runner.warning(`What became of the deletions could not be seen: ${why}`);
    }
    return 0;
}
async function say(edges, pages) {
    const { runner } = edges;
    const { began, surveyed } = pages.run;
    if (began === null)
        return;
    const ledger = new ledger_ledger/* Ledger */.O(() => edges.clock.now(), ledger_ledger/* NO_PEN */.Y, pages);
    const place = { appId: began.appId, workspaceSlug: surveyed?.workspaceSlug ?? null };
    const meant = pages.replicas.filter(({ spared }) => spared === null);
    const apiKey = (0,common/* readApiKey */.iZ)(edges.env);
    const { apiUrl, requestTimeoutMs: timeoutMs } = began;
    const api = apiKey === null ? null : (0,run/* openApi */.N)(edges, { apiUrl, apiKey, timeoutMs });
    const bench = api && { edges, api, ledger, appId: began.appId };
    const fates = await fatesOf(bench, meant);
    const told = afterDelete(fates, place);
    for (const line of told.lines)
        runner.info(line);
    if (told.warning !== null)
        runner.warning(told.warning);
    if (began.summary)
        await (0,conclude/* writeSummary */.Sy)(edges, () => told.summary);
}
/** Gone is what the list does not show and its own route does not know (API facts, "Deleting"). */
async function fatesOf(bench, meant) {
    const open = meant.filter(({ fate }) => fate !== "gone");
    const known = meant.filter(({ fate }) => fate === "gone");
    const sure = known.map((replica) => ({ replica, is: "gone" }));
    if (bench === null || open.length === 0) {
        return [...sure, ...open.map((replica) => ({ replica, is: "unknown" }))];
    }
    const { api, appId } = bench;
    const list = await (0,ask/* askFor */.d)(bench, { do: "list" }, (options) => api.listCvms(appId, options), {
        budget: BUDGET,
    });
    const listed = list.ok ? list.value.cvms : null;
    const looked = await (0,parallel/* inParallel */.H)(open, AT_ONCE, async (replica) => {
        const uuid = replica.ident.uuid ?? "";
        const doing = { do: "read", replica: replica.ident };
        const row = await (0,ask/* askFor */.d)(bench, doing, (options) => api.getCvm(uuid, options), {
            budget: BUDGET,
        });
        if (row.ok)
            return { replica, is: "there" };
        const { fault } = row;
        if (fault.kind !== "answer" || fault.status !== 404)
            return { replica, is: "unknown" };
        // An app whose last CVM is gone may be unknown to the API as a whole.
        const noApp = !list.ok && list.fault.kind === "answer" && list.fault.status === 404;
        if (listed === null && !noApp)
            return { replica, is: "unknown" };
        const seen = listed?.some(({ vmUuid, deleted }) => vmUuid === uuid && !deleted) ?? false;
        return { replica, is: seen ? "there" : "gone" };
    });
    return [...sure, ...looked];
}


/***/ })

};
;