"use strict";
exports.id = 397;
exports.ids = [397];
exports.modules = {

/***/ 8397:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  Attestation: () => (/* binding */ Attestation),
  DEFAULT_SERVICES: () => (/* reexport */ DEFAULT_SERVICES),
  NOTHING_FOUND: () => (/* reexport */ NOTHING_FOUND),
  entryOf: () => (/* reexport */ entryOf),
  referenceOf: () => (/* reexport */ referenceOf),
  serviceAt: () => (/* reexport */ serviceAt)
});

// EXTERNAL MODULE: ./build/net/parallel.js
var parallel = __webpack_require__(756);
// EXTERNAL MODULE: ./build/net/retry-after.js
var retry_after = __webpack_require__(6874);
// EXTERNAL MODULE: ./build/phala/requests.js
var requests = __webpack_require__(1272);
// EXTERNAL MODULE: ./build/net/fault.js
var fault = __webpack_require__(1723);
// EXTERNAL MODULE: ./build/net/persist.js
var persist = __webpack_require__(879);
// EXTERNAL MODULE: ./build/net/retry.js
var retry = __webpack_require__(8853);
// EXTERNAL MODULE: ./build/text/cut.js
var cut = __webpack_require__(5307);
;// CONCATENATED MODULE: ./build/attest/check.js

/**
 * The checks of a verification: their codes, the order in which they are made, and what each one found. A
 * check that fails is data, and the reason why a replica is not verified.
 */
/** Every check, in the order in which they are made; the first that fails is the reason. */
const CHECKS = (/* unused pure expression or super */ null && ([
    "evidence",
    "quote",
    "pck-chain",
    "tcb-chain",
    "qe-chain",
    "root-crl",
    "pck-crl",
    "revoked",
    "tcb-info",
    "qe-identity",
    "qe-report",
    "quote-signature",
    "module",
    "tcb",
    "td-attributes",
    "event-log",
    "app-id",
    "instance-id",
    "compose-hash",
    "compose-text",
    "mr-config-id",
    "os",
    "key-provider",
]));
/** How a check says no; never leaves this folder. */
class Refused extends Error {
    name = "Refused";
    expected;
    seen;
    again;
    constructor(expected, seen, again) {
        super(`expected ${expected}, seen ${seen}`);
        this.expected = expected;
        this.seen = seen;
        this.again = again;
    }
}
/** @param again asking later may bring another answer @throws Refused always */
function refuse(expected, seen, again = false) {
    throw new Refused(expected, seen, again);
}
/** @throws Refused unless it holds */
function demand(holds, expected, seen) {
    if (!holds)
        refuse(expected, seen);
}
/** Ends a verification at its first failure. */
class Stopped extends Error {
    name = "Stopped";
    fault;
    constructor(fault) {
        super(fault.check);
        this.fault = fault;
    }
}
/** The checks of one verification as they are made. */
class Trail {
    results = [];
    /**
     * Makes one check. Whatever is thrown inside is a failure of that check: an input that trips a parser must
     * never look like a crash, and even less like success.
     *
     * @returns its value, for the checks after it
     */
    make(check, from, work) {
        try {
            const { value, expected, seen } = work();
            this.results.push({ check, ok: true, expected: shown(expected), seen: shown(seen), from });
            return value;
        }
        catch (error) {
            const { expected, seen, again } = error instanceof Refused ? error : unforeseen(error);
            const texts = { expected: shown(expected), seen: shown(seen) };
            const result = { check, ok: false, ...texts, from };
            this.results.push(result);
            throw new Stopped({ ...result, again: again || LAGGING.has(check) });
        }
    }
    /** Runs a row of checks up to the first that fails. */
    run(checks) {
        try {
            return { ok: true, value: checks() };
        }
        catch (error) {
            if (error instanceof Stopped)
                return { ok: false, fault: error.fault };
            throw error;
        }
    }
}
/** What an update that has not reached the guest yet looks like, in a quote that is good otherwise. */
const LAGGING = new Set(["app-id", "instance-id", "compose-hash"]);
/** Longer texts serve nobody. Characters. */
const MAX_TEXT = 600;
/** Much of it was written by others: nothing but printable ASCII, in one line that is bounded. */
function shown(text) {
    return (0,cut/* cut */.J)(text.replace(/[^\x20-\x7e]/g, "?"), MAX_TEXT);
}
/** Node's errors are told by name alone: their texts change with its version, and may hold the input. */
function unforeseen(error) {
    const name = error instanceof Error ? error.name : "something thrown";
    return { expected: "a readable value", seen: `unreadable (${name})`, again: false };
}

;// CONCATENATED MODULE: ./build/attest/der.js

