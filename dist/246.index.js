"use strict";
exports.id = 246;
exports.ids = [246];
exports.modules = {

/***/ 246:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   KeySignatureError: () => (/* binding */ KeySignatureError),
/* harmony export */   verifyKeySignature: () => (/* binding */ verifyKeySignature)
/* harmony export */ });
/* harmony import */ var _noble_curves_secp256k1_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(4081);
/* harmony import */ var _noble_hashes_sha3_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8041);


/** Why the key must not be used. The message holds neither the key nor the signature. */
class KeySignatureError extends Error {
    name = "KeySignatureError";
    reason;
    constructor(reason, message) {
        super(message);
        this.reason = reason;
    }
}
const CONTEXT = Buffer.from("dstack-env-encrypt-pubkey:", "ascii");
/**
 * Checks that the KMS's root key signed this encryption key for this app. Returns for a good signature only:
 * there is no answer that a caller could forget to look at.
 *
 * The form is the legacy one, which the REST API gives (API facts, "Signature over the env pubkey"):
 * secp256k1 over the Keccak-256 digest of the context, the raw app id and the raw key, with no timestamp.
 * A recovery yields some key for almost any signature, so the comparison with the root key is the check.
 *
 * @throws {KeySignatureError} in every other case.
 */
function verifyKeySignature(input) {
    const publicKey = bytesOf(input.publicKeyHex, [32], "public-key-form", "the encryption key");
    const signature = bytesOf(input.signatureHex, [65], "signature-form", "the key's signature");
    const appId = bytesOf(input.appIdHex, [20], "app-id-form", "the app id");
    const rootKey = compressedRootKey(input.rootKeyHex);
    const recoveryId = signature.readUInt8(64);
    if (recoveryId > 1) {
        throw new KeySignatureError("signature-form", "the key's signature has a recovery id other than 0 and 1");
    }
    const digest = (0,_noble_hashes_sha3_js__WEBPACK_IMPORTED_MODULE_0__/* .keccak_256 */ .lY)(Buffer.concat([CONTEXT, appId, publicKey]));
    const signer = recoverSigner(signature.subarray(0, 64), recoveryId, digest);
    if (!rootKey.equals(signer)) {
        throw new KeySignatureError("signer-mismatch", "the encryption key is not signed for this app by the KMS's root key");
    }
}
function recoverSigner(compact, recoveryId, digest) {
    try {
        return _noble_curves_secp256k1_js__WEBPACK_IMPORTED_MODULE_1__/* .secp256k1 */ .bI.Signature.fromBytes(compact, "compact")
            .addRecoveryBit(recoveryId)
            .recoverPublicKey(digest)
            .toBytes(true);
    }
    catch {
        throw new KeySignatureError("unrecoverable", "the key's signature is no valid signature");
    }
}
/** The one form in which two equal points are equal bytes. */
function compressedRootKey(hex) {
    const bytes = bytesOf(hex, [33, 65], "root-key-form", "the KMS's root key");
    try {
        return Buffer.from(_noble_curves_secp256k1_js__WEBPACK_IMPORTED_MODULE_1__/* .secp256k1 */ .bI.Point.fromBytes(bytes).toBytes(true));
    }
    catch {
        throw new KeySignatureError("root-key-form", "the KMS's root key is no point of secp256k1");
    }
}
function bytesOf(hex, lengths, reason, what) {
    const digits = /^(?:0x)?((?:[0-9a-f]{2})+)$/i.exec(hex)?.[1] ?? "";
    const bytes = Buffer.from(digits, "hex");
    if (!lengths.includes(bytes.length)) {
        throw new KeySignatureError(reason, `${what} is not ${lengths.join(" or ")} bytes of hex`);
    }
    return bytes;
}


/***/ })

};
;