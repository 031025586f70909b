"use strict";
exports.id = 679;
exports.ids = [679];
exports.modules = {

/***/ 2679:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   SealError: () => (/* binding */ SealError),
/* harmony export */   sealEnvs: () => (/* binding */ sealEnvs)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_crypto__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _limits_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(4246);


/** Why nothing was sealed. The message holds no value and no key. */
class SealError extends Error {
    name = "SealError";
    reason;
    constructor(reason, message) {
        super(message);
        this.reason = reason;
    }
}
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
// node:crypto takes X25519 keys wrapped in ASN.1 (RFC 8410); these are the bytes in front of the 32 raw ones.
const PKCS8_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");
const SPKI_PREFIX = Buffer.from("302a300506032b656e032100", "hex");
/**
 * Encrypts the variables for an app: the value of `encrypted_env`, lower-case hex without `0x`.
 *
 * Layout (API facts, "Env encryption"): ephemeral X25519 public key (32 bytes), IV (12), AES-256-GCM
 * ciphertext of the JSON text, tag (16). The shared secret is the AES key as it stands: there is no KDF and
 * no additional data. Each call draws a new ephemeral key and a new IV.
 *
 * @param recipientKeyHex the app's X25519 public key: 64 hex digits, `0x` in front tolerated.
 * @param random the source of the ephemeral key and of the IV, in this order; to be given by tests alone.
 * @throws {SealError} on a key of another form, a key that yields the same all-zero secret with everyone,
 *   pairs beyond the guest's limits, or a source that answers another number of bytes.
 */
function sealEnvs(pairs, recipientKeyHex, random = node_crypto__WEBPACK_IMPORTED_MODULE_0__.randomBytes) {
    const recipient = /^(?:0x)?([0-9a-f]{64})$/i.exec(recipientKeyHex)?.[1];
    if (recipient === undefined) {
        throw new SealError("recipient-key-form", "the app's encryption key is not 64 hex digits");
    }
    for (const pair of pairs)
        refuse((0,_limits_js__WEBPACK_IMPORTED_MODULE_1__/* .pairFault */ .DI)(pair));
    refuse((0,_limits_js__WEBPACK_IMPORTED_MODULE_1__/* .setFault */ .Vy)(pairs));
    const privateKey = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createPrivateKey)({
        key: Buffer.concat([PKCS8_PREFIX, draw(random, KEY_BYTES)]),
        format: "der",
        type: "pkcs8",
    });
    const iv = draw(random, IV_BYTES);
    const cipher = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createCipheriv)("aes-256-gcm", sharedSecret(privateKey, recipient), iv, {
        authTagLength: TAG_BYTES,
    });
    const ciphertext = Buffer.concat([cipher.update((0,_limits_js__WEBPACK_IMPORTED_MODULE_1__/* .plaintextOf */ .BS)(pairs), "utf8"), cipher.final()]);
    const publicKey = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createPublicKey)(privateKey).export({ format: "der", type: "spki" });
    return Buffer.concat([
        publicKey.subarray(SPKI_PREFIX.length),
        iv,
        ciphertext,
        cipher.getAuthTag(),
    ]).toString("hex");
}
function sharedSecret(privateKey, recipientHex) {
    const publicKey = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createPublicKey)({
        key: Buffer.concat([SPKI_PREFIX, Buffer.from(recipientHex, "hex")]),
        format: "der",
        type: "spki",
    });
    let secret;
    try {
        secret = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.diffieHellman)({ privateKey, publicKey });
    }
    catch {
        // OpenSSL refuses an all-zero result by itself.
        throw weakKey();
    }
    // Whoever swapped the key for a low-order point could read everything; the guest refuses it as well.
    if (secret.every((byte) => byte === 0))
        throw weakKey();
    return secret;
}
function weakKey() {
    return new SealError("recipient-key-weak", "the app's encryption key is a low-order point");
}
function draw(random, bytes) {
    const drawn = random(bytes);
    if (drawn.length !== bytes) {
        throw new SealError("random", `the random source answered ${drawn.length} bytes, not ${bytes}`);
    }
    return drawn;
}
function refuse(fault) {
    if (fault !== null)
        throw new SealError("limits", fault);
}


/***/ })

};
;