/** Planted defects in what a rollout sees of its instances, and tells of where they are. */
import { type Mutant, mutant } from "./mutant.ts";

const LISTS = ["__tests__/commands/rollout/lists.test.ts"];
const REACH = ["__tests__/commands/rollout/reach.test.ts", "--testNamePattern=^(?!.*as a process)"];
const SIGHTS = "fleet/update/sights.ts";
const TOLD = "fleet/plan/told-rows.ts";
const DRAWN = ["__tests__/commands/rollout/campaign.test.ts"];

export const ROLLOUT_LOOKS_MUTANTS: readonly Mutant[] = [
  mutant(
    "counts twice what the list names twice",
    TOLD,
    "const rows = ownRows(cvms, appId).filter(",
    "const rows = cvms.filter((cvm) => cvm.appId === appId).filter(",
    LISTS,
  ),
  mutant(
    "takes another app's for its own",
    TOLD,
    "const rows = ownRows(cvms, appId).filter(",
    "const rows = ownRows(cvms.map((cvm) => ({ ...cvm, appId: null })), appId).filter(",
    LISTS,
  ),
  mutant(
    "believes one of two rows that can't both be right",
    TOLD,
    "if (cvm.vmUuid !== null && (words.get(key) ?? told) !== told)",
    'if (cvm.vmUuid !== null && (words.get(key) ?? told) === "")',
    LISTS,
  ),
  mutant(
    "begins anew what is under way",
    "fleet/update/roll-out.ts",
    "if (one.under !== null) break;",
    "if (one.under?.back === true) break;",
    ["__tests__/fleet/roll-out-twice.test.ts"],
  ),
  mutant(
    "is gone by what the list alone leaves out",
    SIGHTS,
    "sights.set(uuid, await ownSight(bench, uuid, unlisted));",
    'sights.set(uuid, "gone");',
    [...LISTS, ...DRAWN],
  ),
  mutant(
    "takes a proxy's page for the API's word that one is gone",
    SIGHTS,
    "isUnknownToApi(read.fault, unlisted) ?",
    '(read.fault.kind === "answer" && read.fault.status === 404) ?',
    LISTS,
  ),
  mutant(
    "is gone where nobody tells",
    "fleet/update/watch.ts",
    'if (sight === "gone") one.denied += 1;',
    "one.denied += 1;",
    LISTS,
  ),
  mutant(
    "is gone by one look",
    "fleet/update/watch.ts",
    "if (one.denied >= LOOKS_WITHOUT && !one.gone) lose(bench, one);",
    "if (one.denied >= 1 && !one.gone) lose(bench, one);",
    LISTS,
  ),
  mutant(
    "believes in a later look one of two rows that can't both be right",
    SIGHTS,
    "for (const cvm of toldRows(cvms, bench.appId).rows) {",
    "for (const cvm of cvms) {",
    LISTS,
  ),
  mutant(
    "puts out the first endpoint's address where a port was given",
    "commands/rollout-prepare.ts",
    "addressed(cvm, null, appId, inputs.port)",
    "addressed(cvm, null, appId)",
    REACH,
  ),
  mutant(
    "does not build the address of a port that the API does not tell",
    "fleet/update/check-up.ts",
    "if (one.foundId === null) return;",
    "if (one.foundId === null || port !== null) return;",
    REACH,
  ),
  mutant(
    "keeps to itself where an instance is that the API does not tell",
    "fleet/update/check-up.ts",
    "one.url = cvm.instanceUrl;\n  if (isReplica(bench, one)) {",
    "one.url = cvm.instanceUrl;\n  if (one.gone) {",
    REACH,
  ),
  mutant(
    "takes a port that no endpoint has for one that is late",
    "fleet/update/check-up.ts",
    "if (lacksPort(one.row, rules.port))",
    "if (one.gone && lacksPort(one.row, rules.port))",
    REACH,
  ),
  mutant(
    "a verification leaves out what is being updated",
    "fleet/plan/choose.ts",
    'cvm.status === "running" || isExact(cvm)',
    '(cvm.status === "running" && !cvm.inProgress) || isExact(cvm)',
    ["__tests__/commands/verify/running.test.ts"],
  ),
];