const TAG = {
    boolean: 0x01,
    integer: 0x02,
    bitString: 0x03,
    octetString: 0x04,
    oid: 0x06,
    enumerated: 0x0a,
    utcTime: 0x17,
    generalizedTime: 0x18,
    sequence: 0x30,
    set: 0x31,
};
/** The one value that these bytes are; nothing may follow it. */
function readDer(bytes) {
    const der = readAt(bytes, 0);
    demand(der.whole.length === bytes.length, "DER with nothing after it", "bytes after it");
    return der;
}
/** The values inside one that is built of others. */
function partsOf(der, tag = TAG.sequence) {
    const content = contentOf(der, tag);
    const parts = [];
    for (let at = 0; at < content.length;) {
        const part = readAt(content, at);
        parts.push(part);
        at += part.whole.length;
    }
    return parts;
}
/** The bytes of a value that must have this tag. */
function contentOf(der, tag) {
    if (der?.tag !== tag)
        refuse(`DER tag ${tag}`, der === undefined ? "nothing" : `${der.tag}`);
    return der.content;
}
function readAt(bytes, start) {
    const left = bytes.length - start;
    demand(left >= 2, "a DER value", "an end in the middle of one");
    const tag = bytes.readUInt8(start);
    demand((tag & 0x1f) !== 0x1f, "a DER tag of one byte", "a longer one");
    const first = bytes.readUInt8(start + 1);
    const more = first < 0x80 ? 0 : first & 0x7f;
    demand(first !== 0x80 && more <= 3, "a definite DER length", "another one");
    demand(left >= 2 + more, "a DER length", "an end in the middle of one");
    const length = more === 0 ? first : bytes.readUIntBE(start + 2, more);
    const shortest = more === 0 || length >= (more === 1 ? 0x80 : 2 ** (8 * (more - 1)));
    demand(shortest, "a DER length in its shortest form", "a longer form");
    const from = start + 2 + more;
    demand(from + length <= bytes.length, "a whole DER value", "an end in the middle of one");
    return {
        tag,
        whole: bytes.subarray(start, from + length),
        content: bytes.subarray(from, from + length),
    };
}
/** The bytes of an INTEGER that is not negative, as they stand: how serial numbers are compared. */
function integerOf(der, tag = TAG.integer) {
    const content = contentOf(der, tag);
    const [first, second = 0] = content;
    const shortest = content.length === 1 || first !== 0 || second >= 0x80;
    demand(first !== undefined && shortest, "a DER integer in its shortest form", "another form");
    demand(first < 0x80, "an integer of 0 or more", "a negative one");
    return content;
}
/** A whole number from 0 to `most`. */
function numberOf(der, most) {
    const content = integerOf(der);
    const value = content.length <= 5 ? content.readUIntBE(0, content.length) : Infinity;
    demand(value <= most, `a number of ${most} at most`, `${value}`);
    return value;
}
/** The bytes of a BIT STRING whose last byte is used up. */
function bitsOf(der) {
    const content = contentOf(der, TAG.bitString);
    demand(content[0] === 0, "a bit string of whole bytes", "another one");
    return content.subarray(1);
}
function flagOf(der) {
    const content = contentOf(der, TAG.boolean);
    const value = content.length === 1 ? content[0] : undefined;
    demand(value === 0 || value === 0xff, "a DER boolean", "another value");
    return value === 0xff;
}
/** An object identifier in dotted form. */
function oidOf(der) {
    const content = contentOf(der, TAG.oid);
    const arcs = [];
    let arc = 0;
    let begins = true;
    for (const byte of content) {
        demand(!begins || byte !== 0x80, "an arc in its shortest form", "a longer form");
        arc = arc * 128 + (byte & 0x7f);
        demand(arc < 2 ** 40, "an arc below 2^40", "a larger one");
        begins = byte < 0x80;
        if (!begins)
            continue;
        arcs.push(arc);
        arc = 0;
    }
    const [first] = arcs;
    if (!begins || first === undefined)
        refuse("an object identifier", "an end in the middle of one");
    const root = Math.min(2, Math.floor(first / 40));
    return [root, first - 40 * root, ...arcs.slice(1)].join(".");
}
/** A time of X.509 (RFC 5280, 4.1.2.5: UTC, with seconds) in ms since the epoch. */
function timeOf(der) {
    const short = der?.tag === TAG.utcTime;
    const text = contentOf(der, short ? TAG.utcTime : TAG.generalizedTime).toString("latin1");
    const form = short
        ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
        : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
    const numbers = form.exec(text)?.slice(1).map(Number);
    if (numbers === undefined)
        refuse("a time in UTC with seconds", "another form");
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
    const full = short ? year + (year < 50 ? 2000 : 1900) : year;
    const time = Date.UTC(full, month - 1, day, hour, minute, second);
    // 31 February is a day in March to Date.
    const again = new Date(time).toISOString().replace(/[-T:]|\.000/g, "");
    demand(again.endsWith(text), "a time that exists", "one that does not");
    return time;
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./build/attest/signed.js



const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const EC_PUBLIC_KEY = "1.2.840.10045.2.1";
const P256 = "1.2.840.10045.3.1.7";
/** Splits a certificate or CRL. @throws Refused for another algorithm, or anything after it */
function readSigned(der) {
    const parts = partsOf(readDer(der));
    const [body, algorithm, signature] = parts;
    demand(parts.length === 3 && body !== undefined, "a signed object", "another one");
    const identifier = partsOf(algorithm);
    const oid = oidOf(identifier[0]);
    // The parameters must be absent (RFC 5758, 3.2).
    const right = oid === ECDSA_WITH_SHA256 && identifier.length === 1;
    demand(right, "a signature by ecdsa-with-SHA256", oid);
    return {
        body,
        fields: partsOf(body),
        signature: bitsOf(signature),
        algorithm: algorithm?.whole ?? Buffer.alloc(0),
    };
}
/** Whether this key signed it. */
function isSignedBy({ body, signature }, key) {
    return (0,external_node_crypto_.verify)("sha256", body.whole, key, signature);
}
/** Whether this key signed these bytes; the signature is `r ‖ s`, 64 bytes, as in quotes and collateral. */
function signsRaw(key, bytes, signature) {
    return (0,external_node_crypto_.verify)("sha256", bytes, { key, dsaEncoding: "ieee-p1363" }, signature);
}
/** The key of a certificate's subject. @throws Refused unless it is one of P-256, uncompressed */
function publicKeyOf(info) {
    const [algorithm, point] = partsOf(info);
    const [kind, curve] = partsOf(algorithm);
    const named = [oidOf(kind), oidOf(curve)].join(" ");
    demand(named === `${EC_PUBLIC_KEY} ${P256}`, "a key of P-256", named);
    const bits = bitsOf(point);
    demand(bits.length === 65 && bits[0] === 4, "an uncompressed point", "another form");
    return rawKey(bits.subarray(1));
}
/** A P-256 key from the 64 bytes of its point, `x ‖ y`. @throws for what is no point of the curve */
function rawKey(point) {
    const x = point.subarray(0, 32).toString("base64url");
    const y = point.subarray(32).toString("base64url");
    return (0,external_node_crypto_.createPublicKey)({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
}

;// CONCATENATED MODULE: ./build/attest/certificates.js



const COMMON_NAME = "2.5.4.3";
const KEY_USAGE = "2.5.29.15";
const BASIC_CONSTRAINTS = "2.5.29.19";
/** keyCertSign and cRLSign in the first byte of a key usage. */
const SIGNS_BOTH = 0x06;
/** @throws Refused for anything but a certificate of version 3 with a key of P-256 */
function readCertificate(der) {
    const signed = readSigned(der);
    const [version, serial, algorithm, issuer, validity, subject, info, ...more] = signed.fields;
    demand(numberOf(partsOf(version, 0xa0)[0], 2) === 2, "a certificate of version 3", "another");
    const repeats = algorithm?.whole.equals(signed.algorithm) === true;
    demand(repeats, "one algorithm in a certificate", "two");
    const dates = partsOf(validity);
    demand(dates.length === 2 && more.length === 1, "the fields of a certificate", "others");
    const extensions = readExtensions(partsOf(more[0], 0xa3)[0], [KEY_USAGE, BASIC_CONSTRAINTS]);
    return {
        der,
        signed,
        serial: integerOf(serial),
        issuer: wholeOf(issuer),
        subject: wholeOf(subject),
        name: commonNameOf(subject),
        notBefore: timeOf(dates[0]),
        notAfter: timeOf(dates[1]),
        key: publicKeyOf(info),
        isCa: isCa(extensions),
        extensions,
    };
}
/**
 * The extensions of a certificate or CRL by OID.
 *
 * @param understood OIDs that may be marked as critical; any other that is must lead to a refusal (RFC 5280, 4.2)
 * @throws Refused also where one occurs twice
 */
function readExtensions(der, understood) {
    const extensions = new Map();
    for (const part of partsOf(der)) {
        const fields = partsOf(part);
        demand(fields.length === 2 || fields.length === 3, "the fields of an extension", "others");
        const oid = oidOf(fields[0]);
        const critical = fields.length === 3 && flagOf(fields[1]);
        demand(!critical || understood.includes(oid), "extensions that are understood", oid);
        demand(!extensions.has(oid), "each extension once", `${oid} twice`);
        extensions.set(oid, contentOf(fields.at(-1), TAG.octetString));
    }
    return extensions;
}
function wholeOf(der) {
    partsOf(der);
    return der?.whole ?? Buffer.alloc(0);
}
function commonNameOf(subject) {
    const names = partsOf(subject)
        .flatMap((set) => partsOf(set, TAG.set))
        .map((pair) => partsOf(pair))
        .filter(([oid]) => oidOf(oid) === COMMON_NAME);
    demand(names.length === 1, "one common name", `${names.length}`);
    return names[0]?.[1]?.content.toString("latin1") ?? "";
}
function isCa(extensions) {
    const constraints = extensions.get(BASIC_CONSTRAINTS);
    if (constraints === undefined)
        return false;
    const [flag] = partsOf(readDer(constraints));
    if (flag?.tag !== TAG.boolean || !flagOf(flag))
        return false;
    const usage = contentOf(readDer(extensions.get(KEY_USAGE) ?? Buffer.alloc(0)), TAG.bitString);
    return ((usage[1] ?? 0) & SIGNS_BOTH) === SIGNS_BOTH;
}
/** The certificates of a chain in PEM, the leaf first. Anything else between them is refused. */
function readChain(pem, count) {
    const block = /-----BEGIN CERTIFICATE-----\r?\n((?:[A-Za-z0-9+/=]+\r?\n)+)-----END CERTIFICATE-----(?:\r?\n|$)/y;
    // Quoting enclaves end the text with a zero byte.
    const text = pem.endsWith("\0") ? pem.slice(0, -1) : pem;
    const found = [];
    while (block.lastIndex < text.length) {
        const base64 = block.exec(text)?.[1]?.replace(/\r?\n/g, "");
        if (base64 === undefined || found.length === count)
            refuse(`${count} certificates`, "others");
        const der = Buffer.from(base64, "base64");
        // Node skips what is not base64, and takes bits that belong to no byte.
        demand(der.toString("base64") === base64, "base64 in its one form", "another form");
        found.push(readCertificate(der));
    }
    demand(found.length === count, `${count} certificates`, `${found.length}`);
    return found;
}
/**
 * Holds a chain to its rules: the last certificate is the root byte for byte, each is signed by the next, has
 * its name and is valid now, and all but the first are CAs.
 *
 * @param names the common names that each may have, the leaf's first
 * @param now ms since the epoch
 */
function checkChain(chain, names, root, now) {
    demand(chain.at(-1)?.der.equals(root) === true, "the pinned root", "another root");
    for (const [index, certificate] of chain.entries()) {
        const { name, issuer, signed, notBefore, notAfter } = certificate;
        const expected = names[index] ?? [];
        demand(expected.includes(name), expected.join(" or "), JSON.stringify(name.slice(0, 64)));
        demand(certificate.isCa === index > 0, `${name}: a CA: ${index > 0}`, `${certificate.isCa}`);
        const valid = `${name}: valid at ${isoOf(now)}`;
        demand(notBefore <= now && now <= notAfter, valid, `${isoOf(notBefore)} to ${isoOf(notAfter)}`);
        const next = chain[index + 1];
        if (next === undefined)
            continue;
        demand(issuer.equals(next.subject), `${name}: issued by ${next.name}`, "another issuer");
        demand(isSignedBy(signed, next.key), `${name}: signed by ${next.name}`, "another signature");
    }
}
/** As it stands in logs: without the milliseconds that no certificate has. */
function isoOf(time) {
    return new Date(time).toISOString().replace(".000Z", "Z");
}

;// CONCATENATED MODULE: ./build/attest/crls.js




/**
 * Reads a CRL and holds it to its rules. A list that is missing, empty or old must never pass for "nothing is
 * revoked", so there is no result without a full check.
 *
 * @param der the list, with nothing after it
 * @param by the CA whose list it must be
 * @param now ms since the epoch
 * @throws Refused for anything else
 */
function readCrl(der, by, now) {
    const signed = readSigned(der);
    const [version, algorithm, issuer, thisUpdate, nextUpdate, ...more] = signed.fields;
    demand(numberOf(version, 1) === 1, "a CRL of version 2", "another");
    demand(algorithm?.whole.equals(signed.algorithm) === true, "one algorithm in a CRL", "two");
    demand(issuer?.whole.equals(by.subject) === true, `a CRL of ${by.name}`, "another issuer");
    demand(isSignedBy(signed, by.key), `a CRL signed by ${by.name}`, "another signature");
    const [from, to] = [timeOf(thisUpdate), timeOf(nextUpdate)];
    const valid = `a CRL valid at ${isoOf(now)}`;
    demand(from <= now && now <= to, valid, `${isoOf(from)} to ${isoOf(to)}`);
    const entries = more[0]?.tag === TAG.sequence ? more.shift() : undefined;
    const extensions = more.shift();
    demand(more.length === 0, "the fields of a CRL", "more");
    // No critical one is understood: a list for some certificates only, or a delta, is no list to rely on.
    if (extensions !== undefined)
        readExtensions(partsOf(extensions, 0xa0)[0], []);
    const revoked = new Set();
    for (const entry of entries === undefined ? [] : partsOf(entries)) {
        const [serial, , own] = partsOf(entry);
        if (own !== undefined)
            readExtensions(own, []);
        revoked.add(integerOf(serial).toString("hex"));
    }
    return { revoked, nextUpdate: to };
}
/** Until when a CRL says it is good, in ms since the epoch, unverified. @throws Refused if it can't be read */
function nextUpdateOf(der) {
    return timeOf(readSigned(der).fields[4]);
}
/** @throws Refused where the CRL has it */
function checkNotRevoked({ revoked }, { serial, name }) {
    demand(!revoked.has(serial.toString("hex")), `${name}: not revoked`, "revoked");
}

// EXTERNAL MODULE: ./build/text/json.js
var text_json = __webpack_require__(8049);
;// CONCATENATED MODULE: ./build/attest/intel.js



const COMPONENTS = 16;
/** @param now ms since the epoch @throws Refused for another document, or one that is not of now */
function readTcbInfo(text, now) {
    const json = readDocument(text, { id: "TDX", version: 3 }, now);
    demand((0,text_json/* numberAt */.tk)(json, "tcbType") === 0, "TCB type 0", "another");
    const modules = listAt(json, "tdxModuleIdentities").map((one) => {
        const rule = { ...readModule(one), levels: listAt(one, "tcbLevels").map(readSvnLevel) };
        return [textAt(one, "id"), rule];
    });
    return {
        fmspc: hexAt(json, "fmspc", 6).toString("hex"),
        pceId: hexAt(json, "pceId", 2).toString("hex"),
        module: readModule((0,text_json/* objectAt */.lJ)(json, "tdxModule")),
        modules: new Map(modules),
        levels: listAt(json, "tcbLevels").map(readPlatformLevel),
    };
}
/** @param now ms since the epoch @throws Refused for another document, or one that is not of now */
function readQeIdentity(text, now) {
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
function nextUpdateAt(text) {
    const time = Date.parse((0,text_json/* stringAt */.bX)((0,text_json/* parseJson */.qF)(text.toString("utf8")), "nextUpdate") ?? "");
    return Number.isNaN(time) ? null : time;
}
function readDocument(text, wanted, now) {
    const json = (0,text_json/* parseJson */.qF)(text.toString("utf8"));
    demand((0,text_json/* isObject */.Gv)(json), "a JSON object", "something else");
    const name = `${wanted.id} version ${wanted.version}`;
    const seen = `${(0,text_json/* stringAt */.bX)(json, "id")} version ${(0,text_json/* numberAt */.tk)(json, "version")}`;
    demand(seen === name, name, seen);
    const [from, to] = [timeAt(json, "issueDate"), timeAt(json, "nextUpdate")];
    const valid = `valid at ${isoOf(now)}`;
    demand(from <= now && now <= to, valid, `${isoOf(from)} to ${isoOf(to)}`);
    return json;
}
function readModule(json) {
    return {
        mrSigner: hexAt(json, "mrsigner", 48),
        attributes: hexAt(json, "attributes", 8),
        attributesMask: hexAt(json, "attributesMask", 8),
    };
}
function readPlatformLevel(json) {
    const tcb = (0,text_json/* objectAt */.lJ)(json, "tcb");
    return {
        ...readLevel(json),
        sgx: componentsAt(tcb, "sgxtcbcomponents"),
        tdx: componentsAt(tcb, "tdxtcbcomponents"),
        pceSvn: svnAt(tcb, "pcesvn", 0xffff),
    };
}
function readSvnLevel(json) {
    return { ...readLevel(json), isvSvn: svnAt((0,text_json/* objectAt */.lJ)(json, "tcb"), "isvsvn", 0xffff) };
}
function readLevel(json) {
    const ids = (0,text_json/* arrayAt */.RD)(json, "advisoryIDs");
    const advisories = ids.filter((id) => typeof id === "string");
    return { status: textAt(json, "tcbStatus"), advisories };
}
function componentsAt(json, key) {
    const list = listAt(json, key).map((one) => svnAt(one, "svn", 0xff));
    demand(list.length === COMPONENTS, `${COMPONENTS} ${key}`, `${list.length}`);
    return list;
}
function svnAt(json, key, most) {
    const value = (0,text_json/* numberAt */.tk)(json, key);
    // A missing number must not count as one that anything reaches.
    if (value === null || !Number.isInteger(value) || value < 0 || value > most) {
        refuse(`${key}: a whole number of ${most} at most`, value === null ? "no number" : `${value}`);
    }
    return value;
}
function listAt(json, key) {
    const value = (0,text_json/* fieldOf */._F)(json, key);
    if (!Array.isArray(value))
        refuse(`${key}: a list`, "something else");
    return value;
}
function textAt(json, key) {
    return (0,text_json/* stringAt */.bX)(json, key) ?? refuse(`${key}: a text`, "something else");
}
function hexAt(json, key, bytes) {
    const text = textAt(json, key);
    demand(/^[0-9a-f]+$/i.test(text) && text.length === 2 * bytes, `${key}: ${bytes} bytes`, text);
    return Buffer.from(text, "hex");
}
function timeAt(json, key) {
    const text = textAt(json, key);
    const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text);
    const time = form ? Date.parse(text) : Number.NaN;
    demand(!Number.isNaN(time), `${key}: a time in UTC`, text);
    return time;
}

;// CONCATENATED MODULE: ./build/attest/requests.js

/** What a request has at the least, also where a step's time is up: the last look is to be a fair one. In ms. */
const LEAST_MS = 10_000;
/** One GET, without tries of its own. Its body is left as it came: what is signed or hashed must not change. */
async function get({ transport, signal, timeoutMs, redact }, request, withinMs) {
    try {
        const limit = { timeoutMs: Math.min(timeoutMs, withinMs), signal };
        const answer = await transport({ method: "GET", ...request, ...limit });
        const good = answer.status >= 200 && answer.status < 300;
        return good ? { ok: true, answer } : { ok: false, fault: (0,fault/* answerFault */.NM)(answer, redact) };
    }
    catch (error) {
        return { ok: false, fault: (0,fault/* networkFault */.T4)(error) };
    }
}
/** A fault in a few words, without the server's own. */
function tellFault(fault) {
    if (fault.kind === "answer")
        return `HTTP ${fault.status}`;
    return fault.kind === "network" ? fault.detail : fault.problem;
}

;// CONCATENATED MODULE: ./build/attest/collateral.js






/** The largest piece that is looked at, in bytes; all four together are 1 MiB at most. */
const MAX_PIECE_BYTES = 262_144;
/** With another service to go to, a silent one must not use up the time. Times in ms. */
const SHORT_BUDGET = { maxTries: 2, totalMs: 20_000, tryMs: 10_000 };
/** Intel's collateral, each piece fetched once a run. Nothing is kept on disk, and no key is sent. */
class CollateralSource {
    #net;
    #services;
    #pieces = new Map();
    /** @param services in the order in which they are asked: the next only where the one before it fails */
    constructor(net, services) {
        this.#net = net;
        this.#services = services;
    }
    /**
     * What a quote of such a platform is held against. The four go side by side; what could not be had is told in
     * its place, and fails the check that needs it.
     *
     * @param until ms since the epoch: no try begins after it, but there is time for one
     */
    async get(platform, until) {
        const { ca, fmspc } = platform;
        const crl = { read: crlOf, nextUpdate: nextUpdateOf };
        const document = (key, headers) => ({
            read: (answer) => documentOf(answer, key, headers),
            nextUpdate: ({ text }) => nextUpdateAt(text),
        });
        const v4 = (path) => (service) => `${service.base}${path}`;
        const [rootCrl, pckCrl, tcbInfo, qeIdentity] = await Promise.all([
            this.#piece("the root's CRL", (service) => service.rootCrl, crl, until),
            this.#piece("the PCK certificates' CRL", v4(`/sgx/certification/v4/pckcrl?ca=${ca}&encoding=der`), crl, until),
            this.#piece("TCB info", v4(`/tdx/certification/v4/tcb?fmspc=${fmspc}`), document("tcbInfo", ["tcb-info-issuer-chain", "sgx-tcb-info-issuer-chain"]), until),
            this.#piece("the QE's identity", v4("/tdx/certification/v4/qe/identity"), document("enclaveIdentity", ["sgx-enclave-identity-issuer-chain"]), until),
        ]);
        return { rootCrl, pckCrl, tcbInfo, qeIdentity };
    }
    /** Kept for the run; asked for anew where it never came, or has run out since. */
    #piece(what, urlOf, kind, until) {
        const key = this.#services.map(urlOf).join(" ");
        const kept = this.#pieces.get(key);
        const ask = () => this.#ask(what, urlOf, kind, until);
        const good = (piece) => "got" in piece && this.#isFresh(kind, piece.got);
        const piece = kept?.then((one) => (good(one) ? one : ask())) ?? ask();
        this.#pieces.set(key, piece);
        return piece;
    }
    /** Asks one service after another for what is good today; one that is out of date is better than none. */
    async #ask(what, urlOf, kind, until) {
        const failures = [];
        let stale = null;
        for (const [index, service] of this.#services.entries()) {
            const url = urlOf(service);
            const last = index === this.#services.length - 1;
            const result = await this.#tryService(what, url, kind, last ? retry/* READ_BUDGET */.ZR : SHORT_BUDGET, until);
            if (result.ok && this.#isFresh(kind, result.value))
                return { got: result.value };
            if (result.ok)
                stale ??= { got: result.value };
            else
                failures.push({ host: new URL(url).host, reason: tellFault(result.fault) });
        }
        const [first, ...more] = failures;
        const missing = [first?.reason, ...more.map((one) => `${one.host}: ${one.reason}`)].join("; ");
        return stale ?? { missing, from: failures.map(({ host }) => host).join(", ") };
    }
    async #tryService(what, url, { read }, budget, until) {
        const { clock, signal } = this.#net;
        const totalMs = Math.min(budget.totalMs, Math.max(LEAST_MS, until - clock.now()));
        const onWait = (fault, waitMs, next) => this.#net.onWait(`fetch ${what} from ${new URL(url).host}`, fault, waitMs, next);
        const rules = { budget: { ...budget, totalMs }, judge: retry/* judgeRepeatable */.hv, signal, onWait };
        return (0,persist/* persist */.Z)(this.#net, rules, async (withinMs) => {
            // Bytes as they are: a CRL is no text, and of a text it is the bytes that are signed.
            const got = await get(this.#net, { url, headers: {}, encoding: "latin1" }, withinMs);
            if (!got.ok)
                return got;
            const { answer } = got;
            const value = answer.body.length > MAX_PIECE_BYTES ? null : read(answer);
            if (value !== null)
                return { ok: true, value };
            return {
                ok: false,
                fault: (0,fault/* unreadable */.O$)(answer, "an answer that is none of Intel's collateral"),
            };
        });
    }
    /** Whether it has run out, by its own word: the checks hold it to that again. */
    #isFresh(kind, value) {
        return (kind.nextUpdate(value) ?? 0) >= this.#net.clock.now();
    }
}
/** A CRL in the three forms in which services give it: DER, hex of it, PEM. */
function crlOf({ body }) {
    const text = body.trim();
    const pem = /^-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----$/.exec(text)?.[1];
    const hex = /^[0-9a-f]+$/i.test(text);
    const der = pem !== undefined
        ? Buffer.from(pem, "base64")
        : hex
            ? Buffer.from(text, "hex")
            : Buffer.from(body, "latin1");
    try {
        nextUpdateOf(der);
        return der;
    }
    catch {
        return null;
    }
}
/** A signed document: its text is cut out of the body, since writing it anew would change its bytes. */
function documentOf({ body, headers }, key, chainHeaders) {
    const form = new RegExp(`^\\s*\\{\\s*"${key}"\\s*:\\s*(\\{.*\\})\\s*,\\s*"signature"\\s*:\\s*"([0-9a-f]{128})"\\s*\\}\\s*$`, "is");
    const [, text, signature] = form.exec(body) ?? [];
    const header = chainHeaders.map((name) => headers[name]).find((value) => value !== undefined);
    if (text === undefined || signature === undefined || header === undefined)
        return null;
    try {
        const chain = decodeURIComponent(header);
        return { text: Buffer.from(text, "latin1"), signature: Buffer.from(signature, "hex"), chain };
    }
    catch {
        return null;
    }
}

