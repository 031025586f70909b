/** The action verify: whether instances of an app are proven to be genuine and as wanted. */
import { type Subject, type Verified, Verifier, type VerifierTells } from "../fleet/attest.ts";
import { type Chosen, chooseInstances } from "../fleet/plan/choose.ts";
import { readRows } from "../fleet/rows.ts";
import { readVerifyInputs, type VerifyInputs } from "../inputs/verify.ts";
import { failedBy, type Judgement } from "../ledger/judgement.ts";
import { identOf, keyOfCvm, wasFound } from "../ledger/replica.ts";
import { requestFailed } from "../ledger/request-failed.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { type Cvm, cvmKey, cvmKeys } from "../phala/cvm.ts";
import { NOTHING_SAID } from "../report/annotation/annotation.ts";
import { oneLineOfWords } from "../report/annotation/trouble.ts";
import { unverifiedWords } from "../report/annotation/unverified.ts";
import { verifyOutputs } from "../report/outputs/verify.ts";
import { verifySummary, verifyTitle } from "../report/summary/verify.ts";
import type { Command, Run } from "./command.ts";

export const verifyCommand: Command<VerifyInputs> = {
  arrays: ["report"],
  read: readVerifyInputs,
  carryOut: verify,
  outputs: ({ ledger }) => verifyOutputs(ledger),
  summary: verifySummary,
  title: verifyTitle,
  // A verification makes nothing, so nothing more is billed than before.
  exists: () => NOTHING_SAID,
};

async function verify(run: Run<VerifyInputs>): Promise<Judgement> {
  const { edges, inputs } = run;
  // Before the list, so that what it takes counts toward the time.
  const until = edges.clock.now() + inputs.waitTimeoutMs;
  const looked = await look(run);
  if ("trouble" in looked) return failedBy(looked.trouble);
  const { source, selected } = looked;
  const verifier = await Verifier.open(edges, inputs, tellsOf(run, selected));
  let first: Verified | null = null;
  if (source !== null) {
    const composeHash = wantedHash(inputs.composeHash, null, null);
    const subject = subjectOf(source, { composeHash, reference: verifier.pins });
    [first = null] = await verifyAll(run, verifier, [source], [subject], until);
  }
  const reference = first === null ? verifier.pins : (first.asReference ?? "unproven");
  const measured = first?.attested.compose_hash ?? null;
  const others = selected.filter((cvm) => cvmKey(cvm) !== (source && cvmKey(source)));
  const subjects = others.map((cvm) => {
    const composeHash = wantedHash(inputs.composeHash, measured, cvm.composeHash);
    return subjectOf(cvm, { composeHash, reference });
  });
  await verifyAll(run, verifier, others, subjects, until);
  const of = others.length + (first === null ? 0 : 1);
  return judge(run, of, first !== null && first.asReference === null);
}

/** One read of the app's CVMs, and what of it is meant. */
async function look(
  run: Run<VerifyInputs>,
): Promise<
  | { readonly source: Cvm | null; readonly selected: Chosen["selected"] }
  | { readonly trouble: Trouble }
> {
  const { inputs, ledger } = run;
  const list = await readRows(run);
  if (!list.ok) return { trouble: requestFailed({ do: "list" }, list) };
  const { cvms, clockOffsetMs, workspaceSlug } = list.value;
  ledger.append({ fact: "surveyed", known: cvms.flatMap(cvmKeys), clockOffsetMs, workspaceSlug });
  const { selected, left, missing } = chooseInstances(cvms, inputs.vmUuids, inputs.names);
  const notFound = (
    input: "vm_uuids" | "name" | "source" | "selection",
    names: readonly string[],
  ) => ({ trouble: { kind: "not-found", input, missing: names, elsewhere: [] } }) as const;
  if (missing.length > 0) {
    const uuids = missing.filter((one) => inputs.vmUuids?.includes(one));
    return notFound(uuids.length > 0 ? "vm_uuids" : "name", missing);
  }
  const { source: uuid } = inputs;
  const source = cvms.find(({ vmUuid, deleted }) => vmUuid === uuid && !deleted) ?? null;
  if (uuid !== null && source === null) return notFound("source", [uuid]);
  // What a green word says nothing of is not left out in silence.
  for (const cvm of left) {
    const why = cvm.inProgress ? "in-progress" : "not-running";
    ledger.append({ fact: "noted", note: { note: "skipped", ident: identOf(cvm), why } });
  }
  return selected.length === 0 ? notFound("selection", []) : { source, selected };
}

/** The input, else what the source's verified quote measured, else what the API tells; null: whatever it is. */
function wantedHash(
  input: string | null,
  measured: string | null,
  told: string | null,
): Subject["composeHash"] {
  if (input !== null) return { hash: input, from: "input" };
  if (measured !== null) return { hash: measured, from: "source" };
  return told === null ? null : { hash: told, from: "api" };
}

function subjectOf(cvm: Cvm, wanted: Pick<Subject, "composeHash" | "reference">): Subject {
  const { vmUuid, name, instanceId } = cvm;
  return { vmUuid: vmUuid ?? `${cvm.id}`, name, instanceId, formerIds: [], ...wanted };
}

async function verifyAll(
  { ledger, edges }: Run<VerifyInputs>,
  verifier: Verifier,
  cvms: readonly Cvm[],
  subjects: readonly Subject[],
  until: number,
): Promise<readonly Verified[]> {
  for (const cvm of cvms) {
    ledger.append(wasFound(cvm));
  }
  const verified = await verifier.verify(subjects, until);
  for (const [index, { attested }] of edges.cancel.aborted ? [] : verified.entries()) {
    const cvm = cvms[index];
    if (cvm !== undefined) ledger.append({ replica: keyOfCvm(cvm), fact: "attested", attested });
  }
  return verified;
}

function tellsOf({ ledger, inputs }: Run<VerifyInputs>, selected: readonly Cvm[]): VerifierTells {
  return {
    onWait: (what, fault, waitMs, next) =>
      ledger.append({ fact: "retrying", doing: { do: "collateral", what }, fault, waitMs, next }),
    onBeat: (sinceMs) => {
      const keys = selected.map(keyOfCvm).filter((key) => ledger.replica(key).attested === null);
      const limitMs = inputs.waitTimeoutMs;
      const total = selected.length;
      ledger.append({ fact: "waiting", what: "attestation", keys, total, sinceMs, limitMs });
    },
  };
}

/** @param source the source failed, so that nothing could be compared with it */
function judge(
  { edges, inputs, ledger }: Run<VerifyInputs>,
  of: number,
  source: boolean,
): Judgement {
  const entries = ledger
    .replicas()
    .flatMap(({ attested }) => (attested === null ? [] : [attested]));
  const bad = entries.filter(({ verified }) => !verified);
  if (bad.length === 0) return { outcome: "verified", trouble: null, exitCode: 0 };
  const trouble: Trouble = { kind: "unverified", entries: bad, of, source };
  if (inputs.mode === "require") return { outcome: "unverified", trouble, exitCode: 1 };
  const place = { workspaceSlug: ledger.run.surveyed?.workspaceSlug ?? null, appId: inputs.appId };
  if (!edges.cancel.aborted) {
    edges.runner.warning(oneLineOfWords(unverifiedWords(trouble, place)));
  }
  return { outcome: "unverified", trouble: null, exitCode: 0 };
}
