import {
  arrayAt,
  fieldOf,
  isObject,
  numberAt,
  objectAt,
  parseJson,
  stringAt,
} from "../text/json.ts";
import { demandCurrent } from "./certificates.ts";
import { demand, refuse } from "./check.ts";

/** The two documents that Intel signs, read into exact types: TCB info and the quoting enclave's identity. */

/** What a version is worth. */
export interface Level {
  /** As Intel writes it: also `Revoked`, and words that are not known yet. */
  readonly status: string;
  readonly advisories: readonly string[];
}

/** A level of something with one version number. */
export interface SvnLevel extends Level {
  readonly isvSvn: number;
}

export interface PlatformLevel extends Level {
  /** The least version of each of the 16 components, and of the provisioning enclave. */
  readonly sgx: readonly number[];
  readonly tdx: readonly number[];
  readonly pceSvn: number;
}

/** What may call itself a TDX module. Buffers as they stand in a TD report. */
export interface ModuleRule {
  readonly mrSigner: Buffer;
  readonly attributes: Buffer;
  readonly attributesMask: Buffer;
}

export interface TcbInfo {
  /** Hex, lower-case. */
  readonly fmspc: string;
  readonly pceId: string;
  /** Modules of version 0. */
  readonly module: ModuleRule;
  /** Later ones by their id, such as `TDX_01`. */
  readonly modules: ReadonlyMap<string, ModuleRule & { readonly levels: readonly SvnLevel[] }>;
  readonly levels: readonly PlatformLevel[];
}

export interface QeIdentity {
  readonly mrSigner: Buffer;
  readonly isvProdId: number;
  readonly miscSelect: Buffer;
  readonly miscSelectMask: Buffer;
  readonly attributes: Buffer;
  readonly attributesMask: Buffer;
  readonly levels: readonly SvnLevel[];
}

const COMPONENTS = 16;

/** @param now ms since the epoch @throws Refused for another document, or one that is not of now */
export function readTcbInfo(text: Buffer, now: number): TcbInfo {
  const json = readDocument(text, { id: "TDX", version: 3 }, now);
  demand(numberAt(json, "tcbType") === 0, "TCB type 0", "another");
  const modules = listAt(json, "tdxModuleIdentities").map((one) => {
    const rule = { ...readModule(one), levels: listAt(one, "tcbLevels").map(readSvnLevel) };
    return [textAt(one, "id"), rule] as const;
  });
  return {
    fmspc: hexAt(json, "fmspc", 6).toString("hex"),
    pceId: hexAt(json, "pceId", 2).toString("hex"),
    module: readModule(objectAt(json, "tdxModule")),
    modules: new Map(modules),
    levels: listAt(json, "tcbLevels").map(readPlatformLevel),
  };
}

/** @param now ms since the epoch @throws Refused for another document, or one that is not of now */
export function readQeIdentity(text: Buffer, now: number): QeIdentity {
  const json = readDocument(text, { id: "TD_QE", version: 2 }, now);
  return {
    mrSigner: hexAt(json, "mrsigner", 32),
    isvProdId: svnAt(json, "isvprodid", 0xffff),
    miscSelect: hexAt(json, "miscselect", 4),
    miscSelectMask: hexAt(json, "miscselectMask", 4),
    attributes: hexAt(json, "attributes", 16),
    attributesMask: hexAt(json, "attributesMask", 16),
    levels: listAt(json, "tcbLevels").map(readSvnLevel),
  };
}

/** Until when a document says it is good, in ms since the epoch, unverified; null where it does not. */
export function nextUpdateAt(text: Buffer): number | null {
  const time = Date.parse(stringAt(parseJson(text.toString("utf8")), "nextUpdate") ?? "");
  return Number.isNaN(time) ? null : time;
}

function readDocument(
  text: Buffer,
  wanted: { readonly id: string; readonly version: number },
  now: number,
): unknown {
  const json = parseJson(text.toString("utf8"));
  demand(isObject(json), "a JSON object", "something else");
  const name = `${wanted.id} version ${wanted.version}`;
  const seen = `${stringAt(json, "id")} version ${numberAt(json, "version")}`;
  demand(seen === name, name, seen);
  demandCurrent("valid", [timeAt(json, "issueDate"), timeAt(json, "nextUpdate")], now);
  return json;
}

function readModule(json: unknown): ModuleRule {
  return {
    mrSigner: hexAt(json, "mrsigner", 48),
    attributes: hexAt(json, "attributes", 8),
    attributesMask: hexAt(json, "attributesMask", 8),
  };
}

function readPlatformLevel(json: unknown): PlatformLevel {
  const tcb = objectAt(json, "tcb");
  return {
    ...readLevel(json),
    sgx: componentsAt(tcb, "sgxtcbcomponents"),
    tdx: componentsAt(tcb, "tdxtcbcomponents"),
    pceSvn: svnAt(tcb, "pcesvn", 0xffff),
  };
}

function readSvnLevel(json: unknown): SvnLevel {
  return { ...readLevel(json), isvSvn: svnAt(objectAt(json, "tcb"), "isvsvn", 0xffff) };
}

function readLevel(json: unknown): Level {
  const ids = arrayAt(json, "advisoryIDs");
  const advisories = ids.filter((id): id is string => typeof id === "string");
  return { status: textAt(json, "tcbStatus"), advisories };
}

function componentsAt(json: unknown, key: string): number[] {
  const list = listAt(json, key).map((one) => svnAt(one, "svn", 0xff));
  demand(list.length === COMPONENTS, `${COMPONENTS} ${key}`, `${list.length}`);
  return list;
}

function svnAt(json: unknown, key: string, most: number): number {
  const value = numberAt(json, key);
  // A missing number must not count as one that anything reaches.
  if (value === null || !Number.isInteger(value) || value < 0 || value > most) {
    refuse(`${key}: a whole number of ${most} at most`, value === null ? "no number" : `${value}`);
  }
  return value;
}

function listAt(json: unknown, key: string): readonly unknown[] {
  const value = fieldOf(json, key);
  if (!Array.isArray(value)) refuse(`${key}: a list`, "something else");
  return value;
}

function textAt(json: unknown, key: string): string {
  return stringAt(json, key) ?? refuse(`${key}: a text`, "something else");
}

function hexAt(json: unknown, key: string, bytes: number): Buffer {
  const text = textAt(json, key);
  demand(/^[0-9a-f]+$/i.test(text) && text.length === 2 * bytes, `${key}: ${bytes} bytes`, text);
  return Buffer.from(text, "hex");
}

function timeAt(json: unknown, key: string): number {
  const text = textAt(json, key);
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text);
  const time = form ? Date.parse(text) : Number.NaN;
  demand(!Number.isNaN(time), `${key}: a time in UTC`, text);
  return time;
}