// EXTERNAL MODULE: ./build/text/ids.js
var ids = __webpack_require__(3113);
;// CONCATENATED MODULE: ./build/attest/events.js



/** More events than any guest has. */
const MAX_EVENTS = 4_096;
/** The register that the guest extends. */
const RUNTIME_IMR = 3;
/** The type of dstack's own events. */
const RUNTIME_EVENT = 0x08000001;
/** What comes after it is measured by the app, which may write what it likes. */
const READY = "system-ready";
/**
 * The entries of a log as the platform gives it: a list, or JSON text of one (API facts, "is-allowed and
 * attestation"). Null for anything else.
 */
function logEntries(log) {
    const list = typeof log === "string" ? (0,text_json/* parseJson */.qF)(log) : log;
    return Array.isArray(list) ? list : null;
}
/**
 * Replays the log and holds it against the register: only then are its names and payloads what the guest
 * measured. The log itself is anybody's text.
 *
 * @param rtmr3 of a quote whose signature holds
 * @throws Refused where it does not lead to the register, or could be read in two ways
 */
function replay(entries, rtmr3) {
    const events = entries.filter((one) => (0,text_json/* numberAt */.tk)(one, "imr") === RUNTIME_IMR).map(readEvent);
    const ready = events.findIndex(({ name }) => name === READY);
    demand(ready >= 0, `an event ${READY}`, "none");
    const own = events.slice(0, ready + 1);
    checkForms(own);
    const later = events.slice(ready + 1);
    // Trying both is safe: what is hashed begins with another byte in each.
    const ends = [1, 2].map((version) => ({ version, end: endOf(own, later, version) }));
    const expected = `RTMR3 ${rtmr3.toString("hex")}`;
    const found = ends.find(({ end }) => end?.equals(rtmr3));
    const seen = ends.find(({ end }) => end !== null)?.end?.toString("hex");
    if (found === undefined)
        refuse(expected, seen ?? "a digest that is not its event's");
    const claims = new Map(own.map(({ name, payload }) => [name, payload]));
    return { value: claims, expected, seen: `${events.length} events of version ${found.version}` };
}
/** What would let two logs have one digest: another type, a separator in a name, two events of a name. */
function checkForms(own) {
    const names = new Set();
    for (const { type, name } of own) {
        const quoted = JSON.stringify(name.slice(0, 64));
        demand(type === RUNTIME_EVENT, `events of type ${RUNTIME_EVENT}`, `type ${type} at ${quoted}`);
        demand(!name.includes(":"), "names without a colon", quoted);
        demand(!names.has(name), `each event once up to ${READY}`, `${quoted} twice`);
        names.add(name);
    }
}
/** The register after all events; null where a digest up to `system-ready` is not its event's. */
function endOf(own, later, version) {
    let register = Buffer.alloc(48);
    const extend = (digest) => {
        register = (0,external_node_crypto_.createHash)("sha384").update(register).update(digest).digest();
    };
    for (const event of own) {
        const digest = digestOf(event, version);
        if (event.digest.length > 0 && !event.digest.equals(digest))
            return null;
        extend(digest);
    }
    // The app's own events are part of the chain, whatever they hash.
    for (const event of later) {
        extend(event.digest.length > 0 ? event.digest : digestOf(event, version));
    }
    return register;
}
function digestOf({ type, name, payload }, version) {
    const hash = (0,external_node_crypto_.createHash)("sha384");
    if (version === 1) {
        const number = Buffer.alloc(4);
        number.writeUInt32LE(type);
        return hash.update(number).update(`:${name}:`).update(payload).digest();
    }
    return hash.update(JSON.stringify({ name, payload: payload.toString("hex"), type })).digest();
}
function readEvent(entry) {
    demand((0,text_json/* isObject */.Gv)(entry), "events", "something else");
    const type = (0,text_json/* numberAt */.tk)(entry, "event_type");
    const whole = type !== null && Number.isInteger(type) && type >= 0 && type < 2 ** 32;
    if (!whole)
        refuse("a type of 4 bytes", "something else");
    const name = (0,text_json/* fieldOf */._F)(entry, "event");
    if (typeof name !== "string")
        refuse("an event's name", "something else");
    const digest = events_hexAt(entry, "digest");
    const length = digest.length;
    demand(length === 0 || length === 48, "a digest of 48 bytes, or none", `${length}`);
    return { type, digest, name, payload: events_hexAt(entry, "event_payload") };
}
/** Bytes in hex; a field that is missing or null has none. */
function events_hexAt(entry, key) {
    const text = (0,text_json/* fieldOf */._F)(entry, key) ?? "";
    const hex = typeof text === "string" && /^[0-9a-f]*$/i.test(text) && text.length % 2 === 0;
    if (!hex)
        refuse(`${key} in hex`, "other text");
    return Buffer.from(text, "hex");
}

