"use strict";
exports.id = 176;
exports.ids = [176];
exports.modules = {

/***/ 2176:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  runRolloutPost: () => (/* binding */ runRolloutPost)
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
// EXTERNAL MODULE: ./build/text/clean.js
var clean = __webpack_require__(5502);
// EXTERNAL MODULE: ./build/text/links.js
var links = __webpack_require__(4862);
// EXTERNAL MODULE: ./build/report/words/doing.js
var doing = __webpack_require__(1111);
// EXTERNAL MODULE: ./build/report/words/update.js
var update = __webpack_require__(6743);
;// CONCATENATED MODULE: ./build/report/log/after-rollout.js




const NOTHING_TOUCHED = "The rollout touched no instance, so there is nothing to say.";
function toldByMain(outcome) {
    return `The rollout ended by itself (${(0,clean/* oneLine */.TN)(outcome, 40)}), and has said what became of it.`;
}
/** @param rows the app's CVMs now; null: they could not be read */
function afterRollout(replicas, rows, { appId, workspaceSlug }) {
    const wanted = replicas.find(({ revision }) => revision !== null)?.revision?.to ?? null;
    const states = replicas.map((replica) => {
        const { uuid } = replica.ident;
        const row = rows?.find(({ vmUuid }) => vmUuid === uuid && uuid !== null) ?? null;
        const url = uuid === null ? null : (0,links/* dashboardUrl */.aU)(workspaceSlug, appId, uuid);
        return { replica, url, text: stateText(replica, row, rows !== null) };
    });
    const began = replicas.filter(({ revision }) => revision !== null).length;
    const next = "The same step run again goes on from what it finds: what has the revision is waited for and checked, the others are brought along.";
    const head = `The rollout to ${(0,update/* shortHash */.BC)(wanted)} was ended in the middle: ${began} of ${replicas.length} instances had been begun.`;
    return {
        lines: states.map(({ replica, url, text }) => {
            const link = url === null ? "" : ` ${url}`;
            return `${(0,doing/* whoText */.U)(replica.ident)}: ${text}${link}`;
        }),
        warning: `${head} ${next}`,
        summary: [
            "### ⚠️ The rollout was ended in the middle",
            "",
            (0,clean/* markdown */.wD)(head),
            "",
            ...states.slice(0, MOST_LINES).map(({ replica, url, text }) => {
                const link = (0,clean/* safeLink */.o3)(url);
                const name = (0,clean/* code */.aY)(replica.ident.name ?? replica.ident.uuid ?? "unnamed", 80);
                return `- ${link === null ? name : `<a href="${link}">${name}</a>`}: ${(0,clean/* markdown */.wD)(text, 200)}`;
            }),
            ...(states.length > MOST_LINES ? [`- … and ${states.length - MOST_LINES} more`] : []),
            "",
            (0,clean/* markdown */.wD)(next),
            "",
        ].join("\n"),
    };
}
const MOST_LINES = 200;
function stateText({ revision }, row, read) {
    const did = revision === null
        ? "not begun by this step"
        : revision.back !== null
            ? `was being brought back to ${(0,update/* shortHash */.BC)(revision.from)}`
            : revision.done
                ? "was updated"
                : "was being updated";
    if (!read)
        return `${did}; how it is now could not be read`;
    if (row === null)
        return `${did}; it is not in the app any more`;
    const status = (0,clean/* oneLine */.TN)(row.status, 40) || "not told";
    const busy = row.inProgress ? ", an operation in progress" : "";
    return `${did}; now: status ${status}${busy}, revision ${(0,update/* shortHash */.BC)(row.composeHash)}`;
}

// EXTERNAL MODULE: ./build/commands/conclude.js + 2 modules
var conclude = __webpack_require__(1367);
;// CONCATENATED MODULE: ./build/commands/rollout-post.js








const BUDGET = { maxTries: 4, totalMs: 30_000, tryMs: 15_000 };
/** @returns the process's exit code: 0, since main was red already where something is wrong */
async function runRolloutPost(edges) {
    const { runner } = edges;
    (0,masks/* maskSecrets */.Q)(edges.env, runner);
    try {
        const pages = (0,read_back/* readBack */.e)(runner.state());
        const outcome = pages?.run.outcome ?? null;
        if (pages?.run.began == null)
            runner.info(NOTHING_TOUCHED);
        else if (outcome !== null && outcome !== "cancelled")
            runner.info(toldByMain(outcome));
        else
            await say(edges, pages);
    }
    catch (error) {
        const why = error instanceof Error ? error.message : "unknown reason";
        runner.warning(`What became of the rollout could not be seen: ${why}`);
    }
    return 0;
}
async function say(edges, pages) {
    const { began, surveyed } = pages.run;
    if (began === null)
        return;
    const { runner } = edges;
    const place = { appId: began.appId, workspaceSlug: surveyed?.workspaceSlug ?? null };
    const told = afterRollout(pages.replicas, await rowsOf(edges, pages), place);
    for (const line of told.lines)
        runner.info(line);
    runner.warning(told.warning);
    if (began.summary)
        await (0,conclude/* writeSummary */.Sy)(edges, () => told.summary);
}
/** The app's CVMs as they are now; null: they can't be read. */
async function rowsOf(edges, pages) {
    const { began } = pages.run;
    const apiKey = (0,common/* readApiKey */.iZ)(edges.env);
    if (apiKey === null || began === null)
        return null;
    const { apiUrl, appId, requestTimeoutMs: timeoutMs } = began;
    const api = (0,run/* openApi */.N)(edges, { apiUrl, apiKey, timeoutMs });
    const ledger = new ledger_ledger/* Ledger */.O(() => edges.clock.now(), ledger_ledger/* NO_PEN */.Y, pages);
    const list = await (0,ask/* askFor */.d)({ edges, ledger }, { do: "list" }, (options) => api.listCvms(appId, options), { budget: BUDGET });
    return list.ok ? list.value.cvms : null;
}


/***/ })

};
;