import { authority } from "../attestation/authority.ts";
import type { Served } from "../attestation/documents.ts";
import { collateralOf, GOOD_MACHINE, type ServedCollateral } from "../attestation/machines.ts";
import { appAttestations, cvmAttestation } from "../attestation/shapes.ts";
import { json, plain } from "../errors.ts";
import { appById, cvmById } from "../lookup.ts";
import type { Context, Route } from "../route.ts";
import type { ApiAnswer } from "../types.ts";

/** The authority signs as of a day ago. */
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MOST_KEPT = 100;
const kept = new Map<number, ServedCollateral>();

/** When what is served now was signed: on the hour, since signing takes milliseconds, or as fresh as it is to be. */
function signedAt({ world }: Context): number {
  const { collateralAgeMs } = world.settings;
  const step = collateralAgeMs < HOUR_MS ? 1_000 : HOUR_MS;
  return Math.floor(world.now() / step) * step - collateralAgeMs;
}

/** What the simulated cloud's machines are held against. */
function published(context: Context): ServedCollateral {
  const at = signedAt(context);
  const known = kept.get(at);
  if (known !== undefined) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const made = collateralOf(authority(), { spec: GOOD_MACHINE }, at + DAY_MS);
  kept.set(at, made);
  return made;
}

function pckCrl(context: Context): ApiAnswer {
  const ca = context.query.get("ca");
  if (ca !== "platform" && ca !== "processor") throw plain(400, "Invalid request parameters.");
  const other = ca === GOOD_MACHINE.ca ? null : authority().crl(ca, signedAt(context) + DAY_MS);
  const der = other ?? published(context).pckCrl;
  if (context.query.get("encoding") !== "der") return text(der.toString("hex"));
  const headers = { "content-type": "application/pkix-crl" };
  return { status: 200, headers, body: der.toString("latin1"), encoding: "latin1" };
}

function text(body: string): ApiAnswer {
  return { status: 200, headers: { "content-type": "text/plain" }, body };
}

/** A signed document, its text put in as it is, and its signer's chain in a header. */
function document(key: string, header: string, { text, signature, chain }: Served): ApiAnswer {
  return {
    status: 200,
    headers: { "content-type": "application/json", [header]: encodeURIComponent(chain) },
    body: `{"${key}":${text},"signature":"${signature}"}`,
  };
}

function tcbInfo(context: Context): ApiAnswer {
  const fmspc = context.query.get("fmspc") ?? "";
  if (!/^[0-9a-f]{12}$/i.test(fmspc)) throw plain(400, "Invalid request parameters.");
  if (fmspc.toLowerCase() !== GOOD_MACHINE.fmspc)
    throw plain(404, "No cache data for this platform.");
  return document("tcbInfo", "tcb-info-issuer-chain", published(context).tcbInfo);
}

/** Attestation, and Intel's collateral in the shape of a caching service, as if the platform ran one here. */
export const attestationRoutes: readonly Route[] = [
  {
    name: "attestations",
    method: "GET",
    path: "/apps/{app_id}/attestations",
    open: true,
    run: ({ world, params }) =>
      json(200, appAttestations(world, appById(world, params.app_id ?? ""))),
  },
  {
    name: "attestation",
    method: "GET",
    path: "/cvms/{cvm_id}/attestation",
    run: ({ world, params }) =>
      json(200, cvmAttestation(world, cvmById(world, params.cvm_id ?? ""))),
  },
  { name: "pck-crl", method: "GET", path: "/sgx/certification/v4/pckcrl", open: true, run: pckCrl },
  {
    name: "root-crl",
    method: "GET",
    path: "/sgx/certification/v4/rootcacrl",
    open: true,
    // A PCCS gives this one in hex, whatever is asked for.
    run: (context) => text(published(context).rootCrl.toString("hex")),
  },
  { name: "tcb-info", method: "GET", path: "/tdx/certification/v4/tcb", open: true, run: tcbInfo },
  {
    name: "qe-identity",
    method: "GET",
    path: "/tdx/certification/v4/qe/identity",
    open: true,
    run: (context) =>
      document(
        "enclaveIdentity",
        "sgx-enclave-identity-issuer-chain",
        published(context).qeIdentity,
      ),
  },
];