;// CONCATENATED MODULE: ./build/attest/quote.js

/** The largest quote that is looked at, in bytes: genuine ones have 5,006. */
const MAX_QUOTE_BYTES = 65_536;
const HEADER_BYTES = 48;
const TDX = 0x81;
const ECDSA_P256 = 2;
const INTEL_QE_VENDOR = "939a7233f79c4ca9940a0db3957f0607";
/** Bodies by the type that version 5 gives them: TD report 1.0 and 1.5. */
const BODY_BYTES = { 2: 584, 3: 648 };
const QE_REPORT_BYTES = 384;
/** Kinds of certification data: a QE report around the PCK certificate's chain. */
const QE_REPORT_DATA = 6;
const PCK_CHAIN_DATA = 5;
/** Takes bytes from the front, exactly as many as are asked for. */
class Reader {
    #bytes;
    at = 0;
    constructor(bytes) {
        this.#bytes = bytes;
    }
    take(length) {
        demand(this.left >= length, `${length} more bytes`, `${this.left}`);
        this.at += length;
        return this.#bytes.subarray(this.at - length, this.at);
    }
    u16() {
        return this.take(2).readUInt16LE();
    }
    u32() {
        return this.take(4).readUInt32LE();
    }
    get left() {
        return this.#bytes.length - this.at;
    }
    rest() {
        return this.take(this.left);
    }
}
/** The bytes of a quote in hex, with or without `0x`. @throws Refused for other text, or too much of it */
function quoteBytes(hex) {
    demand(hex.length <= 2 * MAX_QUOTE_BYTES + 2, `${MAX_QUOTE_BYTES} bytes at most`, "more");
    const digits = /^(?:0x)?([0-9a-f]+)$/i.exec(hex)?.[1] ?? "";
    demand(digits !== "" && digits.length % 2 === 0, "a quote in hex", "other text");
    return Buffer.from(digits, "hex");
}
/** @throws Refused for all but a TDX quote with ECDSA P-256 and the chain of its PCK certificate */
function readQuote(bytes) {
    const reader = new Reader(bytes);
    const version = readHeader(new Reader(reader.take(HEADER_BYTES)));
    const bodyType = version === 4 ? 2 : reader.u16();
    const bodyBytes = BODY_BYTES[bodyType];
    if (bodyBytes === undefined)
        refuse("a TD report", `a body of type ${bodyType}`);
    if (version === 5) {
        const told = reader.u32();
        demand(told === bodyBytes, `a body of ${bodyBytes} bytes`, `${told}`);
    }
    const report = readReport(new Reader(reader.take(bodyBytes)));
    const signed = bytes.subarray(0, reader.at);
    const signature = readSignature(new Reader(reader.take(reader.u32())));
    const padding = reader.rest();
    // Genuine quotes are filled up to the size of a buffer.
    demand(padding.every((byte) => byte === 0), "only zero bytes after the quote", "others");
    return { version, report, signed, ...signature };
}
/** @returns the version */
function readHeader(reader) {
    const version = reader.u16();
    const keyType = reader.u16();
    const tee = reader.u32();
    reader.take(4);
    const vendor = reader.take(16).toString("hex");
    demand(version === 4 || version === 5, "a quote of version 4 or 5", `version ${version}`);
    demand(tee === TDX, "a TDX quote", tee === 0 ? "an SGX quote" : `a TEE of type ${tee}`);
    demand(keyType === ECDSA_P256, "an attestation key of P-256", `a key of type ${keyType}`);
    demand(vendor === INTEL_QE_VENDOR, `Intel's QE vendor id ${INTEL_QE_VENDOR}`, vendor);
    return version;
}
function readReport(reader) {
    const teeTcbSvn = reader.take(16);
    reader.take(48); // MRSEAM: which build of the module; its signer and version are what is checked
    const mrSignerSeam = reader.take(48);
    const seamAttributes = reader.take(8);
    const tdAttributes = reader.take(8);
    reader.take(8); // XFAM
    const mrTd = reader.take(48);
    const mrConfigId = reader.take(48);
    reader.take(96); // MROWNER, MROWNERCONFIG
    const rtmrs = [reader.take(48), reader.take(48), reader.take(48), reader.take(48)];
    reader.take(64); // report data: the platform's quotes carry no challenge of ours
    const late = reader.left > 0;
    if (late)
        reader.take(16); // the module's version now, which may be newer than when the TD was made
    const mrServiceTd = late ? reader.take(48) : null;
    const attributes = { seamAttributes, tdAttributes };
    return { teeTcbSvn, mrSignerSeam, ...attributes, mrTd, mrConfigId, rtmrs, mrServiceTd };
}
function readSignature(reader) {
    const signature = reader.take(64);
    const attestationKey = reader.take(64);
    const kind = reader.u16();
    demand(kind === QE_REPORT_DATA, `certification data of type ${QE_REPORT_DATA}`, `type ${kind}`);
    const size = reader.u32();
    demand(size === reader.left, `certification data of ${reader.left} bytes`, `${size}`);
    const bytes = reader.take(QE_REPORT_BYTES);
    const qeSignature = reader.take(64);
    const authData = reader.take(reader.u16());
    const inner = reader.u16();
    // Types 2 and 3 only name the machine, encrypted to Intel: their certificate would have to be fetched.
    const encrypted = inner === 2 || inner === 3 ? "an encrypted PPID" : `type ${inner}`;
    demand(inner === PCK_CHAIN_DATA, "the PCK certificate's chain", encrypted);
    const chainBytes = reader.u32();
    demand(chainBytes === reader.left, `a chain of ${reader.left} bytes`, `${chainBytes}`);
    const pckChain = reader.rest().toString("latin1");
    const qe = { ...readQeReport(bytes), bytes, signature: qeSignature, authData };
    return { signature, attestationKey, qe, pckChain };
}
function readQeReport(bytes) {
    return {
        miscSelect: bytes.subarray(16, 20),
        attributes: bytes.subarray(48, 64),
        mrSigner: bytes.subarray(128, 160),
        isvProdId: bytes.readUInt16LE(256),
        isvSvn: bytes.readUInt16LE(258),
        reportData: bytes.subarray(320, 384),
    };
}

;// CONCATENATED MODULE: ./build/attest/evidence.js






/** The body of `GET /apps/{app_id}/attestations`: all instances of the app. Null for anything else. */
function readAppEvidence(body) {
    const instances = (0,text_json/* fieldOf */._F)(body, "instances");
    return Array.isArray(instances) ? instances.filter(text_json/* isObject */.Gv).map(readInstance) : null;
}
function readInstance(entry) {
    const tcbInfo = tcbInfoOf(entry);
    const log = (0,text_json/* fieldOf */._F)(tcbInfo, "event_log") ?? (0,text_json/* fieldOf */._F)(entry, "eventlog") ?? (0,text_json/* fieldOf */._F)(entry, "event_log");
    return {
        vmUuid: (0,ids/* parseUuid */.Xw)((0,text_json/* stringAt */.bX)(entry, "vm_uuid") ?? ""),
        instanceId: bareId((0,text_json/* stringAt */.bX)(entry, "instance_id")),
        ...readLog(log),
        quote: (0,text_json/* stringAt */.bX)(entry, "quote"),
        composeText: (0,text_json/* stringAt */.bX)(tcbInfo, "app_compose"),
        problem: (0,text_json/* stringAt */.bX)(entry, "error"),
    };
}
/** The body of `GET /cvms/{id}/attestation`, whose quote is the one in the guest's certificate. */
function readCvmEvidence(body, { vmUuid, instanceId }) {
    if (!(0,text_json/* isObject */.Gv)(body))
        return null;
    const tcbInfo = tcbInfoOf(body);
    const leaf = (0,text_json/* arrayAt */.RD)(body, "app_certificates").find((one) => (0,text_json/* numberAt */.tk)(one, "position_in_chain") === 0);
    return {
        vmUuid,
        instanceId,
        ...readLog((0,text_json/* fieldOf */._F)(tcbInfo, "event_log")),
        quote: (0,text_json/* stringAt */.bX)(leaf, "quote"),
        composeText: (0,text_json/* stringAt */.bX)(tcbInfo, "app_compose"),
        problem: (0,text_json/* stringAt */.bX)(body, "error"),
    };
}
function tcbInfoOf(entry) {
    const text = (0,text_json/* stringAt */.bX)(entry, "tcb_info");
    return (0,text_json/* objectAt */.lJ)(entry, "tcb_info") ?? (text === null ? null : (0,text_json/* parseJson */.qF)(text));
}
function readLog(value) {
    const log = logEntries(value);
    const claims = (log ?? []).filter((one) => (0,text_json/* stringAt */.bX)(one, "event") === "instance-id");
    const claimedId = claims.length === 1 ? bareId((0,text_json/* stringAt */.bX)(claims[0], "event_payload")) : null;
    return { log, claimedId };
}
function bareId(text) {
    return text?.toLowerCase().replace(/^0x/, "") ?? null;
}
/** A request's answer as evidence. @param read answers null for a shape that is none */
function readBody(answer, read) {
    const value = read((0,text_json/* parseJson */.qF)(answer.body));
    if (value !== null)
        return { ok: true, value };
    return { ok: false, fault: (0,fault/* unreadable */.O$)(answer, "JSON without the fields of an attestation") };
}
/** The first check. @param work throws what it refuses */
function checkEvidence(work) {
    const trail = new Trail();
    const expected = "a quote and a log of this instance alone";
    const made = trail.run(() => trail.make("evidence", "api", () => ({ value: work(), expected, seen: expected })));
    return { made, checks: trail.results };
}
/** The first check, failed: there was nothing to pick from. */
function noEvidence(expected, seen, again) {
    return checkEvidence(() => refuse(expected, seen, again));
}
/**
 * The entry of an instance, by its UUID or else its instance id, and never by its position: an entry that is
 * somebody else's must not stand for it.
 */
function pickEvidence(all, who) {
    return checkEvidence(() => {
        const mine = entriesOf(all, who);
        const [entry] = mine;
        if (entry === undefined)
            refuse("an entry of this instance", "none", true);
        if (mine.length > 1)
            refuse("one entry of this instance", `${mine.length}`);
        const { quote, log, composeText } = entry;
        if (quote === null)
            refuse("a quote", entry.problem ?? "none yet", true);
        // A guest whose app-compose keeps its TCB info private may have no log for ever.
        if (log === null)
            refuse("an event log", "none: its TCB info may be private");
        checkSizes(quote, log);
        for (const other of all)
            if (other !== entry && other.quote !== null)
                checkApart(entry, other);
        return { quote, log, composeText };
    });
}
/** Whether the CVM's own route may know more: no entry, or a quote without the log that explains it. */
function lacks(all, who) {
    const [entry] = entriesOf(all, who);
    return entry === undefined || (entry.quote !== null && entry.log === null);
}
function entriesOf(all, { vmUuid, instanceId }) {
    const named = all.filter((entry) => entry.vmUuid === vmUuid);
    if (named.length > 0 || instanceId === null)
        return named;
    return all.filter((entry) => entry.vmUuid === null && entry.instanceId === instanceId);
}
function checkSizes(quote, log) {
    const bytes = Math.ceil(quote.length / 2);
    if (bytes > MAX_QUOTE_BYTES + 1)
        refuse(`a quote of ${MAX_QUOTE_BYTES} bytes at most`, `${bytes}`);
    if (log.length > MAX_EVENTS)
        refuse(`${MAX_EVENTS} events at most`, `${log.length}`);
}
function checkApart(entry, other) {
    const expected = "a quote of this instance alone";
    const shared = bare(entry.quote ?? "") === bare(other.quote ?? "");
    if (shared)
        refuse(expected, `the same as of ${other.vmUuid ?? "another"}`);
    // Two quotes of one guest differ: its id tells that they are one's.
    const ids = [other.instanceId, other.claimedId];
    const twice = [entry.instanceId, entry.claimedId].some((id) => id !== null && ids.includes(id));
    if (twice)
        refuse("an instance id of its own", `the same as of ${other.vmUuid ?? "another"}`);
}
/** One quote in two spellings is one quote. */
function bare(quote) {
    return quote.toLowerCase().replace(/^0x/, "").replace(/0+$/, "");
}
/** Whether asking later may bring an answer: the platform may not know the instance everywhere yet. */
function mayCome(fault) {
    if (fault.kind !== "answer")
        return !(fault.kind === "network" && fault.network === "certificate");
    return [404, 408, 409, 425, 429].includes(fault.status) || fault.status >= 500;
}

;// CONCATENATED MODULE: ./build/attest/compare.js



/** What others must equal, from a source whose own quote is good; null where that was not proven. */
function referenceOf(found) {
    const { measurements, keyProvider } = found;
    if (measurements === null || keyProvider === null)
        return null;
    // RTMR0 is the host's virtual hardware, which may differ between a source and its replica.
    return { from: "source", lines: [{ ...measurements, rtmr0: null }], keyProvider };
}
const ID_BYTES = 20;
/** The claims that are held against something, in the forms of the API. */
function readClaims(claims) {
    return {
        composeHash: hexOf(claims.get("compose-hash")),
        instanceId: hexOf(claims.get("instance-id")),
        keyProvider: readKeyProvider(claims.get("key-provider")),
    };
}
/**
 * Holds what was measured against what is wanted.
 *
 * @param composeText the app-compose text as the platform shows it, or null
 * @param onText told once it is known to be the one that was measured
 */
function compare(trail, { claims, report }, wanted, composeText, onText) {
    trail.make("app-id", "input", () => same(wanted.appId, hexOf(claims.get("app-id"))));
    trail.make("instance-id", "api", () => checkInstance(wanted, claims.get("instance-id")));
    const { composeHash } = wanted;
    const hash = trail.make("compose-hash", composeHash?.from ?? "rule", () => checkHash(composeHash?.hash ?? null, claims.get("compose-hash")));
    if (composeText !== null) {
        const seen = (0,external_node_crypto_.createHash)("sha256").update(composeText).digest("hex");
        trail.make("compose-text", "rule", () => same(hash, seen));
        onText();
    }
    trail.make("mr-config-id", "rule", () => checkConfigId(report.mrConfigId, hash));
    const { reference } = wanted;
    if (reference !== null) {
        trail.make("os", reference.from, () => checkOs(reference.lines, measurementsOf(report)));
    }
    trail.make("key-provider", reference?.keyProvider ? "source" : "rule", () => checkKeyProvider(reference?.keyProvider ?? null, claims.get("key-provider")));
}
function measurementsOf({ mrTd, rtmrs }) {
    const [rtmr0, rtmr1, rtmr2] = rtmrs.map((register) => register.toString("hex"));
    return { mrtd: mrTd.toString("hex"), rtmr0: rtmr0 ?? "", rtmr1: rtmr1 ?? "", rtmr2: rtmr2 ?? "" };
}
function same(expected, seen) {
    demand(seen === expected, expected, seen ?? "none");
    return { value: null, expected, seen };
}
function checkInstance({ instanceId, formerIds }, claim) {
    const seen = hexOf(claim) ?? "none";
    // Without one (`no_instance_id`), instances of an app can't be told apart, and one's quote would do for all.
    demand(claim?.length === ID_BYTES, "an instance id of its own", seen === "" ? "an empty one" : seen);
    const expected = instanceId ?? "an instance id";
    demand(instanceId === null || instanceId === seen, expected, seen);
    // No challenge of ours goes into the platform's quotes: only a new id shows that the quote is a new replica's.
    demand(!formerIds.includes(seen), "an id that no instance had before", seen);
    return { value: null, expected, seen };
}
function checkHash(wanted, claim) {
    const seen = hexOf(claim) ?? "none";
    demand(claim?.length === 32, wanted ?? "a compose hash", seen);
    demand(wanted === null || seen === wanted, wanted ?? "", seen);
    return { value: seen, expected: wanted ?? "a compose hash", seen };
}
/**
 * MRCONFIGID, which the host sets: form 1 is the compose hash. Zero (older images), form 2 (a hash that takes in
 * the key provider) and others are not compared, since RTMR3 binds the hash anyway.
 */
function checkConfigId(id, hash) {
    const seen = id.toString("hex");
    if (id[0] !== 1)
        return { value: null, expected: "a form that is not compared", seen };
    return same(`01${hash}`.padEnd(96, "0"), seen);
}
function checkOs(lines, seen) {
    const differing = lines.map((line) => differences(line, seen));
    // Of several, the nearest one says most.
    const [nearest] = differing.sort((a, b) => a.length - b.length);
    if (nearest === undefined)
        refuse("an OS to compare with", "none");
    const tell = (of) => nearest.map((one) => `${one.name} ${one[of]}`).join(" ");
    demand(nearest.length === 0, tell("expected"), tell("found"));
    const { mrtd, rtmr1, rtmr2 } = seen;
    const text = `mrtd ${mrtd} rtmr1 ${rtmr1} rtmr2 ${rtmr2}`;
    return { value: null, expected: text, seen: text };
}
function differences(line, seen) {
    return ["mrtd", "rtmr1", "rtmr2", "rtmr0"].flatMap((name) => {
        const expected = line[name];
        return expected === null || expected === seen[name]
            ? []
            : [{ name, expected, found: seen[name] }];
    });
}
function checkKeyProvider(wanted, claim) {
    const seen = readKeyProvider(claim);
    const expected = wanted === null ? "a key provider" : tellKeyProvider(wanted);
    if (seen === null)
        refuse(expected, "none");
    const equal = wanted === null || (seen.name === wanted.name && seen.id === wanted.id);
    demand(equal, expected, tellKeyProvider(seen));
    return { value: null, expected, seen: tellKeyProvider(seen) };
}
function tellKeyProvider({ name, id }) {
    return `${name} ${id}`.trim();
}
function readKeyProvider(claim) {
    const json = (0,text_json/* parseJson */.qF)(claim?.toString("utf8") ?? "");
    const name = (0,text_json/* stringAt */.bX)(json, "name");
    const id = (0,text_json/* fieldOf */._F)(json, "id");
    return name === null || typeof id !== "string" ? null : { name, id };
}
function hexOf(claim) {
    return claim?.toString("hex") ?? null;
}

;// CONCATENATED MODULE: ./build/attest/compose.js

/** More than a report has room for. */
const MOST = 20;
/** Null where the text is no app-compose. */
function composeGaps(text) {
    const json = (0,text_json/* parseJson */.qF)(text);
    const file = (0,text_json/* stringAt */.bX)(json, "docker_compose_file");
    if (file === null)
        return null;
    // The file is YAML, which is not parsed for a remark: a line that names an image is enough, and one that this
    // does not see is not said to be fixed either.
    const images = [
        ...file.matchAll(/(?:^|[\s{,"'])image["']?\s*:\s*["']?((?:\$\{[^}\s]{0,99}\}|[^\s"',}])+)/g),
    ];
    const unpinned = images.map(([, name = ""]) => name).filter((name) => !name.includes("@sha256:"));
    const envs = (0,text_json/* arrayAt */.RD)(json, "allowed_envs").filter((name) => typeof name === "string");
    return {
        unpinnedImages: [...new Set(unpinned)].slice(0, MOST),
        allowedEnvs: envs.slice(0, MOST),
    };
}

;// CONCATENATED MODULE: ./build/attest/pck.js


const PCK_CA_NAMES = {
    platform: "Intel SGX PCK Platform CA",
    processor: "Intel SGX PCK Processor CA",
};
const SGX = "1.2.840.113741.1.13.1";
const pck_COMPONENTS = 16;
/** @throws Refused unless the extension is there, whole and unambiguous */
function readPck({ extensions }) {
    const content = extensions.get(SGX);
    if (content === undefined)
        refuse("a PCK certificate's SGX extension", "none");
    const fields = fieldsOf(readDer(content));
    const tcb = fieldsOf(fields.get(`${SGX}.2`));
    const cpuSvn = Array.from({ length: pck_COMPONENTS }, (_, index) => numberOf(tcb.get(`${SGX}.2.${index + 1}`), 0xff));
    return {
        fmspc: pck_hexOf(fields.get(`${SGX}.4`), 6),
        pceId: pck_hexOf(fields.get(`${SGX}.3`), 2),
        cpuSvn,
        pceSvn: numberOf(tcb.get(`${SGX}.2.${pck_COMPONENTS + 1}`), 0xffff),
    };
}
/** Pairs of an OID and a value, each OID once. */
function fieldsOf(der) {
    const fields = new Map();
    for (const part of partsOf(der)) {
        const [name, value, ...more] = partsOf(part);
        const oid = oidOf(name);
        const pair = value !== undefined && more.length === 0 && !fields.has(oid);
        demand(pair, "each field of the SGX extension once", oid);
        fields.set(oid, value);
    }
    return fields;
}
function pck_hexOf(der, bytes) {
    const content = contentOf(der, TAG.octetString);
    demand(content.length === bytes, `${bytes} bytes`, `${content.length}`);
    return content.toString("hex");
}
/** Which of Intel's CAs issued it, by the issuer's name. Unverified: for choosing what to fetch. */
function pckCaOf({ issuer }) {
    // The common name is looked for as a value of the name, not as any bytes of it.
    const names = partsOf(readDer(issuer))
        .flatMap((set) => partsOf(set, TAG.set))
        .map((pair) => partsOf(pair)[1]?.content.toString("latin1"));
    if (names.includes(PCK_CA_NAMES.platform))
        return "platform";
    return names.includes(PCK_CA_NAMES.processor) ? "processor" : null;
}

;// CONCATENATED MODULE: ./build/attest/signers.js




const ROOT = ["Intel SGX Root CA"];
const PCK_NAMES = [["Intel SGX PCK Certificate"], Object.values(PCK_CA_NAMES), ROOT];
const SIGNER_NAMES = [["Intel SGX TCB Signing"], ROOT];
/** Which collateral a quote needs, as it says itself; null where it does not. */
function pckOf(quote) {
    const [pck] = readChain(quote.pckChain, PCK_NAMES.length);
    const ca = pck === undefined ? null : pckCaOf(pck);
    return pck === undefined || ca === null ? null : { ca, fmspc: readPck(pck).fmspc };
}
/** Makes the checks from `pck-chain` to `revoked`. */
function checkSigners(trail, quote, collateral, root) {
    const [pck, ca, top] = checkedChain(trail, "pck-chain", quote.pckChain, PCK_NAMES, root);
    const [tcbInfo] = signerOf(trail, ["tcb-chain", "tcb-info"], collateral.tcbInfo, root);
    const [qeIdentity] = signerOf(trail, ["qe-chain", "qe-identity"], collateral.qeIdentity, root);
    const rootCrl = checkedCrl(trail, "root-crl", collateral.rootCrl, top, root.now);
    // The CA of the quote's own chain, not one that came with the collateral.
    const pckCrl = checkedCrl(trail, "pck-crl", collateral.pckCrl, ca, root.now);
    trail.make("revoked", "intel", () => {
        for (const one of [ca, tcbInfo, qeIdentity])
            checkNotRevoked(rootCrl, one);
        checkNotRevoked(pckCrl, pck);
        return { value: null, expected: "nobody revoked", seen: "nobody" };
    });
    return { pck, tcbInfo, qeIdentity };
}
/** @returns the leaf, its issuer and the root, which may be one */
function checkedChain(trail, check, pem, names, { root, now }) {
    return trail.make(check, "intel", () => {
        const chain = readChain(pem, names.length);
        checkChain(chain, names, root, now);
        const [leaf, next, last = next] = chain;
        if (leaf === undefined || next === undefined || last === undefined)
            refuse("a chain", "none");
        const seen = chain.map(({ name }) => name).join(", ");
        return { value: [leaf, next, last], expected: "a chain to the pinned root", seen };
    });
}
/** The chain of a signed document; where that never came, it is the document that fails. */
function signerOf(trail, [chain, document], piece, root) {
    if ("missing" in piece)
        return trail.make(document, "intel", () => gotten(piece));
    return checkedChain(trail, chain, piece.got.chain, SIGNER_NAMES, root);
}
function checkedCrl(trail, check, piece, by, now) {
    return trail.make(check, "intel", () => {
        const value = readCrl(gotten(piece), by, now);
        return { value, expected: `a CRL of ${by.name}`, seen: `${value.revoked.size} revoked` };
    });
}
function gotten(piece) {
    return "missing" in piece ? refuse(`collateral from ${piece.from}`, piece.missing) : piece.got;
}

// EXTERNAL MODULE: ./build/text/attestation.js
var attestation = __webpack_require__(7877);
;// CONCATENATED MODULE: ./build/attest/tcb.js


/** Bit of an enclave's attributes: its memory can be read. */
const ENCLAVE_DEBUG = 0x02;
/** That the quoting enclave is Intel's, and which of its versions. @throws Refused */
function checkQe(qe, identity) {
    const { miscSelect, miscSelectMask, attributes, attributesMask } = identity;
    demandBytes("MRSIGNER", identity.mrSigner, qe.mrSigner);
    demand(qe.isvProdId === identity.isvProdId, `product ${identity.isvProdId}`, `${qe.isvProdId}`);
    demandBytes("MISCSELECT", masked(miscSelect, miscSelectMask), masked(qe.miscSelect, miscSelectMask));
    demandBytes("ATTRIBUTES", masked(attributes, attributesMask), masked(qe.attributes, attributesMask));
    const debug = ((qe.attributes[0] ?? ENCLAVE_DEBUG) & ENCLAVE_DEBUG) !== 0;
    demand(!debug, "no debug enclave", "a debug enclave");
    return levelOf(identity.levels, qe.isvSvn);
}
/**
 * That the TDX module is Intel's, and which of its versions (Intel's rule: its major version picks the identity,
 * and the minor one the level).
 *
 * @returns null for modules of version 0, which have no levels of their own
 * @throws Refused
 */
function checkModule(report, info) {
    const major = majorOf(report);
    if (major === 0) {
        checkRule(report, info.module);
        return null;
    }
    const id = `TDX_${report.teeTcbSvn.toString("hex", 1, 2).toUpperCase()}`;
    const identity = info.modules.get(id);
    if (identity === undefined)
        refuse([...info.modules.keys()].join(" or "), id);
    checkRule(report, identity);
    return levelOf(identity.levels, report.teeTcbSvn[0] ?? 0);
}
function checkRule({ mrSignerSeam, seamAttributes }, rule) {
    const { mrSigner, attributes, attributesMask } = rule;
    demandBytes("MRSIGNERSEAM", mrSigner, mrSignerSeam);
    const [wanted, seen] = [attributes, seamAttributes].map((one) => masked(one, attributesMask));
    demandBytes("SEAMATTRIBUTES", wanted ?? attributes, seen ?? seamAttributes);
}
function levelOf(levels, svn) {
    const level = levels.find(({ isvSvn }) => svn >= isvSvn);
    const least = Math.min(...levels.map(({ isvSvn }) => isvSvn));
    return level ?? refuse(`version ${least} or later`, `version ${svn}`);
}
/**
 * The platform's level, joined with those of its parts, and whether it is allowed.
 *
 * @param parts levels of the module and the quoting enclave
 * @throws Refused where no level fits, one is revoked or unknown, or the status is not allowed
 */
function checkTcb({ info, pck, report }, parts, allowed, tell) {
    // The first two count as the module's version, which has levels of its own then. Intel's library leaves them
    // out as well; `@phala/dcap-qvl` does not, and refuses platforms that are only out of date.
    const first = majorOf(report) > 0 ? 2 : 0;
    const svns = [...report.teeTcbSvn];
    const level = info.levels.find(({ sgx, tdx, pceSvn }) => pck.pceSvn >= pceSvn &&
        sgx.every((least, index) => (pck.cpuSvn[index] ?? -1) >= least) &&
        tdx.every((least, index) => index < first || (svns[index] ?? -1) >= least));
    const expected = allowed.join(" or ");
    if (level === undefined)
        refuse(expected, "a platform that no level of Intel's fits");
    const all = [level, ...parts];
    const status = join(level.status, parts.map((part) => part.status));
    if (!(0,attestation/* isTcbStatus */.cr)(status))
        refuse(expected, status);
    const value = { status, advisories: [...new Set(all.flatMap((one) => one.advisories))] };
    tell(value);
    demand(allowed.includes(status), expected, [status, ...value.advisories].join(", "));
    return { value, expected, seen: status };
}
/** One status for all: a part that is behind takes the platform with it (Intel's "convergence"). */
function join(platform, parts) {
    const strange = [platform, ...parts].find((word) => !(0,attestation/* isTcbStatus */.cr)(word));
    if (strange !== undefined)
        return strange;
    const behind = parts.find((word) => word !== "UpToDate");
    if (behind === undefined)
        return platform;
    // Parts are up to date or not; what else may be said of one, no rule tells how to join.
    if (behind !== "OutOfDate")
        return `${behind} of a part`;
    const configured = platform === "UpToDate" || platform === "SWHardeningNeeded";
    return configured || platform === "OutOfDate" ? "OutOfDate" : "OutOfDateConfigurationNeeded";
}
/** TUD: any bit makes it a TD whose memory others may read. */
const DEBUG_BITS = 0xffn;
const SEPT_VE_DISABLE = 1n << 28n;
/** Protection keys and key locker: the TD's own affair. */
const HARMLESS = (1n << 30n) | (1n << 31n);
/** That the TD is closed to its host: no debug, no migration, no performance counters. @throws Refused */
function checkTdAttributes({ tdAttributes, mrServiceTd }) {
    const bits = tdAttributes.readBigUInt64LE();
    const seen = tdAttributes.toString("hex");
    demand((bits & DEBUG_BITS) === 0n, "no debug TD", `attributes ${seen}`);
    demand((bits & SEPT_VE_DISABLE) !== 0n, "SEPT_VE_DISABLE set", `attributes ${seen}`);
    const others = bits & ~(SEPT_VE_DISABLE | HARMLESS);
    demand(others === 0n, "no attribute but SEPT_VE_DISABLE, PKS and KL", `attributes ${seen}`);
    const alone = mrServiceTd === null || mrServiceTd.every((byte) => byte === 0);
    demand(alone, "no service TD", "a service TD");
    return { value: null, expected: "SEPT_VE_DISABLE alone, PKS, KL", seen };
}
/** The module's major version. */
function majorOf({ teeTcbSvn }) {
    return teeTcbSvn[1] ?? 0;
}
function masked(value, mask) {
    return Buffer.from(value.map((byte, index) => byte & (mask[index] ?? 0xff)));
}
function demandBytes(what, expected, seen) {
    demand(expected.equals(seen), `${what} ${expected.toString("hex")}`, seen.toString("hex"));
}

;// CONCATENATED MODULE: ./build/attest/verify.js











const NOTHING_FOUND = {
    tcb: null,
    fmspc: null,
    measurements: null,
    compose: null,
    composeHash: null,
    instanceId: null,
    keyProvider: null,
};
/** Makes all checks of one instance, in their order. Nothing is thrown, and nothing read but the arguments. */
function verifyInstance(proof, collateral, trust, wanted) {
    return judge(collateral, trust, (course) => {
        const { report } = checkQuote(course, proof.quote);
        const claims = course.trail.make("event-log", "rule", () => replay(proof.log, report.rtmrs[3]));
        course.tell(readClaims(claims));
        const { composeText } = proof;
        compare(course.trail, { claims, report }, wanted, composeText, () => {
            if (composeText !== null)
                course.tell({ compose: composeGaps(composeText) });
        });
    });
}
/** The part of it that needs no log: a TD that is genuine, closed and up to date. */
function verifyQuote(quote, collateral, trust) {
    return judge(collateral, trust, (course) => checkQuote(course, quote));
}
/** Which collateral a quote needs, as it says itself; null where it can't be read: the checks then say why. */
function platformOf(quote) {
    try {
        return pckOf(readQuote(quoteBytes(quote)));
    }
    catch {
        return null;
    }
}
function judge(collateral, trust, checks) {
    const trail = new Trail();
    let found = NOTHING_FOUND;
    const tell = (more) => {
        found = { ...found, ...more };
    };
    const made = trail.run(() => checks({ trail, collateral, trust, tell }));
    return { fault: made.ok ? null : made.fault, checks: trail.results, found };
}
/** Makes the checks from `quote` to `td-attributes`. */
function checkQuote({ trail, collateral, trust, tell }, hex) {
    const quote = trail.make("quote", "rule", () => {
        const value = readQuote(quoteBytes(hex));
        return { value, expected: "a TDX quote", seen: `version ${value.version}` };
    });
    const signers = checkSigners(trail, quote, collateral, trust);
    const { info, pck } = trail.make("tcb-info", "intel", () => checkTcbInfo(collateral.tcbInfo, signers.tcbInfo, signers.pck, trust.now));
    tell({ fmspc: pck.fmspc });
    const qe = trail.make("qe-identity", "intel", () => {
        const text = signedBy(collateral.qeIdentity, signers.qeIdentity);
        const value = checkQe(quote.qe, readQeIdentity(text, trust.now));
        return { value, expected: "Intel's quoting enclave", seen: `version ${quote.qe.isvSvn}` };
    });
    trail.make("qe-report", "rule", () => checkQeReport(quote, signers.pck));
    trail.make("quote-signature", "rule", () => checkSignature(quote));
    tell({ measurements: measurementsOf(quote.report) });
    const module = trail.make("module", "intel", () => {
        const value = checkModule(quote.report, info);
        const seen = `version ${quote.report.teeTcbSvn[1]}.${quote.report.teeTcbSvn[0]}`;
        return { value, expected: "Intel's TDX module", seen };
    });
    const parts = module === null ? [qe] : [module, qe];
    const platform = { info, pck, report: quote.report };
    trail.make("tcb", "input", () => checkTcb(platform, parts, trust.allowedTcb, (tcb) => tell({ tcb })));
    trail.make("td-attributes", "rule", () => checkTdAttributes(quote.report));
    return quote;
}
/** TCB info that Intel signed for the kind of platform that the PCK certificate names. */
function checkTcbInfo(piece, signer, certificate, now) {
    const info = readTcbInfo(signedBy(piece, signer), now);
    const pck = readPck(certificate);
    const expected = `FMSPC ${pck.fmspc}, PCE ${pck.pceId}`;
    const seen = `FMSPC ${info.fmspc}, PCE ${info.pceId}`;
    demand(seen === expected, expected, seen);
    return { value: { info, pck }, expected, seen };
}
/** The text as served: what is signed are these bytes, not what JSON makes of them. */
function signedBy(piece, signer) {
    const { text, signature } = gotten(piece);
    const good = signature.length === 64 && signsRaw(signer.key, text, signature);
    demand(good, `a signature of ${signer.name}`, "another signature");
    return text;
}
/** The quoting enclave's report, signed by the platform's key, names the attestation key. */
function checkQeReport({ qe, attestationKey }, pck) {
    const signed = signsRaw(pck.key, qe.bytes, qe.signature);
    demand(signed, `a signature of ${pck.name}`, "another signature");
    const hash = (0,external_node_crypto_.createHash)("sha256").update(attestationKey).update(qe.authData).digest("hex");
    // Neither is shown: the key names a machine.
    const named = qe.reportData.toString("hex") === hash.padEnd(128, "0");
    demand(named, "a report that names the attestation key", "a report that does not");
    return { value: null, expected: `signed by ${pck.name}`, seen: `signed by ${pck.name}` };
}
function checkSignature({ attestationKey, signed, signature }) {
    const expected = "a signature of the attestation key";
    demand(signsRaw(rawKey(attestationKey), signed, signature), expected, "another signature");
    return { value: null, expected, seen: expected };
}

;// CONCATENATED MODULE: ./build/attest/entry.js
/** @param reference what the instance was held against */
function entryOf({ vmUuid, name }, { fault, checks, found }, reference) {
    const { tcb, fmspc, measurements, instanceId, composeHash, keyProvider, compose } = found;
    return {
        vm_uuid: vmUuid,
        name,
        instance_id: instanceId,
        verified: fault === null,
        status: tcb?.status ?? null,
        advisories: tcb?.advisories ?? [],
        fmspc,
        measurements,
        compose_hash: composeHash,
        key_provider: keyProvider,
        reference: reference === null ? "none" : reference.from === "input" ? "pinned" : "source",
        unpinned_images: compose?.unpinnedImages ?? null,
        allowed_envs: compose?.allowedEnvs ?? null,
        checks,
    };
}

;// CONCATENATED MODULE: ./build/attest/services.js
/**
 * Where Intel's collateral is served. It may be anybody: every piece is signed by Intel, so a service can keep
 * it back, or serve an older one that has not run out, and nothing else.
 */
/** The platform's own, the default of dstack; then Intel's, whose list of the root stands in the root itself. */
const DEFAULT_SERVICES = [
    serviceAt("https://pccs.phala.network"),
    {
        base: "https://api.trustedservices.intel.com",
        rootCrl: "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der",
    },
];
/** A caching service (PCCS) at this address. */
function serviceAt(base) {
    return { base, rootCrl: `${base}/sgx/certification/v4/rootcacrl` };
}

;// CONCATENATED MODULE: ./build/attest/attest.js











/** Verifies instances of one app; what Intel publishes is fetched once. Nothing is thrown. */
class Attestation {
    #net;
    #settings;
    #source;
    constructor(net, settings) {
        this.#net = net;
        this.#settings = settings;
        this.#source = new CollateralSource(net, settings.services);
    }
    /**
     * Verifies each of them. What only time can mend is asked again: no answer, no quote yet, or a good quote of the
     * revision before an update. Everything else is final at once.
     *
     * @param until ms since the epoch: no look begins after it, but there is always one
     * @returns a verdict for each target, in their order; after a cancel, as far as it came
     */
    async verify(targets, until) {
        const { clock, signal } = this.#net;
        const verdicts = new Map();
        while (targets.length > 0) {
            const open = targets.filter((target) => mayChange(verdicts.get(target)));
            const waitMs = await this.#look(open, verdicts, until);
            const pauseMs = Math.max(this.#settings.pollMs, waitMs);
            const done = !open.some((target) => mayChange(verdicts.get(target)));
            if (done || signal.aborted || clock.now() + pauseMs > until)
                break;
            await clock.sleep(pauseMs, signal);
            if (signal.aborted)
                break;
        }
        return targets.map((target) => verdicts.get(target) ?? NOT_LOOKED);
    }
    /** One look at the platform. @returns how long it asks to be left alone, in ms */
    async #look(open, verdicts, until) {
        const { clock } = this.#net;
        const { appId } = this.#settings;
        const shown = await this.#read(`${(0,requests/* appPath */.X4)(appId)}/attestations`, readAppEvidence, until);
        const picks = await (0,parallel/* inParallel */.H)(open, MOST_AT_ONCE, async (target) => {
            return { target, picked: await this.#pick(shown, target, until) };
        });
        // Asked for once a kind of platform, however many instances are of it.
        const kinds = new Map();
        for (const { target, picked } of picks) {
            verdicts.set(target, await this.#judge(picked, target, kinds, until));
        }
        if (shown.ok || shown.fault.kind !== "answer")
            return 0;
        return (0,retry_after/* retryAfterMs */.V)(shown.fault, clock.now()) ?? 0;
    }
    /** The proof of one instance: from the app's route, and where that has none, from the CVM's own. */
    async #pick(shown, target, until) {
        const all = shown.ok ? shown.value : [];
        if (shown.ok && !lacks(all, target))
            return pickEvidence(all, target);
        const read = (json) => readCvmEvidence(json, target);
        const own = await this.#read(`${(0,requests/* cvmPath */.C4)(target.vmUuid)}/attestation`, read, until);
        if (own.ok) {
            const others = all.filter(({ vmUuid }) => vmUuid !== target.vmUuid);
            return pickEvidence([own.value, ...others], target);
        }
        if (shown.ok)
            return pickEvidence(all, target);
        const again = mayCome(shown.fault) || mayCome(own.fault);
        return noEvidence("an answer of the platform", tellFault(shown.fault), again);
    }
    async #judge(picked, { wanted }, kinds, until) {
        const { made, checks } = picked;
        if (!made.ok)
            return unproven(picked);
        const { root, allowedTcb } = this.#settings;
        const collateral = await this.#collateral(made.value.quote, kinds, until);
        // After the requests: what ran out meanwhile has run out.
        const trust = { root, allowedTcb, now: this.#net.clock.now() };
        const verdict = verifyInstance(made.value, collateral, trust, wanted);
        return { ...verdict, checks: [...checks, ...verdict.checks] };
    }
    #collateral(quote, kinds, until) {
        const platform = platformOf(quote);
        if (platform === null)
            return Promise.resolve(NO_COLLATERAL);
        const key = `${platform.ca} ${platform.fmspc}`;
        const collateral = kinds.get(key) ?? this.#source.get(platform, until);
        kinds.set(key, collateral);
        return collateral;
    }
    async #read(path, read, until) {
        const { url, headers } = this.#settings.api;
        const withinMs = Math.max(LEAST_MS, until - this.#net.clock.now());
        const got = await get(this.#net, { url: url + path, headers }, withinMs);
        return got.ok ? readBody(got.answer, read) : got;
    }
}
/** Requests for single instances at a time. */
const MOST_AT_ONCE = 4;
const NO_PIECE = { missing: "a quote that names no platform", from: "Intel" };
const NO_COLLATERAL = {
    rootCrl: NO_PIECE,
    pckCrl: NO_PIECE,
    tcbInfo: NO_PIECE,
    qeIdentity: NO_PIECE,
};
function unproven({ made, checks }) {
    return { fault: made.ok ? null : made.fault, checks, found: NOTHING_FOUND };
}
/** Cancelled before the first look. */
const NOT_LOOKED = unproven(noEvidence("an answer of the platform", "none: cancelled", false));
function mayChange(verdict) {
    return verdict === undefined || verdict.fault?.again === true;
}


/***/ })

};
;