/******/ (() => { // webpackBootstrap
/******/ 	var __webpack_modules__ = ({

/***/ 246:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

"use strict";
/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   BS: () => (/* binding */ plaintextOf),
/* harmony export */   DI: () => (/* binding */ pairFault),
/* harmony export */   Vy: () => (/* binding */ setFault)
/* harmony export */ });
/* unused harmony exports MAX_SEALED_BYTES, MAX_PAIRS, MAX_NAME_BYTES, MAX_VALUE_BYTES, SEAL_OVERHEAD_BYTES */
/**
 * What a CVM's guest accepts as an encrypted environment (API facts, "Env encryption"). The API takes a
 * blob that breaks these limits without a word; the replica, billed by then, is what fails at boot.
 */
/** Bytes of the sealed blob. Names and values in clear may hold 1 MiB, which this never lets them reach. */
const MAX_SEALED_BYTES = 256 * 1024;
const MAX_PAIRS = 1024;
/** Bytes of a name; names are ASCII. */
const MAX_NAME_BYTES = 255;
/** UTF-8 bytes of a value. */
const MAX_VALUE_BYTES = 128 * 1024;
/** Ephemeral public key (32 bytes), IV (12) and tag (16), which sealing adds to the plaintext. */
const SEAL_OVERHEAD_BYTES = 32 + 12 + 16;
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** The JSON text that is sealed and that the guest parses. */
function plaintextOf(pairs) {
    return JSON.stringify({ env: pairs.map(({ key, value }) => ({ key, value })) });
}
/**
 * Why the guest would refuse this pair, or null. Speaks of a name only once its form is right: what looks
 * like a name may be a piece of a secret, such as the last line of an unquoted key file.
 */
function pairFault(pair) {
    if (!NAME.test(pair.key)) {
        return "a name must be of letters, digits and underscores, and not begin with a digit";
    }
    if (pair.key.length > MAX_NAME_BYTES) {
        return `a name must not have more than ${MAX_NAME_BYTES} characters`;
    }
    // JSON would carry half a surrogate pair as an escape that the guest's parser refuses.
    if (!pair.value.isWellFormed())
        return `the value of ${pair.key} is not valid Unicode`;
    if (pair.value.includes("\0")) {
        return `the value of ${pair.key} holds a NUL character, which no environment variable can`;
    }
    const bytes = Buffer.byteLength(pair.value, "utf8");
    if (bytes > MAX_VALUE_BYTES) {
        return `the value of ${pair.key} has ${bytes} bytes, the limit is ${MAX_VALUE_BYTES}`;
    }
    return null;
}
/** Why the guest would refuse the pairs as a whole, or null. */
function setFault(pairs) {
    if (pairs.length > MAX_PAIRS) {
        return `there are ${pairs.length} variables, the limit is ${MAX_PAIRS}`;
    }
    const sealed = Buffer.byteLength(plaintextOf(pairs), "utf8") + SEAL_OVERHEAD_BYTES;
    if (sealed > MAX_SEALED_BYTES) {
        return `the variables together have ${sealed} bytes once encrypted, the limit is ${MAX_SEALED_BYTES}`;
    }
    return null;
}


/***/ }),

/***/ 770:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {

module.exports = __nccwpck_require__(218);


/***/ }),

/***/ 218:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {

"use strict";
var __webpack_unused_export__;


var net = __nccwpck_require__(278);
var tls = __nccwpck_require__(756);
var http = __nccwpck_require__(611);
var https = __nccwpck_require__(692);
var events = __nccwpck_require__(434);
var assert = __nccwpck_require__(613);
var util = __nccwpck_require__(23);


exports.httpOverHttp = httpOverHttp;
exports.httpsOverHttp = httpsOverHttp;
exports.httpOverHttps = httpOverHttps;
exports.httpsOverHttps = httpsOverHttps;


function httpOverHttp(options) {
  var agent = new TunnelingAgent(options);
  agent.request = http.request;
  return agent;
}

function httpsOverHttp(options) {
  var agent = new TunnelingAgent(options);
  agent.request = http.request;
  agent.createSocket = createSecureSocket;
  agent.defaultPort = 443;
  return agent;
}

function httpOverHttps(options) {
  var agent = new TunnelingAgent(options);
  agent.request = https.request;
  return agent;
}

function httpsOverHttps(options) {
  var agent = new TunnelingAgent(options);
  agent.request = https.request;
  agent.createSocket = createSecureSocket;
  agent.defaultPort = 443;
  return agent;
}


function TunnelingAgent(options) {
  var self = this;
  self.options = options || {};
  self.proxyOptions = self.options.proxy || {};
  self.maxSockets = self.options.maxSockets || http.Agent.defaultMaxSockets;
  self.requests = [];
  self.sockets = [];

  self.on('free', function onFree(socket, host, port, localAddress) {
    var options = toOptions(host, port, localAddress);
    for (var i = 0, len = self.requests.length; i < len; ++i) {
      var pending = self.requests[i];
      if (pending.host === options.host && pending.port === options.port) {
        // Detect the request to connect same origin server,
        // reuse the connection.
        self.requests.splice(i, 1);
        pending.request.onSocket(socket);
        return;
      }
    }
    socket.destroy();
    self.removeSocket(socket);
  });
}
util.inherits(TunnelingAgent, events.EventEmitter);

TunnelingAgent.prototype.addRequest = function addRequest(req, host, port, localAddress) {
  var self = this;
  var options = mergeOptions({request: req}, self.options, toOptions(host, port, localAddress));

  if (self.sockets.length >= this.maxSockets) {
    // We are over limit so we'll add it to the queue.
    self.requests.push(options);
    return;
  }

  // If we are under maxSockets create a new one.
  self.createSocket(options, function(socket) {
    socket.on('free', onFree);
    socket.on('close', onCloseOrRemove);
    socket.on('agentRemove', onCloseOrRemove);
    req.onSocket(socket);

    function onFree() {
      self.emit('free', socket, options);
    }

    function onCloseOrRemove(err) {
      self.removeSocket(socket);
      socket.removeListener('free', onFree);
      socket.removeListener('close', onCloseOrRemove);
      socket.removeListener('agentRemove', onCloseOrRemove);
    }
  });
};

TunnelingAgent.prototype.createSocket = function createSocket(options, cb) {
  var self = this;
  var placeholder = {};
  self.sockets.push(placeholder);

  var connectOptions = mergeOptions({}, self.proxyOptions, {
    method: 'CONNECT',
    path: options.host + ':' + options.port,
    agent: false,
    headers: {
      host: options.host + ':' + options.port
    }
  });
  if (options.localAddress) {
    connectOptions.localAddress = options.localAddress;
  }
  if (connectOptions.proxyAuth) {
    connectOptions.headers = connectOptions.headers || {};
    connectOptions.headers['Proxy-Authorization'] = 'Basic ' +
        new Buffer(connectOptions.proxyAuth).toString('base64');
  }

  debug('making CONNECT request');
  var connectReq = self.request(connectOptions);
  connectReq.useChunkedEncodingByDefault = false; // for v0.6
  connectReq.once('response', onResponse); // for v0.6
  connectReq.once('upgrade', onUpgrade);   // for v0.6
  connectReq.once('connect', onConnect);   // for v0.7 or later
  connectReq.once('error', onError);
  connectReq.end();

  function onResponse(res) {
    // Very hacky. This is necessary to avoid http-parser leaks.
    res.upgrade = true;
  }

  function onUpgrade(res, socket, head) {
    // Hacky.
    process.nextTick(function() {
      onConnect(res, socket, head);
    });
  }

  function onConnect(res, socket, head) {
    connectReq.removeAllListeners();
    socket.removeAllListeners();

    if (res.statusCode !== 200) {
      debug('tunneling socket could not be established, statusCode=%d',
        res.statusCode);
      socket.destroy();
      var error = new Error('tunneling socket could not be established, ' +
        'statusCode=' + res.statusCode);
      error.code = 'ECONNRESET';
      options.request.emit('error', error);
      self.removeSocket(placeholder);
      return;
    }
    if (head.length > 0) {
      debug('got illegal response body from proxy');
      socket.destroy();
      var error = new Error('got illegal response body from proxy');
      error.code = 'ECONNRESET';
      options.request.emit('error', error);
      self.removeSocket(placeholder);
      return;
    }
    debug('tunneling connection has established');
    self.sockets[self.sockets.indexOf(placeholder)] = socket;
    return cb(socket);
  }

  function onError(cause) {
    connectReq.removeAllListeners();

    debug('tunneling socket could not be established, cause=%s\n',
          cause.message, cause.stack);
    var error = new Error('tunneling socket could not be established, ' +
                          'cause=' + cause.message);
    error.code = 'ECONNRESET';
    options.request.emit('error', error);
    self.removeSocket(placeholder);
  }
};

TunnelingAgent.prototype.removeSocket = function removeSocket(socket) {
  var pos = this.sockets.indexOf(socket)
  if (pos === -1) {
    return;
  }
  this.sockets.splice(pos, 1);

  var pending = this.requests.shift();
  if (pending) {
    // If we have pending requests and a socket gets closed a new one
    // needs to be created to take over in the pool for the one that closed.
    this.createSocket(pending, function(socket) {
      pending.request.onSocket(socket);
    });
  }
};

function createSecureSocket(options, cb) {
  var self = this;
  TunnelingAgent.prototype.createSocket.call(self, options, function(socket) {
    var hostHeader = options.request.getHeader('host');
    var tlsOptions = mergeOptions({}, self.options, {
      socket: socket,
      servername: hostHeader ? hostHeader.replace(/:.*$/, '') : options.host
    });

    // 0 is dummy port for v0.6
    var secureSocket = tls.connect(0, tlsOptions);
    self.sockets[self.sockets.indexOf(socket)] = secureSocket;
    cb(secureSocket);
  });
}


function toOptions(host, port, localAddress) {
  if (typeof host === 'string') { // since v0.10
    return {
      host: host,
      port: port,
      localAddress: localAddress
    };
  }
  return host; // for v0.11 or later
}

function mergeOptions(target) {
  for (var i = 1, len = arguments.length; i < len; ++i) {
    var overrides = arguments[i];
    if (typeof overrides === 'object') {
      var keys = Object.keys(overrides);
      for (var j = 0, keyLen = keys.length; j < keyLen; ++j) {
        var k = keys[j];
        if (overrides[k] !== undefined) {
          target[k] = overrides[k];
        }
      }
    }
  }
  return target;
}


var debug;
if (process.env.NODE_DEBUG && /\btunnel\b/.test(process.env.NODE_DEBUG)) {
  debug = function() {
    var args = Array.prototype.slice.call(arguments);
    if (typeof args[0] === 'string') {
      args[0] = 'TUNNEL: ' + args[0];
    } else {
      args.unshift('TUNNEL:');
    }
    console.error.apply(console, args);
  }
} else {
  debug = function() {};
}
__webpack_unused_export__ = debug; // for test


/***/ }),

/***/ 613:
/***/ ((module) => {

"use strict";
module.exports = require("assert");

/***/ }),

/***/ 434:
/***/ ((module) => {

"use strict";
module.exports = require("events");

/***/ }),

/***/ 896:
/***/ ((module) => {

"use strict";
module.exports = require("fs");

/***/ }),

/***/ 611:
/***/ ((module) => {

"use strict";
module.exports = require("http");

/***/ }),

/***/ 692:
/***/ ((module) => {

"use strict";
module.exports = require("https");

/***/ }),

/***/ 278:
/***/ ((module) => {

"use strict";
module.exports = require("net");

/***/ }),

/***/ 598:
/***/ ((module) => {

"use strict";
module.exports = require("node:crypto");

/***/ }),

/***/ 857:
/***/ ((module) => {

"use strict";
module.exports = require("os");

/***/ }),

/***/ 928:
/***/ ((module) => {

"use strict";
module.exports = require("path");

/***/ }),

/***/ 756:
/***/ ((module) => {

"use strict";
module.exports = require("tls");

/***/ }),

/***/ 16:
/***/ ((module) => {

"use strict";
module.exports = require("url");

/***/ }),

/***/ 23:
/***/ ((module) => {

"use strict";
module.exports = require("util");

/***/ }),

/***/ 230:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {

var j=(e,n)=>()=>{try{return n||e((n={exports:{}}).exports,n),n.exports}catch(t){throw n=0,t}};var R=j((Z,N)=>{function T(e){return typeof e=="string"?!["false","0","no","off",""].includes(e.toLowerCase()):!!e}function U(e=process.env){let n={};for(let t of["ENCODING","PATH","QUIET","DEBUG","OVERRIDE","FAST"]){let r=e[`DOTENV_${t}`]!=null?e[`DOTENV_${t}`]:e[`DOTENV_CONFIG_${t}`];r!=null&&(n[t.toLowerCase()]=t==="ENCODING"||t==="PATH"?r:T(r))}return n}N.exports={parseBoolean:T,optionsFromEnv:U}});var P=j((ee,b)=>{var F=__nccwpck_require__(896),_=__nccwpck_require__(928),B=__nccwpck_require__(857),{URL:L,fileURLToPath:Q}=__nccwpck_require__(16),{parseBoolean:$,optionsFromEnv:I}=R(),G=/(?:^|^)\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?(?:$|$)/mg,y=new Uint8Array(256);for(let e=48;e<=57;e++)y[e]=1;for(let e=65;e<=90;e++)y[e]=1;for(let e=97;e<=122;e++)y[e]=1;y[45]=1;y[46]=1;y[95]=1;function H(e){let n={},t=e.toString();t=t.replace(/\r\n?/mg,`
`);let r;for(;(r=G.exec(t))!=null;){let o=r[1],i=r[2]||"";i=i.trim();let c=i[0];i=i.replace(/^(['"`])([\s\S]*)\1$/mg,"$2"),c==='"'&&(i=i.replace(/\\n/g,`
`),i=i.replace(/\\r/g,"\r")),n[o]=i}return n}function g(e){return e<=32?e===32||e>=9&&e<=13:e>=160&&(e===160||e===5760||e>=8192&&e<=8202||e===8232||e===8233||e===8239||e===8287||e===12288||e===65279)}function O(e){return e===10||e===8232||e===8233}function V(e){let n={},t=typeof e=="string"?e:e.toString();t.indexOf("\r")!==-1&&(t=t.replace(/\r\n?/g,`
`));let r=t.length,o=0;for(;o<r;){let i=t.charCodeAt(o);for(;o<r&&g(i);)o++,i=t.charCodeAt(o);if(o>=r)break;if(i===35){for(;o<r&&!O(t.charCodeAt(o));)o++;continue}let c=-1;if(i===101&&o+6<r&&t.charCodeAt(o+1)===120&&t.charCodeAt(o+2)===112&&t.charCodeAt(o+3)===111&&t.charCodeAt(o+4)===114&&t.charCodeAt(o+5)===116){let u=t.charCodeAt(o+6);if(g(u)){let s=o+7;for(;s<r&&g(t.charCodeAt(s));)s++;y[t.charCodeAt(s)]&&(c=o+6,o=s)}else i=t.charCodeAt(o)}let E=o,p=0;for(;o<r&&(p=t.charCodeAt(o),y[p]);)o++;if(o===E){for(;o<r&&!O(t.charCodeAt(o));)o++;continue}let k=t.slice(E,o),D=o;if(o>=r&&(p=0),g(p))do o++,p=o<r?t.charCodeAt(o):0;while(g(p));if(p===61)o++;else if(p===58&&o===D&&o+1<r&&g(t.charCodeAt(o+1)))o+=2;else{for(o=c===-1?D:c;o<r&&!O(t.charCodeAt(o));)o++;continue}let d=o,l=o;for(;l<r&&g(t.charCodeAt(l));)l++;let C=t.charCodeAt(l),a,q=!1;if(C===39||C===34||C===96){let u=t[l],s=t.indexOf(u,l+1),f=-1,h=-1;for(;s!==-1;){let x=t.charCodeAt(s-1)===92,w=s+1;for(;w<r&&!O(t.charCodeAt(w))&&g(t.charCodeAt(w));)w++;if((w===r||O(t.charCodeAt(w))||t.charCodeAt(w)===35)&&(f=s,h=w),!x)break;s=t.indexOf(u,s+1)}if(f!==-1){if(a=t.slice(l+1,f),o=h,t.charCodeAt(o)===35)for(;o<r&&!O(t.charCodeAt(o));)o++;q=!0}}if(!q){let u=t.indexOf(`
`,d);u===-1&&(u=r);let s;if(r<4096)s=t.indexOf("#",d),(s===-1||s>u)&&(s=u);else for(s=d;s<u&&t.charCodeAt(s)!==35;)s++;let f=d,h=s;for(;f<h&&g(t.charCodeAt(f));)f++;for(;h>f&&g(t.charCodeAt(h-1));)h--;let x=t.charCodeAt(f);if(a=t.slice(f,h),a.includes("\u2028")||a.includes("\u2029")?a=a.replace(/^(['"`])([\s\S]*)\1$/mg,"$2"):h-f>=2&&(x===39||x===34||x===96)&&t.charCodeAt(h-1)===x&&(a=t.slice(f+1,h-1)),o=s,s<u)for(;o<r&&!O(t.charCodeAt(o));)o++}C===34&&(q||l<o)&&a.indexOf("\\")!==-1&&(a=a.replace(/\\n/g,`
`).replace(/\\r/g,"\r")),n[k]=a}return n}function J(e,n){return n&&$(n.fast)?V(e):H(e)}function v(e){console.log(`\u2506 ${e}`)}function W(e){console.error(`\u25C7 ${e}`)}function S(e){return e[0]==="~"?_.join(B.homedir(),e.slice(1)):e}function K(e={}){let n={...e};for(let t of Object.keys(n))n[t]===void 0&&delete n[t];return{...I(),...n}}function M(e){e=K(e);let n=_.resolve(process.cwd(),".env"),t="utf8",r=process.env;e&&e.processEnv!=null&&(r=e.processEnv);let o=$(e&&e.debug);e&&e.encoding?t=e.encoding:o&&v("no encoding is specified (UTF-8 is used by default)");let i=[n];if(e&&e.path)if(!Array.isArray(e.path))i=[S(e.path)];else{i=[];for(let d of e.path)i.push(S(d))}let c,E={},p={fast:e.fast};for(let d of i)try{let l=A.parse(F.readFileSync(d,{encoding:t}),p);A.populate(E,l,e)}catch(l){o&&v(`failed to load ${d} ${l.message}`),c=l}let k=A.populate(r,E,e),D=$(Object.prototype.hasOwnProperty.call(e,"quiet")?e.quiet:I(r).quiet);if(o||!D){let d=Object.keys(k).length,l=[];for(let C of i)try{let a=_.relative(process.cwd(),C instanceof L?Q(C):C);l.push(a)}catch(a){o&&v(`failed to load ${C} ${a.message}`),c=a}W(`injected env (${d}) from ${l.join(",")}`)}return c?{parsed:E,error:c}:{parsed:E}}function Y(e){return A.configDotenv(e)}function z(e,n,t={}){let r=$(t&&t.debug),o=$(t&&t.override),i={};if(e===null||typeof e!="object"||n===null||typeof n!="object"){let c=new Error("OBJECT_REQUIRED: Please check the processEnv argument being passed to populate");throw c.code="OBJECT_REQUIRED",c}for(let c of Object.keys(n))Object.prototype.hasOwnProperty.call(e,c)?(o===!0&&(e[c]=n[c],i[c]=n[c]),r&&v(o===!0?`"${c}" is already defined and WAS overwritten`:`"${c}" is already defined and was NOT overwritten`)):(e[c]=n[c],i[c]=n[c]);return i}var A={configDotenv:M,config:Y,parse:J,populate:z};b.exports.configDotenv=A.configDotenv;b.exports.config=A.config;b.exports.parse=A.parse;b.exports.populate=A.populate;b.exports=A});var m=P();module.exports=m;module.exports.config=m.config;module.exports.configDotenv=m.configDotenv;module.exports.parse=m.parse;module.exports.populate=m.populate;


/***/ }),

/***/ 942:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

"use strict";

// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  Qq: () => (/* binding */ HttpClient)
});

// UNUSED EXPORTS: Headers, HttpClientError, HttpClientResponse, HttpCodes, MediaTypes, getProxyUrl, isHttps

// EXTERNAL MODULE: external "http"
var external_http_ = __nccwpck_require__(611);
var external_http_namespaceObject = /*#__PURE__*/__nccwpck_require__.t(external_http_, 2);
// EXTERNAL MODULE: external "https"
var external_https_ = __nccwpck_require__(692);
var external_https_namespaceObject = /*#__PURE__*/__nccwpck_require__.t(external_https_, 2);
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/proxy.js
function getProxyUrl(reqUrl) {
    const usingSsl = reqUrl.protocol === 'https:';
    if (checkBypass(reqUrl)) {
        return undefined;
    }
    const proxyVar = (() => {
        if (usingSsl) {
            return process.env['https_proxy'] || process.env['HTTPS_PROXY'];
        }
        else {
            return process.env['http_proxy'] || process.env['HTTP_PROXY'];
        }
    })();
    if (proxyVar) {
        try {
            return new DecodedURL(proxyVar);
        }
        catch (_a) {
            if (!proxyVar.startsWith('http://') && !proxyVar.startsWith('https://'))
                return new DecodedURL(`http://${proxyVar}`);
        }
    }
    else {
        return undefined;
    }
}
function checkBypass(reqUrl) {
    if (!reqUrl.hostname) {
        return false;
    }
    const reqHost = reqUrl.hostname;
    if (isLoopbackAddress(reqHost)) {
        return true;
    }
    const noProxy = process.env['no_proxy'] || process.env['NO_PROXY'] || '';
    if (!noProxy) {
        return false;
    }
    // Determine the request port
    let reqPort;
    if (reqUrl.port) {
        reqPort = Number(reqUrl.port);
    }
    else if (reqUrl.protocol === 'http:') {
        reqPort = 80;
    }
    else if (reqUrl.protocol === 'https:') {
        reqPort = 443;
    }
    // Format the request hostname and hostname with port
    const upperReqHosts = [reqUrl.hostname.toUpperCase()];
    if (typeof reqPort === 'number') {
        upperReqHosts.push(`${upperReqHosts[0]}:${reqPort}`);
    }
    // Compare request host against noproxy
    for (const upperNoProxyItem of noProxy
        .split(',')
        .map(x => x.trim().toUpperCase())
        .filter(x => x)) {
        if (upperNoProxyItem === '*' ||
            upperReqHosts.some(x => x === upperNoProxyItem ||
                x.endsWith(`.${upperNoProxyItem}`) ||
                (upperNoProxyItem.startsWith('.') &&
                    x.endsWith(`${upperNoProxyItem}`)))) {
            return true;
        }
    }
    return false;
}
function isLoopbackAddress(host) {
    const hostLower = host.toLowerCase();
    return (hostLower === 'localhost' ||
        hostLower.startsWith('127.') ||
        hostLower.startsWith('[::1]') ||
        hostLower.startsWith('[0:0:0:0:0:0:0:1]'));
}
class DecodedURL extends URL {
    constructor(url, base) {
        super(url, base);
        this._decodedUsername = decodeURIComponent(super.username);
        this._decodedPassword = decodeURIComponent(super.password);
    }
    get username() {
        return this._decodedUsername;
    }
    get password() {
        return this._decodedPassword;
    }
}
//# sourceMappingURL=proxy.js.map
// EXTERNAL MODULE: ./node_modules/tunnel/index.js
var tunnel = __nccwpck_require__(770);
// EXTERNAL MODULE: ./vendor/undici/index.js
var undici = __nccwpck_require__(7);
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/index.js
/* eslint-disable @typescript-eslint/no-explicit-any */
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};





var HttpCodes;
(function (HttpCodes) {
    HttpCodes[HttpCodes["OK"] = 200] = "OK";
    HttpCodes[HttpCodes["MultipleChoices"] = 300] = "MultipleChoices";
    HttpCodes[HttpCodes["MovedPermanently"] = 301] = "MovedPermanently";
    HttpCodes[HttpCodes["ResourceMoved"] = 302] = "ResourceMoved";
    HttpCodes[HttpCodes["SeeOther"] = 303] = "SeeOther";
    HttpCodes[HttpCodes["NotModified"] = 304] = "NotModified";
    HttpCodes[HttpCodes["UseProxy"] = 305] = "UseProxy";
    HttpCodes[HttpCodes["SwitchProxy"] = 306] = "SwitchProxy";
    HttpCodes[HttpCodes["TemporaryRedirect"] = 307] = "TemporaryRedirect";
    HttpCodes[HttpCodes["PermanentRedirect"] = 308] = "PermanentRedirect";
    HttpCodes[HttpCodes["BadRequest"] = 400] = "BadRequest";
    HttpCodes[HttpCodes["Unauthorized"] = 401] = "Unauthorized";
    HttpCodes[HttpCodes["PaymentRequired"] = 402] = "PaymentRequired";
    HttpCodes[HttpCodes["Forbidden"] = 403] = "Forbidden";
    HttpCodes[HttpCodes["NotFound"] = 404] = "NotFound";
    HttpCodes[HttpCodes["MethodNotAllowed"] = 405] = "MethodNotAllowed";
    HttpCodes[HttpCodes["NotAcceptable"] = 406] = "NotAcceptable";
    HttpCodes[HttpCodes["ProxyAuthenticationRequired"] = 407] = "ProxyAuthenticationRequired";
    HttpCodes[HttpCodes["RequestTimeout"] = 408] = "RequestTimeout";
    HttpCodes[HttpCodes["Conflict"] = 409] = "Conflict";
    HttpCodes[HttpCodes["Gone"] = 410] = "Gone";
    HttpCodes[HttpCodes["TooManyRequests"] = 429] = "TooManyRequests";
    HttpCodes[HttpCodes["InternalServerError"] = 500] = "InternalServerError";
    HttpCodes[HttpCodes["NotImplemented"] = 501] = "NotImplemented";
    HttpCodes[HttpCodes["BadGateway"] = 502] = "BadGateway";
    HttpCodes[HttpCodes["ServiceUnavailable"] = 503] = "ServiceUnavailable";
    HttpCodes[HttpCodes["GatewayTimeout"] = 504] = "GatewayTimeout";
})(HttpCodes || (HttpCodes = {}));
var Headers;
(function (Headers) {
    Headers["Accept"] = "accept";
    Headers["ContentType"] = "content-type";
})(Headers || (Headers = {}));
var MediaTypes;
(function (MediaTypes) {
    MediaTypes["ApplicationJson"] = "application/json";
})(MediaTypes || (MediaTypes = {}));
/**
 * Returns the proxy URL, depending upon the supplied url and proxy environment variables.
 * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
 */
function lib_getProxyUrl(serverUrl) {
    const proxyUrl = pm.getProxyUrl(new URL(serverUrl));
    return proxyUrl ? proxyUrl.href : '';
}
const HttpRedirectCodes = [
    HttpCodes.MovedPermanently,
    HttpCodes.ResourceMoved,
    HttpCodes.SeeOther,
    HttpCodes.TemporaryRedirect,
    HttpCodes.PermanentRedirect
];
const HttpResponseRetryCodes = [
    HttpCodes.BadGateway,
    HttpCodes.ServiceUnavailable,
    HttpCodes.GatewayTimeout
];
const RetryableHttpVerbs = ['OPTIONS', 'GET', 'DELETE', 'HEAD'];
const ExponentialBackoffCeiling = 10;
const ExponentialBackoffTimeSlice = 5;
class HttpClientError extends Error {
    constructor(message, statusCode) {
        super(message);
        this.name = 'HttpClientError';
        this.statusCode = statusCode;
        Object.setPrototypeOf(this, HttpClientError.prototype);
    }
}
class HttpClientResponse {
    constructor(message) {
        this.message = message;
    }
    readBody() {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
                let output = Buffer.alloc(0);
                this.message.on('data', (chunk) => {
                    output = Buffer.concat([output, chunk]);
                });
                this.message.on('end', () => {
                    resolve(output.toString());
                });
            }));
        });
    }
    readBodyBuffer() {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
                const chunks = [];
                this.message.on('data', (chunk) => {
                    chunks.push(chunk);
                });
                this.message.on('end', () => {
                    resolve(Buffer.concat(chunks));
                });
            }));
        });
    }
}
function isHttps(requestUrl) {
    const parsedUrl = new URL(requestUrl);
    return parsedUrl.protocol === 'https:';
}
class HttpClient {
    constructor(userAgent, handlers, requestOptions) {
        this._ignoreSslError = false;
        this._allowRedirects = true;
        this._allowRedirectDowngrade = false;
        this._maxRedirects = 50;
        this._allowRetries = false;
        this._maxRetries = 1;
        this._keepAlive = false;
        this._disposed = false;
        this.userAgent = this._getUserAgentWithOrchestrationId(userAgent);
        this.handlers = handlers || [];
        this.requestOptions = requestOptions;
        if (requestOptions) {
            if (requestOptions.ignoreSslError != null) {
                this._ignoreSslError = requestOptions.ignoreSslError;
            }
            this._socketTimeout = requestOptions.socketTimeout;
            if (requestOptions.allowRedirects != null) {
                this._allowRedirects = requestOptions.allowRedirects;
            }
            if (requestOptions.allowRedirectDowngrade != null) {
                this._allowRedirectDowngrade = requestOptions.allowRedirectDowngrade;
            }
            if (requestOptions.maxRedirects != null) {
                this._maxRedirects = Math.max(requestOptions.maxRedirects, 0);
            }
            if (requestOptions.keepAlive != null) {
                this._keepAlive = requestOptions.keepAlive;
            }
            if (requestOptions.allowRetries != null) {
                this._allowRetries = requestOptions.allowRetries;
            }
            if (requestOptions.maxRetries != null) {
                this._maxRetries = requestOptions.maxRetries;
            }
        }
    }
    options(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('OPTIONS', requestUrl, null, additionalHeaders || {});
        });
    }
    get(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('GET', requestUrl, null, additionalHeaders || {});
        });
    }
    del(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('DELETE', requestUrl, null, additionalHeaders || {});
        });
    }
    post(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('POST', requestUrl, data, additionalHeaders || {});
        });
    }
    patch(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('PATCH', requestUrl, data, additionalHeaders || {});
        });
    }
    put(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('PUT', requestUrl, data, additionalHeaders || {});
        });
    }
    head(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('HEAD', requestUrl, null, additionalHeaders || {});
        });
    }
    sendStream(verb, requestUrl, stream, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request(verb, requestUrl, stream, additionalHeaders);
        });
    }
    /**
     * Gets a typed object from an endpoint
     * Be aware that not found returns a null.  Other errors (4xx, 5xx) reject the promise
     */
    getJson(requestUrl_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, additionalHeaders = {}) {
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            const res = yield this.get(requestUrl, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    postJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.post(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    putJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.put(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    patchJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.patch(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    /**
     * Makes a raw http request.
     * All other methods such as get, post, patch, and request ultimately call this.
     * Prefer get, del, post and patch
     */
    request(verb, requestUrl, data, headers) {
        return __awaiter(this, void 0, void 0, function* () {
            if (this._disposed) {
                throw new Error('Client has already been disposed.');
            }
            const parsedUrl = new URL(requestUrl);
            let info = this._prepareRequest(verb, parsedUrl, headers);
            // Only perform retries on reads since writes may not be idempotent.
            const maxTries = this._allowRetries && RetryableHttpVerbs.includes(verb)
                ? this._maxRetries + 1
                : 1;
            let numTries = 0;
            let response;
            do {
                response = yield this.requestRaw(info, data);
                // Check if it's an authentication challenge
                if (response &&
                    response.message &&
                    response.message.statusCode === HttpCodes.Unauthorized) {
                    let authenticationHandler;
                    for (const handler of this.handlers) {
                        if (handler.canHandleAuthentication(response)) {
                            authenticationHandler = handler;
                            break;
                        }
                    }
                    if (authenticationHandler) {
                        return authenticationHandler.handleAuthentication(this, info, data);
                    }
                    else {
                        // We have received an unauthorized response but have no handlers to handle it.
                        // Let the response return to the caller.
                        return response;
                    }
                }
                let redirectsRemaining = this._maxRedirects;
                while (response.message.statusCode &&
                    HttpRedirectCodes.includes(response.message.statusCode) &&
                    this._allowRedirects &&
                    redirectsRemaining > 0) {
                    const redirectUrl = response.message.headers['location'];
                    if (!redirectUrl) {
                        // if there's no location to redirect to, we won't
                        break;
                    }
                    const parsedRedirectUrl = new URL(redirectUrl);
                    if (parsedUrl.protocol === 'https:' &&
                        parsedUrl.protocol !== parsedRedirectUrl.protocol &&
                        !this._allowRedirectDowngrade) {
                        throw new Error('Redirect from HTTPS to HTTP protocol. This downgrade is not allowed for security reasons. If you want to allow this behavior, set the allowRedirectDowngrade option to true.');
                    }
                    // we need to finish reading the response before reassigning response
                    // which will leak the open socket.
                    yield response.readBody();
                    // strip authorization header if redirected to a different hostname
                    if (parsedRedirectUrl.hostname !== parsedUrl.hostname) {
                        for (const header in headers) {
                            // header names are case insensitive
                            if (header.toLowerCase() === 'authorization') {
                                delete headers[header];
                            }
                        }
                    }
                    // let's make the request with the new redirectUrl
                    info = this._prepareRequest(verb, parsedRedirectUrl, headers);
                    response = yield this.requestRaw(info, data);
                    redirectsRemaining--;
                }
                if (!response.message.statusCode ||
                    !HttpResponseRetryCodes.includes(response.message.statusCode)) {
                    // If not a retry code, return immediately instead of retrying
                    return response;
                }
                numTries += 1;
                if (numTries < maxTries) {
                    yield response.readBody();
                    yield this._performExponentialBackoff(numTries);
                }
            } while (numTries < maxTries);
            return response;
        });
    }
    /**
     * Needs to be called if keepAlive is set to true in request options.
     */
    dispose() {
        if (this._agent) {
            this._agent.destroy();
        }
        this._disposed = true;
    }
    /**
     * Raw request.
     * @param info
     * @param data
     */
    requestRaw(info, data) {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve, reject) => {
                function callbackForResult(err, res) {
                    if (err) {
                        reject(err);
                    }
                    else if (!res) {
                        // If `err` is not passed, then `res` must be passed.
                        reject(new Error('Unknown error'));
                    }
                    else {
                        resolve(res);
                    }
                }
                this.requestRawWithCallback(info, data, callbackForResult);
            });
        });
    }
    /**
     * Raw request with callback.
     * @param info
     * @param data
     * @param onResult
     */
    requestRawWithCallback(info, data, onResult) {
        if (typeof data === 'string') {
            if (!info.options.headers) {
                info.options.headers = {};
            }
            info.options.headers['Content-Length'] = Buffer.byteLength(data, 'utf8');
        }
        let callbackCalled = false;
        function handleResult(err, res) {
            if (!callbackCalled) {
                callbackCalled = true;
                onResult(err, res);
            }
        }
        const req = info.httpModule.request(info.options, (msg) => {
            const res = new HttpClientResponse(msg);
            handleResult(undefined, res);
        });
        let socket;
        req.on('socket', sock => {
            socket = sock;
        });
        // If we ever get disconnected, we want the socket to timeout eventually
        req.setTimeout(this._socketTimeout || 3 * 60000, () => {
            if (socket) {
                socket.end();
            }
            handleResult(new Error(`Request timeout: ${info.options.path}`));
        });
        req.on('error', function (err) {
            // err has statusCode property
            // res should have headers
            handleResult(err);
        });
        if (data && typeof data === 'string') {
            req.write(data, 'utf8');
        }
        if (data && typeof data !== 'string') {
            data.on('close', function () {
                req.end();
            });
            data.pipe(req);
        }
        else {
            req.end();
        }
    }
    /**
     * Gets an http agent. This function is useful when you need an http agent that handles
     * routing through a proxy server - depending upon the url and proxy environment variables.
     * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
     */
    getAgent(serverUrl) {
        const parsedUrl = new URL(serverUrl);
        return this._getAgent(parsedUrl);
    }
    getAgentDispatcher(serverUrl) {
        const parsedUrl = new URL(serverUrl);
        const proxyUrl = getProxyUrl(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (!useProxy) {
            return;
        }
        return this._getProxyAgentDispatcher(parsedUrl, proxyUrl);
    }
    _prepareRequest(method, requestUrl, headers) {
        const info = {};
        info.parsedUrl = requestUrl;
        const usingSsl = info.parsedUrl.protocol === 'https:';
        info.httpModule = usingSsl ? external_https_namespaceObject : external_http_namespaceObject;
        const defaultPort = usingSsl ? 443 : 80;
        info.options = {};
        info.options.host = info.parsedUrl.hostname;
        info.options.port = info.parsedUrl.port
            ? parseInt(info.parsedUrl.port)
            : defaultPort;
        info.options.path =
            (info.parsedUrl.pathname || '') + (info.parsedUrl.search || '');
        info.options.method = method;
        info.options.headers = this._mergeHeaders(headers);
        if (this.userAgent != null) {
            info.options.headers['user-agent'] = this.userAgent;
        }
        info.options.agent = this._getAgent(info.parsedUrl);
        // gives handlers an opportunity to participate
        if (this.handlers) {
            for (const handler of this.handlers) {
                handler.prepareRequest(info.options);
            }
        }
        return info;
    }
    _mergeHeaders(headers) {
        if (this.requestOptions && this.requestOptions.headers) {
            return Object.assign({}, lowercaseKeys(this.requestOptions.headers), lowercaseKeys(headers || {}));
        }
        return lowercaseKeys(headers || {});
    }
    /**
     * Gets an existing header value or returns a default.
     * Handles converting number header values to strings since HTTP headers must be strings.
     * Note: This returns string | string[] since some headers can have multiple values.
     * For headers that must always be a single string (like Content-Type), use the
     * specialized _getExistingOrDefaultContentTypeHeader method instead.
     */
    _getExistingOrDefaultHeader(additionalHeaders, header, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
            const headerValue = lowercaseKeys(this.requestOptions.headers)[header];
            if (headerValue) {
                clientHeader =
                    typeof headerValue === 'number' ? headerValue.toString() : headerValue;
            }
        }
        const additionalValue = additionalHeaders[header];
        if (additionalValue !== undefined) {
            return typeof additionalValue === 'number'
                ? additionalValue.toString()
                : additionalValue;
        }
        if (clientHeader !== undefined) {
            return clientHeader;
        }
        return _default;
    }
    /**
     * Specialized version of _getExistingOrDefaultHeader for Content-Type header.
     * Always returns a single string (not an array) since Content-Type should be a single value.
     * Converts arrays to comma-separated strings and numbers to strings to ensure type safety.
     * This was split from _getExistingOrDefaultHeader to provide stricter typing for callers
     * that assign the result to places expecting a string (e.g., additionalHeaders[Headers.ContentType]).
     */
    _getExistingOrDefaultContentTypeHeader(additionalHeaders, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
            const headerValue = lowercaseKeys(this.requestOptions.headers)[Headers.ContentType];
            if (headerValue) {
                if (typeof headerValue === 'number') {
                    clientHeader = String(headerValue);
                }
                else if (Array.isArray(headerValue)) {
                    clientHeader = headerValue.join(', ');
                }
                else {
                    clientHeader = headerValue;
                }
            }
        }
        const additionalValue = additionalHeaders[Headers.ContentType];
        // Return the first non-undefined value, converting numbers or arrays to strings if necessary
        if (additionalValue !== undefined) {
            if (typeof additionalValue === 'number') {
                return String(additionalValue);
            }
            else if (Array.isArray(additionalValue)) {
                return additionalValue.join(', ');
            }
            else {
                return additionalValue;
            }
        }
        if (clientHeader !== undefined) {
            return clientHeader;
        }
        return _default;
    }
    _getAgent(parsedUrl) {
        let agent;
        const proxyUrl = getProxyUrl(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (this._keepAlive && useProxy) {
            agent = this._proxyAgent;
        }
        if (!useProxy) {
            agent = this._agent;
        }
        // if agent is already assigned use that agent.
        if (agent) {
            return agent;
        }
        const usingSsl = parsedUrl.protocol === 'https:';
        let maxSockets = 100;
        if (this.requestOptions) {
            maxSockets = this.requestOptions.maxSockets || external_http_.globalAgent.maxSockets;
        }
        // This is `useProxy` again, but we need to check `proxyURl` directly for TypeScripts's flow analysis.
        if (proxyUrl && proxyUrl.hostname) {
            const agentOptions = {
                maxSockets,
                keepAlive: this._keepAlive,
                proxy: Object.assign(Object.assign({}, ((proxyUrl.username || proxyUrl.password) && {
                    proxyAuth: `${proxyUrl.username}:${proxyUrl.password}`
                })), { host: proxyUrl.hostname, port: proxyUrl.port })
            };
            let tunnelAgent;
            const overHttps = proxyUrl.protocol === 'https:';
            if (usingSsl) {
                tunnelAgent = overHttps ? tunnel.httpsOverHttps : tunnel.httpsOverHttp;
            }
            else {
                tunnelAgent = overHttps ? tunnel.httpOverHttps : tunnel.httpOverHttp;
            }
            agent = tunnelAgent(agentOptions);
            this._proxyAgent = agent;
        }
        // if tunneling agent isn't assigned create a new agent
        if (!agent) {
            const options = { keepAlive: this._keepAlive, maxSockets };
            agent = usingSsl ? new external_https_.Agent(options) : new external_http_.Agent(options);
            this._agent = agent;
        }
        if (usingSsl && this._ignoreSslError) {
            // we don't want to set NODE_TLS_REJECT_UNAUTHORIZED=0 since that will affect request for entire process
            // http.RequestOptions doesn't expose a way to modify RequestOptions.agent.options
            // we have to cast it to any and change it directly
            agent.options = Object.assign(agent.options || {}, {
                rejectUnauthorized: false
            });
        }
        return agent;
    }
    _getProxyAgentDispatcher(parsedUrl, proxyUrl) {
        let proxyAgent;
        if (this._keepAlive) {
            proxyAgent = this._proxyAgentDispatcher;
        }
        // if agent is already assigned use that agent.
        if (proxyAgent) {
            return proxyAgent;
        }
        const usingSsl = parsedUrl.protocol === 'https:';
        proxyAgent = new undici/* ProxyAgent */.k(Object.assign({ uri: proxyUrl.href, pipelining: !this._keepAlive ? 0 : 1 }, ((proxyUrl.username || proxyUrl.password) && {
            token: `Basic ${Buffer.from(`${proxyUrl.username}:${proxyUrl.password}`).toString('base64')}`
        })));
        this._proxyAgentDispatcher = proxyAgent;
        if (usingSsl && this._ignoreSslError) {
            // we don't want to set NODE_TLS_REJECT_UNAUTHORIZED=0 since that will affect request for entire process
            // http.RequestOptions doesn't expose a way to modify RequestOptions.agent.options
            // we have to cast it to any and change it directly
            proxyAgent.options = Object.assign(proxyAgent.options.requestTls || {}, {
                rejectUnauthorized: false
            });
        }
        return proxyAgent;
    }
    _getUserAgentWithOrchestrationId(userAgent) {
        const baseUserAgent = userAgent || 'actions/http-client';
        const orchId = process.env['ACTIONS_ORCHESTRATION_ID'];
        if (orchId) {
            // Sanitize the orchestration ID to ensure it contains only valid characters
            // Valid characters: 0-9, a-z, _, -, .
            const sanitizedId = orchId.replace(/[^a-z0-9_.-]/gi, '_');
            return `${baseUserAgent} actions_orchestration_id/${sanitizedId}`;
        }
        return baseUserAgent;
    }
    _performExponentialBackoff(retryNumber) {
        return __awaiter(this, void 0, void 0, function* () {
            retryNumber = Math.min(ExponentialBackoffCeiling, retryNumber);
            const ms = ExponentialBackoffTimeSlice * Math.pow(2, retryNumber);
            return new Promise(resolve => setTimeout(() => resolve(), ms));
        });
    }
    _processResponse(res, options) {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve, reject) => __awaiter(this, void 0, void 0, function* () {
                const statusCode = res.message.statusCode || 0;
                const response = {
                    statusCode,
                    result: null,
                    headers: {}
                };
                // not found leads to null obj returned
                if (statusCode === HttpCodes.NotFound) {
                    resolve(response);
                }
                // get the result from the body
                function dateTimeDeserializer(key, value) {
                    if (typeof value === 'string') {
                        const a = new Date(value);
                        if (!isNaN(a.valueOf())) {
                            return a;
                        }
                    }
                    return value;
                }
                let obj;
                let contents;
                try {
                    contents = yield res.readBody();
                    if (contents && contents.length > 0) {
                        if (options && options.deserializeDates) {
                            obj = JSON.parse(contents, dateTimeDeserializer);
                        }
                        else {
                            obj = JSON.parse(contents);
                        }
                        response.result = obj;
                    }
                    response.headers = res.message.headers;
                }
                catch (err) {
                    // Invalid resource (contents not json);  leaving result obj null
                }
                // note that 3xx redirects are handled by the http layer.
                if (statusCode > 299) {
                    let msg;
                    // if exception/error in body, attempt to get better error
                    if (obj && obj.message) {
                        msg = obj.message;
                    }
                    else if (contents && contents.length > 0) {
                        // it may be the case that the exception is in the body message as string
                        msg = contents;
                    }
                    else {
                        msg = `Failed request: (${statusCode})`;
                    }
                    const err = new HttpClientError(msg, statusCode);
                    err.result = response.result;
                    reject(err);
                }
                else {
                    resolve(response);
                }
            }));
        });
    }
}
const lowercaseKeys = (obj) => Object.keys(obj).reduce((c, k) => ((c[k.toLowerCase()] = obj[k]), c), {});
//# sourceMappingURL=index.js.map

/***/ }),

/***/ 7:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

"use strict";
/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   h: () => (/* binding */ fetch),
/* harmony export */   k: () => (/* binding */ ProxyAgent)
/* harmony export */ });
/**
 * Stands in for undici, by the override in package.json. The @actions packages import it for octokit's
 * requests through a proxy, which this action sends through its own transport; with the real one, three
 * quarters of the bundle would be code that never runs, read and compiled at the start of every step.
 */

/** Made by @actions/http-client where a proxy is set; nothing here ever uses it. */
class ProxyAgent {}

/** Octokit's default, which the action replaces. */
async function fetch(input, init = {}) {
  if (init.dispatcher !== undefined) {
    throw new Error("Requests through a proxy go by the action's own transport.");
  }
  return globalThis.fetch(input, init);
}


/***/ })

/******/ 	});
/************************************************************************/
/******/ 	// The module cache
/******/ 	var __webpack_module_cache__ = {};
/******/ 	
/******/ 	// The require function
/******/ 	function __nccwpck_require__(moduleId) {
/******/ 		// Check if module is in cache
/******/ 		var cachedModule = __webpack_module_cache__[moduleId];
/******/ 		if (cachedModule !== undefined) {
/******/ 			return cachedModule.exports;
/******/ 		}
/******/ 		// Create a new module (and put it into the cache)
/******/ 		var module = __webpack_module_cache__[moduleId] = {
/******/ 			// no module.id needed
/******/ 			// no module.loaded needed
/******/ 			exports: {}
/******/ 		};
/******/ 	
/******/ 		// Execute the module function
/******/ 		var threw = true;
/******/ 		try {
/******/ 			__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 			threw = false;
/******/ 		} finally {
/******/ 			if(threw) delete __webpack_module_cache__[moduleId];
/******/ 		}
/******/ 	
/******/ 		// Return the exports of the module
/******/ 		return module.exports;
/******/ 	}
/******/ 	
/******/ 	// expose the modules object (__webpack_modules__)
/******/ 	__nccwpck_require__.m = __webpack_modules__;
/******/ 	
/************************************************************************/
/******/ 	/* webpack/runtime/asset-relocator-loader */
/******/ 	if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = __dirname + "/";
/******/ 	
/******/ 	/* webpack/runtime/compat get default export */
/******/ 	(() => {
/******/ 		// getDefaultExport function for compatibility with non-harmony modules
/******/ 		__nccwpck_require__.n = (module) => {
/******/ 			var getter = module && module.__esModule ?
/******/ 				() => (module['default']) :
/******/ 				() => (module);
/******/ 			__nccwpck_require__.d(getter, { a: getter });
/******/ 			return getter;
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/create fake namespace object */
/******/ 	(() => {
/******/ 		var getProto = Object.getPrototypeOf ? (obj) => (Object.getPrototypeOf(obj)) : (obj) => (obj.__proto__);
/******/ 		var leafPrototypes;
/******/ 		// create a fake namespace object
/******/ 		// mode & 1: value is a module id, require it
/******/ 		// mode & 2: merge all properties of value into the ns
/******/ 		// mode & 4: return value when already ns object
/******/ 		// mode & 16: return value when it's Promise-like
/******/ 		// mode & 8|1: behave like require
/******/ 		__nccwpck_require__.t = function(value, mode) {
/******/ 			if(mode & 1) value = this(value);
/******/ 			if(mode & 8) return value;
/******/ 			if(typeof value === 'object' && value) {
/******/ 				if((mode & 4) && value.__esModule) return value;
/******/ 				if((mode & 16) && typeof value.then === 'function') return value;
/******/ 			}
/******/ 			var ns = Object.create(null);
/******/ 			__nccwpck_require__.r(ns);
/******/ 			var def = {};
/******/ 			leafPrototypes = leafPrototypes || [null, getProto({}), getProto([]), getProto(getProto)];
/******/ 			for(var current = mode & 2 && value; typeof current == 'object' && !~leafPrototypes.indexOf(current); current = getProto(current)) {
/******/ 				Object.getOwnPropertyNames(current).forEach((key) => (def[key] = () => (value[key])));
/******/ 			}
/******/ 			def['default'] = () => (value);
/******/ 			__nccwpck_require__.d(ns, def);
/******/ 			return ns;
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/define property getters */
/******/ 	(() => {
/******/ 		// define getter functions for harmony exports
/******/ 		__nccwpck_require__.d = (exports, definition) => {
/******/ 			for(var key in definition) {
/******/ 				if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 					Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 				}
/******/ 			}
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/ensure chunk */
/******/ 	(() => {
/******/ 		__nccwpck_require__.f = {};
/******/ 		// This file contains only the entry chunk.
/******/ 		// The chunk loading function for additional chunks
/******/ 		__nccwpck_require__.e = (chunkId) => {
/******/ 			return Promise.all(Object.keys(__nccwpck_require__.f).reduce((promises, key) => {
/******/ 				__nccwpck_require__.f[key](chunkId, promises);
/******/ 				return promises;
/******/ 			}, []));
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/get javascript chunk filename */
/******/ 	(() => {
/******/ 		// This function allow to reference async chunks
/******/ 		__nccwpck_require__.u = (chunkId) => {
/******/ 			// return url for filenames based on template
/******/ 			return "" + chunkId + ".index.js";
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/hasOwnProperty shorthand */
/******/ 	(() => {
/******/ 		__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/make namespace object */
/******/ 	(() => {
/******/ 		// define __esModule on exports
/******/ 		__nccwpck_require__.r = (exports) => {
/******/ 			if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 				Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 			}
/******/ 			Object.defineProperty(exports, '__esModule', { value: true });
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/require chunk loading */
/******/ 	(() => {
/******/ 		// no baseURI
/******/ 		
/******/ 		// object to store loaded chunks
/******/ 		// "1" means "loaded", otherwise not loaded yet
/******/ 		var installedChunks = {
/******/ 			792: 1
/******/ 		};
/******/ 		
/******/ 		// no on chunks loaded
/******/ 		
/******/ 		var installChunk = (chunk) => {
/******/ 			var moreModules = chunk.modules, chunkIds = chunk.ids, runtime = chunk.runtime;
/******/ 			for(var moduleId in moreModules) {
/******/ 				if(__nccwpck_require__.o(moreModules, moduleId)) {
/******/ 					__nccwpck_require__.m[moduleId] = moreModules[moduleId];
/******/ 				}
/******/ 			}
/******/ 			if(runtime) runtime(__nccwpck_require__);
/******/ 			for(var i = 0; i < chunkIds.length; i++)
/******/ 				installedChunks[chunkIds[i]] = 1;
/******/ 		
/******/ 		};
/******/ 		
/******/ 		// require() chunk loading for javascript
/******/ 		__nccwpck_require__.f.require = (chunkId, promises) => {
/******/ 			// "1" is the signal for "already loaded"
/******/ 			if(!installedChunks[chunkId]) {
/******/ 				if(true) { // all chunks have JS
/******/ 					installChunk(require("./" + __nccwpck_require__.u(chunkId)));
/******/ 				} else installedChunks[chunkId] = 1;
/******/ 			}
/******/ 		};
/******/ 		
/******/ 		// no external install chunk
/******/ 		
/******/ 		// no HMR
/******/ 		
/******/ 		// no HMR manifest
/******/ 	})();
/******/ 	
/************************************************************************/
var __webpack_exports__ = {};
// This entry need to be wrapped in an IIFE because it need to be in strict mode.
(() => {
"use strict";
// ESM COMPAT FLAG
__nccwpck_require__.r(__webpack_exports__);

// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main),
  post: () => (/* binding */ post)
});

;// CONCATENATED MODULE: external "node:process"
const external_node_process_namespaceObject = require("node:process");
var external_node_process_default = /*#__PURE__*/__nccwpck_require__.n(external_node_process_namespaceObject);
;// CONCATENATED MODULE: ./build/action/clock.js

const startedAt = Date.now() - external_node_process_default().uptime() * 1_000;
/**
 * Real time. Counts from the process's start, so that a corrected system clock moves no deadline. Not by
 * `performance`, which takes Node some ms to load.
 */
const realClock = {
    now: () => Math.round(startedAt + external_node_process_default().uptime() * 1_000),
    sleep: (ms, signal) => new Promise((resolve) => {
        if (signal?.aborted)
            return resolve();
        const finish = () => {
            clearTimeout(timer);
            signal?.removeEventListener("abort", finish);
            resolve();
        };
        const timer = setTimeout(finish, ms);
        signal?.addEventListener("abort", finish, { once: true });
    }),
};

// EXTERNAL MODULE: external "os"
var external_os_ = __nccwpck_require__(857);
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/utils.js
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */
/**
 * Sanitizes an input into a string so it can be passed into issueCommand safely
 * @param input input to sanitize into a string
 */
function utils_toCommandValue(input) {
    if (input === null || input === undefined) {
        return '';
    }
    else if (typeof input === 'string' || input instanceof String) {
        return input;
    }
    return JSON.stringify(input);
}
/**
 *
 * @param annotationProperties
 * @returns The command properties to send with the actual annotation command
 * See IssueCommandProperties: https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs#L646
 */
function utils_toCommandProperties(annotationProperties) {
    if (!Object.keys(annotationProperties).length) {
        return {};
    }
    return {
        title: annotationProperties.title,
        file: annotationProperties.file,
        line: annotationProperties.startLine,
        endLine: annotationProperties.endLine,
        col: annotationProperties.startColumn,
        endColumn: annotationProperties.endColumn
    };
}
//# sourceMappingURL=utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/command.js


/**
 * Issues a command to the GitHub Actions runner
 *
 * @param command - The command name to issue
 * @param properties - Additional properties for the command (key-value pairs)
 * @param message - The message to include with the command
 * @remarks
 * This function outputs a specially formatted string to stdout that the Actions
 * runner interprets as a command. These commands can control workflow behavior,
 * set outputs, create annotations, mask values, and more.
 *
 * Command Format:
 *   ::name key=value,key=value::message
 *
 * @example
 * ```typescript
 * // Issue a warning annotation
 * issueCommand('warning', {}, 'This is a warning message');
 * // Output: ::warning::This is a warning message
 *
 * // Set an environment variable
 * issueCommand('set-env', { name: 'MY_VAR' }, 'some value');
 * // Output: ::set-env name=MY_VAR::some value
 *
 * // Add a secret mask
 * issueCommand('add-mask', {}, 'secretValue123');
 * // Output: ::add-mask::secretValue123
 * ```
 *
 * @internal
 * This is an internal utility function that powers the public API functions
 * such as setSecret, warning, error, and exportVariable.
 */
function command_issueCommand(command, properties, message) {
    const cmd = new Command(command, properties, message);
    process.stdout.write(cmd.toString() + external_os_.EOL);
}
function command_issue(name, message = '') {
    command_issueCommand(name, {}, message);
}
const CMD_STRING = '::';
class Command {
    constructor(command, properties, message) {
        if (!command) {
            command = 'missing.command';
        }
        this.command = command;
        this.properties = properties;
        this.message = message;
    }
    toString() {
        let cmdStr = CMD_STRING + this.command;
        if (this.properties && Object.keys(this.properties).length > 0) {
            cmdStr += ' ';
            let first = true;
            for (const key in this.properties) {
                if (this.properties.hasOwnProperty(key)) {
                    const val = this.properties[key];
                    if (val) {
                        if (first) {
                            first = false;
                        }
                        else {
                            cmdStr += ',';
                        }
                        cmdStr += `${key}=${escapeProperty(val)}`;
                    }
                }
            }
        }
        cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
        return cmdStr;
    }
}
function escapeData(s) {
    return utils_toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A');
}
function escapeProperty(s) {
    return utils_toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A')
        .replace(/:/g, '%3A')
        .replace(/,/g, '%2C');
}
//# sourceMappingURL=command.js.map
;// CONCATENATED MODULE: external "crypto"
const external_crypto_namespaceObject = require("crypto");
// EXTERNAL MODULE: external "fs"
var external_fs_ = __nccwpck_require__(896);
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/file-command.js
// For internal use, subject to change.
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */




function file_command_issueFileCommand(command, message) {
    const filePath = process.env[`GITHUB_${command}`];
    if (!filePath) {
        throw new Error(`Unable to find environment variable for file command ${command}`);
    }
    if (!external_fs_.existsSync(filePath)) {
        throw new Error(`Missing file at path: ${filePath}`);
    }
    external_fs_.appendFileSync(filePath, `${utils_toCommandValue(message)}${external_os_.EOL}`, {
        encoding: 'utf8'
    });
}
function file_command_prepareKeyValueMessage(key, value) {
    const delimiter = `ghadelimiter_${external_crypto_namespaceObject.randomUUID()}`;
    const convertedValue = utils_toCommandValue(value);
    // These should realistically never happen, but just in case someone finds a
    // way to exploit uuid generation let's not allow keys or values that contain
    // the delimiter.
    if (key.includes(delimiter)) {
        throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
    }
    if (convertedValue.includes(delimiter)) {
        throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
    }
    return `${key}<<${delimiter}${external_os_.EOL}${convertedValue}${external_os_.EOL}${delimiter}`;
}
//# sourceMappingURL=file-command.js.map
// EXTERNAL MODULE: external "path"
var external_path_ = __nccwpck_require__(928);
// EXTERNAL MODULE: ./node_modules/@actions/http-client/lib/index.js + 1 modules
var lib = __nccwpck_require__(942);
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/auth.js
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};
class BasicCredentialHandler {
    constructor(username, password) {
        this.username = username;
        this.password = password;
    }
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Basic ${Buffer.from(`${this.username}:${this.password}`).toString('base64')}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return __awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
class auth_BearerCredentialHandler {
    constructor(token) {
        this.token = token;
    }
    // currently implements pre-authorization
    // TODO: support preAuth = false where it hooks on 401
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Bearer ${this.token}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return __awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
class PersonalAccessTokenCredentialHandler {
    constructor(token) {
        this.token = token;
    }
    // currently implements pre-authorization
    // TODO: support preAuth = false where it hooks on 401
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Basic ${Buffer.from(`PAT:${this.token}`).toString('base64')}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return __awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
//# sourceMappingURL=auth.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/oidc-utils.js
var oidc_utils_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};



class oidc_utils_OidcClient {
    static createHttpClient(allowRetry = true, maxRetry = 10) {
        const requestOptions = {
            allowRetries: allowRetry,
            maxRetries: maxRetry
        };
        return new HttpClient('actions/oidc-client', [new BearerCredentialHandler(oidc_utils_OidcClient.getRequestToken())], requestOptions);
    }
    static getRequestToken() {
        const token = process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
        if (!token) {
            throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_TOKEN env variable');
        }
        return token;
    }
    static getIDTokenUrl() {
        const runtimeUrl = process.env['ACTIONS_ID_TOKEN_REQUEST_URL'];
        if (!runtimeUrl) {
            throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable');
        }
        return runtimeUrl;
    }
    static getCall(id_token_url) {
        return oidc_utils_awaiter(this, void 0, void 0, function* () {
            var _a;
            const httpclient = oidc_utils_OidcClient.createHttpClient();
            const res = yield httpclient
                .getJson(id_token_url)
                .catch(error => {
                throw new Error(`Failed to get ID Token. \n 
        Error Code : ${error.statusCode}\n 
        Error Message: ${error.message}`);
            });
            const id_token = (_a = res.result) === null || _a === void 0 ? void 0 : _a.value;
            if (!id_token) {
                throw new Error('Response json body do not have ID Token field');
            }
            return id_token;
        });
    }
    static getIDToken(audience) {
        return oidc_utils_awaiter(this, void 0, void 0, function* () {
            try {
                // New ID Token is requested from action service
                let id_token_url = oidc_utils_OidcClient.getIDTokenUrl();
                if (audience) {
                    const encodedAudience = encodeURIComponent(audience);
                    id_token_url = `${id_token_url}&audience=${encodedAudience}`;
                }
                debug(`ID token url is ${id_token_url}`);
                const id_token = yield oidc_utils_OidcClient.getCall(id_token_url);
                setSecret(id_token);
                return id_token;
            }
            catch (error) {
                throw new Error(`Error message: ${error.message}`);
            }
        });
    }
}
//# sourceMappingURL=oidc-utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/summary.js
var summary_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const { access, appendFile, writeFile } = external_fs_.promises;
const SUMMARY_ENV_VAR = 'GITHUB_STEP_SUMMARY';
const SUMMARY_DOCS_URL = 'https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-job-summary';
class Summary {
    constructor() {
        this._buffer = '';
    }
    /**
     * Finds the summary file path from the environment, rejects if env var is not found or file does not exist
     * Also checks r/w permissions.
     *
     * @returns step summary file path
     */
    filePath() {
        return summary_awaiter(this, void 0, void 0, function* () {
            if (this._filePath) {
                return this._filePath;
            }
            const pathFromEnv = process.env[SUMMARY_ENV_VAR];
            if (!pathFromEnv) {
                throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
            }
            try {
                yield access(pathFromEnv, external_fs_.constants.R_OK | external_fs_.constants.W_OK);
            }
            catch (_a) {
                throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
            }
            this._filePath = pathFromEnv;
            return this._filePath;
        });
    }
    /**
     * Wraps content in an HTML tag, adding any HTML attributes
     *
     * @param {string} tag HTML tag to wrap
     * @param {string | null} content content within the tag
     * @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
     *
     * @returns {string} content wrapped in HTML element
     */
    wrap(tag, content, attrs = {}) {
        const htmlAttrs = Object.entries(attrs)
            .map(([key, value]) => ` ${key}="${value}"`)
            .join('');
        if (!content) {
            return `<${tag}${htmlAttrs}>`;
        }
        return `<${tag}${htmlAttrs}>${content}</${tag}>`;
    }
    /**
     * Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
     *
     * @param {SummaryWriteOptions} [options] (optional) options for write operation
     *
     * @returns {Promise<Summary>} summary instance
     */
    write(options) {
        return summary_awaiter(this, void 0, void 0, function* () {
            const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
            const filePath = yield this.filePath();
            const writeFunc = overwrite ? writeFile : appendFile;
            yield writeFunc(filePath, this._buffer, { encoding: 'utf8' });
            return this.emptyBuffer();
        });
    }
    /**
     * Clears the summary buffer and wipes the summary file
     *
     * @returns {Summary} summary instance
     */
    clear() {
        return summary_awaiter(this, void 0, void 0, function* () {
            return this.emptyBuffer().write({ overwrite: true });
        });
    }
    /**
     * Returns the current summary buffer as a string
     *
     * @returns {string} string of summary buffer
     */
    stringify() {
        return this._buffer;
    }
    /**
     * If the summary buffer is empty
     *
     * @returns {boolen} true if the buffer is empty
     */
    isEmptyBuffer() {
        return this._buffer.length === 0;
    }
    /**
     * Resets the summary buffer without writing to summary file
     *
     * @returns {Summary} summary instance
     */
    emptyBuffer() {
        this._buffer = '';
        return this;
    }
    /**
     * Adds raw text to the summary buffer
     *
     * @param {string} text content to add
     * @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
     *
     * @returns {Summary} summary instance
     */
    addRaw(text, addEOL = false) {
        this._buffer += text;
        return addEOL ? this.addEOL() : this;
    }
    /**
     * Adds the operating system-specific end-of-line marker to the buffer
     *
     * @returns {Summary} summary instance
     */
    addEOL() {
        return this.addRaw(external_os_.EOL);
    }
    /**
     * Adds an HTML codeblock to the summary buffer
     *
     * @param {string} code content to render within fenced code block
     * @param {string} lang (optional) language to syntax highlight code
     *
     * @returns {Summary} summary instance
     */
    addCodeBlock(code, lang) {
        const attrs = Object.assign({}, (lang && { lang }));
        const element = this.wrap('pre', this.wrap('code', code), attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML list to the summary buffer
     *
     * @param {string[]} items list of items to render
     * @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
     *
     * @returns {Summary} summary instance
     */
    addList(items, ordered = false) {
        const tag = ordered ? 'ol' : 'ul';
        const listItems = items.map(item => this.wrap('li', item)).join('');
        const element = this.wrap(tag, listItems);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML table to the summary buffer
     *
     * @param {SummaryTableCell[]} rows table rows
     *
     * @returns {Summary} summary instance
     */
    addTable(rows) {
        const tableBody = rows
            .map(row => {
            const cells = row
                .map(cell => {
                if (typeof cell === 'string') {
                    return this.wrap('td', cell);
                }
                const { header, data, colspan, rowspan } = cell;
                const tag = header ? 'th' : 'td';
                const attrs = Object.assign(Object.assign({}, (colspan && { colspan })), (rowspan && { rowspan }));
                return this.wrap(tag, data, attrs);
            })
                .join('');
            return this.wrap('tr', cells);
        })
            .join('');
        const element = this.wrap('table', tableBody);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds a collapsable HTML details element to the summary buffer
     *
     * @param {string} label text for the closed state
     * @param {string} content collapsable content
     *
     * @returns {Summary} summary instance
     */
    addDetails(label, content) {
        const element = this.wrap('details', this.wrap('summary', label) + content);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML image tag to the summary buffer
     *
     * @param {string} src path to the image you to embed
     * @param {string} alt text description of the image
     * @param {SummaryImageOptions} options (optional) addition image attributes
     *
     * @returns {Summary} summary instance
     */
    addImage(src, alt, options) {
        const { width, height } = options || {};
        const attrs = Object.assign(Object.assign({}, (width && { width })), (height && { height }));
        const element = this.wrap('img', null, Object.assign({ src, alt }, attrs));
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML section heading element
     *
     * @param {string} text heading text
     * @param {number | string} [level=1] (optional) the heading level, default: 1
     *
     * @returns {Summary} summary instance
     */
    addHeading(text, level) {
        const tag = `h${level}`;
        const allowedTag = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].includes(tag)
            ? tag
            : 'h1';
        const element = this.wrap(allowedTag, text);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML thematic break (<hr>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addSeparator() {
        const element = this.wrap('hr', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML line break (<br>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addBreak() {
        const element = this.wrap('br', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML blockquote to the summary buffer
     *
     * @param {string} text quote text
     * @param {string} cite (optional) citation url
     *
     * @returns {Summary} summary instance
     */
    addQuote(text, cite) {
        const attrs = Object.assign({}, (cite && { cite }));
        const element = this.wrap('blockquote', text, attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML anchor tag to the summary buffer
     *
     * @param {string} text link text/content
     * @param {string} href hyperlink
     *
     * @returns {Summary} summary instance
     */
    addLink(text, href) {
        const element = this.wrap('a', text, { href });
        return this.addRaw(element).addEOL();
    }
}
const _summary = new Summary();
/**
 * @deprecated use `core.summary`
 */
const markdownSummary = (/* unused pure expression or super */ null && (_summary));
const summary = _summary;
//# sourceMappingURL=summary.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/path-utils.js

/**
 * toPosixPath converts the given path to the posix form. On Windows, \\ will be
 * replaced with /.
 *
 * @param pth. Path to transform.
 * @return string Posix path.
 */
function toPosixPath(pth) {
    return pth.replace(/[\\]/g, '/');
}
/**
 * toWin32Path converts the given path to the win32 form. On Linux, / will be
 * replaced with \\.
 *
 * @param pth. Path to transform.
 * @return string Win32 path.
 */
function toWin32Path(pth) {
    return pth.replace(/[/]/g, '\\');
}
/**
 * toPlatformPath converts the given path to a platform-specific path. It does
 * this by replacing instances of / and \ with the platform-specific path
 * separator.
 *
 * @param pth The path to platformize.
 * @return string The platform-specific path.
 */
function toPlatformPath(pth) {
    return pth.replace(/[/\\]/g, path.sep);
}
//# sourceMappingURL=path-utils.js.map
;// CONCATENATED MODULE: external "string_decoder"
const external_string_decoder_namespaceObject = require("string_decoder");
// EXTERNAL MODULE: external "events"
var external_events_ = __nccwpck_require__(434);
;// CONCATENATED MODULE: external "child_process"
const external_child_process_namespaceObject = require("child_process");
// EXTERNAL MODULE: external "assert"
var external_assert_ = __nccwpck_require__(613);
;// CONCATENATED MODULE: ./node_modules/@actions/io/lib/io-util.js
var io_util_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const { chmod, copyFile, lstat, mkdir, open: io_util_open, readdir, rename, rm, rmdir, stat, symlink, unlink } = external_fs_.promises;
// export const {open} = 'fs'
const IS_WINDOWS = process.platform === 'win32';
/**
 * Custom implementation of readlink to ensure Windows junctions
 * maintain trailing backslash for backward compatibility with Node.js < 24
 *
 * In Node.js 20, Windows junctions (directory symlinks) always returned paths
 * with trailing backslashes. Node.js 24 removed this behavior, which breaks
 * code that relied on this format for path operations.
 *
 * This implementation restores the Node 20 behavior by adding a trailing
 * backslash to all junction results on Windows.
 */
function readlink(fsPath) {
    return io_util_awaiter(this, void 0, void 0, function* () {
        const result = yield fs.promises.readlink(fsPath);
        // On Windows, restore Node 20 behavior: add trailing backslash to all results
        // since junctions on Windows are always directory links
        if (IS_WINDOWS && !result.endsWith('\\')) {
            return `${result}\\`;
        }
        return result;
    });
}
// See https://github.com/nodejs/node/blob/d0153aee367422d0858105abec186da4dff0a0c5/deps/uv/include/uv/win.h#L691
const UV_FS_O_EXLOCK = 0x10000000;
const READONLY = external_fs_.constants.O_RDONLY;
function exists(fsPath) {
    return io_util_awaiter(this, void 0, void 0, function* () {
        try {
            yield stat(fsPath);
        }
        catch (err) {
            if (err.code === 'ENOENT') {
                return false;
            }
            throw err;
        }
        return true;
    });
}
function isDirectory(fsPath_1) {
    return io_util_awaiter(this, arguments, void 0, function* (fsPath, useStat = false) {
        const stats = useStat ? yield stat(fsPath) : yield lstat(fsPath);
        return stats.isDirectory();
    });
}
/**
 * On OSX/Linux, true if path starts with '/'. On Windows, true for paths like:
 * \, \hello, \\hello\share, C:, and C:\hello (and corresponding alternate separator cases).
 */
function isRooted(p) {
    p = normalizeSeparators(p);
    if (!p) {
        throw new Error('isRooted() parameter "p" cannot be empty');
    }
    if (IS_WINDOWS) {
        return (p.startsWith('\\') || /^[A-Z]:/i.test(p) // e.g. \ or \hello or \\hello
        ); // e.g. C: or C:\hello
    }
    return p.startsWith('/');
}
/**
 * Best effort attempt to determine whether a file exists and is executable.
 * @param filePath    file path to check
 * @param extensions  additional file extensions to try
 * @return if file exists and is executable, returns the file path. otherwise empty string.
 */
function tryGetExecutablePath(filePath, extensions) {
    return io_util_awaiter(this, void 0, void 0, function* () {
        let stats = undefined;
        try {
            // test file exists
            stats = yield stat(filePath);
        }
        catch (err) {
            if (err.code !== 'ENOENT') {
                // eslint-disable-next-line no-console
                console.log(`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`);
            }
        }
        if (stats && stats.isFile()) {
            if (IS_WINDOWS) {
                // on Windows, test for valid extension
                const upperExt = external_path_.extname(filePath).toUpperCase();
                if (extensions.some(validExt => validExt.toUpperCase() === upperExt)) {
                    return filePath;
                }
            }
            else {
                if (isUnixExecutable(stats)) {
                    return filePath;
                }
            }
        }
        // try each extension
        const originalFilePath = filePath;
        for (const extension of extensions) {
            filePath = originalFilePath + extension;
            stats = undefined;
            try {
                stats = yield stat(filePath);
            }
            catch (err) {
                if (err.code !== 'ENOENT') {
                    // eslint-disable-next-line no-console
                    console.log(`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`);
                }
            }
            if (stats && stats.isFile()) {
                if (IS_WINDOWS) {
                    // preserve the case of the actual file (since an extension was appended)
                    try {
                        const directory = external_path_.dirname(filePath);
                        const upperName = external_path_.basename(filePath).toUpperCase();
                        for (const actualName of yield readdir(directory)) {
                            if (upperName === actualName.toUpperCase()) {
                                filePath = external_path_.join(directory, actualName);
                                break;
                            }
                        }
                    }
                    catch (err) {
                        // eslint-disable-next-line no-console
                        console.log(`Unexpected error attempting to determine the actual case of the file '${filePath}': ${err}`);
                    }
                    return filePath;
                }
                else {
                    if (isUnixExecutable(stats)) {
                        return filePath;
                    }
                }
            }
        }
        return '';
    });
}
function normalizeSeparators(p) {
    p = p || '';
    if (IS_WINDOWS) {
        // convert slashes on Windows
        p = p.replace(/\//g, '\\');
        // remove redundant slashes
        return p.replace(/\\\\+/g, '\\');
    }
    // remove redundant slashes
    return p.replace(/\/\/+/g, '/');
}
// on Mac/Linux, test the execute bit
//     R   W  X  R  W X R W X
//   256 128 64 32 16 8 4 2 1
function isUnixExecutable(stats) {
    return ((stats.mode & 1) > 0 ||
        ((stats.mode & 8) > 0 &&
            process.getgid !== undefined &&
            stats.gid === process.getgid()) ||
        ((stats.mode & 64) > 0 &&
            process.getuid !== undefined &&
            stats.uid === process.getuid()));
}
// Get the path of cmd.exe in windows
function getCmdPath() {
    var _a;
    return (_a = process.env['COMSPEC']) !== null && _a !== void 0 ? _a : `cmd.exe`;
}
//# sourceMappingURL=io-util.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/io/lib/io.js
var io_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};



/**
 * Copies a file or folder.
 * Based off of shelljs - https://github.com/shelljs/shelljs/blob/9237f66c52e5daa40458f94f9565e18e8132f5a6/src/cp.js
 *
 * @param     source    source path
 * @param     dest      destination path
 * @param     options   optional. See CopyOptions.
 */
function cp(source_1, dest_1) {
    return io_awaiter(this, arguments, void 0, function* (source, dest, options = {}) {
        const { force, recursive, copySourceDirectory } = readCopyOptions(options);
        const destStat = (yield ioUtil.exists(dest)) ? yield ioUtil.stat(dest) : null;
        // Dest is an existing file, but not forcing
        if (destStat && destStat.isFile() && !force) {
            return;
        }
        // If dest is an existing directory, should copy inside.
        const newDest = destStat && destStat.isDirectory() && copySourceDirectory
            ? path.join(dest, path.basename(source))
            : dest;
        if (!(yield ioUtil.exists(source))) {
            throw new Error(`no such file or directory: ${source}`);
        }
        const sourceStat = yield ioUtil.stat(source);
        if (sourceStat.isDirectory()) {
            if (!recursive) {
                throw new Error(`Failed to copy. ${source} is a directory, but tried to copy without recursive flag.`);
            }
            else {
                yield cpDirRecursive(source, newDest, 0, force);
            }
        }
        else {
            if (path.relative(source, newDest) === '') {
                // a file cannot be copied to itself
                throw new Error(`'${newDest}' and '${source}' are the same file`);
            }
            yield io_copyFile(source, newDest, force);
        }
    });
}
/**
 * Moves a path.
 *
 * @param     source    source path
 * @param     dest      destination path
 * @param     options   optional. See MoveOptions.
 */
function mv(source_1, dest_1) {
    return io_awaiter(this, arguments, void 0, function* (source, dest, options = {}) {
        if (yield ioUtil.exists(dest)) {
            let destExists = true;
            if (yield ioUtil.isDirectory(dest)) {
                // If dest is directory copy src into dest
                dest = path.join(dest, path.basename(source));
                destExists = yield ioUtil.exists(dest);
            }
            if (destExists) {
                if (options.force == null || options.force) {
                    yield rmRF(dest);
                }
                else {
                    throw new Error('Destination already exists');
                }
            }
        }
        yield mkdirP(path.dirname(dest));
        yield ioUtil.rename(source, dest);
    });
}
/**
 * Remove a path recursively with force
 *
 * @param inputPath path to remove
 */
function rmRF(inputPath) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (ioUtil.IS_WINDOWS) {
            // Check for invalid characters
            // https://docs.microsoft.com/en-us/windows/win32/fileio/naming-a-file
            if (/[*"<>|]/.test(inputPath)) {
                throw new Error('File path must not contain `*`, `"`, `<`, `>` or `|` on Windows');
            }
        }
        try {
            // note if path does not exist, error is silent
            yield ioUtil.rm(inputPath, {
                force: true,
                maxRetries: 3,
                recursive: true,
                retryDelay: 300
            });
        }
        catch (err) {
            throw new Error(`File was unable to be removed ${err}`);
        }
    });
}
/**
 * Make a directory.  Creates the full path with folders in between
 * Will throw if it fails
 *
 * @param   fsPath        path to create
 * @returns Promise<void>
 */
function mkdirP(fsPath) {
    return io_awaiter(this, void 0, void 0, function* () {
        ok(fsPath, 'a path argument must be provided');
        yield ioUtil.mkdir(fsPath, { recursive: true });
    });
}
/**
 * Returns path of a tool had the tool actually been invoked.  Resolves via paths.
 * If you check and the tool does not exist, it will throw.
 *
 * @param     tool              name of the tool
 * @param     check             whether to check if tool exists
 * @returns   Promise<string>   path to tool
 */
function which(tool, check) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (!tool) {
            throw new Error("parameter 'tool' is required");
        }
        // recursive when check=true
        if (check) {
            const result = yield which(tool, false);
            if (!result) {
                if (IS_WINDOWS) {
                    throw new Error(`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also verify the file has a valid extension for an executable file.`);
                }
                else {
                    throw new Error(`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also check the file mode to verify the file is executable.`);
                }
            }
            return result;
        }
        const matches = yield findInPath(tool);
        if (matches && matches.length > 0) {
            return matches[0];
        }
        return '';
    });
}
/**
 * Returns a list of all occurrences of the given tool on the system path.
 *
 * @returns   Promise<string[]>  the paths of the tool
 */
function findInPath(tool) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (!tool) {
            throw new Error("parameter 'tool' is required");
        }
        // build the list of extensions to try
        const extensions = [];
        if (IS_WINDOWS && process.env['PATHEXT']) {
            for (const extension of process.env['PATHEXT'].split(external_path_.delimiter)) {
                if (extension) {
                    extensions.push(extension);
                }
            }
        }
        // if it's rooted, return it if exists. otherwise return empty.
        if (isRooted(tool)) {
            const filePath = yield tryGetExecutablePath(tool, extensions);
            if (filePath) {
                return [filePath];
            }
            return [];
        }
        // if any path separators, return empty
        if (tool.includes(external_path_.sep)) {
            return [];
        }
        // build the list of directories
        //
        // Note, technically "where" checks the current directory on Windows. From a toolkit perspective,
        // it feels like we should not do this. Checking the current directory seems like more of a use
        // case of a shell, and the which() function exposed by the toolkit should strive for consistency
        // across platforms.
        const directories = [];
        if (process.env.PATH) {
            for (const p of process.env.PATH.split(external_path_.delimiter)) {
                if (p) {
                    directories.push(p);
                }
            }
        }
        // find all matches
        const matches = [];
        for (const directory of directories) {
            const filePath = yield tryGetExecutablePath(external_path_.join(directory, tool), extensions);
            if (filePath) {
                matches.push(filePath);
            }
        }
        return matches;
    });
}
function readCopyOptions(options) {
    const force = options.force == null ? true : options.force;
    const recursive = Boolean(options.recursive);
    const copySourceDirectory = options.copySourceDirectory == null
        ? true
        : Boolean(options.copySourceDirectory);
    return { force, recursive, copySourceDirectory };
}
function cpDirRecursive(sourceDir, destDir, currentDepth, force) {
    return io_awaiter(this, void 0, void 0, function* () {
        // Ensure there is not a run away recursive copy
        if (currentDepth >= 255)
            return;
        currentDepth++;
        yield mkdirP(destDir);
        const files = yield ioUtil.readdir(sourceDir);
        for (const fileName of files) {
            const srcFile = `${sourceDir}/${fileName}`;
            const destFile = `${destDir}/${fileName}`;
            const srcFileStat = yield ioUtil.lstat(srcFile);
            if (srcFileStat.isDirectory()) {
                // Recurse
                yield cpDirRecursive(srcFile, destFile, currentDepth, force);
            }
            else {
                yield io_copyFile(srcFile, destFile, force);
            }
        }
        // Change the mode for the newly created directory
        yield ioUtil.chmod(destDir, (yield ioUtil.stat(sourceDir)).mode);
    });
}
// Buffered file copy
function io_copyFile(srcFile, destFile, force) {
    return io_awaiter(this, void 0, void 0, function* () {
        if ((yield ioUtil.lstat(srcFile)).isSymbolicLink()) {
            // unlink/re-link it
            try {
                yield ioUtil.lstat(destFile);
                yield ioUtil.unlink(destFile);
            }
            catch (e) {
                // Try to override file permission
                if (e.code === 'EPERM') {
                    yield ioUtil.chmod(destFile, '0666');
                    yield ioUtil.unlink(destFile);
                }
                // other errors = it doesn't exist, no work to do
            }
            // Copy over symlink
            const symlinkFull = yield ioUtil.readlink(srcFile);
            yield ioUtil.symlink(symlinkFull, destFile, ioUtil.IS_WINDOWS ? 'junction' : null);
        }
        else if (!(yield ioUtil.exists(destFile)) || force) {
            yield ioUtil.copyFile(srcFile, destFile);
        }
    });
}
//# sourceMappingURL=io.js.map
;// CONCATENATED MODULE: external "timers"
const external_timers_namespaceObject = require("timers");
;// CONCATENATED MODULE: ./node_modules/@actions/exec/lib/toolrunner.js
var toolrunner_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};







/* eslint-disable @typescript-eslint/unbound-method */
const toolrunner_IS_WINDOWS = process.platform === 'win32';
/*
 * Class for running command line tools. Handles quoting and arg parsing in a platform agnostic way.
 */
class ToolRunner extends external_events_.EventEmitter {
    constructor(toolPath, args, options) {
        super();
        if (!toolPath) {
            throw new Error("Parameter 'toolPath' cannot be null or empty.");
        }
        this.toolPath = toolPath;
        this.args = args || [];
        this.options = options || {};
    }
    _debug(message) {
        if (this.options.listeners && this.options.listeners.debug) {
            this.options.listeners.debug(message);
        }
    }
    _getCommandString(options, noPrefix) {
        const toolPath = this._getSpawnFileName();
        const args = this._getSpawnArgs(options);
        let cmd = noPrefix ? '' : '[command]'; // omit prefix when piped to a second tool
        if (toolrunner_IS_WINDOWS) {
            // Windows + cmd file
            if (this._isCmdFile()) {
                cmd += toolPath;
                for (const a of args) {
                    cmd += ` ${a}`;
                }
            }
            // Windows + verbatim
            else if (options.windowsVerbatimArguments) {
                cmd += `"${toolPath}"`;
                for (const a of args) {
                    cmd += ` ${a}`;
                }
            }
            // Windows (regular)
            else {
                cmd += this._windowsQuoteCmdArg(toolPath);
                for (const a of args) {
                    cmd += ` ${this._windowsQuoteCmdArg(a)}`;
                }
            }
        }
        else {
            // OSX/Linux - this can likely be improved with some form of quoting.
            // creating processes on Unix is fundamentally different than Windows.
            // on Unix, execvp() takes an arg array.
            cmd += toolPath;
            for (const a of args) {
                cmd += ` ${a}`;
            }
        }
        return cmd;
    }
    _processLineBuffer(data, strBuffer, onLine) {
        try {
            let s = strBuffer + data.toString();
            let n = s.indexOf(external_os_.EOL);
            while (n > -1) {
                const line = s.substring(0, n);
                onLine(line);
                // the rest of the string ...
                s = s.substring(n + external_os_.EOL.length);
                n = s.indexOf(external_os_.EOL);
            }
            return s;
        }
        catch (err) {
            // streaming lines to console is best effort.  Don't fail a build.
            this._debug(`error processing line. Failed with error ${err}`);
            return '';
        }
    }
    _getSpawnFileName() {
        if (toolrunner_IS_WINDOWS) {
            if (this._isCmdFile()) {
                return process.env['COMSPEC'] || 'cmd.exe';
            }
        }
        return this.toolPath;
    }
    _getSpawnArgs(options) {
        if (toolrunner_IS_WINDOWS) {
            if (this._isCmdFile()) {
                let argline = `/D /S /C "${this._windowsQuoteCmdArg(this.toolPath)}`;
                for (const a of this.args) {
                    argline += ' ';
                    argline += options.windowsVerbatimArguments
                        ? a
                        : this._windowsQuoteCmdArg(a);
                }
                argline += '"';
                return [argline];
            }
        }
        return this.args;
    }
    _endsWith(str, end) {
        return str.endsWith(end);
    }
    _isCmdFile() {
        const upperToolPath = this.toolPath.toUpperCase();
        return (this._endsWith(upperToolPath, '.CMD') ||
            this._endsWith(upperToolPath, '.BAT'));
    }
    _windowsQuoteCmdArg(arg) {
        // for .exe, apply the normal quoting rules that libuv applies
        if (!this._isCmdFile()) {
            return this._uvQuoteCmdArg(arg);
        }
        // otherwise apply quoting rules specific to the cmd.exe command line parser.
        // the libuv rules are generic and are not designed specifically for cmd.exe
        // command line parser.
        //
        // for a detailed description of the cmd.exe command line parser, refer to
        // http://stackoverflow.com/questions/4094699/how-does-the-windows-command-interpreter-cmd-exe-parse-scripts/7970912#7970912
        // need quotes for empty arg
        if (!arg) {
            return '""';
        }
        // determine whether the arg needs to be quoted
        const cmdSpecialChars = [
            ' ',
            '\t',
            '&',
            '(',
            ')',
            '[',
            ']',
            '{',
            '}',
            '^',
            '=',
            ';',
            '!',
            "'",
            '+',
            ',',
            '`',
            '~',
            '|',
            '<',
            '>',
            '"'
        ];
        let needsQuotes = false;
        for (const char of arg) {
            if (cmdSpecialChars.some(x => x === char)) {
                needsQuotes = true;
                break;
            }
        }
        // short-circuit if quotes not needed
        if (!needsQuotes) {
            return arg;
        }
        // the following quoting rules are very similar to the rules that by libuv applies.
        //
        // 1) wrap the string in quotes
        //
        // 2) double-up quotes - i.e. " => ""
        //
        //    this is different from the libuv quoting rules. libuv replaces " with \", which unfortunately
        //    doesn't work well with a cmd.exe command line.
        //
        //    note, replacing " with "" also works well if the arg is passed to a downstream .NET console app.
        //    for example, the command line:
        //          foo.exe "myarg:""my val"""
        //    is parsed by a .NET console app into an arg array:
        //          [ "myarg:\"my val\"" ]
        //    which is the same end result when applying libuv quoting rules. although the actual
        //    command line from libuv quoting rules would look like:
        //          foo.exe "myarg:\"my val\""
        //
        // 3) double-up slashes that precede a quote,
        //    e.g.  hello \world    => "hello \world"
        //          hello\"world    => "hello\\""world"
        //          hello\\"world   => "hello\\\\""world"
        //          hello world\    => "hello world\\"
        //
        //    technically this is not required for a cmd.exe command line, or the batch argument parser.
        //    the reasons for including this as a .cmd quoting rule are:
        //
        //    a) this is optimized for the scenario where the argument is passed from the .cmd file to an
        //       external program. many programs (e.g. .NET console apps) rely on the slash-doubling rule.
        //
        //    b) it's what we've been doing previously (by deferring to node default behavior) and we
        //       haven't heard any complaints about that aspect.
        //
        // note, a weakness of the quoting rules chosen here, is that % is not escaped. in fact, % cannot be
        // escaped when used on the command line directly - even though within a .cmd file % can be escaped
        // by using %%.
        //
        // the saving grace is, on the command line, %var% is left as-is if var is not defined. this contrasts
        // the line parsing rules within a .cmd file, where if var is not defined it is replaced with nothing.
        //
        // one option that was explored was replacing % with ^% - i.e. %var% => ^%var^%. this hack would
        // often work, since it is unlikely that var^ would exist, and the ^ character is removed when the
        // variable is used. the problem, however, is that ^ is not removed when %* is used to pass the args
        // to an external program.
        //
        // an unexplored potential solution for the % escaping problem, is to create a wrapper .cmd file.
        // % can be escaped within a .cmd file.
        let reverse = '"';
        let quoteHit = true;
        for (let i = arg.length; i > 0; i--) {
            // walk the string in reverse
            reverse += arg[i - 1];
            if (quoteHit && arg[i - 1] === '\\') {
                reverse += '\\'; // double the slash
            }
            else if (arg[i - 1] === '"') {
                quoteHit = true;
                reverse += '"'; // double the quote
            }
            else {
                quoteHit = false;
            }
        }
        reverse += '"';
        return reverse.split('').reverse().join('');
    }
    _uvQuoteCmdArg(arg) {
        // Tool runner wraps child_process.spawn() and needs to apply the same quoting as
        // Node in certain cases where the undocumented spawn option windowsVerbatimArguments
        // is used.
        //
        // Since this function is a port of quote_cmd_arg from Node 4.x (technically, lib UV,
        // see https://github.com/nodejs/node/blob/v4.x/deps/uv/src/win/process.c for details),
        // pasting copyright notice from Node within this function:
        //
        //      Copyright Joyent, Inc. and other Node contributors. All rights reserved.
        //
        //      Permission is hereby granted, free of charge, to any person obtaining a copy
        //      of this software and associated documentation files (the "Software"), to
        //      deal in the Software without restriction, including without limitation the
        //      rights to use, copy, modify, merge, publish, distribute, sublicense, and/or
        //      sell copies of the Software, and to permit persons to whom the Software is
        //      furnished to do so, subject to the following conditions:
        //
        //      The above copyright notice and this permission notice shall be included in
        //      all copies or substantial portions of the Software.
        //
        //      THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
        //      IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
        //      FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
        //      AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
        //      LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING
        //      FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS
        //      IN THE SOFTWARE.
        if (!arg) {
            // Need double quotation for empty argument
            return '""';
        }
        if (!arg.includes(' ') && !arg.includes('\t') && !arg.includes('"')) {
            // No quotation needed
            return arg;
        }
        if (!arg.includes('"') && !arg.includes('\\')) {
            // No embedded double quotes or backslashes, so I can just wrap
            // quote marks around the whole thing.
            return `"${arg}"`;
        }
        // Expected input/output:
        //   input : hello"world
        //   output: "hello\"world"
        //   input : hello""world
        //   output: "hello\"\"world"
        //   input : hello\world
        //   output: hello\world
        //   input : hello\\world
        //   output: hello\\world
        //   input : hello\"world
        //   output: "hello\\\"world"
        //   input : hello\\"world
        //   output: "hello\\\\\"world"
        //   input : hello world\
        //   output: "hello world\\" - note the comment in libuv actually reads "hello world\"
        //                             but it appears the comment is wrong, it should be "hello world\\"
        let reverse = '"';
        let quoteHit = true;
        for (let i = arg.length; i > 0; i--) {
            // walk the string in reverse
            reverse += arg[i - 1];
            if (quoteHit && arg[i - 1] === '\\') {
                reverse += '\\';
            }
            else if (arg[i - 1] === '"') {
                quoteHit = true;
                reverse += '\\';
            }
            else {
                quoteHit = false;
            }
        }
        reverse += '"';
        return reverse.split('').reverse().join('');
    }
    _cloneExecOptions(options) {
        options = options || {};
        const result = {
            cwd: options.cwd || process.cwd(),
            env: options.env || process.env,
            silent: options.silent || false,
            windowsVerbatimArguments: options.windowsVerbatimArguments || false,
            failOnStdErr: options.failOnStdErr || false,
            ignoreReturnCode: options.ignoreReturnCode || false,
            delay: options.delay || 10000
        };
        result.outStream = options.outStream || process.stdout;
        result.errStream = options.errStream || process.stderr;
        return result;
    }
    _getSpawnOptions(options, toolPath) {
        options = options || {};
        const result = {};
        result.cwd = options.cwd;
        result.env = options.env;
        result['windowsVerbatimArguments'] =
            options.windowsVerbatimArguments || this._isCmdFile();
        if (options.windowsVerbatimArguments) {
            result.argv0 = `"${toolPath}"`;
        }
        return result;
    }
    /**
     * Exec a tool.
     * Output will be streamed to the live console.
     * Returns promise with return code
     *
     * @param     tool     path to tool to exec
     * @param     options  optional exec options.  See ExecOptions
     * @returns   number
     */
    exec() {
        return toolrunner_awaiter(this, void 0, void 0, function* () {
            // root the tool path if it is unrooted and contains relative pathing
            if (!isRooted(this.toolPath) &&
                (this.toolPath.includes('/') ||
                    (toolrunner_IS_WINDOWS && this.toolPath.includes('\\')))) {
                // prefer options.cwd if it is specified, however options.cwd may also need to be rooted
                this.toolPath = external_path_.resolve(process.cwd(), this.options.cwd || process.cwd(), this.toolPath);
            }
            // if the tool is only a file name, then resolve it from the PATH
            // otherwise verify it exists (add extension on Windows if necessary)
            this.toolPath = yield which(this.toolPath, true);
            return new Promise((resolve, reject) => toolrunner_awaiter(this, void 0, void 0, function* () {
                this._debug(`exec tool: ${this.toolPath}`);
                this._debug('arguments:');
                for (const arg of this.args) {
                    this._debug(`   ${arg}`);
                }
                const optionsNonNull = this._cloneExecOptions(this.options);
                if (!optionsNonNull.silent && optionsNonNull.outStream) {
                    optionsNonNull.outStream.write(this._getCommandString(optionsNonNull) + external_os_.EOL);
                }
                const state = new ExecState(optionsNonNull, this.toolPath);
                state.on('debug', (message) => {
                    this._debug(message);
                });
                if (this.options.cwd && !(yield exists(this.options.cwd))) {
                    return reject(new Error(`The cwd: ${this.options.cwd} does not exist!`));
                }
                const fileName = this._getSpawnFileName();
                const cp = external_child_process_namespaceObject.spawn(fileName, this._getSpawnArgs(optionsNonNull), this._getSpawnOptions(this.options, fileName));
                let stdbuffer = '';
                if (cp.stdout) {
                    cp.stdout.on('data', (data) => {
                        if (this.options.listeners && this.options.listeners.stdout) {
                            this.options.listeners.stdout(data);
                        }
                        if (!optionsNonNull.silent && optionsNonNull.outStream) {
                            optionsNonNull.outStream.write(data);
                        }
                        stdbuffer = this._processLineBuffer(data, stdbuffer, (line) => {
                            if (this.options.listeners && this.options.listeners.stdline) {
                                this.options.listeners.stdline(line);
                            }
                        });
                    });
                }
                let errbuffer = '';
                if (cp.stderr) {
                    cp.stderr.on('data', (data) => {
                        state.processStderr = true;
                        if (this.options.listeners && this.options.listeners.stderr) {
                            this.options.listeners.stderr(data);
                        }
                        if (!optionsNonNull.silent &&
                            optionsNonNull.errStream &&
                            optionsNonNull.outStream) {
                            const s = optionsNonNull.failOnStdErr
                                ? optionsNonNull.errStream
                                : optionsNonNull.outStream;
                            s.write(data);
                        }
                        errbuffer = this._processLineBuffer(data, errbuffer, (line) => {
                            if (this.options.listeners && this.options.listeners.errline) {
                                this.options.listeners.errline(line);
                            }
                        });
                    });
                }
                cp.on('error', (err) => {
                    state.processError = err.message;
                    state.processExited = true;
                    state.processClosed = true;
                    state.CheckComplete();
                });
                cp.on('exit', (code) => {
                    state.processExitCode = code;
                    state.processExited = true;
                    this._debug(`Exit code ${code} received from tool '${this.toolPath}'`);
                    state.CheckComplete();
                });
                cp.on('close', (code) => {
                    state.processExitCode = code;
                    state.processExited = true;
                    state.processClosed = true;
                    this._debug(`STDIO streams have closed for tool '${this.toolPath}'`);
                    state.CheckComplete();
                });
                state.on('done', (error, exitCode) => {
                    if (stdbuffer.length > 0) {
                        this.emit('stdline', stdbuffer);
                    }
                    if (errbuffer.length > 0) {
                        this.emit('errline', errbuffer);
                    }
                    cp.removeAllListeners();
                    if (error) {
                        reject(error);
                    }
                    else {
                        resolve(exitCode);
                    }
                });
                if (this.options.input) {
                    if (!cp.stdin) {
                        throw new Error('child process missing stdin');
                    }
                    cp.stdin.end(this.options.input);
                }
            }));
        });
    }
}
/**
 * Convert an arg string to an array of args. Handles escaping
 *
 * @param    argString   string of arguments
 * @returns  string[]    array of arguments
 */
function argStringToArray(argString) {
    const args = [];
    let inQuotes = false;
    let escaped = false;
    let arg = '';
    function append(c) {
        // we only escape double quotes.
        if (escaped && c !== '"') {
            arg += '\\';
        }
        arg += c;
        escaped = false;
    }
    for (let i = 0; i < argString.length; i++) {
        const c = argString.charAt(i);
        if (c === '"') {
            if (!escaped) {
                inQuotes = !inQuotes;
            }
            else {
                append(c);
            }
            continue;
        }
        if (c === '\\' && escaped) {
            append(c);
            continue;
        }
        if (c === '\\' && inQuotes) {
            escaped = true;
            continue;
        }
        if (c === ' ' && !inQuotes) {
            if (arg.length > 0) {
                args.push(arg);
                arg = '';
            }
            continue;
        }
        append(c);
    }
    if (arg.length > 0) {
        args.push(arg.trim());
    }
    return args;
}
class ExecState extends external_events_.EventEmitter {
    constructor(options, toolPath) {
        super();
        this.processClosed = false; // tracks whether the process has exited and stdio is closed
        this.processError = '';
        this.processExitCode = 0;
        this.processExited = false; // tracks whether the process has exited
        this.processStderr = false; // tracks whether stderr was written to
        this.delay = 10000; // 10 seconds
        this.done = false;
        this.timeout = null;
        if (!toolPath) {
            throw new Error('toolPath must not be empty');
        }
        this.options = options;
        this.toolPath = toolPath;
        if (options.delay) {
            this.delay = options.delay;
        }
    }
    CheckComplete() {
        if (this.done) {
            return;
        }
        if (this.processClosed) {
            this._setResult();
        }
        else if (this.processExited) {
            this.timeout = (0,external_timers_namespaceObject.setTimeout)(ExecState.HandleTimeout, this.delay, this);
        }
    }
    _debug(message) {
        this.emit('debug', message);
    }
    _setResult() {
        // determine whether there is an error
        let error;
        if (this.processExited) {
            if (this.processError) {
                error = new Error(`There was an error when attempting to execute the process '${this.toolPath}'. This may indicate the process failed to start. Error: ${this.processError}`);
            }
            else if (this.processExitCode !== 0 && !this.options.ignoreReturnCode) {
                error = new Error(`The process '${this.toolPath}' failed with exit code ${this.processExitCode}`);
            }
            else if (this.processStderr && this.options.failOnStdErr) {
                error = new Error(`The process '${this.toolPath}' failed because one or more lines were written to the STDERR stream`);
            }
        }
        // clear the timeout
        if (this.timeout) {
            clearTimeout(this.timeout);
            this.timeout = null;
        }
        this.done = true;
        this.emit('done', error, this.processExitCode);
    }
    static HandleTimeout(state) {
        if (state.done) {
            return;
        }
        if (!state.processClosed && state.processExited) {
            const message = `The STDIO streams did not close within ${state.delay / 1000} seconds of the exit event from process '${state.toolPath}'. This may indicate a child process inherited the STDIO streams and has not yet exited.`;
            state._debug(message);
        }
        state._setResult();
    }
}
//# sourceMappingURL=toolrunner.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/exec/lib/exec.js
var exec_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


/**
 * Exec a command.
 * Output will be streamed to the live console.
 * Returns promise with return code
 *
 * @param     commandLine        command to execute (can include additional args). Must be correctly escaped.
 * @param     args               optional arguments for tool. Escaping is handled by the lib.
 * @param     options            optional exec options.  See ExecOptions
 * @returns   Promise<number>    exit code
 */
function exec_exec(commandLine, args, options) {
    return exec_awaiter(this, void 0, void 0, function* () {
        const commandArgs = tr.argStringToArray(commandLine);
        if (commandArgs.length === 0) {
            throw new Error(`Parameter 'commandLine' cannot be null or empty.`);
        }
        // Path to tool to execute should be first arg
        const toolPath = commandArgs[0];
        args = commandArgs.slice(1).concat(args || []);
        const runner = new tr.ToolRunner(toolPath, args, options);
        return runner.exec();
    });
}
/**
 * Exec a command and get the output.
 * Output will be streamed to the live console.
 * Returns promise with the exit code and collected stdout and stderr
 *
 * @param     commandLine           command to execute (can include additional args). Must be correctly escaped.
 * @param     args                  optional arguments for tool. Escaping is handled by the lib.
 * @param     options               optional exec options.  See ExecOptions
 * @returns   Promise<ExecOutput>   exit code, stdout, and stderr
 */
function getExecOutput(commandLine, args, options) {
    return exec_awaiter(this, void 0, void 0, function* () {
        var _a, _b;
        let stdout = '';
        let stderr = '';
        //Using string decoder covers the case where a mult-byte character is split
        const stdoutDecoder = new StringDecoder('utf8');
        const stderrDecoder = new StringDecoder('utf8');
        const originalStdoutListener = (_a = options === null || options === void 0 ? void 0 : options.listeners) === null || _a === void 0 ? void 0 : _a.stdout;
        const originalStdErrListener = (_b = options === null || options === void 0 ? void 0 : options.listeners) === null || _b === void 0 ? void 0 : _b.stderr;
        const stdErrListener = (data) => {
            stderr += stderrDecoder.write(data);
            if (originalStdErrListener) {
                originalStdErrListener(data);
            }
        };
        const stdOutListener = (data) => {
            stdout += stdoutDecoder.write(data);
            if (originalStdoutListener) {
                originalStdoutListener(data);
            }
        };
        const listeners = Object.assign(Object.assign({}, options === null || options === void 0 ? void 0 : options.listeners), { stdout: stdOutListener, stderr: stdErrListener });
        const exitCode = yield exec_exec(commandLine, args, Object.assign(Object.assign({}, options), { listeners }));
        //flush any remaining characters
        stdout += stdoutDecoder.end();
        stderr += stderrDecoder.end();
        return {
            exitCode,
            stdout,
            stderr
        };
    });
}
//# sourceMappingURL=exec.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/platform.js
var platform_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const getWindowsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout: version } = yield exec.getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Version"', undefined, {
        silent: true
    });
    const { stdout: name } = yield exec.getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Caption"', undefined, {
        silent: true
    });
    return {
        name: name.trim(),
        version: version.trim()
    };
});
const getMacOsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    var _a, _b, _c, _d;
    const { stdout } = yield exec.getExecOutput('sw_vers', undefined, {
        silent: true
    });
    const version = (_b = (_a = stdout.match(/ProductVersion:\s*(.+)/)) === null || _a === void 0 ? void 0 : _a[1]) !== null && _b !== void 0 ? _b : '';
    const name = (_d = (_c = stdout.match(/ProductName:\s*(.+)/)) === null || _c === void 0 ? void 0 : _c[1]) !== null && _d !== void 0 ? _d : '';
    return {
        name,
        version
    };
});
const getLinuxInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout } = yield exec.getExecOutput('lsb_release', ['-i', '-r', '-s'], {
        silent: true
    });
    const [name, version] = stdout.trim().split('\n');
    return {
        name,
        version
    };
});
const platform = external_os_.platform();
const arch = external_os_.arch();
const isWindows = platform === 'win32';
const isMacOS = platform === 'darwin';
const isLinux = platform === 'linux';
function getDetails() {
    return platform_awaiter(this, void 0, void 0, function* () {
        return Object.assign(Object.assign({}, (yield (isWindows
            ? getWindowsInfo()
            : isMacOS
                ? getMacOsInfo()
                : getLinuxInfo()))), { platform,
            arch,
            isWindows,
            isMacOS,
            isLinux });
    });
}
//# sourceMappingURL=platform.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/core.js
var core_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};






/**
 * The code to exit an action
 */
var ExitCode;
(function (ExitCode) {
    /**
     * A code indicating that the action was successful
     */
    ExitCode[ExitCode["Success"] = 0] = "Success";
    /**
     * A code indicating that the action was a failure
     */
    ExitCode[ExitCode["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
//-----------------------------------------------------------------------
// Variables
//-----------------------------------------------------------------------
/**
 * Sets env variable for this action and future actions in the job
 * @param name the name of the variable to set
 * @param val the value of the variable. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function exportVariable(name, val) {
    const convertedVal = toCommandValue(val);
    process.env[name] = convertedVal;
    const filePath = process.env['GITHUB_ENV'] || '';
    if (filePath) {
        return issueFileCommand('ENV', prepareKeyValueMessage(name, val));
    }
    issueCommand('set-env', { name }, convertedVal);
}
/**
 * Registers a secret which will get masked from logs
 *
 * @param secret - Value of the secret to be masked
 * @remarks
 * This function instructs the Actions runner to mask the specified value in any
 * logs produced during the workflow run. Once registered, the secret value will
 * be replaced with asterisks (***) whenever it appears in console output, logs,
 * or error messages.
 *
 * This is useful for protecting sensitive information such as:
 * - API keys
 * - Access tokens
 * - Authentication credentials
 * - URL parameters containing signatures (SAS tokens)
 *
 * Note that masking only affects future logs; any previous appearances of the
 * secret in logs before calling this function will remain unmasked.
 *
 * @example
 * ```typescript
 * // Register an API token as a secret
 * const apiToken = "abc123xyz456";
 * setSecret(apiToken);
 *
 * // Now any logs containing this value will show *** instead
 * console.log(`Using token: ${apiToken}`); // Outputs: "Using token: ***"
 * ```
 */
function core_setSecret(secret) {
    command_issueCommand('add-mask', {}, secret);
}
/**
 * Prepends inputPath to the PATH (for this action and future actions)
 * @param inputPath
 */
function addPath(inputPath) {
    const filePath = process.env['GITHUB_PATH'] || '';
    if (filePath) {
        issueFileCommand('PATH', inputPath);
    }
    else {
        issueCommand('add-path', {}, inputPath);
    }
    process.env['PATH'] = `${inputPath}${path.delimiter}${process.env['PATH']}`;
}
/**
 * Gets the value of an input.
 * Unless trimWhitespace is set to false in InputOptions, the value is also trimmed.
 * Returns an empty string if the value is not defined.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string
 */
function getInput(name, options) {
    const val = process.env[`INPUT_${name.replace(/ /g, '_').toUpperCase()}`] || '';
    if (options && options.required && !val) {
        throw new Error(`Input required and not supplied: ${name}`);
    }
    if (options && options.trimWhitespace === false) {
        return val;
    }
    return val.trim();
}
/**
 * Gets the values of an multiline input.  Each value is also trimmed.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string[]
 *
 */
function getMultilineInput(name, options) {
    const inputs = getInput(name, options)
        .split('\n')
        .filter(x => x !== '');
    if (options && options.trimWhitespace === false) {
        return inputs;
    }
    return inputs.map(input => input.trim());
}
/**
 * Gets the input value of the boolean type in the YAML 1.2 "core schema" specification.
 * Support boolean input list: `true | True | TRUE | false | False | FALSE` .
 * The return value is also in boolean type.
 * ref: https://yaml.org/spec/1.2/spec.html#id2804923
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   boolean
 */
function getBooleanInput(name, options) {
    const trueValue = ['true', 'True', 'TRUE'];
    const falseValue = ['false', 'False', 'FALSE'];
    const val = getInput(name, options);
    if (trueValue.includes(val))
        return true;
    if (falseValue.includes(val))
        return false;
    throw new TypeError(`Input does not meet YAML 1.2 "Core Schema" specification: ${name}\n` +
        `Support boolean input list: \`true | True | TRUE | false | False | FALSE\``);
}
/**
 * Sets the value of an output.
 *
 * @param     name     name of the output to set
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function setOutput(name, value) {
    const filePath = process.env['GITHUB_OUTPUT'] || '';
    if (filePath) {
        return file_command_issueFileCommand('OUTPUT', file_command_prepareKeyValueMessage(name, value));
    }
    process.stdout.write(external_os_.EOL);
    command_issueCommand('set-output', { name }, utils_toCommandValue(value));
}
/**
 * Enables or disables the echoing of commands into stdout for the rest of the step.
 * Echoing is disabled by default if ACTIONS_STEP_DEBUG is not set.
 *
 */
function setCommandEcho(enabled) {
    issue('echo', enabled ? 'on' : 'off');
}
//-----------------------------------------------------------------------
// Results
//-----------------------------------------------------------------------
/**
 * Sets the action status to failed.
 * When the action exits it will be with an exit code of 1
 * @param message add error issue message
 */
function setFailed(message) {
    process.exitCode = ExitCode.Failure;
    error(message);
}
//-----------------------------------------------------------------------
// Logging Commands
//-----------------------------------------------------------------------
/**
 * Gets whether Actions Step Debug is on or not
 */
function isDebug() {
    return process.env['RUNNER_DEBUG'] === '1';
}
/**
 * Writes debug message to user log
 * @param message debug message
 */
function core_debug(message) {
    command_issueCommand('debug', {}, message);
}
/**
 * Adds an error issue
 * @param message error issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function error(message, properties = {}) {
    command_issueCommand('error', utils_toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a warning issue
 * @param message warning issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function warning(message, properties = {}) {
    command_issueCommand('warning', utils_toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a notice issue
 * @param message notice issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function notice(message, properties = {}) {
    issueCommand('notice', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Writes info to log with console.log.
 * @param message info message
 */
function info(message) {
    process.stdout.write(message + external_os_.EOL);
}
/**
 * Begin an output group.
 *
 * Output until the next `groupEnd` will be foldable in this group
 *
 * @param name The name of the output group
 */
function startGroup(name) {
    command_issue('group', name);
}
/**
 * End an output group.
 */
function endGroup() {
    command_issue('endgroup');
}
/**
 * Wrap an asynchronous function call in a group.
 *
 * Returns the same type as the function itself.
 *
 * @param name The name of the group
 * @param fn The function to wrap in the group
 */
function group(name, fn) {
    return core_awaiter(this, void 0, void 0, function* () {
        startGroup(name);
        let result;
        try {
            result = yield fn();
        }
        finally {
            endGroup();
        }
        return result;
    });
}
//-----------------------------------------------------------------------
// Wrapper action state
//-----------------------------------------------------------------------
/**
 * Saves state for current action, the state can only be retrieved by this action's post job execution.
 *
 * @param     name     name of the state to store
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function saveState(name, value) {
    const filePath = process.env['GITHUB_STATE'] || '';
    if (filePath) {
        return file_command_issueFileCommand('STATE', file_command_prepareKeyValueMessage(name, value));
    }
    command_issueCommand('save-state', { name }, utils_toCommandValue(value));
}
/**
 * Gets the value of an state set by this action's main execution.
 *
 * @param     name     name of the state to get
 * @returns   string
 */
function getState(name) {
    return process.env[`STATE_${name}`] || '';
}
function getIDToken(aud) {
    return core_awaiter(this, void 0, void 0, function* () {
        return yield OidcClient.getIDToken(aud);
    });
}
/**
 * Summary exports
 */

/**
 * @deprecated use core.summary
 */

/**
 * Path exports
 */

/**
 * Platform utilities exports
 */

//# sourceMappingURL=core.js.map
;// CONCATENATED MODULE: ./build/action/unwritable.js
/** A file through which the runner takes values could not be written: the disk is full, or the file is gone. */
class Unwritable extends Error {
    what;
    /** In Node's or the toolkit's words, such as `ENOSPC: no space left on device, write`. */
    why;
    constructor(what, cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        super(`The ${what} could not be written: ${why}`, { cause });
        this.name = "Unwritable";
        this.what = what;
        this.why = why;
    }
}
/** Runs what writes such a file. @throws Unwritable */
function writing(what, write) {
    try {
        write();
    }
    catch (error) {
        throw new Unwritable(what, error);
    }
}

;// CONCATENATED MODULE: ./build/inputs/types.js
const CLEANUP_MODES = ["never", "on_failure", "always"];

;// CONCATENATED MODULE: ./build/text/cut.js
/** What a text that was cut ends in. The redactor looks in front of it for the beginning of a secret. */
const CUT_MARK = "…";
/** The text, or as much of it as fits into `max` characters with the mark behind it. */
function cut(text, max) {
    return text.length > max ? `${text.slice(0, max - 1).toWellFormed()}${CUT_MARK}` : text;
}

;// CONCATENATED MODULE: ./build/text/url.js
/** Longer addresses serve nobody. Characters. */
const MAX_URL = 2_048;
/** An `http:` or `https:` address without credentials; null for anything else. */
function webUrl(text) {
    const url = text && text.length <= MAX_URL ? URL.parse(text) : null;
    if (url === null || !/^https?:$/.test(url.protocol))
        return null;
    return url.username || url.password ? null : url;
}
/** Whether nobody in between can read what goes there: `https:`, or a way that stays on this machine. */
function isPrivateWay(url) {
    return url.protocol === "https:" || isLoopback(url.hostname);
}
/** Whether a URL's host is this machine. */
function isLoopback(hostname) {
    return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
/**
 * The API's base URL without a slash at the end: `https:`, or `http:` to a loopback host. Credentials, a
 * query and a fragment have no place in it.
 */
function parseApiUrl(text) {
    const url = webUrl(text);
    if (url === null || !isPrivateWay(url) || /[?#\\\s]/.test(text))
        return null;
    return url.href.replace(/\/+$/, "");
}

;// CONCATENATED MODULE: ./build/text/clean.js


/**
 * Text that others wrote (a server, a user) made fit for a log, an annotation or Markdown. Server text must
 * never act: a line that starts with `::` or holds `##[` is a command to the runner.
 */
// Control characters, line and paragraph separators, and what reorders or hides text.
const UNPRINTABLE = 
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go
/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+/g;
/** The longest piece of foreign text that is shown, in characters. */
const MAX_TEXT = 500;
/** One printable line of at most `max` characters. */
function oneLine(text, max = MAX_TEXT) {
    return cut(text.toWellFormed().replace(UNPRINTABLE, " ").replace(/ {2,}/g, " ").trim(), max);
}
/** A whole log text, each of its lines made harmless to the runner. */
function harmless(text) {
    return text
        .split(/\r\n|\r|\n/)
        .map((line) => line.replaceAll("##[", "## [").replace(/^([\s\u0085]*)::/, "$1: :"))
        .join("\n");
}
/**
 * Text for a Markdown sentence or table cell: nothing in it is markup, a link, an image, an emoji or a
 * mention, neither where Markdown is parsed nor where GitHub goes over the result.
 */
function markdown(text, max = MAX_TEXT) {
    return oneLine(text, max)
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replace(/[\\`*_{}[\]()#+!|~$:"']/g, (mark) => `&#${mark.codePointAt(0)};`)
        .replace(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`)
        .replaceAll("@", "@&#8203;");
}
/** A name, id or value, set apart as code. */
function clean_code(text, max) {
    return `<code>${markdown(text, max)}</code>`;
}
/** An `https:` address (or one of this machine's) that can stand in Markdown and HTML; null for all else. */
function safeLink(text) {
    const url = webUrl(text);
    if (url === null || !isPrivateWay(url))
        return null;
    return url.href.replace(/[()'"<>|`\\]/g, percent);
}
/** `encodeURIComponent` leaves brackets and the apostrophe as they are. */
function percent(mark) {
    return `%${mark.charCodeAt(0).toString(16).toUpperCase()}`;
}

;// CONCATENATED MODULE: ./build/text/json.js
/** No answer of the API nests so deep; to parse one, or to write it out again, takes seconds or the stack. */
const MAX_DEPTH = 100;
/** The parsed text, or undefined where it is not JSON, or nests deeper than any answer of the API. */
function parseJson(text) {
    if (nestsTooDeep(text))
        return undefined;
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}
/** In one pass that leaps over strings: it stands in front of every answer, hostile ones included. */
function nestsTooDeep(json) {
    let depth = 0;
    for (let i = 0; i < json.length; i++) {
        const mark = json[i];
        if (mark === '"')
            i = endOfString(json, i);
        else if (mark === "{" || mark === "[") {
            if (++depth > MAX_DEPTH)
                return true;
        }
        else if (mark === "}" || mark === "]")
            depth--;
    }
    return false;
}
/** Where the string that begins at `start` closes; the end of the text where it does not. */
function endOfString(json, start) {
    for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
        let from = end;
        while (json[from - 1] === "\\")
            from--;
        if ((end - from) % 2 === 0)
            return end;
    }
    return json.length;
}
function isObject(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
function objectAt(value, key) {
    const found = fieldOf(value, key);
    return isObject(found) ? found : null;
}
function arrayAt(value, key) {
    const found = fieldOf(value, key);
    return Array.isArray(found) ? found : [];
}
/** A non-empty string. */
function stringAt(value, key) {
    const found = fieldOf(value, key);
    return typeof found === "string" && found !== "" ? found : null;
}
function numberAt(value, key) {
    const found = fieldOf(value, key);
    return typeof found === "number" && Number.isFinite(found) ? found : null;
}
function booleanAt(value, key) {
    const found = fieldOf(value, key);
    return typeof found === "boolean" ? found : null;
}
/** An id, which the API's versions give as a number or as a string. */
function idAt(value, key) {
    return numberAt(value, key) ?? stringAt(value, key);
}
function fieldOf(value, key) {
    return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

;// CONCATENATED MODULE: ./build/fleet/state.js





const ATTEMPT_STAGES = ["open", "made", "unknown", "none"];
const JOURNAL = "journal";
const BASELINE = "baseline_";
const OUTCOME = "outcome";
const OWN_FAILURE = "own_failure";
const ATTEMPT = "attempt_";
/** Behind the name of an attempt. */
const EARLIER = "_earlier";
/**
 * The state reaches post as environment variables, which Windows bounds to 32 Ki characters each, Linux to
 * 128 KiB: beyond that post could not be started. A key has some 40 characters.
 */
const KEYS_A_PART = 500;
function saveJournal(runner, { baseline, ...rest }) {
    for (let from = 0; from < (baseline?.length ?? 0); from += KEYS_A_PART) {
        const part = baseline?.slice(from, from + KEYS_A_PART);
        runner.saveState(BASELINE + from / KEYS_A_PART, JSON.stringify(part));
    }
    // Last: where it is, the rest is there too.
    const known = baseline === null ? null : baseline.length;
    runner.saveState(JOURNAL, JSON.stringify({ ...rest, baseline: known }));
}
/**
 * One key an attempt, so that fifty replicas don't write fifty growing copies of everything.
 *
 * @throws Unwritable for one that is about to be sent: nothing is, then. What came of one that was sent is no
 * reason to stop there: its `ttl` and its wait are still to come, and post searches for what it finds open.
 */
function saveAttempt(runner, attempt) {
    try {
        runner.saveState(ATTEMPT + attempt.index, JSON.stringify(attempt));
    }
    catch (error) {
        if (attempt.stage === "open" || !(error instanceof Unwritable))
            throw error;
        runner.warning(`What came of create request ${attempt.index + 1} is unknown to the post step: ${oneLine(error.message, 300)}`);
    }
}
/** An earlier try of the same request, which may have made a replica that no look has shown. */
function saveEarlier(runner, attempt) {
    runner.saveState(`${ATTEMPT}${attempt.index}${EARLIER}`, JSON.stringify(attempt));
}
/** @param ownFailure whether something of this run's own failed, and not only what was there before */
function saveOutcome(runner, outcome, ownFailure) {
    // First: where the outcome is, this is there too.
    runner.saveState(OWN_FAILURE, String(ownFailure));
    runner.saveState(OUTCOME, outcome);
}
/** What main saved, or null where there is no record of it. */
function readSavedRun(runner) {
    const state = runner.state();
    const journal = readJournal(parseJson(state[JOURNAL] ?? ""), state);
    if (journal === null)
        return null;
    const attempts = Object.entries(state)
        .filter(([name]) => name.startsWith(ATTEMPT))
        .map(([, text]) => readAttempt(parseJson(text)))
        .filter((attempt) => attempt !== null)
        .sort((a, b) => a.index - b.index);
    const ownFailure = parseJson(state[OWN_FAILURE] ?? "");
    return {
        journal,
        attempts,
        outcome: state[OUTCOME] || null,
        ownFailure: typeof ownFailure === "boolean" ? ownFailure : null,
    };
}
/**
 * The names that `get` has a value for, of all that main may save but deployments, whose names nobody can
 * guess. For runners that answer when they are asked for a name, and show no list of them.
 */
function stateByName(get) {
    const found = {};
    const take = (name) => {
        const value = get(name);
        if (value !== "")
            found[name] = value;
        return value !== "";
    };
    for (const name of [JOURNAL, OUTCOME, OWN_FAILURE])
        take(name);
    for (const prefix of [BASELINE, ATTEMPT]) {
        for (let n = 0; take(prefix + n); n++)
            take(`${prefix}${n}${EARLIER}`);
    }
    return found;
}
function readJournal(value, state) {
    // The key goes there, so it is held to what an input is held to.
    const apiUrl = parseApiUrl(stringAt(value, "apiUrl") ?? "");
    const appId = stringAt(value, "appId");
    const vmUuid = stringAt(value, "vmUuid");
    if (!isObject(value) || apiUrl === null || appId === null || vmUuid === null)
        return null;
    const cleanup = stringAt(value, "cleanup");
    return {
        apiUrl,
        appId,
        vmUuid,
        requestTimeoutMs: numberAt(value, "requestTimeoutMs") ?? 60_000,
        cleanup: CLEANUP_MODES.find((mode) => mode === cleanup) ?? "never",
        exclusive: booleanAt(value, "exclusive") ?? false,
        summary: booleanAt(value, "summary") ?? true,
        baseline: readBaseline(numberAt(value, "baseline"), state),
        clockOffsetMs: numberAt(value, "clockOffsetMs"),
        workspaceSlug: stringAt(value, "workspaceSlug"),
        ttlMs: numberAt(value, "ttlMs"),
    };
}
/** Null also where a part is missing: what was there before is then not known. */
function readBaseline(length, state) {
    const keys = [];
    for (let part = 0; part * KEYS_A_PART < (length ?? 0); part++) {
        const saved = parseJson(state[BASELINE + part] ?? "");
        if (Array.isArray(saved))
            keys.push(...saved);
    }
    const baseline = keys.filter((key) => typeof key === "string");
    return baseline.length === length ? baseline : null;
}
function readAttempt(value) {
    const index = numberAt(value, "index");
    const stage = ATTEMPT_STAGES.find((known) => known === stringAt(value, "stage"));
    const sentAt = numberAt(value, "sentAt");
    if (index === null || stage === undefined || sentAt === null)
        return null;
    return {
        index,
        stage,
        nodeId: numberAt(value, "nodeId"),
        composeHash: stringAt(value, "composeHash"),
        sentAt,
        nextAt: numberAt(value, "nextAt"),
        vmUuid: stringAt(value, "vmUuid"),
        name: stringAt(value, "name"),
        // Proof is what the state says, not what it leaves out.
        adopted: booleanAt(value, "adopted") ?? true,
        endsAt: numberAt(value, "endsAt"),
        ttlSet: booleanAt(value, "ttlSet") ?? false,
        gone: booleanAt(value, "gone") ?? false,
    };
}

;// CONCATENATED MODULE: ./build/action/redactor.js


/**
 * Takes secrets out of text. GitHub masks its own log; this is for everything that leaves the process, so
 * that a secret which a server echoes is not even printed, nor written to an output, summary or state.
 */
class Redactor {
    #everywhere = new Forms();
    #handedOn = new Forms();
    #words = new Forms();
    /** Never shown in any form of output. */
    addSecret(secret) {
        this.#everywhere.add(secret);
    }
    /** Handed on by outputs, but neither printed nor saved: a commit token has to cross jobs. */
    addHandedOn(value) {
        this.#handedOn.add(value);
    }
    /** Not printed, but possibly an everyday word, which outputs and state may well hold of themselves. */
    addWord(value) {
        this.#words.add(value);
    }
    /** For outputs. */
    redact(text) {
        return this.#everywhere.takeOut(text);
    }
    /** For the state. */
    redactSaved(text) {
        return this.#handedOn.takeOut(this.redact(text));
    }
    /** For log, annotations and summary. */
    redactPrinted(text) {
        return this.#words.takeOut(this.redactSaved(text));
    }
}
/** Shorter than this, a value would be found by chance in everything. */
const SHORTEST = 4;
/** So many leading characters in front of three dots: what others write is full of such dots. */
const SHORTEST_QUOTED = 8;
const DOTS = /\u2026|\.{3}/;
const ALL_DOTS = /(\u2026|\.{3,})/;
const HIDDEN = "***";
/** Secrets of one kind, in all forms that they may have by the time a text leaves. */
class Forms {
    /** The longest first, so that one secret inside another leaves no remainder. */
    #forms = [];
    add(secret) {
        // The lines of a value of several lines may come one by one.
        const pieces = [secret, ...secret.split(/[\r\n]+/)].filter((one) => one.length >= SHORTEST);
        const forms = new Set([...this.#forms, ...pieces.flatMap(formsOf)]);
        this.#forms = [...forms].sort((a, b) => b.length - a.length);
    }
    takeOut(text) {
        let clean = text;
        for (const form of this.#forms)
            clean = clean.replaceAll(form, HIDDEN);
        return this.#withoutBeginnings(clean);
    }
    /**
     * In front of dots a secret may have lost its end: where our own text was cut, or where a server quotes the
     * beginning of a key. Then nothing finds it any more, masks neither.
     */
    #withoutBeginnings(text) {
        if (this.#forms.length === 0 || !DOTS.test(text))
            return text;
        const pieces = text.split(ALL_DOTS);
        return pieces
            .map((piece, index) => {
            const dots = pieces[index + 1];
            // Every other piece is the dots themselves.
            if (index % 2 === 1 || dots === undefined)
                return piece;
            const least = dots.startsWith(CUT_MARK) ? SHORTEST : SHORTEST_QUOTED;
            if (piece.length < least)
                return piece;
            const length = this.#forms.reduce((n, form) => Math.max(n, beginningAtEnd(piece, form)), 0);
            return length < least ? piece : piece.slice(0, -length) + HIDDEN;
        })
            .join("");
    }
}
/** The secret as it is, as JSON and URLs would carry it, and as our own text for people has it. */
function formsOf(secret) {
    const json = JSON.stringify(secret).slice(1, -1);
    const base64 = Buffer.from(secret, "utf8").toString("base64");
    // A server may give hex digits back in the other case.
    const hex = /^[0-9a-f]{16,}$/i.test(secret) ? [secret.toLowerCase(), secret.toUpperCase()] : [];
    const shown = [oneLine(secret, Infinity), markdown(secret, Infinity)];
    const forms = [secret, json, encodeURIComponent(secret.toWellFormed()), base64, ...hex, ...shown];
    return forms.filter((form) => form.length >= SHORTEST);
}
/** How many characters at the end of `text` are the beginning of `form`. */
function beginningAtEnd(text, form) {
    const start = form.slice(0, SHORTEST);
    let at = text.indexOf(start, Math.max(0, text.length - form.length));
    while (at !== -1 && !form.startsWith(text.slice(at)))
        at = text.indexOf(start, at + 1);
    return at === -1 ? 0 : text.length - at;
}

;// CONCATENATED MODULE: ./build/action/runner.js





/** The real GitHub runner, through `@actions/core`. Everything that leaves goes through the redactor. */
class GithubRunner {
    #env;
    #redactor = new Redactor();
    constructor(env) {
        this.#env = env;
    }
    mask(secret) {
        this.#redactor.addSecret(secret);
        core_setSecret(secret);
    }
    maskPrinted(value) {
        this.#redactor.addWord(value);
        core_setSecret(value);
    }
    neverPrint(value) {
        this.#redactor.addHandedOn(value);
    }
    redact(text) {
        return this.#redactor.redact(text);
    }
    redactPrinted(text) {
        return this.#redactor.redactPrinted(text);
    }
    info(text) {
        info(this.#printable(text));
    }
    debug(text) {
        core_debug(this.#printable(text));
    }
    warning(text) {
        warning(this.#printable(text));
    }
    error(text, title) {
        error(this.#printable(text), { title: oneLine(this.#printable(title)) });
    }
    startGroup(title) {
        startGroup(this.#printable(title));
    }
    endGroup() {
        endGroup();
    }
    output(name, value) {
        writing("outputs", () => setOutput(name, this.#redactor.redact(value)));
    }
    saveState(name, value) {
        writing("state", () => saveState(name, this.#redactor.redactSaved(value)));
    }
    state() {
        // Some runners that are not GitHub's hand it on in another way, which the toolkit knows.
        const state = stateByName((name) => getState(name));
        for (const [name, value] of Object.entries(this.#env)) {
            // As the runner writes them, to the letter: `STATE_JOURNAL` would be somebody else's.
            if (name.startsWith("STATE_"))
                state[name.slice("STATE_".length)] = value ?? "";
        }
        return state;
    }
    async summary(markdown) {
        await summary.addRaw(this.#redactor.redactPrinted(markdown)).write();
    }
    #printable(text) {
        return harmless(this.#redactor.redactPrinted(text));
    }
}

;// CONCATENATED MODULE: ./build/action/signals.js

/**
 * For main: aborted at the first SIGINT or SIGTERM. The runner sends SIGINT, 7.5 s later SIGTERM, and kills 2.5 s
 * after that; listening keeps the process from dying before outputs and state are written.
 */
function cancelOnSignals() {
    const controller = new AbortController();
    onSignals(() => controller.abort());
    return controller.signal;
}
/**
 * For post: never aborted. What it deletes is billed, so it goes on until it is done or the runner kills
 * it; a signal alone ends nothing.
 */
function carryOnDespiteSignals() {
    onSignals(() => { });
    return new AbortController().signal;
}
function onSignals(listener) {
    for (const signal of ["SIGINT", "SIGTERM"])
        external_node_process_default().on(signal, listener);
}

;// CONCATENATED MODULE: ./build/fleet/record.js

function newReplica(slot) {
    return {
        slot,
        origin: "none",
        vm: null,
        cvm: null,
        status: null,
        failure: null,
        gone: false,
        endsAt: null,
        ttlSet: false,
        attempt: null,
        times: {},
    };
}
/** Its UUID, dashed; null where it has none or was never made. */
function uuidOf(replica) {
    return replica.cvm?.vmUuid ?? replica.vm?.vmUuid ?? null;
}
/** What people call it, fit for printing. */
function nameOf(replica) {
    const made = replica.cvm?.name ?? replica.vm?.name ?? uuidOf(replica);
    return made === null ? `replica ${(replica.slot?.index ?? 0) + 1}` : oneLine(made, 80);
}
/** Whether a billed CVM stands behind it, as far as is known. */
function record_exists(replica) {
    return replica.origin !== "none";
}
/** Whether this run brought it about. */
function isOurs({ origin }) {
    return origin === "created" || origin === "adopted";
}
/** Whether this run made something that somebody pays for by now. */
function isBilled(replica) {
    return isOurs(replica) && !replica.gone;
}
/** Where it is, as far as the answers or the request tell. */
function nodeOf({ vm, cvm, slot }) {
    return {
        id: vm?.teepodId ?? cvm?.nodeId ?? slot?.nodeId ?? null,
        name: vm?.teepodName ?? cvm?.nodeName ?? slot?.nodeName ?? null,
    };
}
/** As the API last told it; empty where it never did. */
function currentStatus(replica) {
    return replica.status ?? replica.cvm?.status ?? replica.vm?.status ?? "";
}

;// CONCATENATED MODULE: external "node:fs/promises"
const promises_namespaceObject = require("node:fs/promises");
;// CONCATENATED MODULE: ./build/phala/codes.js
/** Statuses and words of the API that several places reason about (API facts, "Commit replica", "Errors"). */
/** On-chain registration is needed first; also a commit's answer before it. */
const APPROVAL_NEEDED = 465;
/** The commit token is unknown, used, expired or superseded. */
const TOKEN_REFUSED = 466;
/** The registration's transaction is not found (yet), or no good. */
const TRANSACTION_UNKNOWN = 467;
/** The app's contract does not allow the compose hash or the device (yet). */
const NOT_ALLOWED = 468;
/** The error code of an answer that asks for an approval. */
const APPROVAL_CODE = "ERR-01-005";
/** That of a commit which the contract does not allow. The sources disagree on which of both comes. */
const NOT_ALLOWED_CODE = "ERR-01-008";
/** A commit that asks for a look at the chain's state and names no transaction. */
const ALREADY_REGISTERED = "already-registered";

;// CONCATENATED MODULE: ./build/net/retry-after.js
/**
 * The `Retry-After` of an answer in ms: seconds or an HTTP date (RFC 9110, 10.2.3); anything else counts
 * as not said. A date is measured against the server's own clock where the answer has one.
 */
function retryAfterMs(answer, now) {
    const text = answer.retryAfter?.trim() ?? "";
    if (/^\d+$/.test(text))
        return Number(text) * 1000;
    // Date.parse takes nearly anything for a date; an HTTP date begins with the name of a day.
    if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text))
        return null;
    const date = Date.parse(text);
    return Number.isNaN(date) ? null : Math.max(0, date - (answer.serverTime ?? now));
}
/** Whether an answer names a time to come again. */
function hasRetryAfter(fault) {
    return fault.kind === "answer" && retryAfterMs(fault, 0) !== null;
}

;// CONCATENATED MODULE: ./build/net/transport.js
/** Whether it is certain that the server never saw the request, so that sending it again is sound. */
function neverSent(kind) {
    return NEVER_SENT.has(kind);
}
const NEVER_SENT = new Set([
    "refused",
    "unresolved",
    "unreachable",
    "proxy",
    "handshake",
    "connect-timeout",
]);
/** Whether the deadline ended it. */
function isLate(kind) {
    return kind === "timeout" || kind === "connect-timeout";
}
/** An exchange that brought no usable answer. */
class NetworkError extends Error {
    kind;
    /** A short technical detail such as `ECONNREFUSED`; never a secret. */
    detail;
    constructor(kind, detail, cause) {
        super(`${kind}: ${detail}`, { cause });
        this.name = "NetworkError";
        this.kind = kind;
        this.detail = detail;
    }
}

;// CONCATENATED MODULE: ./build/phala/verdict.js
/**
 * What an answer to a request that may make a replica proves, and of what it speaks. Pure: money hangs on
 * it, so that it stands in tables that tests go through row by row.
 */



/**
 * What a failed create proves. The API has no idempotency key (API facts, "Idempotency"), so whatever is
 * not `unsent` is looked up in the app before the request is sent again, or said to have made nothing.
 */
function proofOf(fault) {
    // An approval's answer that breaks off: it was asked for, so nothing was made.
    if (fault.kind === "unreadable")
        return fault.status === APPROVAL_NEEDED ? "put-off" : "lost";
    if (fault.kind === "network") {
        // The request goes out only once the certificate is trusted.
        return neverSent(fault.network) || fault.network === "certificate" ? "unsent" : "lost";
    }
    const { status, errorCode } = fault;
    // "4xx with an error code is final", but a rate limit that names a time invites the next try.
    if (status === 429)
        return errorCode === null || hasRetryAfter(fault) ? "put-off" : "refused";
    if (status === 409)
        return errorCode === null ? "put-off" : "refused";
    if (status === 503 && hasRetryAfter(fault))
        return "put-off";
    // A gateway may say 408 after it has passed the request on.
    if (status === 408 || status >= 500)
        return "lost";
    return status >= 300 ? "refused" : "lost";
}
const INCOMPATIBLE = "ERR-02-009";
/** The platform says so also when several creations run at once, and not a moment later (API facts, 9). */
function isBusyWithOthers(fault) {
    return fault.kind === "answer" && fault.status === 400 && fault.errorCode === INCOMPATIBLE;
}
/**
 * By the API's error code, without the `ERR-` in front (meanings: API facts, "Errors, limits"). All requests
 * of a run name the same source and key, so what speaks of these speaks of the run. Whole families are below.
 */
const SCOPE_BY_CODE = {
    "01-001": "node",
    "01-002": "run",
    "01-003": "run",
    "01-004": "request",
    "01-005": "request",
    "01-006": "request",
    "01-007": "request",
    "01-008": "request",
    "02-001": "run",
    // Without a node it speaks of the platform's choice, which may be another one next time.
    "02-002": "node",
    "02-003": "node",
    "02-004": "node",
    "02-005": "node",
    "02-006": "node",
    "02-007": "node",
    "02-008": "request",
    "02-009": "request",
    "02-010": "node",
    "02-011": "node",
    "02-012": "node",
    "02-013": "node",
    "02-014": "node",
    "02-015": "run",
    "02-016": "node",
    "03-001": "run",
    "03-002": "run",
    "03-003": "run",
    "03-004": "run",
    "03-005": "run",
    "03-006": "node",
    "03-007": "request",
    "03-008": "run",
    // The first request of a run goes without a hash, those after it have one.
    "03-009": "request",
    "03-010": "run",
};
/** Families whose codes all speak of the workspace: its balance and limits, its API tokens. */
const RUN_FAMILIES = ["04-", "05-"];
/**
 * By status, where the code is unknown or missing: the key, the balance, a suspended workspace, an address
 * that leads elsewhere; and a rate limit or an API that is away, once no further try is due.
 */
const RUN_STATUSES = [401, 402, 403, 429, 503];
/** Of what the answer speaks that a request ended with. */
function scopeOf(fault) {
    // Who can't reach the API, or not trust it, can't do so for the next request.
    if (fault.kind === "network")
        return proofOf(fault) === "unsent" ? "run" : "request";
    if (fault.kind === "unreadable")
        return "request";
    return scopeOfCode(fault.errorCode) ?? scopeOfStatus(fault);
}
function scopeOfCode(errorCode) {
    const code = errorCode?.slice("ERR-".length) ?? "";
    if (RUN_FAMILIES.some((family) => code.startsWith(family)))
        return "run";
    // The server chose the code: it must not reach the properties that every object has.
    return Object.hasOwn(SCOPE_BY_CODE, code) ? (SCOPE_BY_CODE[code] ?? null) : null;
}
function scopeOfStatus({ status }) {
    return RUN_STATUSES.includes(status) || (status >= 300 && status < 400) ? "run" : "request";
}

;// CONCATENATED MODULE: ./build/net/retry.js



/** How often a create that the platform refuses for its own business is sent again (API facts, 9). */
const MOST_BUSY = 2;
/**
 * What a failed create says of the next try. Where it may be sent again, or nothing is said to have been
 * made, the app is looked at first, unless nothing left the runner (`proofOf`).
 *
 * @param earlier what the tries before it met, in order
 */
function judgeCreate(fault, earlier = []) {
    switch (proofOf(fault)) {
        case "unsent":
            return fault.kind === "network" && fault.network === "certificate" ? "final" : "retry";
        case "put-off":
            return "retry";
        case "lost":
            return "uncertain";
        case "refused": {
            const again = isBusyWithOthers(fault) && earlier.filter(isBusyWithOthers).length < MOST_BUSY;
            return again ? "retry" : "final";
        }
    }
}
/** A lost prepare on an on-chain app created nothing, whatever was lost: it can be asked for again. */
function judgePrepare(fault, earlier = []) {
    const verdict = judgeCreate(fault, earlier);
    if (verdict !== "uncertain" || fault.kind === "unreadable")
        return verdict;
    return fault.kind === "network" && fault.network === "cancelled" ? "final" : "retry";
}
/** The commit's RPC node may lag behind the transaction for a short while (API facts, 2). */
function judgeCommit(fault, earlier = []) {
    return fault.kind === "answer" && fault.status === TRANSACTION_UNKNOWN
        ? "retry"
        : judgeCreate(fault, earlier);
}
/** The commit's token counts as used, expired or superseded. */
function tokenRefused(fault) {
    return fault.kind === "answer" && fault.status === TOKEN_REFUSED;
}
/**
 * Whether an own earlier try may have made the replica, or used the token: one whose answer said to come
 * again may have worked all the same, one that never left or was refused not.
 */
function mayHaveWorked(fault) {
    return ["put-off", "lost"].includes(proofOf(fault));
}
/** Reads, deletes and settings that can be repeated without harm. */
function judgeRepeatable(fault) {
    if (fault.kind === "unreadable")
        return "retry";
    if (fault.kind === "network") {
        return ["certificate", "too-large", "cancelled"].includes(fault.network) ? "final" : "retry";
    }
    const { status, errorCode } = fault;
    if (status === 409)
        return errorCode === null ? "retry" : "final";
    return status === 408 || status === 425 || status === 429 || status >= 500 ? "retry" : "final";
}
/** For the create request: bounded in tries and by 60 s in all. */
const CREATE_BUDGET = { maxTries: 6, totalMs: 60_000 };
/** For the reads before it, which a run can do without. */
const READ_BUDGET = { maxTries: 4, totalMs: 60_000, tryMs: 30_000 };
/** For a commit, whose transaction may not be known everywhere yet. */
const COMMIT_BUDGET = { maxTries: 5, totalMs: 60_000, firstWaitMs: 2_000 };
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
/**
 * When to try again: exponential backoff with jitter, or what the server asked for.
 *
 * @param tries how many tries were made
 * @param elapsedMs since the first of them began
 * @param now ms since the epoch, to read a `Retry-After` that is a date
 * @param random from 0 up to 1
 */
function nextTry(fault, tries, elapsedMs, budget, now, random) {
    const asked = fault.kind === "answer" ? retryAfterMs(fault, now) : null;
    const leftMs = budget.totalMs - elapsedMs;
    if (asked !== null && asked > leftMs) {
        return { again: false, because: "asked-too-long", askedMs: asked };
    }
    if (tries >= budget.maxTries)
        return { again: false, because: "tries" };
    const firstMs = budget.firstWaitMs ?? FIRST_WAIT_MS;
    const backoff = Math.min(firstMs * 2 ** (tries - 1), LONGEST_WAIT_MS);
    const jittered = Math.round(backoff * (0.5 + random / 2));
    const own = asked === null ? jittered : Math.max(asked, Math.round(FIRST_WAIT_MS * random));
    const waitMs = Math.max(own, budget.leastWaitMs?.(fault) ?? 0);
    return waitMs > leftMs ? { again: false, because: "time" } : { again: true, waitMs };
}

;// CONCATENATED MODULE: ./build/net/persist.js

/**
 * Carries out the rules of `retry.ts`: tries, waits and tries again while the rules say so. No try begins
 * after the budget's time.
 *
 * @param attempt told how long it may take in ms: what can be cut short without harm should be
 */
async function persist({ clock, random }, { budget, judge, signal, onWait, pause }, attempt) {
    const begun = clock.now();
    const earlier = [];
    for (let tries = 1;; tries++) {
        const leftMs = Math.max(1, begun + budget.totalMs - clock.now());
        const result = await attempt(Math.min(leftMs, budget.tryMs ?? leftMs));
        if (result.ok)
            return result;
        const { fault } = result;
        const failed = (gaveUp) => ({ ok: false, fault, gaveUp, earlier });
        if (judge(fault, earlier) !== "retry" || signal?.aborted)
            return failed(null);
        const now = clock.now();
        const next = nextTry(fault, tries, now - begun, budget, now, random());
        if (!next.again)
            return failed({ ...next, tries });
        onWait(fault, next.waitMs, tries + 1);
        if (pause === undefined)
            await clock.sleep(next.waitMs, signal);
        else if (!(await pause(fault, next.waitMs)))
            return failed(null);
        if (signal?.aborted)
            return failed(null);
        // What a pause does besides waiting may take longer than was planned.
        if (pause !== undefined && clock.now() - begun > budget.totalMs) {
            return failed({ again: false, because: "time", tries });
        }
        earlier.push(fault);
    }
}

;// CONCATENATED MODULE: ./build/text/duration.js
/** A span of time as people say it. @param ms milliseconds */
function duration(ms) {
    if (ms < 1_000)
        return `${Math.round(ms)} ms`;
    if (ms < 10_000)
        return `${(ms / 1_000).toFixed(1).replace(/\.0$/, "")} s`;
    const seconds = Math.round(ms / 1_000);
    if (seconds < 60)
        return `${seconds} s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60)
        return joined(minutes, "min", seconds % 60, "s");
    return joined(Math.floor(minutes / 60), "h", minutes % 60, "min");
}
function joined(many, big, few, small) {
    return few === 0 ? `${many} ${big}` : `${many} ${big} ${few} ${small}`;
}
/** `08:15:09 UTC`. @param at ms since the epoch */
function timeOfDay(at) {
    return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}

;// CONCATENATED MODULE: ./build/text/ids.js
/** The forms of the API's identifiers (API facts, "Identifiers"). Each answers null for anything else. */
const APP_ID = /^(?:app_)?(?:0x)?([0-9a-f]{40})$/i;
const UUID = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;
const INSTANCE_ID = /^(?:instance_)?(?:0x)?([0-9a-f]{40})$/i;
const HASH = /^(?:0x)?([0-9a-f]{64})$/i;
/** 40 hex digits, bare and lower-case, as the `/apps` routes want them. */
function parseAppId(text) {
    return APP_ID.exec(text)?.[1]?.toLowerCase() ?? null;
}
/** A UUID, dashed and lower-case. Accepts it with all its dashes or with none. */
function parseUuid(text) {
    const dashes = text.split("-").length - 1;
    const match = UUID.exec(text);
    if (!match || (dashes !== 4 && dashes !== 0))
        return null;
    return match.slice(1).join("-").toLowerCase();
}
/** 40 hex digits, bare and lower-case, as the gateway's addresses have it. */
function parseInstanceId(text) {
    return INSTANCE_ID.exec(text)?.[1]?.toLowerCase() ?? null;
}
/** 64 hex digits, bare and lower-case: a compose hash. */
function parseHash(text) {
    return HASH.exec(text)?.[1]?.toLowerCase() ?? null;
}
/** A commit token: the docs show a UUID, but do not promise one. */
function parseToken(text) {
    return /^[\x21-\x7e]{8,1024}$/.test(text) ? text : null;
}
/** The UUID without dashes, as the dashboard's addresses have it. */
function undashed(uuid) {
    return uuid.replaceAll("-", "");
}

;// CONCATENATED MODULE: ./build/text/links.js


const DASHBOARD = "https://cloud.phala.com";
/**
 * The dashboard's page of one instance (API facts, "URLs"). Without the workspace's slug, the address that
 * redirects to it.
 */
function dashboardUrl(slug, appId, vmUuid) {
    const id = undashed(vmUuid);
    // Some sources print app ids with a prefix (API facts, "Identifiers").
    const app = parseAppId(appId ?? "");
    return slug !== null && app !== null
        ? `${DASHBOARD}/${encodeURIComponent(slug)}/apps/${app}/instances/${id}`
        : `${DASHBOARD}/dashboard/cvms/${id}`;
}
/** The dashboard's page of a replica; null where its UUID is not known. @param appId of the inputs */
function replicaUrl(replica, slug, appId) {
    const uuid = uuidOf(replica);
    const app = replica.cvm?.appId ?? replica.vm?.appId ?? appId;
    return uuid === null ? null : dashboardUrl(slug, app, uuid);
}
/** Where all CVMs of an app are to be seen. */
function appUrl(slug, appId) {
    return slug === null
        ? `${DASHBOARD}/dashboard/cvms/app_${encodeURIComponent(appId)}`
        : `${DASHBOARD}/${encodeURIComponent(slug)}/apps/${encodeURIComponent(appId)}`;
}

;// CONCATENATED MODULE: ./build/report/words/advice.js


const TOKEN_ADVICE = "The commit token is used, expired (after 14 days) or superseded: look whether its replica is there already; if not, run the prepare step again.";
const TRANSACTION_ADVICE = "The registration's transaction was not found, was reverted or went to another contract: check transaction_hash.";
const HASH_ADVICE = "The app's contract does not allow this compose hash or device yet: register what the prepare step named, then commit again.";
/**
 * What to do about an error code of the API, in our words (meanings: API facts, "Errors, limits"). Keyed
 * without the `ERR-` in front.
 */
const ADVICE_BY_CODE = {
    "01-001": "No such node: check node_id against the nodes in the dashboard, or leave it out.",
    "01-005": "Register what the approval outputs name on chain, then commit.",
    "01-006": TOKEN_ADVICE,
    "01-007": TRANSACTION_ADVICE,
    "01-008": HASH_ADVICE,
    "02-001": "The platform does not know the source's instance type (any more): replicate another CVM of the app.",
    "02-002": "No node has the resources for this replica now: try again later, or name another node_id.",
    "02-003": "The node is short of vCPUs: name another node_id, or leave it out.",
    "02-004": "The node is short of memory: name another node_id, or leave it out.",
    "02-005": "The node is full: name another node_id, or leave it out so that the platform finds one.",
    "02-006": "The node has no free GPU: name another node_id.",
    "02-007": "The node has too few GPUs: name another node_id.",
    "02-008": "The API refuses a parameter: check compose_hash, which must be a revision of this app, and node_id.",
    "02-009": "The source's configuration does not fit the node; the API also says so now and then when several creations run at once. Try again, or name another node_id.",
    "02-010": "The node does not have the source's OS image: name another node_id.",
    "02-011": "No KMS on this node matches the app's: name another node_id.",
    "02-012": "This workspace has no access to the node: name another node_id.",
    "02-013": "The source's OS image does not fit the node: name another node_id.",
    "02-014": "The node has no capacity configured: name another node_id.",
    "02-015": "The workspace's quota is used up: delete what is not needed, or ask for more.",
    "02-016": "All GPUs of the node are busy: try again later, or name another node_id.",
    "03-001": "No such CVM: check vm_uuid, and that the key belongs to its workspace.",
    "03-002": "Several CVMs bear this name: give the source's vm_uuid.",
    "03-003": "The CVM belongs to another workspace: use a key of that workspace.",
    "03-004": "The CVM is not visible to this key: check vm_uuid, and that the key belongs to its workspace.",
    "03-005": "The key's role does not permit this: use a key of a member who may create CVMs.",
    "03-006": "The source's OS image is not on the target node: name another node_id, or leave it out.",
    "03-007": "The app is active with another configuration: check app_id.",
    "03-008": "The source CVM is not visible in the key's workspace: check app_id and vm_uuid.",
    "03-009": "The app has several live instances: give compose_hash to say which revision to replicate.",
    "03-010": "The id matches several CVMs: give the source's vm_uuid.",
    "04-001": "The workspace's balance is too low: top it up at https://cloud.phala.com, then re-run.",
    "04-002": "The workspace has its maximum of CVMs: delete what is not needed, or ask for more.",
    "04-003": "The workspace's resource limit is reached: delete what is not needed, or ask for more.",
};
/** The same by status, for answers without a code that is known. */
const ADVICE_BY_STATUS = {
    400: "Check that app_id and vm_uuid belong together, and the node.",
    401: "The API key was rejected: check that the secret holds a live key (workflows from forks get none).",
    402: "The workspace's balance is too low: top it up at https://cloud.phala.com, then re-run.",
    403: "The key has no access to this app or CVM: use a key of the workspace that owns it. A suspended workspace can't replicate either.",
    404: "Check app_id, vm_uuid and node_id, that the key belongs to their workspace, and api_url.",
    407: "The proxy wants credentials: check https_proxy.",
    409: "Another operation is in progress: try again when it is done.",
    413: "The request is too large: check the size of the encrypted environment.",
    422: "The API refused an input's form: compare the inputs with the action's documentation.",
    [TOKEN_REFUSED]: TOKEN_ADVICE,
    [TRANSACTION_UNKNOWN]: TRANSACTION_ADVICE,
    [NOT_ALLOWED]: HASH_ADVICE,
    429: "Too many requests: try again later, or run fewer jobs at once.",
};
/** What to do next about an error answer; the most specific advice that there is. */
function adviceForAnswer(fault) {
    const code = fault.errorCode?.slice("ERR-".length) ?? "";
    // The server chose the code: it must not reach the properties that every object has.
    const byCode = Object.hasOwn(ADVICE_BY_CODE, code) ? ADVICE_BY_CODE[code] : undefined;
    if (byCode !== undefined)
        return byCode;
    if (fault.page && fault.status >= 400) {
        return "This is a web page and no answer of the API: a proxy or firewall may stand in between. Check api_url, https_proxy and no_proxy.";
    }
    const byStatus = ADVICE_BY_STATUS[fault.status];
    if (byStatus !== undefined)
        return byStatus;
    if (fault.status >= 500)
        return "The server failed. Try again later.";
    if (fault.status >= 300 && fault.status < 400) {
        return "Redirects are not followed, because the key would go along to another host: set api_url to the address that serves the API itself.";
    }
    return "Compare the inputs with the action's documentation.";
}
/** One sentence on why no answer came, and from where. */
function networkReason(fault) {
    const { address } = fault;
    return `${reasonAlone(fault)}${address === undefined ? "" : `, address ${oneLine(address, 300)}`}`;
}
function reasonAlone(fault) {
    switch (fault.network) {
        case "refused":
            return `the connection was refused (${fault.detail})`;
        case "unresolved":
            return `the host name does not resolve (${fault.detail})`;
        case "unreachable":
            return `the host can't be reached (${fault.detail})`;
        case "certificate":
            return `the server's certificate is not trusted (${fault.detail})`;
        case "proxy":
            return `the proxy did not open the connection (${fault.detail})`;
        case "reset":
            return `the connection broke before an answer came (${fault.detail})`;
        case "cut-off":
            return "the connection broke in the middle of the answer";
        case "too-large":
            return `${fault.detail}, which no answer of this API is`;
        case "handshake":
            return `no encrypted connection came about (${fault.detail}), so nothing was sent`;
        case "timeout":
        case "connect-timeout":
            return fault.detail;
        case "cancelled":
            return "the step was cancelled before the answer came";
        case "other":
            return `the connection failed (${fault.detail})`;
    }
}
/** What to do next when no answer came. */
function adviceForNetwork(fault) {
    switch (fault.network) {
        case "refused":
        case "unresolved":
        case "unreachable":
        case "connect-timeout":
            return "Check api_url and the runner's way to it (network, DNS, firewall).";
        case "certificate":
            return "Check api_url; behind a proxy that opens TLS, give Node its certificate by NODE_EXTRA_CA_CERTS.";
        case "proxy":
            return "Check https_proxy and no_proxy.";
        case "handshake":
            return "Try again later. If it stays so, check that api_url serves https, and any proxy or firewall in between (https_proxy, no_proxy).";
        case "timeout":
            return "Try again, or give a longer request_timeout.";
        default:
            return "Try again later.";
    }
}
/** What to do about a replica that was created and does not serve. */
const WHAT_NEXT = {
    boot: "Its page has the logs. If the source runs well, delete this one and name another node_id; an image that can't be pulled or a container that exits is for the app to mend.",
    gone: "It is not billed any more. Find out who deletes replicas (a ttl, another job, a person) before you run the step again.",
    late: "If it runs by the time you look, use it; if it boots slowly, give a longer wait_timeout; if it stays in the same phase, delete it and name another node_id.",
    unhealthy: "Call that path on its own URL, not on the app's, which another instance may answer. If it answers by now, use it and give a longer wait_timeout; if not, its page has the app's logs.",
};

;// CONCATENATED MODULE: ./build/report/words/candidates.js


/** Candidates that can't be told apart, each with its link. */
function candidates(cvms, slug, appId) {
    return cvms.map((cvm) => {
        const name = oneLine(cvm.name ?? "unnamed", 80);
        const uuid = cvm.vmUuid;
        return uuid === null
            ? `${name} (id ${oneLine(String(cvm.id), 80)})`
            : `${name} (${uuid}, ${dashboardUrl(slug, appId, uuid)})`;
    });
}
/** More than this helps nobody to choose; the app's page has them all. */
const MOST_CANDIDATES = 20;
/** The same in one line. */
function candidateList(cvms, slug, appId) {
    const more = cvms.length > MOST_CANDIDATES ? ` and ${cvms.length - MOST_CANDIDATES} more` : "";
    return candidates(cvms.slice(0, MOST_CANDIDATES), slug, appId).join("; ") + more;
}

;// CONCATENATED MODULE: ./build/report/annotation/failure.js








/** `ERR-…`, `HTTP-nnn`, `NETWORK` or `TIMEOUT`. */
function codeOf(fault) {
    if (fault.kind === "network")
        return isLate(fault.network) ? "TIMEOUT" : "NETWORK";
    if (fault.kind === "unreadable")
        return `HTTP-${fault.status}`;
    // The reader of answers lets nothing else through.
    return fault.errorCode ?? `HTTP-${fault.status}`;
}
/** What came instead of success, without what was tried and without advice. */
function reasonOf(fault) {
    if (fault.kind === "network")
        return networkReason(fault);
    const id = fault.requestId === null ? "" : `, request id ${oneLine(fault.requestId, 100)}`;
    if (fault.kind === "unreadable")
        return `HTTP ${fault.status} with ${fault.problem}${id}`;
    const code = fault.errorCode === null ? "" : ` ${fault.errorCode}`;
    const reason = fault.location !== null ? `a redirect to ${oneLine(fault.location, 200)}` : fault.reason;
    const said = reason === null ? "no reason given" : withoutEnd(oneLine(reason));
    return `HTTP ${fault.status}${code}: ${said}${id}`;
}
/** A failed request. @param what what was tried: "list the app's CVMs" */
function requestFailure(what, fault, gaveUp = null) {
    return { code: codeOf(fault), text: `${troubleOf(what, fault, gaveUp)} ${adviceOf(fault)}` };
}
/** As `requestFailure`, for a create that was certainly refused. */
function refusedFailure(what, fault, gaveUp) {
    const trouble = troubleOf(what, fault, gaveUp);
    return {
        code: codeOf(fault),
        text: `${trouble} This replica was not created. ${adviceOf(fault)}`,
    };
}
/** What was tried, and what came instead of success: whole sentences, without advice. */
function troubleOf(what, fault, gaveUp) {
    return `Could not ${what}: ${reasonOf(fault)}.${gaveUpText(gaveUp)}`;
}
function adviceOf(fault) {
    if (fault.kind === "network")
        return adviceForNetwork(fault);
    if (fault.kind === "unreadable") {
        const page = fault.page ? " It may lead to a proxy's login page." : "";
        return `Check that api_url is the address of the Phala Cloud API.${page}`;
    }
    const own = adviceForAnswer(fault);
    const suggestions = fault.suggestions.map((text) => withoutEnd(oneLine(text, 200)));
    const links = fault.links.map((url) => oneLine(url, 200));
    const said = suggestions.length > 0 ? ` The API suggests: ${suggestions.join("; ")}.` : "";
    return `${own}${said}${links.length > 0 ? ` See ${links.join(" , ")}` : ""}`;
}
function gaveUpText(gaveUp) {
    if (gaveUp === null)
        return "";
    if (gaveUp.because === "asked-too-long") {
        return ` The server asks to wait ${duration(gaveUp.askedMs)}, which is longer than this step waits.`;
    }
    return gaveUp.tries === 1 ? "" : ` Given up after ${gaveUp.tries} tries.`;
}
/** All bad inputs together. */
function inputFailure(faults) {
    const [only = "", ...more] = faults.map((fault) => oneLine(fault));
    if (more.length === 0)
        return { code: "INPUT", text: `An input is wrong; nothing was sent. ${only}` };
    const text = `${faults.length} inputs are wrong; nothing was sent. Correct them all:`;
    return { code: "INPUT", text, list: [only, ...more] };
}
/** Inputs that don't fit what the API knows; found before any create request. */
function misfitFailure(text) {
    return { code: "INPUT", text };
}
/** A prepare that was answered by a replica: money was spent that nobody wanted to spend. */
function createdAtPrepare(replica) {
    return {
        code: "HTTP-200",
        text: `The API created ${nameOf(replica)} (${uuidOf(replica) ?? "no UUID"}) although prepare_only asked for an approval alone. Use it, or delete it.`,
    };
}
/** Its creation is certain, but not where it is. @param howToLook whole sentences */
function createdUnseen(replica, howToLook) {
    return {
        code: "AMBIGUOUS",
        text: `${nameOf(replica)} was created and is billed, but the API told no UUID, so this step can't follow it. ${howToLook}`,
    };
}
/** Why a lost answer is not searched for. @param howToLook whole sentences */
function listUnknown(howToLook) {
    return `The app's CVMs could not be listed before, so a new one can't be told from the old. ${howToLook}`;
}
/** The answer to a create request got lost and what became of it could not be told. */
function ambiguousFailure(what, fault, sequel) {
    const { text, list } = wordsIn(sequel);
    return {
        code: "AMBIGUOUS",
        unsure: true,
        text: `It is unclear whether a replica was created. No usable answer to "${what}": ${reasonOf(fault)}. The request was not sent again, because a second replica would be billed too. ${text}`,
        list,
    };
}
/** A replica that came to nothing while booting. @param reason such as "it stopped" */
function bootFailure(replica, reason, told) {
    return {
        code: "BOOT",
        text: `${named(replica)} did not come up: ${reason} after ${duration(told.elapsedMs)}.${lastSeen(told)} ${replica.gone ? WHAT_NEXT.gone : WHAT_NEXT.boot} ${whereToLook(replica, told)}`,
    };
}
/** The deadline came before the replica ran. */
function timeoutFailure(replica, told) {
    if (told.neverRead)
        return unreadFailure(replica, told);
    const state = told.last === null
        ? "no look has shown it, so it may have been deleted"
        : `its status is ${oneLine(told.last.status, 40) || "unknown"}`;
    return {
        code: "TIMEOUT",
        late: true,
        text: `${named(replica)} did not run within ${duration(told.elapsedMs)} (wait_timeout); ${state}.${lastSeen(told)} It may still come up. ${WHAT_NEXT.late} ${whereToLook(replica, told)}`,
    };
}
/** Nobody knows how it is doing: not one look came through from its creation on. */
function unreadFailure(replica, told) {
    const made = replica.times.made ?? null;
    const since = made === null ? "the waiting began" : `its creation (${timeOfDay(made)})`;
    const last = told.trouble === null ? "" : `; the last try: ${withoutEnd(told.trouble)}`;
    return {
        code: "TIMEOUT",
        late: true,
        text: `${named(replica)} could not be followed: the API could not be read since ${since}, for all of ${duration(told.elapsedMs)} (wait_timeout)${last}. The replica may be fine. ${whereToLook(replica, told)}`,
    };
}
/**
 * It runs, but its health check did not pass in time.
 *
 * @param url what was asked; null: nothing
 * @param problem the last thing that was wrong
 */
function unhealthyFailure(replica, told, url, problem) {
    const asked = url === null ? "" : `, asked at ${oneLine(url, 500)}`;
    return {
        code: "UNHEALTHY",
        text: `${named(replica)} runs, but was not healthy within ${duration(told.elapsedMs)} (wait_timeout)${asked}: ${problem ?? "its health check got no answer"}. ${WHAT_NEXT.unhealthy} ${whereToLook(replica, told)}`,
    };
}
/** With its node, since the advice about a bad one is to name another. */
function named(replica) {
    const { name, id } = nodeOf(replica);
    const node = name === null ? id : oneLine(name, 80);
    return node === null ? nameOf(replica) : `${nameOf(replica)} on node ${node}`;
}
function lastSeen({ last, trouble }) {
    const error = last?.bootError ? ` Boot error: ${withoutEnd(oneLine(last.bootError, 300))}.` : "";
    const phase = last?.bootProgress
        ? ` Last progress: ${withoutEnd(oneLine(last.bootProgress, 100))}.`
        : "";
    const blind = trouble === null ? "" : ` The last looks failed: ${withoutEnd(trouble)}.`;
    return error + phase + blind;
}
function whereToLook(replica, told) {
    const uuid = uuidOf(replica);
    return uuid === null ? "" : `See ${dashboardUrl(told.workspaceSlug, told.appId, uuid)}`;
}
/** A bug of ours, in words that a user can pass on, or the runner's own trouble. */
function internalFailure(error) {
    if (error instanceof Unwritable)
        return { code: "INTERNAL", text: unwritableText(error) };
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const text = oneLine(message.replace(/^(?:Error: )+/, ""), 300);
    return {
        code: "INTERNAL",
        text: `The action met an unexpected problem: ${text}. Re-run with debug logging to see where, and please report it.`,
    };
}
function unwritableText({ what, why }) {
    const reason = withoutEnd(oneLine(why, 300));
    return what === "outputs"
        ? `The outputs could not be written: ${reason}. So later steps and jobs don't get them; the log has the ids. Check the runner's disk before you run it again.`
        : `The state for the post step could not be written: ${reason}. Without it the post step could not find what is created, so no further request was sent. Check the runner's disk, then run it again.`;
}
function wordsIn(sequel) {
    return typeof sequel === "string" ? { text: sequel, list: [] } : sequel;
}
function withoutEnd(text) {
    return text.replace(/[.\s]+$/, "");
}
/**
 * A create that the API refused, where the app could not be looked at since, or shows something new.
 *
 * @param sequel whole sentences: what was seen, and what to do about it
 */
function unsureRefusal(what, fault, gaveUp, { text: more, list }) {
    const text = `${troubleOf(what, fault, gaveUp)} ${adviceOf(fault)} ${more}`;
    return { code: codeOf(fault), unsure: true, text, list };
}
/** An instance that counts toward `instances`, is billed, and does not run. */
function deadFailure(cvm, slug, appId) {
    const status = oneLine(cvm.status, 40);
    const [named] = candidates([cvm], slug, appId);
    return {
        code: "DEAD",
        text: `${named} does not run (status ${status}), is billed and counts toward instances, so none was created in its place. Delete it or bring it up again, then run this step again.`,
    };
}

;// CONCATENATED MODULE: ./build/report/words/approval.js


/** A 465 that nobody asked for: what must be registered, and where. */
function approvalFailure(approval) {
    const sequel = approval.commitToken === null
        ? "The API gave no commit token, so the output commit_token is empty and no later step can commit this replica: once all is registered, run this step again. A step with prepare_only: true asks for a token without failing."
        : "Then commit: the approval outputs (compose_hash, device_id, commit_token and others) hold what is needed. A step with prepare_only: true asks for the approval without failing.";
    return {
        code: APPROVAL_CODE,
        text: `The replica needs on-chain approval first, so it was not created. ${whatToRegister(approval)} ${sequel}`,
    };
}
/** A commit that came before its registration. */
function notRegisteredFailure(approval) {
    return {
        code: APPROVAL_CODE,
        text: `Could not commit the prepared replica: it is not registered on chain yet, so it was not created. ${whatToRegister(approval)} Then run this step again with the same commit_token (good for 14 days).`,
    };
}
/** What an approver has to register, in words. Never the token or the addresses that carry it. */
function whatToRegister(approval) {
    const status = approval.onchainStatus;
    const missing = [
        status?.compose_hash_allowed === true ? null : valued("compose hash", approval.composeHash),
        status?.device_id_allowed === true ? null : valued("device", approval.deviceId),
    ].filter((part) => part !== null);
    const contract = approval.appId === null ? "the app's contract" : `the contract ${hex(approval.appId)}`;
    const chain = approval.kmsInfo?.chain_id;
    const where = typeof chain === "number" || typeof chain === "string" ? ` on ${chainName(chain)}` : "";
    if (missing.length === 0)
        return `All seems registered in ${contract}${where} already.`;
    return `Register ${missing.join(" and ")} in ${contract}${where}.`;
}
/** The chains that the API's clients know by number (API facts, "HTTP 465"). */
const CHAINS = { 1: "Ethereum", 8453: "Base" };
/** For people: `chain 8453 (Base)`. */
function chainName(id) {
    const name = Object.hasOwn(CHAINS, id) ? ` (${CHAINS[id]})` : "";
    return `chain ${oneLine(String(id), 30)}${name}`;
}
function valued(what, value) {
    return value === null ? `the ${what}` : `the ${what} ${hex(value)}`;
}
function hex(value) {
    return oneLine(value, 80);
}

;// CONCATENATED MODULE: ./build/report/log/making.js
/** The sentences of the log. Server text in them is made one printable line; nothing here does I/O. */








/** More names than this help nobody to choose. */
const MOST_NODES = 50;
function placeOf(slot) {
    if (slot.nodeId === null)
        return "a node of the platform's choice";
    return slot.nodeName === null
        ? `node ${slot.nodeId}`
        : `node ${oneLine(slot.nodeName, 80)} (${slot.nodeId})`;
}
/** `create replica 2 of 3 on node prod9 (26)`: what a request is for, in logs and failures alike. */
function creating(slot, total) {
    const which = total === 1 ? "a replica" : `replica ${slot.index + 1} of ${total}`;
    return `create ${which} on ${placeOf(slot)}`;
}
/** Before a request that may make a replica is sent again. */
function waitingToRetry({ kind, what }, fault, waitMs, next) {
    const trouble = `Could not ${what}: ${reasonOf(fault)}.`;
    const follows = `try ${next} follows in ${duration(waitMs)}`;
    if (proofOf(fault) === "unsent")
        return `${trouble} Nothing was sent; ${follows}.`;
    if (kind !== "create")
        return `${trouble} That makes no second replica: ${follows}.`;
    const busy = isBusyWithOthers(fault)
        ? " The API says so also when several creations run at once."
        : "";
    return `${trouble}${busy} The app is looked at first; if nothing new is there, ${follows}.`;
}
function retrying(what, fault, waitMs, next) {
    return `Could not ${what}: ${reasonOf(fault)}. Try ${next} follows in ${duration(waitMs)}.`;
}
function created(replica, slot, tookMs) {
    const id = uuidOf(replica) ?? "its UUID is not known yet";
    return `Created ${nameOf(replica)} (${id}) on ${nodeNamed(replica) ?? placeOf(slot)} in ${duration(tookMs)}. It is billed from now on.`;
}
/** The node that a replica is on, as far as its answers tell. */
function nodeNamed({ vm, cvm }) {
    const nodeId = vm?.teepodId ?? cvm?.nodeId ?? null;
    if (nodeId === null)
        return null;
    return placeOf({ nodeId, nodeName: vm?.teepodName ?? cvm?.nodeName ?? null });
}
function answerLost(what, fault) {
    return `No usable answer to "${what}": ${reasonOf(fault)}. The replica may exist, so the request is not sent again; looking for it among the app's CVMs instead.`;
}
function adopted(name, uuid) {
    return `Found ${oneLine(name, 80)} (${uuid ?? "no UUID"}): most likely the replica of this step, and adopted as such. It is the only new CVM that fits the lost request in node, compose hash and time.`;
}
function listUnreadable(fault) {
    return `The app's CVMs can't be listed: ${reasonOf(fault)}. Going on without; should the answer to a create request get lost, it can't be told whether the replica exists.`;
}
/** The source as the look showed it. */
function sourceLine(source, live) {
    const node = source.nodeName === null ? "" : ` on node ${oneLine(source.nodeName, 80)}`;
    const others = live === 1 ? "1 live instance" : `${live} live instances`;
    return `Source: ${oneLine(source.name ?? "unnamed", 80)} (${source.vmUuid}), ${oneLine(source.status || "unknown", 40)}${node}; the app has ${others}.`;
}
function instancesNote({ live, dead }, wanted, missing) {
    const there = `${live} live${dead === 0 ? "" : ` and ${dead} dead`} of ${wanted} asked for`;
    return missing === 0 ? `${there}: nothing to create.` : `${there}: ${missing} to create.`;
}
/** A node's name that is none, with the names that are. */
function noSuchNode(name, nodes) {
    const names = nodes.slice(0, MOST_NODES).map((node) => `${oneLine(node.name, 80)} (${node.id})`);
    const more = nodes.length > MOST_NODES ? ` and ${nodes.length - MOST_NODES} more` : "";
    return `no node is called ${name}; there are: ${names.join(", ") || "none"}${more}`;
}
function ambiguousNode(name, matches) {
    const ids = matches.slice(0, MOST_NODES).map(({ id }) => id);
    return `${matches.length} nodes are called ${name}; give one of the numbers ${ids.join(", ")}`;
}
/** An annotation is no inventory. */
const MOST_HASHES = 10;
/** Why no compose hash can be filled in, with the hashes to choose from. */
function differingHashes(live) {
    const byHash = new Map();
    for (const cvm of live) {
        const hash = cvm.composeHash ?? "unknown";
        const name = `${oneLine(cvm.name ?? "unnamed", 80)} (${cvm.vmUuid ?? cvm.id})`;
        byHash.set(hash, [...(byHash.get(hash) ?? []), name]);
    }
    const list = [...byHash]
        .slice(0, MOST_HASHES)
        .map(([hash, names]) => {
        const more = names.length > MOST_HASHES ? ` and ${names.length - MOST_HASHES} more` : "";
        return `${hash}: ${names.slice(0, MOST_HASHES).join(", ")}${more}`;
    })
        .join("; ");
    return `compose_hash: the app has ${live.length} instances with different compose hashes, so say which one to replicate. ${list}.`;
}
/** A request of a dry run, exactly as it would go out; secrets by their length only. */
function planned(apiUrl, request) {
    const headers = Object.entries(request.headers).map(([name, value]) => `, ${name}: ${value}`);
    const body = request.body === undefined ? "no body" : `body ${withoutBlob(request.body)}`;
    return `POST ${apiUrl}${request.path} (X-API-Key: not shown${headers.join("")}), ${body}`;
}
function withoutBlob(body) {
    return body
        .replace(/"encrypted_env":"([^"]*)"/, (_, blob) => {
        return `"encrypted_env":"(${blob.length} hex digits, not shown)"`;
    })
        .replace(/"token":"(?:[^"\\]|\\.)*"/, '"token":"(not shown)"');
}
function dryRunEnd(requests) {
    if (requests === 0)
        return "Dry run: no request would be sent.";
    const what = requests === 1 ? "1 request" : `${requests} requests, in this order,`;
    return `Dry run: ${what} would be sent; none was.`;
}
/** Why a request was not sent. */
function notAsked(stop) {
    if (stop === "cancelled")
        return "Not asked for: the step was cancelled.";
    if (stop.kind === "unknown") {
        return `Not asked for: what came of ${stop.inARow} requests in a row is not known, and each further one may be billed too.`;
    }
    const { refusal } = stop;
    if (refusal.kind === "answer" && refusal.status === 401) {
        return "Not asked for: the API key was rejected before.";
    }
    return `Not asked for: every further request would meet ${codeOf(refusal)} too.`;
}
/** More instances than were asked for. */
function tooMany({ counted, others }, wanted, { slug, appId }) {
    const which = others.length === 0
        ? `Look at ${appUrl(slug, appId)}`
        : `These came while this step ran, and not from it: ${candidateList(others, slug, appId)}.`;
    return `${counted} instances of the app count by now, ${wanted} were asked for: another job may have created some at the same time. Each is billed; delete what is not wanted. ${which}`;
}
/** @param why what came instead of the list */
function notLookedAgain(why) {
    return `Whether another job created instances at the same time is not known: the app's CVMs can't be listed: ${why}.`;
}
function committingAtOnce() {
    return "The API wants an on-chain approval, and all is registered already: committing at once.";
}
function sendingAgain() {
    return "No replica showed up. The commit is sent once more: its token makes one replica at the most.";
}
/** Names only: values are secrets. */
function droppedNames(names) {
    const list = names.map((name) => oneLine(name, 100)).join(", ");
    return `envs: the app's allowed_envs does not have ${list}; the CVM silently ignores variables that are not listed there.`;
}
/** More names than this help nobody to find the variable. */
const MOST_VARIABLES = 20;
/** Never a value: only which variable it is. */
function outputsDropped({ variables, outputs }) {
    const more = variables.length > MOST_VARIABLES ? ` and ${variables.length - MOST_VARIABLES} more` : "";
    const names = variables.slice(0, MOST_VARIABLES).map((name) => oneLine(name, 100));
    return `envs: the masked value of ${names.join(", ")}${more} also occurs in the outputs ${outputs.join(", ")}. GitHub shows *** in its place and drops these outputs where they go to another job; later steps of this job get them. If it is no secret, move it to envs_plain.`;
}
function approvalPending(approval) {
    return `Approval is pending. ${whatToRegister(approval)} Then commit with the outputs of this step.`;
}
/** The next step's `commit_token` would be empty, and it would be a plain create. */
function tokenMissing() {
    return "The API gave no commit token, so the output commit_token is empty and this prepared replica can't be committed by a later step. A step with an empty commit_token and an app_id would create a replica: check the output before you go on.";
}

;// CONCATENATED MODULE: ./build/report/words/github.js


const PERMISSION = "The job's token may not write deployments: give the job `permissions: deployments: write`. (Runs for pull requests from forks and from Dependabot get a token that only reads, whatever the job asks for.)";
/**
 * A warning in whole sentences: what was tried, what came, what to do.
 *
 * @param what what was tried: "set the state of GitHub deployment 7"
 */
function explain(what, fault, gaveUp) {
    const sentences = [
        `Could not ${what}: ${reasonOf(fault)}.`,
        github_gaveUpText(gaveUp),
        adviceFor(fault, gaveUp),
        "The replicas are not affected.",
    ];
    return sentences.filter((sentence) => sentence !== "").join(" ");
}
function github_gaveUpText(gaveUp) {
    if (gaveUp === null)
        return "";
    if (gaveUp.because === "asked-too-long") {
        return `GitHub asks to wait ${duration(gaveUp.askedMs)}, longer than this step waits for a record.`;
    }
    return gaveUp.tries === 1 ? "" : `Given up after ${gaveUp.tries} tries.`;
}
function adviceFor(fault, gaveUp) {
    if (fault.kind === "unreadable")
        return "";
    if (fault.kind === "network") {
        if (fault.network === "certificate") {
            return "Give Node the certificate of the server, or of a proxy that opens TLS, by NODE_EXTRA_CA_CERTS.";
        }
        if (fault.network === "proxy")
            return "Check https_proxy and no_proxy.";
        return "Check the runner's way to the GitHub API (network, DNS, firewall).";
    }
    if (fault.status === 401) {
        return "Leave github_token out, so that the job's own token is used, or give a valid one of this GitHub server.";
    }
    if (fault.status === 403)
        return gaveUp === null && fault.retryAfter === null ? PERMISSION : "";
    if (fault.status === 404) {
        return `The token does not see this repository or this deployment. ${PERMISSION}`;
    }
    if (fault.status === 422)
        return "Check deployment_environment.";
    return "";
}

;// CONCATENATED MODULE: ./build/net/fault.js


/** More than this nobody reads. */
const MOST_SUGGESTIONS = 3;
const MOST_LINKS = 2;
/** What the transport threw, as a value. @param url the address that was asked */
function networkFault(error, url) {
    const { kind, detail } = error instanceof NetworkError
        ? error
        : { kind: "other", detail: error instanceof Error ? error.name : "unknown" };
    const address = url === undefined ? null : addressOf(url);
    return { kind: "network", network: kind, detail, ...(address === null ? {} : { address }) };
}
/** `host:port`, also where the port is the scheme's own. */
function addressOf(url) {
    const { hostname = "", port, protocol } = URL.parse(url) ?? {};
    if (hostname === "")
        return null;
    return `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
}
function unreadable(answer, problem) {
    return {
        kind: "unreadable",
        status: answer.status,
        problem,
        requestId: requestIdOf(answer, null),
        page: isPage(answer),
    };
}
/**
 * Reads an error answer in every form that the API is known to use (API facts, "Errors"): `detail` as a
 * string, FastAPI's 422 list, the structured envelope at the top or inside `detail`, the flat form, and
 * what a proxy may say instead (HTML, text, nothing, broken JSON).
 *
 * @param redact takes out what must not be printed
 */
function answerFault(answer, redact) {
    const body = parseJson(answer.body);
    const envelope = envelopeOf(body);
    const reason = fault_reasonOf(body, envelope) ?? plainTextOf(answer.body, body);
    return {
        kind: "answer",
        status: answer.status,
        errorCode: errorCodeOf(envelope),
        reason: redactOrNull(reason, redact),
        suggestions: arrayAt(envelope, "suggestions")
            .filter((text) => typeof text === "string" && text !== "")
            .slice(0, MOST_SUGGESTIONS)
            .map(redact),
        links: arrayAt(envelope, "links")
            .map((link) => stringAt(link, "url"))
            .filter((url) => url !== null)
            .slice(0, MOST_LINKS)
            .map(redact),
        requestId: redactOrNull(requestIdOf(answer, envelope), redact),
        retryAfter: answer.headers["retry-after"] ?? null,
        serverTime: serverTime(answer),
        location: originOf(answer.headers.location),
        page: isPage(answer),
    };
}
/** Markup where JSON was expected. */
function isPage({ body }) {
    return /^\s*</.test(body.slice(0, 1_000));
}
function redactOrNull(text, redact) {
    return text === null ? null : redact(text);
}
/** The object that carries `error_code` or `message`: the body itself, or what it wraps in `detail`. */
function envelopeOf(body) {
    if (!isObject(body))
        return null;
    if (stringAt(body, "error_code") !== null)
        return body;
    return objectAt(body, "detail") ?? body;
}
/** The answer's `Date` header in ms since the epoch, or null. */
function serverTime(answer) {
    const time = Date.parse(answer.headers.date ?? "");
    return Number.isNaN(time) ? null : time;
}
function errorCodeOf(envelope) {
    const code = stringAt(envelope, "error_code");
    // Anything else would be a stranger's text in `error_code`, an output that people compare.
    return code !== null && /^ERR-[0-9A-Za-z-]{1,32}$/.test(code) ? code : null;
}
function fault_reasonOf(body, envelope) {
    const detail = fieldOf(body, "detail");
    if (typeof detail === "string" && detail !== "")
        return detail;
    if (Array.isArray(detail))
        return validationReason(detail);
    const message = stringAt(envelope, "message") ?? stringAt(envelope, "error");
    const fields = arrayAt(envelope, "details").flatMap((entry) => {
        const text = stringAt(entry, "message");
        const field = stringAt(entry, "field");
        return text === null ? [] : [field === null ? text : `${field}: ${text}`];
    });
    const parts = message === null ? fields : [message, ...fields];
    return parts.length > 0 ? parts.join("; ") : null;
}
/** FastAPI's 422 list: where, and what is wrong there. */
function validationReason(list) {
    const parts = list.flatMap((entry) => {
        if (typeof entry === "string")
            return [entry];
        const text = stringAt(entry, "msg") ?? stringAt(entry, "message");
        if (text === null)
            return [];
        const where = arrayAt(entry, "loc").filter((p) => typeof p === "string" || typeof p === "number");
        return [where.length > 0 ? `${where.join(".")}: ${text}` : text];
    });
    return parts.length > 0 ? parts.join("; ") : null;
}
/** What a proxy wrote where JSON was expected: its title or its text, without the markup. */
function plainTextOf(text, body) {
    if (typeof body === "string")
        return body === "" ? null : body;
    if (body !== undefined)
        return null;
    const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text.slice(0, 20_000))?.[1];
    if (title?.trim())
        return unescaped(title);
    if (/^\s*[{["]/.test(text))
        return "an answer that breaks off in the middle of its JSON";
    const plain = unescaped(text
        .slice(0, 20_000)
        .replace(/<!--.*?-->|<(style|script)\b.*?<\/\1\s*>/gis, " ")
        .replace(/<[^>]*>/g, " "));
    return plain === "" ? null : plain;
}
/** The entities that error pages use, and the spaces between their words. */
function unescaped(html) {
    const entities = {
        amp: "&",
        lt: "<",
        gt: ">",
        quot: '"',
        "#39": "'",
        nbsp: " ",
    };
    return html
        .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name) => entities[name] ?? "")
        .replace(/\s+/g, " ")
        .trim();
}
function requestIdOf(answer, envelope) {
    return stringAt(envelope, "request_id") ?? (answer.headers["x-request-id"] || null);
}
function originOf(location) {
    if (location === undefined)
        return null;
    try {
        return new URL(location).origin;
    }
    catch {
        return null;
    }
}

;// CONCATENATED MODULE: ./build/text/version.js
/** The action's name and version, as told to every server. A test keeps it equal to package.json's. */
const VERSION = "1.0.0";
const USER_AGENT = `cvm-replica-action/${VERSION}`;

;// CONCATENATED MODULE: ./build/deployments/verdict.js



/** Where a secondary limit names no time (REST docs, "Rate limits"). Seconds. */
const LIMIT_WITHOUT_TIME_S = 60;
/**
 * An answer that is no success, in the form in which this action reasons about answers. `retryAfter` of a
 * rate limit is always set, whichever of its ways GitHub chose to tell the time; a refusal for any other
 * reason has none.
 *
 * @param now ms since the epoch
 * @param redact takes out what must not be printed, before the text is cut anywhere
 */
function faultOf(answer, now, redact) {
    const headers = {};
    for (const [name, value] of Object.entries(answer.headers))
        headers[name] = String(value ?? "");
    const { data } = answer;
    const body = typeof data === "string" ? data : (JSON.stringify(data) ?? "");
    const plain = answerFault({ status: answer.status, headers, body }, redact);
    const fault = {
        ...plain,
        reason: redact(reasonWithErrors(plain.reason, data)) || null,
        requestId: redact(headers["x-github-request-id"] ?? "") || plain.requestId,
    };
    return answer.status === 403 || answer.status === 429
        ? { ...fault, retryAfter: limitOf(fault, headers, now) }
        : fault;
}
/** The wait that a rate limit asks for, as `Retry-After` would tell it; null: it is no rate limit. */
function limitOf(fault, headers, now) {
    if (fault.retryAfter)
        return fault.retryAfter;
    const reset = Number(headers["x-ratelimit-reset"] || Number.NaN);
    if (headers["x-ratelimit-remaining"] === "0" && Number.isFinite(reset)) {
        const seconds = Math.ceil(reset - (fault.serverTime ?? now) / 1_000);
        return String(Math.max(1, seconds));
    }
    const limited = fault.status === 429 || /rate limit|abuse detection/i.test(fault.reason ?? "");
    return limited ? String(LIMIT_WITHOUT_TIME_S) : null;
}
/** A 422 of GitHub tells in `errors` which field is wrong. */
function reasonWithErrors(reason, data) {
    const parts = arrayAt(data, "errors").flatMap((error) => {
        if (typeof error === "string")
            return [error];
        const text = stringAt(error, "message") ?? stringAt(error, "code");
        const field = stringAt(error, "field");
        if (text === null)
            return [];
        return [field === null ? text : `${field}: ${text}`];
    });
    return [reason, ...parts].filter((part) => part !== null && part !== "").join("; ");
}
/**
 * Whether a request is worth another try. A status that is told twice does no harm. A deployment whose
 * answer was lost may have been made, so only an answer of the server, or a connection that never was,
 * lets it be asked for again: GitHub has no idempotency key either.
 */
function judge(kind, fault) {
    if (fault.kind === "answer") {
        if (fault.status === 403 || fault.status === 429) {
            return fault.retryAfter === null ? "final" : "retry";
        }
        if (fault.status < 500)
            return "final";
        // A gateway may say so after GitHub has made it; a 503 says that nothing was done.
        return kind === "status" || fault.status === 503 ? "retry" : "uncertain";
    }
    if (fault.kind === "unreadable")
        return "uncertain";
    if (neverSent(fault.network))
        return "retry";
    if (fault.network === "certificate" || fault.network === "cancelled")
        return "final";
    return kind === "status" ? "retry" : "uncertain";
}

;// CONCATENATED MODULE: ./build/deployments/client.js




const SILENT = { debug() { }, info() { }, warn() { }, error() { } };
const REDIRECTS = new Set([301, 302, 307, 308]);
const MOST_REDIRECTS = 3;
/**
 * Requests to the GitHub API through `@actions/github`, whose code is loaded with the first request, so that
 * runs which record no deployment neither load nor start it. It sends through the action's own transport.
 */
class GithubClient {
    #edges;
    #access;
    #octokit = null;
    constructor(edges, access) {
        this.#edges = edges;
        this.#access = access;
    }
    /**
     * One POST, without retries. A redirect (GitHub sends one where a repository was renamed) is followed
     * on the API's own origin only, with the request repeated as it was.
     *
     * @param path below the API's address, beginning with a slash
     * @returns the 2xx answer, or why there is none. Nothing is thrown.
     */
    async post(path, data) {
        const { clock, runner } = this.#edges;
        try {
            const answer = await this.#follow(path, data);
            if (answer.status >= 200 && answer.status < 300)
                return { ok: true, value: answer };
            const redact = (text) => runner.redactPrinted(text);
            return { ok: false, fault: faultOf(answer, clock.now(), redact) };
        }
        catch (error) {
            return { ok: false, fault: lostFault(error) };
        }
    }
    async #follow(path, data) {
        const { apiUrl } = this.#access;
        let url = apiUrl + path;
        for (let hops = 0;; hops++) {
            const answer = await this.#send(url, data);
            const target = REDIRECTS.has(answer.status) ? URL.parse(locationOf(answer), url) : null;
            if (target === null || target.origin !== new URL(apiUrl).origin)
                return answer;
            if (hops >= MOST_REDIRECTS)
                return answer;
            url = target.origin + target.pathname + target.search;
        }
    }
    /** @returns every answer, whatever its status @throws where none came */
    async #send(url, data) {
        this.#octokit ??= await loadOctokit(this.#edges, this.#access);
        try {
            return await this.#octokit.request({ method: "POST", url, data });
        }
        catch (error) {
            const answer = answerOf(error);
            if (answer !== null)
                return answer;
            throw error;
        }
    }
}
async function loadOctokit(edges, access) {
    const { getOctokit } = await __nccwpck_require__.e(/* import() */ 413).then(__nccwpck_require__.bind(__nccwpck_require__, 413));
    return getOctokit(access.token, {
        userAgent: USER_AGENT,
        request: {
            fetch: fetchBy(edges.transport, access.timeoutMs, edges.cancel),
            // What octokit would print (a server's notes on deprecation) is not for the step's log.
            log: SILENT,
        },
    });
}
/** What octokit sends a request with: our transport has the deadline, the proxies, and no redirects. */
function fetchBy(transport, timeoutMs, signal) {
    return async (url, init) => {
        const { headers, body } = init;
        const answer = await transport({ method: "POST", url, headers, body, timeoutMs, signal });
        const bodiless = [204, 205, 304].includes(answer.status);
        return new Response(bodiless ? null : answer.body, {
            status: answer.status,
            headers: answer.headers,
        });
    };
}
/** octokit throws for an answer of 400 and above, and carries it along. */
function answerOf(error) {
    if (typeof error !== "object" || error === null || !("response" in error))
        return null;
    const { response } = error;
    return typeof response?.status === "number"
        ? { status: response.status, headers: response.headers ?? {}, data: response.data }
        : null;
}
/** octokit wraps what the transport throws. */
function lostFault(error) {
    const cause = error instanceof Error ? error.cause : null;
    return networkFault(cause instanceof NetworkError ? cause : error);
}
function locationOf({ headers }) {
    return String(headers.location ?? "");
}

;// CONCATENATED MODULE: ./build/deployments/end.js


/** GitHub takes no more for a status, in characters (REST reference, "Create a deployment status"). */
const MAX_DESCRIPTION = 140;
/** The longest name of an environment, in characters (GitHub docs, "Managing environments"). */
const MAX_ENVIRONMENT = 255;
/** The end of a run that was cancelled or killed before the replica was seen to run. */
const UNSEEN = {
    state: "error",
    description: "The step ended before this replica was seen to run.",
    environmentUrl: null,
};
/**
 * How the deployment of a replica ended, or null while nobody can say: the run was cancelled first.
 *
 * @param asked what the run waited for
 */
function endOf(replica, asked) {
    const environmentUrl = replica.cvm?.instanceUrl ?? null;
    const { failure, times } = replica;
    if (failure !== null) {
        return { state: stateOf(failure), description: failure.text, environmentUrl: null };
    }
    if (replica.origin === "none")
        return null;
    if (!asked.wait) {
        return {
            state: "success",
            description: "Created; its boot was not waited for.",
            environmentUrl,
        };
    }
    if (asked.healthCheck === null) {
        if (times.running === undefined)
            return null;
        return { state: "success", description: "The replica runs.", environmentUrl };
    }
    if (times.healthy === undefined)
        return null;
    return { state: "success", description: "The replica runs and is healthy.", environmentUrl };
}
/** `failure`: the platform or the replica said no; `error`: something else came between. */
function stateOf({ code }) {
    return /^(?:BOOT|UNHEALTHY|TIMEOUT|INPUT|ERR-.*|HTTP-4\d\d)$/.test(code) ? "failure" : "error";
}
/** GitHub shows a transient environment as destroyed, not as inactive, when its replica is gone. */
function isTransient({ cleanup, ttlMs }) {
    return cleanup === "always" || ttlMs !== null;
}
/** One line that fits, without secrets: they are taken out while they are still whole. */
function description(text, redact) {
    return oneLine(redact(text), MAX_DESCRIPTION);
}
/** An address that can be given to everybody; null for all that is none, or that holds a secret. */
function publicUrl(text, redact) {
    const url = webUrl(text);
    return url !== null && redact(url.href) === url.href ? url.href : null;
}
/** The input `deployment_environment`: what GitHub takes for an environment's name. */
function parseEnvironment(text) {
    return text !== "" && text.length <= MAX_ENVIRONMENT && oneLine(text, MAX_ENVIRONMENT) === text
        ? text
        : null;
}

;// CONCATENATED MODULE: ./build/deployments/workflow.js



/** A commit: SHA-1, or SHA-256 where a repository uses that. */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const REPOSITORY = /^([A-Za-z0-9_.-]+)\/([A-Za-z0-9_.-]+)$/;
/**
 * Pure: reads the variables that the runner sets in every step.
 *
 * @param event the payload of the event that started the run, of any shape
 * @returns the facts, or as a sentence what is missing
 */
function readWorkflow(env, event) {
    const apiUrl = httpUrl(env.GITHUB_API_URL);
    if (apiUrl === null)
        return { problem: "The runner's GITHUB_API_URL is not an address." };
    const [, owner, repo] = REPOSITORY.exec(env.GITHUB_REPOSITORY ?? "") ?? [];
    if (owner === undefined || repo === undefined || isDots(owner) || isDots(repo)) {
        return { problem: "The runner's GITHUB_REPOSITORY names no repository." };
    }
    const ref = refOf(env, event);
    if (ref === null)
        return { problem: "The runner names no commit (GITHUB_SHA)." };
    const server = httpUrl(env.GITHUB_SERVER_URL);
    const runId = env.GITHUB_RUN_ID ?? "";
    const logUrl = server !== null && /^\d+$/.test(runId)
        ? `${server}/${owner}/${repo}/actions/runs/${runId}`
        : null;
    return { workflow: { apiUrl, owner, repo, ref, label: labelOf(env), logUrl } };
}
/**
 * The commit that people would say was deployed. A commit and not a branch, which may have moved on since
 * the run began; the branch only where the runner names no commit.
 *
 * - Runs for a pull request work on a merge commit that nobody ever sees, and `pull_request_target` on the
 *   base branch; GitHub shows a deployment in the pull request only if it is of the head commit. By its
 *   SHA, because the branch of a fork is not in this repository.
 * - A `workflow_run` gets the default branch as its own commit; the commit of the run before it is meant.
 */
function refOf(env, event) {
    const head = stringAt(objectAt(objectAt(event, "pull_request"), "head"), "sha");
    if (head !== null && COMMIT.test(head))
        return head;
    if (env.GITHUB_HEAD_REF)
        return env.GITHUB_HEAD_REF;
    const before = stringAt(objectAt(event, "workflow_run"), "head_sha");
    if (env.GITHUB_EVENT_NAME === "workflow_run" && before !== null && COMMIT.test(before)) {
        return before;
    }
    return env.GITHUB_SHA || env.GITHUB_REF || null;
}
function labelOf(env) {
    return oneLine(env.GITHUB_HEAD_REF || env.GITHUB_REF_NAME || "", 80) || null;
}
/** Without credentials, query and slashes at the end; null for anything else than `http:` and `https:`. */
function httpUrl(text) {
    const url = webUrl(text);
    return url === null ? null : (url.origin + url.pathname).replace(/\/+$/, "");
}
/** These would change the path of a request. */
function isDots(name) {
    return name === "." || name === "..";
}

;// CONCATENATED MODULE: ./build/deployments/deployments.js










const REQUEST_TIMEOUT_MS = 10_000;
/** A minute is what GitHub asks for where a secondary limit was met. */
const BUDGET = { maxTries: 4, totalMs: 75_000, firstWaitMs: 1_000 };
/** These concern one deployment alone; every other failure would meet the next request too. */
const OWN_TROUBLE = new Set([404, 410, 422]);
const SILENCE = { done: false, warning: null };
/** Ready to record deployments. Nothing is loaded, read or sent before the first of them. */
function openDeployments(edges, settings) {
    return new Deployments(edges, settings);
}
/**
 * Records replicas as GitHub deployments (GitHub's REST reference, "Deployments"). One request at a time, as
 * GitHub asks for. Nothing is thrown: what fails comes back as a warning, once. After a failure that the next
 * request would meet too, no more are sent, so that a GitHub that is out of reach costs one bounded wait.
 */
class Deployments {
    #edges;
    #settings;
    #queue = Promise.resolve();
    #desk = null;
    #closed = false;
    /** What goes to GitHub may be public, and does not pass through the log. */
    #redact = (text) => this.#edges.runner.redactPrinted(text);
    constructor(edges, settings) {
        this.#edges = edges;
        this.#settings = settings;
    }
    /**
     * Creates a deployment and, if its replica exists, sets it in progress. An id may come with a warning.
     *
     * @param onMade told the id at once, before anything else is asked: from then on post has to know of it
     */
    start(target, onMade = () => undefined) {
        return this.#next({ ...SILENCE, id: null }, async ({ client, workflow }) => {
            const what = `record a GitHub deployment of ${oneLine(target.replicaName, 80)}`;
            const path = `/repos/${workflow.owner}/${workflow.repo}/deployments`;
            const body = this.#creation(target, workflow);
            const made = await this.#persist("deployment", what, async () => {
                const result = await client.post(path, body);
                if (!result.ok)
                    return result;
                const { status, data } = result.value;
                const id = numberAt(data, "id");
                if (id !== null && Number.isSafeInteger(id) && id > 0)
                    return { ok: true, value: id };
                const problem = "an answer that names no deployment";
                return {
                    ok: false,
                    fault: { kind: "unreadable", status, problem, requestId: null, page: false },
                };
            });
            if (!made.ok) {
                // All replicas of a run ask for the same: a refusal of one is a refusal of all.
                this.#closed = true;
                return { done: false, id: null, warning: made.warning };
            }
            onMade(made.value);
            if (target.vmUuid === null)
                return { done: true, id: made.value, warning: null };
            const status = { state: "in_progress", description: "The replica was created and boots." };
            return { ...(await this.#status({ client, workflow }, made.value, status)), id: made.value };
        });
    }
    /** Sets the state that the replica ended in. @param id of `start` */
    finish(id, end) {
        return this.#next(SILENCE, (desk) => {
            const url = publicUrl(end.environmentUrl, this.#redact);
            return this.#status(desk, id, {
                state: end.state,
                description: description(end.description, this.#redact),
                ...(url === null ? {} : { environment_url: url }),
            });
        });
    }
    /** The replica was deleted. @param id of `start` */
    deactivate(id) {
        const status = { state: "inactive", description: "The replica was deleted." };
        return this.#next(SILENCE, (desk) => this.#status(desk, id, status));
    }
    #creation({ environment, transient, replicaName, vmUuid }, run) {
        const of = run.label === null ? "" : ` (${run.label})`;
        return {
            ref: run.ref,
            environment,
            description: description(`CVM replica ${replicaName}${of}`, this.#redact),
            payload: { vm_uuid: vmUuid },
            // The commit goes out as it is: without its checks, and without merging the default branch into it.
            required_contexts: [],
            auto_merge: false,
            transient_environment: transient,
        };
    }
    async #status({ client, workflow }, id, status) {
        const path = `/repos/${workflow.owner}/${workflow.repo}/deployments/${id}/statuses`;
        const body = {
            ...status,
            ...(workflow.logUrl === null ? {} : { log_url: workflow.logUrl }),
            // By default, GitHub would take a success for the end of all earlier deployments, but replicas
            // live side by side.
            auto_inactive: false,
        };
        const what = `set GitHub deployment ${id} to ${status.state}`;
        const told = await this.#persist("status", what, () => client.post(path, body));
        if (told.ok)
            return { done: true, warning: null };
        this.#closed ||= told.fault.kind !== "answer" || !OWN_TROUBLE.has(told.fault.status);
        return { done: false, warning: told.warning };
    }
    async #persist(kind, what, attempt) {
        const { cancel, runner } = this.#edges;
        const persistence = {
            budget: BUDGET,
            judge: (fault) => judge(kind, fault),
            signal: cancel,
            onWait: (fault, waitMs, next) => runner.info(retrying(what, fault, waitMs, next)),
        };
        const result = await persist(this.#edges, persistence, attempt);
        if (result.ok)
            return result;
        const { fault, gaveUp } = result;
        return { ok: false, fault, warning: cancel.aborted ? null : explain(what, fault, gaveUp) };
    }
    /** After all that was asked for before; `nothing` where it is not to be done any more. */
    #next(nothing, work) {
        const turn = this.#queue.then(async () => {
            if (this.#closed || this.#edges.cancel.aborted)
                return nothing;
            try {
                this.#desk ??= this.#open();
                const desk = await this.#desk;
                if (typeof desk !== "string")
                    return await work(desk);
                this.#closed = true;
                return { ...nothing, warning: `No GitHub deployment is recorded. ${desk}` };
            }
            catch (error) {
                this.#closed = true;
                const why = error instanceof Error ? oneLine(error.message, 200) : "unknown reason";
                return {
                    ...nothing,
                    warning: `A GitHub deployment may be missing, or left as it is: ${why}`,
                };
            }
        });
        this.#queue = turn;
        return turn;
    }
    /** @returns what is needed for requests, or as a sentence why there can be none */
    async #open() {
        const { env } = this.#edges;
        const { token, requestTimeoutMs: timeoutMs = REQUEST_TIMEOUT_MS } = this.#settings;
        if (token === null)
            return "github_token is empty: leave it out, or give a token.";
        // Anything else can't stand in a header, and the error would repeat it.
        if (!/^[\x21-\x7e]+$/.test(token))
            return "github_token (not shown) is not a token.";
        const read = readWorkflow(env, await readEvent(env.GITHUB_EVENT_PATH));
        if ("problem" in read)
            return read.problem;
        const { workflow } = read;
        const access = { apiUrl: workflow.apiUrl, token, timeoutMs };
        return { client: new GithubClient(this.#edges, access), workflow };
    }
}
/** The payload of the event that started the run; undefined where it can't be read. */
async function readEvent(path) {
    try {
        return path ? parseJson(await (0,promises_namespaceObject.readFile)(path, "utf8")) : undefined;
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./build/deployments/saved.js

const PREFIX = "deployment_";
const STATES = ["success", "failure", "error"];
/** One key a deployment. Saved when it is made, when its end is known, and when GitHub was told. */
function saveDeployment(runner, deployment) {
    runner.saveState(PREFIX + deployment.id, JSON.stringify(deployment));
}
/** All that main saved, by number; empty where it recorded no deployment. */
function readDeployments(runner) {
    return Object.entries(runner.state())
        .filter(([name]) => name.startsWith(PREFIX))
        .map(([, text]) => readDeployment(parseJson(text)))
        .filter((deployment) => deployment !== null)
        .sort((a, b) => a.id - b.id);
}
function readDeployment(value) {
    const id = numberAt(value, "id");
    if (id === null || !Number.isSafeInteger(id) || id <= 0)
        return null;
    return {
        id,
        vmUuid: stringAt(value, "vmUuid"),
        end: readEnd(objectAt(value, "end")),
        told: booleanAt(value, "told") ?? false,
    };
}
function readEnd(value) {
    const state = STATES.find((known) => known === stringAt(value, "state"));
    if (state === undefined)
        return null;
    return {
        state,
        description: stringAt(value, "description") ?? "",
        environmentUrl: stringAt(value, "environmentUrl"),
    };
}

;// CONCATENATED MODULE: ./build/deployments/subscriber.js





/**
 * The deployments of one run of main. It goes on beside the run, so that a slow GitHub holds nothing up
 * before the end; warnings are its only way to be noticed.
 */
class Recording {
    #edges;
    #inputs;
    #deployments;
    #started = new Map();
    /** GitHub's numbers of the deployments, as soon as they are known. */
    #ids = new Map();
    #ends = new Map();
    constructor(edges, inputs) {
        this.#edges = edges;
        this.#inputs = inputs;
        this.#deployments = openDeployments(edges, { token: inputs.githubToken });
    }
    /** A replica was created or adopted. Returns at once; calling it again for the same replica does nothing. */
    begin(replica) {
        if (this.#started.has(replica))
            return;
        const started = this.#start(replica).catch((error) => this.#giveUp(error));
        this.#started.set(replica, started);
    }
    /**
     * Tells how each replica of the run ended, with a deployment of its own for each that could not be
     * created. The state is saved before the telling, so that post can make up for what main was kept from.
     */
    async end(replicas) {
        try {
            await this.#tell(replicas);
        }
        catch (error) {
            this.#giveUp(error);
        }
    }
    async #tell(replicas) {
        for (const replica of replicas) {
            const end = endOf(replica, this.#inputs);
            if (end === null)
                continue;
            this.#ends.set(replica, this.#public(end));
            // Without a code it was never asked for.
            if (replica.origin !== "existing" && replica.failure?.code !== "")
                this.begin(replica);
        }
        // What is known is saved before anything is waited for. A number that comes later is saved with its end.
        for (const [replica, id] of this.#ids)
            this.#save(replica, id);
        await Promise.all(this.#started.values());
        for (const [replica, end] of this.#ends) {
            const id = this.#ids.get(replica);
            if (id === undefined)
                continue;
            const { done, warning } = await this.#deployments.finish(id, end);
            if (warning !== null)
                this.#edges.runner.warning(warning);
            if (done)
                this.#save(replica, id, true);
        }
    }
    #save(replica, id, told = false) {
        const end = this.#ends.get(replica) ?? null;
        saveDeployment(this.#edges.runner, { id, vmUuid: uuidOf(replica), end, told });
    }
    async #start(replica) {
        const { runner } = this.#edges;
        const target = {
            environment: this.#inputs.deploymentEnvironment,
            transient: isTransient(this.#inputs),
            replicaName: nameOf(replica),
            vmUuid: uuidOf(replica),
        };
        const { warning } = await this.#deployments.start(target, (made) => {
            this.#save(replica, made);
            this.#ids.set(replica, made);
            runner.info(`GitHub deployment ${made} records ${oneLine(target.replicaName, 80)}.`);
        });
        if (warning !== null)
            runner.warning(warning);
    }
    /** The state could not be saved: post will not know of the deployment. */
    #giveUp(error) {
        const why = error instanceof Error ? oneLine(error.message, 200) : "unknown reason";
        this.#edges.runner.warning(`A GitHub deployment may be left as it is: ${why}`);
    }
    /** As it may be shown to everybody; secrets are known to main alone, and post tells what was saved. */
    #public(end) {
        const redact = (text) => this.#edges.runner.redactPrinted(text);
        return {
            ...end,
            description: description(end.description, redact),
            environmentUrl: publicUrl(end.environmentUrl, redact),
        };
    }
}

;// CONCATENATED MODULE: ./build/report/log/following.js
/** The sentences of the waiting. */





/** One change of a replica's state, with the time since its creation. */
function statusChange(name, status, sinceMs) {
    const state = oneLine(status.status || "unknown", 40);
    const phase = status.bootProgress === null || state === "running"
        ? ""
        : ` (${oneLine(status.bootProgress, 80)})`;
    const trouble = status.bootError === null ? "" : `, boot error: ${oneLine(status.bootError, 200)}`;
    return `${oneLine(name, 80)}: ${state}${phase}${trouble}, ${duration(sinceMs)}`;
}
function heartbeat(pending, total, elapsedMs, limitMs) {
    const names = pending
        .slice(0, 5)
        .map((name) => oneLine(name, 80))
        .join(", ");
    const more = pending.length > 5 ? ` and ${pending.length - 5} more` : "";
    return `Still waiting for ${pending.length} of ${total} (${names}${more}): ${duration(elapsedMs)} of at most ${duration(limitMs)}.`;
}
/** Said once for each kind of trouble, not at each look. @param why as `reasonOf` tells it */
function lookFailed(why) {
    return `Could not read the replicas' state: ${why}. Still waiting.`;
}
/** Green all the same: it runs, and that is what was asked for. @param why part of a sentence */
function noUrl(replica, told, why) {
    return `NO_URL: ${oneLine(nameOf(replica), 80)} runs, but no URL that reaches it alone was to be had in time, so the output instance_url is empty: ${why}. ${whereToLook(replica, told)}`;
}
/** Its row still has none a while after it began to run. */
function idMissing(name) {
    return `${name}: its row has no instance id; asking the platform to fill it in.`;
}
/** @param status the platform's word for what came of it */
function idFilledIn(name, status) {
    return `${name}: the platform's answer on its instance id: ${oneLine(status, 40)}.`;
}
function idFromEvents(name, id) {
    return `${name}: its own event log tells its instance id, ${id}.`;
}
/** It was not waited for, and the answer to its creation says already that it won't run. */
function notRunning(replica, slug, appId) {
    const link = replicaUrl(replica, slug, appId);
    const where = link === null ? "" : ` See ${link}`;
    return `${oneLine(nameOf(replica), 80)} was created and is billed, but its status is ${oneLine(currentStatus(replica), 40)}; with wait: false the step does not wait for a better one.${where}`;
}
/** @param problem what was wrong with the answer */
function notHealthyYet(name, problem) {
    return `${name}: not healthy yet, ${problem}.`;
}
function following_healthy(name) {
    return `${name}: healthy.`;
}

;// CONCATENATED MODULE: ./build/fleet/plan/next-look.js
/** When the waiting looks, and at what. Pure. */
/** So long before the deadline is the last look, which would otherwise be a whole pause before it. Ms. */
const LAST_LOOK_MS = 1_000;
/**
 * The pause before the next look, or up to the deadline where there is no more time for one; in ms.
 *
 * @param leftMs until the deadline
 * @param looked there was a look already
 */
function pauseBefore(leftMs, pollIntervalMs, looked) {
    if (pollIntervalMs < leftMs)
        return pollIntervalMs;
    if (leftMs > LAST_LOOK_MS)
        return leftMs - LAST_LOOK_MS;
    return looked ? leftMs : 0;
}
/**
 * What the next look is at. What runs needs its full row once, for its URLs: that takes the place of a
 * status request, so that each look stays one request, and it is not waited for where nothing else is left
 * to wait for. A poor answer of the one route is made up for by the other. Two looks in a row are never at
 * the rows alone, since those don't tell boot errors.
 *
 * @param lacking how many run and have not been read in full
 * @param healthCheck what runs is waited for by its health check
 */
function nextLook(pending, lacking, healthCheck, last) {
    if (last.kind === "rows")
        return { rows: false, atOnce: false };
    const urgent = lacking > 0 && (healthCheck || lacking === pending);
    const poor = last.kind === "batch" && last.poor;
    return { rows: lacking > 0 || poor, atOnce: urgent && last.someRan };
}

;// CONCATENATED MODULE: ./build/net/parallel.js
/**
 * Runs work on each item, a few at a time, in the order of the items.
 *
 * @param width how many at once
 */
async function inParallel(items, width, work) {
    const results = [];
    const queue = items.entries();
    const worker = async () => {
        for (const [index, item] of queue)
            results[index] = await work(item);
    };
    await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
    return results;
}
/**
 * Lets so many pieces of work run at once, the others wait for their turn in the order in which they came. For
 * work that is begun at different times, or that pauses between its pieces.
 *
 * @param width how many at once
 */
function gateOf(width) {
    const waiting = [];
    let free = width;
    return async (work) => {
        if (free > 0)
            free--;
        else
            await new Promise((resolve) => waiting.push(resolve));
        try {
            return await work();
        }
        finally {
            const next = waiting.shift();
            if (next === undefined)
                free++;
            else
                next();
        }
    };
}

;// CONCATENATED MODULE: ./build/fleet/follow/routes.js
function judgeLook(fault) {
    if (fault.kind !== "answer")
        return "failed";
    const { status } = fault;
    if (status === 401)
        return "rejected";
    if (status === 403)
        return "forbidden";
    const comesAgain = [408, 409, 425, 429].includes(status);
    return status === 501 || (status >= 400 && status < 500 && !comesAgain) ? "refused" : "failed";
}
/** A route that denied so many looks in a row is left alone. */
const DENIALS = 2;
/** Which routes are worth asking. Each replica's own row always is: nothing comes after it. */
class Routes {
    #denials = new Map();
    works(route) {
        return route === "own" || (this.#denials.get(route) ?? 0) < DENIALS;
    }
    answered(route) {
        this.#denials.delete(route);
    }
    refused(route, verdict) {
        const count = verdict === "refused" ? DENIALS : (this.#denials.get(route) ?? 0) + 1;
        this.#denials.set(route, count);
    }
}
/**
 * The next route to ask in one look; null: none is left. The rows of all replicas come by one request or
 * by one each, so that a second witness of a rejected key is rather the batch route, which tells no URLs;
 * the next look asks for them again. As a witness, a route that was given up is asked as well.
 */
function nextRoute(routes, { rows, asked, denied }) {
    const order = rows
        ? denied
            ? ["list", "batch", "own"]
            : ["list", "own"]
        : ["batch", "list", "own"];
    const open = order.filter((route) => !asked.includes(route));
    const [next = null] = open.filter((route) => routes.works(route));
    return next ?? (denied ? (open[0] ?? null) : null);
}

;// CONCATENATED MODULE: ./build/fleet/follow/lookout.js


/** Requests at once, where each replica needs its own. */
const AT_ONCE = 8;
/**
 * Looks at all replicas with a single request: `POST /status/batch`, which also tells boot errors, or the
 * app's list, which tells the URLs. Where the one does not answer as it should, another one is asked in
 * the same look: `routes.ts` says which.
 */
class Lookout {
    #api;
    #appId;
    #routes = new Routes();
    constructor(api, appId) {
        this.#api = api;
        this.#appId = appId;
    }
    /**
     * @param rows the full rows are needed
     * @param leftMs asked before each request, since what is refused costs a second one
     */
    async look(vmUuids, rows, leftMs, signal) {
        const asked = [];
        let denied = 0;
        let failed = null;
        for (;;) {
            const route = nextRoute(this.#routes, { rows, asked, denied: denied > 0 });
            // There always is a first one, so there is a fault where none is left.
            if (route === null)
                return { ok: false, fault: failed, rejected: false };
            asked.push(route);
            const options = { timeoutMs: Math.max(1, leftMs()), signal };
            const result = await this.#ask(route, vmUuids, options);
            if (result.ok) {
                this.#routes.answered(route);
                return result;
            }
            const verdict = judgeLook(result.fault);
            failed = result.fault;
            if (verdict === "failed")
                return { ok: false, fault: failed, rejected: false };
            if (verdict === "rejected" && ++denied > 1)
                return { ok: false, fault: failed, rejected: true };
            this.#routes.refused(route, verdict);
        }
    }
    async #ask(route, vmUuids, options) {
        if (route === "own")
            return this.#each(vmUuids, options);
        if (route === "list") {
            const list = await this.#api.listCvms(this.#appId, options);
            return list.ok ? { ok: true, value: this.#lookAt(list.value.cvms) } : list;
        }
        const batch = await this.#api.bootStatuses(vmUuids, options);
        if (!batch.ok)
            return batch;
        return { ok: true, value: { statuses: batch.value, cvms: null, tellsAbsence: true } };
    }
    /** The rows one by one; those that can't be read are missing, and none of that means that they are gone. */
    async #each(vmUuids, options) {
        const reads = await inParallel(vmUuids, AT_ONCE, (uuid) => this.#api.getCvm(uuid, options));
        const cvms = reads.flatMap((read) => (read.ok ? [read.value] : []));
        const failed = reads.find((read) => !read.ok);
        if (cvms.length === 0 && failed !== undefined)
            return failed;
        return { ok: true, value: { ...this.#lookAt(cvms), tellsAbsence: false } };
    }
    #lookAt(rows) {
        const cvms = new Map();
        for (const cvm of rows) {
            if (cvm.vmUuid !== null && !cvm.deleted)
                cvms.set(cvm.vmUuid, cvm);
        }
        const statuses = new Map([...cvms].map(([uuid, cvm]) => [uuid, statusOf(cvm)]));
        // Where the list is the only source, its silence is all that there is.
        return { statuses, cvms, tellsAbsence: !this.#routes.works("batch") };
    }
}
function statusOf({ status, inProgress }) {
    return { detailed: false, status, inProgress, bootProgress: null, bootError: null };
}

;// CONCATENATED MODULE: ./build/phala/gateway.js



/** The gateway's addresses of CVMs (API facts, "URLs" and "Instance id"). Pure. */
/** What a template prints where it has no value; in an address it leads nowhere, or to somebody else. */
const HOLE = /(?<![a-z0-9])(?:none|null|undefined|nan)(?![a-z0-9])/i;
const WHOLE_HOLE = /^(?:none|null|undefined|nan)$/i;
/** `host`, or `host:port`, as it stands behind the id. */
const DOMAIN = /^(?=.{1,259}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/i;
/** Whether an address has a hole where an id belongs: `https://None-8080.…`, `https://-8080.…`. */
function hasHole(address) {
    return HOLE.test(address.host + address.pathname) || address.hostname.startsWith("-");
}
/** The text, if it is an address that leads somewhere: scripts hand it to `curl`, which takes more. */
function soundAddress(text) {
    const url = webUrl(text);
    return url === null || hasHole(url) ? null : text;
}
/** An id as the API gives it; null also for the words that stand for a missing one. */
function soundId(text) {
    return text === null || WHOLE_HOLE.test(text.trim()) ? null : text;
}
/**
 * An answer without addresses and instance ids that have a hole in the id's place: they read null, as the
 * API has it elsewhere. What the action hands on of an answer must not hold them either.
 */
function withoutHoles(row) {
    return cleaned(row);
}
function cleaned(value, key = "") {
    if (typeof value === "string")
        return isHole(value, key) ? null : value;
    if (Array.isArray(value))
        return value.map((item) => cleaned(item));
    if (!isObject(value))
        return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, cleaned(item, name)]));
}
function isHole(text, key) {
    if (key === "instance_id")
        return soundId(text) === null;
    if (text.length > MAX_URL || !/^https?:/i.test(text))
        return false;
    const url = webUrl(text);
    return url !== null && hasHole(url);
}
/** The gateway's base domain as a row tells it, which it may leave out; null also for what is none. */
function gatewayDomain(row) {
    const told = stringAt(objectAt(row, "gateway"), "base_domain") ?? stringAt(row, "gateway_domain");
    return told !== null && DOMAIN.test(told) && !HOLE.test(told) ? told : null;
}
/**
 * The URL that reaches one instance alone: `https://{instance_id}-{port}.{base domain}`, with the port of
 * the app's own URL, which differs in the id alone. Null where something of that is not known.
 *
 * @param appUrl as the row tells it
 * @param appId 40 hex digits
 * @param domain the gateway's base domain; null: the one of `appUrl`
 */
function builtInstanceUrl(instanceId, appUrl, appId, domain) {
    const id = parseInstanceId(instanceId);
    const app = webUrl(appUrl);
    if (id === null || app === null)
        return null;
    // `-8080`, `-8443s`, `-50051g`, or nothing.
    const form = new RegExp(`(?<![0-9a-f])${appId}((?:-\\d{1,5})?[sg]?)(?![\\w-])`, "i");
    const port = form.exec(app.host + app.pathname)?.[1];
    const label = form.exec(app.host)?.[0];
    const own = label !== undefined && app.host.startsWith(`${label}.`);
    const base = domain ?? (own ? app.host.slice(label.length + 1) : null);
    if (port === undefined || base === null)
        return null;
    const url = `https://${id}${port}.${base}`;
    return webUrl(url) === null ? null : url;
}

;// CONCATENATED MODULE: ./build/phala/status.js


/*
 * The statuses, in lower case (API facts, "Status values seen"). The set is open: what is in none of these
 * is on its way to run, or runs.
 */
/** It came to nothing, and stays so. */
function hasFailed(status) {
    return ["error", "failed", "exited"].includes(status);
}
/** It is being deleted, or is. */
function isGoing(status) {
    return ["removing", "deleting", "deleted"].includes(status);
}
/** It was stopped, or will be at once: whether it is started again is somebody's decision. */
function isStopping(status) {
    return ["stopped", "stopping"].includes(status) || status.startsWith("shutting");
}
/** Reads the answer of `POST /status/batch`, a map by UUID; null where it is no such thing. */
function readBootStatuses(value) {
    if (!isObject(value))
        return null;
    const statuses = new Map();
    for (const [key, entry] of Object.entries(value)) {
        const uuid = parseUuid(stringAt(entry, "vm_uuid") ?? key);
        if (uuid === null || !isObject(entry))
            return null;
        statuses.set(uuid, {
            detailed: true,
            status: (stringAt(entry, "status") ?? "").toLowerCase(),
            inProgress: booleanAt(entry, "in_progress") ?? false,
            bootProgress: stringAt(entry, "boot_progress"),
            bootError: stringAt(entry, "boot_error"),
        });
    }
    return statuses;
}

;// CONCATENATED MODULE: ./build/phala/vm.js



/**
 * Reads a `VM`; null where the value is no such thing.
 *
 * @param answeredAt the `Date` of the answer, ms since the epoch
 */
function readVm(value, answeredAt = null) {
    if (!isObject(value))
        return null;
    const id = idAt(value, "id");
    const name = stringAt(value, "name");
    const vmUuid = parseUuid(stringAt(value, "vm_uuid") ?? "");
    if (vmUuid === null && (id === null || name === null))
        return null;
    const raw = withoutHoles(value);
    return {
        raw,
        id,
        name,
        status: stringAt(value, "status"),
        teepodId: numberAt(value, "teepod_id"),
        teepodName: stringAt(objectAt(value, "teepod"), "name") ?? stringAt(value, "teepod_name"),
        appId: stringAt(value, "app_id"),
        vmUuid,
        instanceId: stringAt(raw, "instance_id"),
        appUrl: stringAt(raw, "app_url"),
        createdAt: readTime(stringAt(value, "created_at")),
        answeredAt,
    };
}
/** A date-time of the API in ms since the epoch, or null. One without a zone is UTC, as the API's are. */
function readTime(text) {
    if (text === null)
        return null;
    const zoned = /(?:[zZ]|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`;
    const time = Date.parse(zoned);
    return Number.isNaN(time) ? null : time;
}

;// CONCATENATED MODULE: ./build/phala/cvm.js





/**
 * Reads one row; null where it names no CVM. Understands the nested shape of API version 2026-01-21 and
 * the flat one before it, since an API that ignores the version header would answer with that.
 */
function readCvm(value) {
    if (!isObject(value))
        return null;
    const hosted = objectAt(value, "hosted");
    const node = objectAt(value, "node_info") ?? objectAt(value, "teepod") ?? objectAt(value, "node");
    const url = firstObject(value, "endpoints") ?? firstObject(value, "public_urls");
    const vmUuid = parseUuid(stringAt(value, "vm_uuid") ?? stringAt(hosted, "id") ?? "");
    const id = idAt(value, "id");
    if (vmUuid === null && id === null)
        return null;
    return {
        raw: withoutHoles(value),
        id,
        vmUuid,
        appId: parseAppId(stringAt(value, "app_id") ?? stringAt(hosted, "app_id") ?? ""),
        name: stringAt(value, "name") ?? stringAt(hosted, "name"),
        status: (stringAt(value, "status") ?? stringAt(hosted, "status") ?? "").toLowerCase(),
        inProgress: booleanAt(value, "in_progress") ?? false,
        instanceId: soundId(stringAt(value, "instance_id") ?? stringAt(hosted, "instance_id")),
        nodeId: numberAt(node, "id") ?? numberAt(value, "teepod_id"),
        nodeName: stringAt(node, "name"),
        region: stringAt(node, "region") ?? stringAt(node, "region_identifier"),
        composeHash: parseHash(stringAt(value, "compose_hash") ?? ""),
        createdAt: readTime(stringAt(value, "created_at")),
        deleted: stringAt(value, "deleted_at") !== null,
        appUrl: addressAt(url, "app") ?? addressAt(value, "app_url") ?? addressAt(hosted, "app_url"),
        instanceUrl: addressAt(url, "instance"),
        workspaceSlug: slugOf(stringAt(objectAt(value, "workspace"), "slug")),
    };
}
function addressAt(value, key) {
    return soundAddress(stringAt(value, key));
}
function firstObject(value, key) {
    const first = arrayAt(value, key)[0];
    return isObject(first) ? first : null;
}
/** It becomes part of a link's path, where dots alone would lead elsewhere. */
function slugOf(text) {
    return text !== null && /^[A-Za-z0-9_-][\w.-]{0,99}$/.test(text) ? text : null;
}
/** Whether the CVM counts as a live instance: running, or on its way there. */
function isLive({ deleted, status }) {
    return !deleted && !hasFailed(status) && !isGoing(status) && !isStopping(status);
}
/** Whether it came to nothing: it does not run, and is billed until somebody deletes it. */
function isDead({ deleted, status }) {
    return !deleted && hasFailed(status);
}
/** Whether it serves, as far as the platform tells. */
function runs({ status, inProgress }) {
    return status === "running" && !inProgress;
}
/** A CVM's identity within one look. */
function cvmKey(cvm) {
    return cvm.vmUuid ?? `id:${cvm.id}`;
}
/** All names by which it may be met again: a row may have its id first, and its UUID only later. */
function cvmKeys({ vmUuid, id }) {
    return [vmUuid, id === null ? null : `id:${id}`].filter((key) => key !== null);
}
/**
 * Whether the app's KMS is on-chain; null where the row does not tell, or says both. Money hangs on a wrong
 * yes (a prepare would create), secrets on a wrong no (a key would not be verified).
 */
function isOnChain(cvm) {
    const chainId = fieldOf(objectAt(cvm.raw, "kms_info"), "chain_id");
    if (typeof chainId === "number" || (typeof chainId === "string" && chainId !== ""))
        return true;
    // An empty string stands for null (API facts, "is-allowed and attestation").
    const noChain = chainId === null || chainId === "";
    const type = stringAt(cvm.raw, "kms_type")?.toLowerCase();
    if (type === "phala" || type === "legacy")
        return false;
    if (type === "ethereum" || type === "base")
        return noChain ? null : true;
    return noChain && type === undefined ? false : null;
}

;// CONCATENATED MODULE: ./build/report/annotation/running.js





/** Failures of replicas that exist and may well run. */
/**
 * It runs, but there is no URL of its own to ask, so nobody knows whether it serves.
 *
 * @param path of the health check
 * @param why part of a sentence
 */
function noUrlFailure(replica, told, path, why) {
    return {
        code: "NO_URL",
        text: `${named(replica)} runs, but no URL of its own was to be had within ${duration(told.elapsedMs)} (wait_timeout), so its health check ${oneLine(path, 200)} was not asked: ${why}. It may serve all the same, so this alone is no reason for cleanup. Look for its endpoints in the dashboard, or give a longer wait_timeout. ${whereToLook(replica, told)}`,
    };
}
/** The API made something else than it was asked for, and said that all is well. */
function mismatchFailure(replica, differences, { workspaceSlug, appId }) {
    const list = differences.map(({ what, asked, found }) => `${what} asked for: ${oneLine(asked, 100)}, found: ${oneLine(found, 100)}`);
    const uuid = uuidOf(replica);
    const link = uuid === null ? "" : ` See ${dashboardUrl(workspaceSlug, appId, uuid)}`;
    return {
        code: "MISMATCH",
        text: `${named(replica)} exists, but is not what was asked for (${list.join("; ")}). Nothing was done about it: keep it as it is, or delete it and run again.${link}`,
    };
}

;// CONCATENATED MODULE: ./build/fleet/plan/mismatch.js



/**
 * In what a replica differs from its request, as the create answer and its row tell it. What was not asked
 * for, or is not told, contradicts nothing. A replica without a request was there before.
 */
function differencesOf({ slot, vm, cvm }) {
    const differences = [];
    const hash = cvm?.composeHash ?? null;
    if (slot !== null && slot.composeHash !== null && hash !== null && hash !== slot.composeHash) {
        differences.push({ what: "revision", asked: slot.composeHash, found: hash });
    }
    const found = [
        { id: vm?.teepodId ?? null, name: vm?.teepodName ?? null },
        { id: cvm?.nodeId ?? null, name: cvm?.nodeName ?? null },
    ].find(({ id }) => id !== null && slot !== null && slot.nodeId !== null && id !== slot.nodeId);
    if (found !== undefined && slot !== null) {
        const asked = node(slot.nodeId, slot.nodeName);
        differences.push({ what: "node", asked, found: node(found.id, found.name) });
    }
    return differences;
}
function node(id, name) {
    return name === null ? `${id}` : `${name} (${id})`;
}
/** The failure of a replica that is not what was asked for; null: nothing says so. */
function misfitOf(replica, workspaceSlug, appId) {
    const differences = differencesOf(replica);
    if (differences.length === 0)
        return null;
    return mismatchFailure(replica, differences, { workspaceSlug, appId });
}
/** Whether the newest answer on it says that it came to nothing; for one that nobody waits for. */
function wontRun(replica) {
    const status = currentStatus(replica).toLowerCase();
    const over = hasFailed(status) || isGoing(status) || isStopping(status);
    return over && record_exists(replica) && replica.failure === null;
}

;// CONCATENATED MODULE: ./build/fleet/follow/address.js


/** The rule of a running replica's own URL: what is known, what to ask next, what to say. Pure. */
/** How long it is looked for where no health check waits for it, counted from when it runs. Ms. */
const URL_WINDOW_MS = 60_000;
/** The same for what ran before this run began: what comes late for a newcomer is not to come any more. Ms. */
const OLD_URL_WINDOW_MS = 15_000;
/** What comes by itself mostly comes within this time: rows fill in while a guest starts. Ms. */
const FIRST_ROUND_MS = 3_000;
const SLOWEST_ROUND_MS = 30_000;
/** With no endpoint either, the row is just late, for so long at least. Ms. */
const ROW_IS_LATE_MS = 10_000;
/** A row that was read so long ago is read again. Ms. */
const ROW_IS_OLD_MS = 5_000;
/** The pause before round number `n` of the search, counted from 0: from 3 s, slowing to 30 s. */
function pauseBeforeRound(n) {
    return Math.min(FIRST_ROUND_MS * 2 ** n, SLOWEST_ROUND_MS);
}
/**
 * What to ask next within one round. The id of a CVM that was there before is nothing that this run changes,
 * not even by filling a gap in.
 *
 * @param done what this round did already
 * @param ours this run made it
 */
function nextAddressStep({ row, rowReadAt, instanceId, backfilled }, done, { ours, now, ranFrom, }) {
    const old = rowReadAt === null || now - rowReadAt >= ROW_IS_OLD_MS;
    const afterBackfill = done.at(-1) === "backfill";
    if ((old && !done.includes("read")) || afterBackfill)
        return "read";
    // Whether the id is missing is known by a row alone, and so is what else a URL is made of.
    if (row === null || (instanceId ?? row.instanceId) !== null)
        return "none";
    if (row.appUrl === null && now - ranFrom < ROW_IS_LATE_MS)
        return "none";
    if (ours && !backfilled)
        return "backfill";
    return done.includes("attest") ? "none" : "attest";
}
/**
 * The row with the instance's id and URL filled in, as far as they can be made out.
 *
 * @param appId of the run, where the row does not tell its own
 */
function addressed(row, instanceId, appId) {
    // The platform's row comes first: it is what everybody else goes by.
    const told = row.instanceId === null ? null : parseInstanceId(row.instanceId);
    const id = told ?? instanceId;
    const url = row.instanceUrl ??
        (id === null
            ? null
            : builtInstanceUrl(id, row.appUrl, row.appId ?? appId, gatewayDomain(row.raw)));
    return { ...row, instanceId: row.instanceId ?? instanceId, instanceUrl: url };
}
/**
 * Why a running replica has no URL, as part of a sentence.
 *
 * @param trouble why the last reads failed; null: they did not
 */
function whyNoUrl({ row, instanceId }, trouble) {
    if (row === null)
        return `its row could not be read${trouble === null ? "" : ` (${trouble})`}`;
    const last = trouble === null ? "" : ` (the last read failed: ${trouble})`;
    if ((row.instanceId ?? instanceId) === null) {
        return `neither the API nor the replica's event log tells its instance id${last}`;
    }
    if (row.appUrl === null)
        return `the API lists no endpoint of it${last}`;
    return "what the API tells of its gateway does not give one";
}

;// CONCATENATED MODULE: ./build/fleet/follow/address-search.js






/** The last request of a search may take so long beyond its end. Ms. */
const LAST_REQUEST_MS = 5_000;
/**
 * Finds out the own URL of one running replica where its row does not tell it: the row again, then the
 * platform is asked once to fill the instance id in, then the replica's own event log is read.
 */
class AddressSearch {
    #context;
    #replica;
    #facts = { row: null, rowReadAt: null, instanceId: null, backfilled: false };
    #trouble = null;
    constructor(context, replica) {
        this.#context = context;
        this.#replica = replica;
    }
    /** Takes a row into account. @returns it with the id and the URL filled in, as far as they are known */
    take(row) {
        this.#facts = { ...this.#facts, row, rowReadAt: this.#context.edges.clock.now() };
        this.#trouble = null;
        return this.#addressed(row);
    }
    /** The row is of the time before it ran. */
    forget() {
        this.#facts = { ...this.#facts, row: null, rowReadAt: null };
    }
    /** Why there is none yet. @param trouble why the looks failed; null: they did not */
    why(trouble) {
        return whyNoUrl(this.#facts, this.#trouble ?? trouble);
    }
    /** Searches until it is told to end, or until `due`. @param onRow told of the newest row after each round */
    async run(limits, onRow) {
        const { clock } = this.#context.edges;
        const { due, signal } = limits;
        for (let n = 0;; n++) {
            await clock.sleep(pauseBefore(due - clock.now(), pauseBeforeRound(n), n > 0), signal);
            if (signal.aborted || clock.now() >= due)
                return;
            const row = await this.#round(limits);
            if (signal.aborted)
                return;
            // One that says otherwise is for the looks to judge: they wait for two that do.
            if (row !== null && runs(row))
                onRow(row);
            if (signal.aborted)
                return;
        }
    }
    /** One round; a request that fails is made up for by the next. @returns the newest row since it runs */
    async #round({ ranFrom, due, deadline, signal }) {
        const { clock } = this.#context.edges;
        const done = [];
        for (;;) {
            const { row } = this.#facts;
            const known = row === null ? null : this.#addressed(row);
            if (signal.aborted || (known !== null && known.instanceUrl !== null))
                return known;
            const now = clock.now();
            if (now >= due)
                return known;
            const ours = isOurs(this.#replica);
            const step = nextAddressStep(this.#facts, done, { ours, now, ranFrom });
            if (step === "none")
                return known;
            done.push(step);
            // The last round is just before the end, which is not worth cutting its answer off for.
            const timeoutMs = Math.min(deadline - now, Math.max(due - now, LAST_REQUEST_MS));
            await this.#carryOut(step, { signal, timeoutMs: Math.max(1, timeoutMs) });
        }
    }
    async #carryOut(step, options) {
        const { api, edges } = this.#context;
        const uuid = uuidOf(this.#replica) ?? "";
        const name = nameOf(this.#replica);
        if (step === "read") {
            const row = this.#noted(await api.getCvm(uuid, options));
            if (row !== null && row.vmUuid === uuid)
                this.take(row);
        }
        else if (step === "backfill") {
            // Once, whatever comes of it: the event log is the way on.
            this.#facts = { ...this.#facts, backfilled: true };
            edges.runner.info(idMissing(name));
            const filled = this.#noted(await api.backfillInstanceId(uuid, options));
            if (filled !== null) {
                this.#learn(filled.instanceId);
                edges.runner.info(idFilledIn(name, filled.status));
            }
        }
        else {
            const attested = this.#noted(await api.attestedInstanceId(uuid, options));
            const id = attested?.instanceId ?? null;
            this.#learn(id);
            if (id !== null)
                edges.runner.info(idFromEvents(name, id));
        }
    }
    #noted(result) {
        this.#trouble = result.ok ? null : reasonOf(result.fault);
        return result.ok ? result.value : null;
    }
    #learn(instanceId) {
        this.#facts = { ...this.#facts, instanceId: instanceId ?? this.#facts.instanceId };
    }
    #addressed(row) {
        return addressed(row, this.#facts.instanceId, this.#context.inputs.appId);
    }
}

;// CONCATENATED MODULE: ./build/fleet/follow/boot.js


const NEW_BOOT = {
    seen: false,
    missing: 0,
    errors: 0,
    errorSince: 0,
    last: null,
};
/**
 * A boot error may clear by itself while the boot goes on (API facts, 3.4). It is real once it
 * stood for so long, in so many looks, without any progress. Ms.
 */
const ERROR_STANDS_MS = 15_000;
const LOOKS_WITH_ERROR = 3;
/** One list without it may be a hiccup; this many in a row mean that it is gone. */
const LOOKS_WITHOUT = 2;
/**
 * @param status null where the look did not show the CVM
 * @param now when the look was, ms since the epoch
 */
function judgeBoot(memory, status, now) {
    if (status === null) {
        const missing = memory.seen ? memory.missing + 1 : 0;
        const gone = missing >= LOOKS_WITHOUT;
        return {
            memory: { ...memory, missing },
            verdict: gone ? "failed" : "booting",
            reason: gone ? "somebody deleted it" : "",
        };
    }
    const next = { seen: true, missing: 0, ...remembered(memory, status, now) };
    const failed = (reason) => ({ memory: next, verdict: "failed", reason });
    const name = status.status;
    if (runs(status))
        return { memory: next, verdict: "running", reason: "" };
    if (hasFailed(name))
        return failed(`its status is ${name}`);
    if (isGoing(name))
        return failed(`somebody deletes it (status ${name})`);
    if (name === "stopped" && !status.inProgress)
        return failed("it stopped");
    if (next.errors >= LOOKS_WITH_ERROR && now - next.errorSince >= ERROR_STANDS_MS) {
        return failed("it reports a boot error");
    }
    return { memory: next, verdict: "booting", reason: "" };
}
/** A look that can't tell progress and errors leaves those of the look before it standing. */
function remembered({ errors, errorSince, last }, status, now) {
    if (!status.detailed) {
        const { bootProgress = null, bootError = null } = last ?? {};
        return { errors, errorSince, last: { ...status, bootProgress, bootError } };
    }
    if (status.bootError === null)
        return { errors: 0, errorSince: 0, last: status };
    const stands = errors > 0 && last?.bootError === status.bootError && last.bootProgress === status.bootProgress;
    return stands
        ? { errors: errors + 1, errorSince, last: status }
        : { errors: 1, errorSince: now, last: status };
}

;// CONCATENATED MODULE: ./build/fleet/follow/health.js





/** Deadline of one health request in ms, so that a hanging app leaves time for another try. */
const ONE_CHECK_MS = 10_000;
/** A single good answer may be luck: containers flap while they start. */
const GOOD_IN_A_ROW = 2;
/**
 * Asks the replica itself until it answers 2xx twice in a row. The request carries nothing but its path:
 * the API key has no business there. Redirects are not followed.
 *
 * @returns whether it came to serve before the deadline and before `signal`
 */
async function becomesHealthy({ clock, transport }, target, signal) {
    let good = 0;
    let known = false;
    while (!signal.aborted) {
        const leftMs = target.deadline - clock.now();
        if (leftMs <= 0)
            return false;
        const problem = await problemOf(transport, target.url, Math.min(ONE_CHECK_MS, leftMs), signal);
        if (signal.aborted)
            return false;
        good = problem === null ? good + 1 : 0;
        if (good >= GOOD_IN_A_ROW)
            return true;
        // What only the deadline cut off says less than the answer before it.
        if (problem !== null && !(known && problem.cutShort))
            target.onProblem(problem.text);
        known ||= problem !== null;
        await clock.sleep(Math.min(target.intervalMs, Math.max(0, target.deadline - clock.now())), signal);
    }
    return false;
}
async function problemOf(transport, url, timeoutMs, signal) {
    try {
        const { status } = await transport({ method: "GET", url, headers: {}, timeoutMs, signal });
        if (status >= 200 && status < 300)
            return null;
        return { text: `it answered HTTP ${status}`, cutShort: false };
    }
    catch (error) {
        const fault = networkFault(error, url);
        const cutShort = isLate(fault.network) && timeoutMs < ONE_CHECK_MS;
        return { text: oneLine(networkReason(fault), 200), cutShort };
    }
}
/**
 * The instance's URL with the path behind it; null where it is none that the runner should ask. The API
 * names the address, so it must not lead into the runner's own network: `https:` alone, to a name (a
 * gateway's address never is a number), and this machine only where the API itself is on it (a simulator).
 * A name that resolves to an inner address is asked, since a gateway may have one for a runner of its own;
 * the service there would need a certificate for that name which the runner trusts.
 *
 * @param path begins with a slash
 */
function healthUrl(instanceUrl, path, apiUrl) {
    const base = webUrl(instanceUrl);
    if (base === null)
        return null;
    const here = isLoopback(base.hostname) && isLoopback(URL.parse(apiUrl)?.hostname ?? "");
    if (!here && (base.protocol !== "https:" || !isPublicName(base.hostname)))
        return null;
    return base.origin + base.pathname.replace(/\/+$/, "") + path;
}
/** A name of several parts; no number in any form, and none of the names of this machine. */
function isPublicName(hostname) {
    return /^(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]+$/.test(hostname) && !/\.localhost$/.test(hostname);
}

;// CONCATENATED MODULE: ./build/fleet/follow/progress.js


/** A line for each change of one replica's state, and none for what was said already. */
class Progress {
    #replica;
    /** Ms since the epoch, for a replica of which it is not known when it was made. */
    #begun;
    #shown = "";
    constructor(replica, begun) {
        this.#replica = replica;
        this.#begun = begun;
    }
    show(status, { clock, runner }) {
        const progress = status.status === "running" ? "" : status.bootProgress;
        const key = [status.status, progress, status.bootError].join("\n");
        if (key === this.#shown)
            return;
        this.#shown = key;
        const since = this.#replica.times.made ?? this.#begun;
        runner.info(statusChange(nameOf(this.#replica), status, clock.now() - since));
    }
}

;// CONCATENATED MODULE: ./build/fleet/follow/watch.js













/** Where a health check never began although there is a URL. */
const UNUSABLE = "its instance URL is none that this step asks: not https to a public name";
/** One replica on its way to serving. */
class Watch {
    replica;
    #context;
    #limits;
    #search;
    #progress;
    /** It ran before this run looked at it. */
    #ranBefore;
    #end = new AbortController();
    #running = new AbortController();
    #phase = "booting";
    #memory = NEW_BOOT;
    #asked = null;
    #problem = null;
    constructor(context, replica, limits) {
        this.#context = context;
        this.replica = replica;
        this.#limits = limits;
        this.#search = new AddressSearch(context, replica);
        this.#progress = new Progress(replica, limits.begun);
        this.#ranBefore = replica.origin === "existing" && replica.cvm !== null && runs(replica.cvm);
    }
    get settled() {
        return this.#phase === "settled";
    }
    get uuid() {
        return uuidOf(this.replica) ?? "";
    }
    /** It runs, and what the next step needs (URLs, ids) is not known yet. */
    get lacksDetails() {
        return this.#phase === "running";
    }
    /** Takes one look into account. */
    observe(look) {
        // Its own URL may have been found while the look was under way.
        if (this.settled)
            return;
        const status = look.statuses.get(this.uuid) ?? null;
        if (status === null && !look.tellsAbsence)
            return;
        const { memory, verdict, reason } = judgeBoot(this.#memory, status, this.#context.edges.clock.now());
        this.#memory = memory;
        const row = look.cvms?.get(this.uuid) ?? null;
        if (row !== null)
            this.#hold(this.#search.take(row));
        if (status !== null && memory.last !== null) {
            this.replica.status = status.status;
            this.#progress.show(memory.last, this.#context.edges);
        }
        if (verdict === "failed") {
            if (status === null || isGoing(status.status))
                this.#lose();
            this.#fail(bootFailure(this.replica, reason, this.#told()));
        }
        // What ran and does no longer, before its URLs could be read, is on its way again.
        if (verdict === "booting" && this.#phase === "running") {
            this.#phase = "booting";
            this.#running.abort();
        }
        if (verdict === "running" && !this.settled)
            this.#run(row !== null);
    }
    /** There is no more time for what it waits for. */
    expire() {
        const { replica } = this;
        if (this.#phase === "checking")
            this.#beUnhealthy();
        else if (this.#phase === "booting")
            this.#fail(timeoutFailure(replica, this.#told()));
        else if (this.#phase === "running")
            this.#beWithoutUrl();
        this.#settle();
    }
    /** Ends the watch for a reason that is not the replica's own. */
    abandon(failure) {
        this.#fail(failure);
    }
    /** @param row with what is known of its address filled in */
    #hold(row) {
        this.replica.cvm = row;
        const { workspaceSlug } = this.#limits;
        const misfit = misfitOf(this.replica, workspaceSlug, this.#context.inputs.appId);
        if (misfit !== null)
            this.#fail(misfit);
    }
    /** @param rowRead the look that says so was at its row */
    #run(rowRead) {
        this.replica.times.running ??= this.#context.edges.clock.now();
        const begins = this.#phase === "booting";
        if (begins)
            this.#phase = "running";
        // What is missing in a row of before may be there by now.
        if (begins && !rowRead)
            this.#search.forget();
        if (this.#phase === "running")
            this.#serve();
        if (begins && this.#phase === "running")
            void this.#seek();
    }
    /** Looks for its own URL, beside the looks at all, for as long as it may take. */
    async #seek() {
        const { clock, cancel } = this.#context.edges;
        this.#running = new AbortController();
        const signal = AbortSignal.any([cancel, this.#end.signal, this.#running.signal]);
        const { deadline, wake } = this.#limits;
        const ranFrom = clock.now();
        const windowMs = this.#ranBefore ? OLD_URL_WINDOW_MS : URL_WINDOW_MS;
        const due = this.#path === null ? Math.min(ranFrom + windowMs, deadline) : deadline;
        await this.#search.run({ ranFrom, due, deadline, signal }, (row) => {
            this.#hold(row);
            if (!this.settled)
                this.#serve();
        });
        if (cancel.aborted)
            return;
        if (!signal.aborted)
            this.expire();
        wake();
    }
    /** The health check's path; null: none was asked for. */
    get #path() {
        return this.#context.inputs.healthCheck;
    }
    #serve() {
        const instanceUrl = this.replica.cvm?.instanceUrl ?? null;
        if (instanceUrl === null)
            return;
        if (this.#path === null) {
            this.#settle();
            return;
        }
        const url = healthUrl(instanceUrl, this.#path, this.#context.inputs.apiUrl);
        if (url === null)
            return;
        this.#asked = url;
        this.#phase = "checking";
        this.#running.abort();
        void this.#check(url);
    }
    async #check(url) {
        const { edges, inputs } = this.#context;
        const signal = AbortSignal.any([edges.cancel, this.#end.signal]);
        const target = {
            url,
            intervalMs: inputs.pollIntervalMs,
            deadline: this.#limits.deadline,
            onProblem: (problem) => {
                if (problem !== this.#problem) {
                    edges.runner.info(notHealthyYet(nameOf(this.replica), problem));
                }
                this.#problem = problem;
            },
        };
        const healthy = await becomesHealthy(edges, target, signal);
        if (!healthy || this.settled)
            return;
        this.replica.times.healthy = edges.clock.now();
        edges.runner.info(following_healthy(nameOf(this.replica)));
        this.#settle();
        this.#limits.wake();
    }
    #beUnhealthy() {
        this.#fail(unhealthyFailure(this.replica, this.#told(), this.#asked, this.#problem));
    }
    /** It runs, and there was no URL in time: a word, and red only where that URL was to be asked. */
    #beWithoutUrl() {
        const { replica } = this;
        const told = this.#told();
        if (this.#path !== null && replica.cvm?.instanceUrl) {
            this.#fail(unhealthyFailure(replica, told, null, UNUSABLE));
            return;
        }
        const why = this.#search.why(told.trouble);
        if (this.#path === null)
            this.#context.edges.runner.warning(noUrl(replica, told, why));
        else
            this.#fail(noUrlFailure(replica, told, this.#path, why));
    }
    /** Somebody deleted it; post is to know. */
    #lose() {
        const { replica } = this;
        replica.gone = true;
        replica.status = "deleted";
        if (replica.attempt === null)
            return;
        replica.attempt = { ...replica.attempt, gone: true };
        saveAttempt(this.#context.edges.runner, replica.attempt);
    }
    #fail(failure) {
        if (this.settled)
            return;
        this.replica.failure = failure;
        this.#settle();
    }
    #settle() {
        if (this.settled)
            return;
        if (this.replica.failure !== null)
            this.replica.times.failed = this.#context.edges.clock.now();
        this.#phase = "settled";
        this.#end.abort();
    }
    #told() {
        const { begun, deadline, workspaceSlug } = this.#limits;
        // A timer may come a little late; what the user set is what ran out.
        const elapsedMs = Math.min(this.#context.edges.clock.now(), deadline) - begun;
        const blind = this.#limits.blind();
        return {
            last: this.#memory.last,
            trouble: blind?.trouble ?? null,
            neverRead: blind?.never ?? false,
            elapsedMs,
            workspaceSlug,
            appId: this.#context.inputs.appId,
        };
    }
}

;// CONCATENATED MODULE: ./build/fleet/follow/follow.js






const HEARTBEAT_MS = 60_000;
/**
 * Waits until every replica runs and, where asked, serves; each then holds its status, URLs and, if it
 * came to nothing, its failure. One request a look for all of them. A failed look is never the verdict:
 * only the deadline, a terminal state, or a rejected key is. Ends early, without verdicts, on cancel.
 */
async function waitForAll(context, replicas, workspaceSlug) {
    const { edges, inputs, api } = context;
    const { clock, cancel, runner } = edges;
    const begun = clock.now();
    const deadline = begun + inputs.waitTimeoutMs;
    let wake = new AbortController();
    const troubles = new Map();
    let lookedWell = false;
    const blind = () => {
        const trouble = [...troubles.values()].at(-1) ?? null;
        return trouble === null ? null : { trouble, never: !lookedWell };
    };
    const finished = new AbortController();
    const onChange = () => {
        wake.abort();
        // A look that is under way could only hold the end up.
        if (watches.every(({ settled }) => settled))
            finished.abort();
    };
    const limits = { begun, deadline, workspaceSlug, wake: onChange, blind };
    const watches = replicas
        .filter((replica) => replica.failure === null && uuidOf(replica) !== null)
        .map((replica) => new Watch(context, replica, limits));
    const lookout = new Lookout(api, inputs.appId);
    void heartbeats(context, watches, begun, finished.signal);
    let last = { kind: "none", someRan: false, poor: false };
    try {
        for (;;) {
            const pending = watches.filter((watch) => !watch.settled);
            const now = clock.now();
            if (pending.length === 0)
                return;
            if (now >= deadline) {
                for (const watch of pending)
                    watch.expire();
                return;
            }
            wake = new AbortController();
            const lacking = pending.filter((watch) => watch.lacksDetails).length;
            const next = nextLook(pending.length, lacking, inputs.healthCheck !== null, last);
            if (!next.atOnce) {
                const pauseMs = pauseBefore(deadline - now, inputs.pollIntervalMs, last.kind !== "none");
                await clock.sleep(pauseMs, AbortSignal.any([cancel, wake.signal]));
                if (cancel.aborted)
                    return;
                if (wake.signal.aborted || clock.now() >= deadline)
                    continue;
            }
            const uuids = pending.map((watch) => watch.uuid);
            const signal = AbortSignal.any([cancel, finished.signal]);
            const look = await lookout.look(uuids, next.rows, () => deadline - clock.now(), signal);
            if (signal.aborted)
                return;
            const wanted = next.rows ? "rows" : "batch";
            if (!look.ok) {
                last = { kind: wanted, someRan: false, poor: true };
                if (look.rejected) {
                    const failure = requestFailure("follow the replicas' boot", look.fault);
                    for (const watch of pending)
                        watch.abandon(failure);
                    return;
                }
                const trouble = reasonOf(look.fault);
                if (trouble !== troubles.get(wanted)) {
                    runner.info(lookFailed(trouble));
                }
                troubles.delete(wanted);
                troubles.set(wanted, trouble);
                continue;
            }
            lookedWell = true;
            troubles.delete(wanted);
            for (const watch of pending)
                watch.observe(look.value);
            const someRan = pending.filter((watch) => watch.lacksDetails).length > lacking;
            const poor = uuids.some((uuid) => !look.value.statuses.has(uuid));
            last = { kind: look.value.cvms === null ? "batch" : "rows", someRan, poor };
        }
    }
    finally {
        finished.abort();
    }
}
/** A line a minute, whatever the looks do, so that a long wait never looks dead. */
async function heartbeats({ edges: { clock, runner }, inputs }, watches, begun, finished) {
    for (let beat = 1;; beat++) {
        await clock.sleep(Math.max(0, begun + beat * HEARTBEAT_MS - clock.now()), finished);
        const names = watches.filter(({ settled }) => !settled).map(({ replica }) => nameOf(replica));
        if (finished.aborted || names.length === 0)
            return;
        runner.info(heartbeat(names, watches.length, clock.now() - begun, inputs.waitTimeoutMs));
    }
}

;// CONCATENATED MODULE: ./build/phala/deletion.js
/** The API says that this key will never be allowed to. */
const NEVER = [401, 403];
/**
 * Whether to ask again for a deletion. It can be repeated without harm, and what is not deleted is billed,
 * so only "never" ends it. How the API refuses what is busy is not known for certain: a bare 409 (API facts,
 * "Errors, limits"), but a 423, a 409 with a code, or a 400 while the CVM starts may be meant the same.
 */
function judgeDeletion(fault) {
    if (fault.kind === "unreadable")
        return "retry";
    if (fault.kind === "network") {
        return ["certificate", "cancelled"].includes(fault.network) ? "final" : "retry";
    }
    return NEVER.includes(fault.status) ? "final" : "retry";
}
/**
 * Whether to ask again for a `ttl`. As for a deletion, but what is wrong with the request itself (its form,
 * a route that is not there) stays wrong, and the run would wait for it in vain.
 */
function judgeTtl(fault) {
    if (fault.kind !== "answer")
        return judgeDeletion(fault);
    const { status } = fault;
    if (status >= 500)
        return "retry";
    return [...BUSY, ...PERHAPS].includes(status) ? "retry" : "final";
}
/** Busy, or too many requests: may take as long as the boot takes. */
const BUSY = [408, 409, 423, 425, 429];
/** 400: it may still be starting; 404: just created, the platform may not know it everywhere yet. */
const PERHAPS = [400, 404];
/** Whether a refused `ttl` is one that only time can tell from "never": not to be tried for ever. */
function isDoubtful(fault) {
    return fault.kind === "answer" && PERHAPS.includes(fault.status);
}

;// CONCATENATED MODULE: ./build/report/log/limiting.js
/** The sentences about a `ttl`. */


const BILLED = "Without it, the replica is billed until somebody deletes it.";
/** A moment as everybody reads it. @param at ms since the epoch */
function moment(at) {
    return new Date(at).toISOString();
}
/** What is tried, for logs and failures. @param ttlMs as it was asked for */
function settingTtl({ name, vmUuid }, ttlMs) {
    return `set the ttl (${duration(ttlMs)}) of ${name} (${vmUuid})`;
}
function ttlIsSet({ name, endsAt }) {
    return `The platform deletes ${name} at ${moment(endsAt)} (ttl).`;
}
/** A try that failed for the moment; more follow, beside whatever else is going on. */
function ttlNotYet(limited, ttlMs, fault) {
    return `Could not ${settingTtl(limited, ttlMs)} yet: ${reasonOf(fault)}. It is tried again while the step goes on.`;
}
function ttlFailure(limited, ttlMs, fault, gaveUp) {
    const trouble = troubleOf(settingTtl(limited, ttlMs), fault, gaveUp);
    return { code: codeOf(fault), text: `${trouble} ${BILLED}` };
}
/** An end that has passed already: the platform is not told of it. */
function ttlIsPast(limited, ttlMs) {
    return {
        code: "TIMEOUT",
        text: `Did not ${settingTtl(limited, ttlMs)}: its end, ${moment(limited.endsAt)}, lies in the past by the platform's clock. ${BILLED}`,
    };
}
/** Nobody but our clock told when the replica was created. */
function ttlIsGuessed({ name, endsAt }) {
    return `The API told neither created_at nor a Date, so the ttl of ${name} is counted by this runner's clock: it ends at ${moment(endsAt)}. If that is not what you meant, the runner's clock is off.`;
}
/** A deletion to come needs the same proof as one at once. */
function ttlUnproven({ name, vmUuid }) {
    return `The ttl of ${name} (${vmUuid}) is not set: it was found by elimination after a lost answer, so it may be another's, and exclusive is not true. It is billed until somebody deletes it.`;
}

;// CONCATENATED MODULE: ./build/fleet/plan/life.js
/** When a `ttl` ends a replica's life: arithmetic over clocks that disagree, apart from all I/O. */
/**
 * The moment that the platform is to be told. Counted from the creation as the platform tells it: a runner's
 * clock may be hours off, and would end a replica far too early, or too late.
 *
 * @param ttlMs how long it shall live
 */
function lifeEnd({ createdAt, platformTime, seenAt, bornAt }, ttlMs) {
    const date = platformTime === null ? null : platformTime - (seenAt - bornAt);
    const born = [createdAt, date].find((time) => time !== null && time + ttlMs <= LAST_MOMENT);
    return born === undefined || born === null
        ? { at: bornAt + ttlMs, guessed: true }
        : { at: born + ttlMs, guessed: false };
}
/** Beyond it a time can't be written down. Ms since the epoch. */
const LAST_MOMENT = 8.64e15;
/**
 * What the platform's clock may be ahead of what we think: a `Date` has whole seconds and travels, and so does
 * the request that tells the end. Ms.
 */
const MARGIN_MS = 12_000;
/**
 * How long the platform can still be told of an end, in ms; none, or less, where it lies in the past by the
 * platform's clock, or will by the time that it hears of it: such an end would delete at once, or never, which
 * nobody knows.
 *
 * @param at the end, by the platform's clock
 * @param now our clock
 */
function timeToTell(at, birth, now) {
    const { createdAt, platformTime, seenAt, bornAt } = birth;
    // Without a `Date`, what has passed since the creation is all that can be trusted of our clock.
    const there = platformTime === null ? (createdAt ?? bornAt) + (now - bornAt) : platformTime + (now - seenAt);
    return at - there - MARGIN_MS;
}

;// CONCATENATED MODULE: ./build/fleet/plan/own-failure.js
/**
 * Codes that say nothing against what a run made: a running replica without a URL (`NO_URL`), and instances
 * that had failed before it began (`DEAD`).
 */
const NOT_OURS = ["NO_URL", "DEAD"];
/**
 * Whether something of this run's own failed, so that `cleanup: on_failure` has a reason to delete what it
 * made. An instance that was there before and is sick is none, nor is what could not be told to GitHub.
 *
 * @param cancelled the run was ended from outside
 * @param failure what ended the run before or outside its replicas; null: nothing did
 * @param replicas those that the run asked for, without what was there before
 */
function hasOwnFailure(cancelled, failure, replicas) {
    const failures = replicas
        .filter(({ origin }) => origin !== "existing")
        .map((replica) => replica.failure);
    return cancelled || [failure, ...failures].some((one) => one !== null && isOwn(one));
}
/** Whether a failure of a replica that the run made is one of the run's own. */
function isOwn({ code }) {
    return !NOT_OURS.includes(code);
}

;// CONCATENATED MODULE: ./build/fleet/lifetimes.js








/** Of one try, in ms. */
const TRY_MS = 10_000;
/** A replica that has just come to run is not to wait long for its `ttl`. Ms. */
const LONGEST_PAUSE_MS = 10_000;
/** How long an answer is believed to be for now that may be for good, in ms. */
const DOUBT_MS = 60_000;
/** Requests at once. */
const lifetimes_AT_ONCE = 8;
/** The pauses alone: when it is over, the step decides. */
const NO_END = { maxTries: Number.POSITIVE_INFINITY, totalMs: Number.POSITIVE_INFINITY };
/**
 * The `ttl` of a run's replicas. Each is set right after the creation, so that a replica dies in time even if
 * every runner does. While the CVM is busy the platform may refuse that, so it is tried again beside all that
 * the run does, and never holds up or ends the waiting.
 */
class Lifetimes {
    #context;
    #clockOffsetMs;
    #gate = gateOf(lifetimes_AT_ONCE);
    #over = new AbortController();
    #signal;
    #pending = [];
    #failures = new Map();
    /** Ends the pauses; replaced each time. */
    #wake = new AbortController();
    /** @param clockOffsetMs the platform's clock minus ours, as the run's first look told it; null: not known */
    constructor(context, clockOffsetMs) {
        this.#context = context;
        this.#clockOffsetMs = clockOffsetMs;
        this.#signal = AbortSignal.any([context.edges.cancel, this.#over.signal]);
    }
    /** Works out when the replica ends; before it is saved that it was made, so that post knows as well. */
    plan(replica) {
        const { ttlMs } = this.#context.inputs;
        if (ttlMs !== null)
            replica.endsAt = lifeEnd(this.#birthOf(replica), ttlMs).at;
    }
    /** The first try. Where it fails for the moment, more follow beside the run. */
    async begin(replica) {
        const { edges, inputs } = this.#context;
        const { clock, runner, cancel } = edges;
        const vmUuid = uuidOf(replica);
        const { ttlMs } = inputs;
        if (ttlMs === null || vmUuid === null || cancel.aborted)
            return;
        const name = nameOf(replica);
        if (replica.origin === "adopted" && !inputs.exclusive) {
            runner.warning(ttlUnproven({ name, vmUuid }));
            return;
        }
        const { at: endsAt, guessed } = lifeEnd(this.#birthOf(replica), ttlMs);
        const limit = { vmUuid, name, endsAt, replica, ttlMs, begunAt: clock.now() };
        if (guessed)
            runner.warning(ttlIsGuessed(limit));
        const fault = await this.#try(limit, 1);
        if (fault === null || this.#signal.aborted)
            return;
        runner.info(ttlNotYet(limit, ttlMs, fault));
        this.#pending.push(this.#goOn(limit, fault));
    }
    /**
     * Waits for what is not set yet, at most until `deadline` (our clock, ms since the epoch). What is not set then
     * is a failure of its replica, beside any other.
     */
    async finish(deadline) {
        const { clock, cancel } = this.#context.edges;
        const leftMs = Math.max(0, deadline - clock.now());
        if (leftMs === 0)
            this.stop();
        // The waiting is over: what is running by now may be busy no more.
        else
            this.#wake.abort();
        if (this.#pending.length > 0) {
            const finished = new AbortController();
            const end = clock.sleep(leftMs, finished.signal).then(() => this.stop());
            await Promise.all(this.#pending);
            finished.abort();
            await end;
        }
        // Of a cancelled run nothing failed; post sees to the rest.
        if (cancel.aborted)
            return;
        for (const [replica, failure] of this.#failures)
            addFailure(replica, failure);
    }
    /** Ends all tries at once: nothing of it may outlive the run. */
    stop() {
        this.#over.abort();
    }
    async #goOn(limit, first) {
        let fault = first;
        for (let tries = 1;; tries++) {
            await this.#pause(fault, tries);
            const next = this.#signal.aborted ? null : await this.#try(limit, tries + 1);
            // A try that the end of the step cut off tells nothing new.
            if (this.#signal.aborted && !limit.replica.ttlSet) {
                this.#failures.set(limit.replica, givenUp(limit, fault, tries));
                return;
            }
            if (next === null)
                return;
            fault = next;
        }
    }
    /** As long as the server asks, or what patience suggests, which ends when something may have changed. */
    async #pause(fault, tries) {
        const { clock, random } = this.#context.edges;
        const next = nextTry(fault, tries, 0, NO_END, clock.now(), random());
        const ms = next.again ? next.waitMs : LONGEST_PAUSE_MS;
        if (fault.kind === "answer" && fault.retryAfter !== null) {
            await clock.sleep(ms, this.#signal);
            return;
        }
        if (this.#wake.signal.aborted)
            this.#wake = new AbortController();
        const signal = AbortSignal.any([this.#signal, this.#wake.signal]);
        await clock.sleep(Math.min(ms, LONGEST_PAUSE_MS), signal);
    }
    /** @returns why it is worth another try; null: it is set, or will never be */
    async #try(limit, tries) {
        const { api, edges } = this.#context;
        const { replica, ttlMs, vmUuid, endsAt, begunAt } = limit;
        const now = edges.clock.now();
        if (timeToTell(endsAt, this.#birthOf(replica), now) <= 0) {
            this.#failures.set(replica, ttlIsPast(limit, ttlMs));
            return null;
        }
        const options = { signal: this.#signal, timeoutMs: TRY_MS };
        const result = await this.#gate(() => api.scheduleDelete(vmUuid, endsAt, options));
        if (result.ok) {
            this.#isSet(limit);
            return null;
        }
        const { fault } = result;
        const doubted = isDoubtful(fault) && now - begunAt > DOUBT_MS;
        if (this.#signal.aborted || (judgeTtl(fault) === "retry" && !doubted))
            return fault;
        this.#failures.set(replica, givenUp(limit, fault, tries));
        return null;
    }
    #isSet(limit) {
        const { runner } = this.#context.edges;
        const { replica, endsAt } = limit;
        replica.endsAt = endsAt;
        replica.ttlSet = true;
        runner.info(ttlIsSet(limit));
        if (replica.attempt === null)
            return;
        replica.attempt = { ...replica.attempt, endsAt, ttlSet: true };
        saveAttempt(runner, replica.attempt);
    }
    #birthOf({ origin, vm, cvm, times }) {
        const now = this.#context.edges.clock.now();
        const seenAt = times.made ?? now;
        // What was adopted was seen long after it was created.
        const bornAt = origin === "adopted" ? (times.sent ?? seenAt) : seenAt;
        const offset = this.#clockOffsetMs === null ? null : seenAt + this.#clockOffsetMs;
        return {
            createdAt: vm?.createdAt ?? cvm?.createdAt ?? null,
            platformTime: vm?.answeredAt ?? offset,
            seenAt,
            bornAt,
        };
    }
}
function givenUp(limit, fault, tries) {
    return ttlFailure(limit, limit.ttlMs, fault, { again: false, because: "time", tries });
}
/** A replica has one failure, with the words of both; the code is that of the first which is a reason to act. */
function addFailure(replica, failure) {
    const before = replica.failure;
    const text = before === null ? failure.text : `${before.text} ${failure.text}`;
    replica.failure = { ...(before !== null && isOwn(before) ? before : failure), text };
}

;// CONCATENATED MODULE: ./build/fleet/plan/placement.js

/**
 * Turns names into numbers: any case, exact otherwise, as the official CLI does it. A number is taken as
 * it is, since the list need not hold every node that the API accepts.
 *
 * @param nodes null where no name has to be looked up
 */
function resolveNodes(choices, nodes) {
    const placements = [];
    const problems = [];
    for (const choice of choices) {
        if (choice.kind === "id") {
            const name = nodes?.find((node) => node.id === choice.id)?.name ?? null;
            placements.push({ id: choice.id, name });
            continue;
        }
        const wanted = choice.name.toLowerCase();
        const matches = (nodes ?? []).filter((node) => node.name.toLowerCase() === wanted);
        const [match] = matches;
        if (match === undefined) {
            problems.push(noSuchNode(choice.name, nodes ?? []));
        }
        else if (matches.length > 1) {
            problems.push(ambiguousNode(choice.name, matches));
        }
        else {
            placements.push({ id: match.id, name: match.name });
        }
    }
    return problems.length === 0 ? { ok: true, placements } : { ok: false, problems };
}
/**
 * Which `compose_hash` to send. The API demands one as soon as the app has several live instances
 * (ERR-03-009), which is so from the second request of a run on.
 *
 * @param given the user's choice, which always wins
 * @param source the source CVM, null where the list could not be read
 * @param live the app's live instances, the source among them where it lives
 * @param count how many requests the run sends
 */
function planComposeHash(given, source, live, count) {
    if (given !== null)
        return { ok: true, first: given, later: given, implied: given };
    const hashes = hashesOf(live);
    if (live.length > 1 && hashes.size > 1)
        return { ok: false, live };
    const [shared = source?.composeHash ?? null] = hashes;
    if (live.length > 1)
        return { ok: true, first: shared, later: shared, implied: shared };
    // The source is stopped, and another revision is live: the API's choice is not ours to know.
    const all = source === null || live.includes(source) ? live : [source, ...live];
    if (hashesOf(all).size > 1) {
        return count > 1
            ? { ok: false, live: all }
            : { ok: true, first: null, later: null, implied: null };
    }
    return { ok: true, first: null, later: shared, implied: shared };
}
function hashesOf(cvms) {
    return new Set(cvms.map((cvm) => cvm.composeHash).filter((hash) => hash !== null));
}
/** The create requests of a run, dealt over the listed nodes in turn. */
function planSlots(count, placements, hash) {
    return Array.from({ length: count }, (_, index) => {
        const place = placements[index % Math.max(1, placements.length)];
        const composeHash = index === 0 ? hash.first : hash.later;
        return {
            index,
            nodeId: place?.id ?? null,
            nodeName: place?.name ?? null,
            composeHash,
            expectedHash: composeHash ?? hash.implied,
        };
    });
}

;// CONCATENATED MODULE: ./build/phala/approval.js



/**
 * Reads a 465 body in each form that is known (API facts, "X-Prepare-Only and HTTP 465"): the structured
 * envelope at the top or inside `detail`, with the values in `details[]` as field and value; the older
 * flat form; and a bare string in `detail`. What is missing is null.
 */
function readApproval(text) {
    const body = parseJson(text);
    const envelope = envelopeOf(body);
    const values = new Map();
    for (const entry of arrayAt(envelope, "details")) {
        const field = stringAt(entry, "field");
        if (field !== null)
            values.set(field, fieldOf(entry, "value"));
    }
    const value = (field) => values.get(field) ?? fieldOf(envelope, field);
    const textOf = (field) => {
        const found = value(field);
        return typeof found === "string" && found !== "" ? found : null;
    };
    const objectOf = (field) => {
        const found = value(field);
        return isObject(found) ? found : null;
    };
    const onchainStatus = objectOf("onchain_status");
    return {
        message: stringAt(envelope, "message") ?? stringAt(body, "detail"),
        composeHash: textOf("compose_hash"),
        appId: textOf("app_id"),
        deviceId: textOf("device_id"),
        kmsInfo: objectOf("kms_info"),
        commitToken: parseToken(textOf("commit_token") ?? ""),
        commitUrl: textOf("commit_url"),
        apiCommitUrl: textOf("api_commit_url"),
        onchainStatus,
        isAllowed: booleanAt(onchainStatus, "is_allowed") === true,
    };
}

;// CONCATENATED MODULE: ./build/phala/instance-id.js


/** Reads the answer of `PATCH /cvms/{cvm_id}/instance-id`; null where it is no such thing. */
function readBackfill(value) {
    const status = stringAt(value, "status")?.toLowerCase();
    if (status === undefined)
        return null;
    const sure = status === "updated" || status === "unchanged";
    return {
        status,
        instanceId: sure ? parseInstanceId(stringAt(value, "new_instance_id") ?? "") : null,
    };
}
/** The register that the guest's own events extend. */
const GUEST_REGISTER = 3;
/**
 * Reads the answer of `GET /cvms/{cvm_id}/attestation`; null where it is no such thing. The app in the CVM
 * can add events of its own, so that the id counts only where exactly one event tells it.
 */
function readAttestedId(value) {
    if (!isObject(value))
        return null;
    const events = arrayAt(objectAt(value, "tcb_info"), "event_log").filter((event) => stringAt(event, "event") === "instance-id");
    const [only] = events;
    const sure = events.length === 1 && fieldOf(only, "imr") === GUEST_REGISTER;
    return { instanceId: sure ? parseInstanceId(stringAt(only, "event_payload") ?? "") : null };
}

;// CONCATENATED MODULE: ./build/phala/kms.js

/** Reads the answer of `GET /kms/{kms_id}/pubkey/{app_id}`; null where it is no such thing. */
function readSignedKey(value) {
    const publicKey = stringAt(value, "public_key");
    const signature = stringAt(value, "signature");
    return publicKey === null || signature === null ? null : { publicKey, signature };
}
/**
 * Reads the KMS's root key from `GET /kms/{kms_id}/info`: what the chain says goes before what the KMS
 * says of itself.
 */
function readRootKey(value) {
    const onChain = objectAt(value, "on_chain");
    const bootstrap = objectAt(objectAt(value, "rpc"), "bootstrap_info");
    const key = stringAt(objectAt(onChain, "kms_info"), "k256_pubkey") ?? stringAt(bootstrap, "k256_pubkey");
    const match = fieldOf(objectAt(onChain, "verification"), "k256_pubkey_match");
    return key === null ? null : { key, disowned: match === false };
}
/**
 * The KMS's name from a CVM in the shape of API version 2025-10-28. Its `kms_type` (`base`) is not an id
 * that the KMS routes know (API facts, 5.2).
 */
function readKmsId(value) {
    if (!isObject(value))
        return null;
    const kms = objectAt(value, "kms_info");
    // It becomes part of a path, where dots would lead elsewhere.
    const names = [stringAt(kms, "slug"), stringAt(kms, "id")];
    return names.find((name) => name !== null && /^[\w-]{1,128}$/.test(name)) ?? null;
}

;// CONCATENATED MODULE: ./build/phala/nodes.js

/** Reads the answer of `GET /teepods/available`; null where it is no such thing. */
function readNodes(value) {
    if (!isObject(value) || !Array.isArray(value.nodes))
        return null;
    return arrayAt(value, "nodes").flatMap((node) => {
        const id = numberAt(node, "teepod_id");
        const name = stringAt(node, "name");
        return id === null || name === null ? [] : [{ id, name }];
    });
}

;// CONCATENATED MODULE: ./build/phala/requests.js
/** What the create-like requests consist of, apart from their sending: also what a dry run shows. */
/** `POST /apps/{app_id}/cvms/{vm_uuid}/replicas` */
function createParts({ appId, vmUuid, body, prepareOnly }) {
    return {
        path: `${appPath(appId)}/cvms/${encodeURIComponent(vmUuid)}/replicas`,
        headers: prepareOnly ? { "x-prepare-only": "true" } : {},
        body: Object.keys(body).length === 0 ? undefined : JSON.stringify(body),
    };
}
/** `POST /cvms/{cvm_id}/commit-replica`; the id is the source's. */
function commitParts(request) {
    const { vmUuid, token, composeHash, transactionHash } = request;
    const body = {
        token,
        ...(composeHash === null ? {} : { compose_hash: composeHash }),
        transaction_hash: transactionHash,
    };
    return { path: `${cvmPath(vmUuid)}/commit-replica`, headers: {}, body: JSON.stringify(body) };
}
function appPath(appId) {
    return `/apps/${encodeURIComponent(appId)}`;
}
function cvmPath(vmUuid) {
    return `/cvms/${encodeURIComponent(vmUuid)}`;
}
function kmsPath(kmsId) {
    return `/kms/${encodeURIComponent(kmsId)}`;
}

;// CONCATENATED MODULE: ./build/phala/api.js











/** The API version that the shapes of this folder are written for (API facts, "API versions"). */
const API_VERSION = "2026-01-21";
/** The version before it, whose `GET /cvms/{id}` is the only one to name the KMS (API facts, 5.2). */
const KMS_NAMING_VERSION = "2025-10-28";
/** The Phala Cloud API as typed calls. Each is one request: no retries, no log, and nothing thrown. */
class PhalaClient {
    #transport;
    #settings;
    constructor(transport, settings) {
        this.#transport = transport;
        this.#settings = settings;
    }
    /** `POST /apps/{app_id}/cvms/{vm_uuid}/replicas` */
    async createReplica(request, options = {}) {
        const { path, headers, body } = createParts(request);
        return this.#creating(await this.#send("POST", path, options, body, headers));
    }
    /**
     * `POST /cvms/{cvm_id}/commit-replica`; the id is the source's. Answers like a create (API facts,
     * "Commit replica"; the official document leaves the answer open).
     */
    async commitReplica(request, options = {}) {
        const { path, body } = commitParts(request);
        return this.#creating(await this.#send("POST", path, options, body));
    }
    /** `GET /apps/{app_id}/cvms`: all CVMs of the app, in one answer without pages. */
    async listCvms(appId, options = {}) {
        const answer = await this.#send("GET", `${appPath(appId)}/cvms`, options);
        return this.#reading(answer, (value, whole) => {
            if (!Array.isArray(value))
                return null;
            const cvms = value.map(readCvm).filter((cvm) => cvm !== null);
            return { cvms, serverTime: serverTime(whole) };
        });
    }
    /** `GET /cvms/{cvm_id}` */
    async getCvm(vmUuid, options = {}) {
        return this.#reading(await this.#send("GET", cvmPath(vmUuid), options), readCvm);
    }
    /** The KMS of the CVM's app, as the KMS routes want it: its slug, or else its id. */
    async kmsOf(vmUuid, options = {}) {
        const version = { "x-phala-version": KMS_NAMING_VERSION };
        const answer = await this.#send("GET", cvmPath(vmUuid), options, undefined, version);
        return this.#reading(answer, readKmsId);
    }
    /** `GET /kms/{kms_id}/pubkey/{app_id}`: the app's encryption key, signed by the KMS. */
    async appKey(kmsId, appId, options = {}) {
        const path = `${kmsPath(kmsId)}/pubkey/${encodeURIComponent(appId)}`;
        return this.#reading(await this.#send("GET", path, options), readSignedKey);
    }
    /** `GET /kms/{kms_id}/info`: the KMS's root key. */
    async kmsRootKey(kmsId, options = {}) {
        return this.#reading(await this.#send("GET", `${kmsPath(kmsId)}/info`, options), readRootKey);
    }
    /** `GET /teepods/available`: the nodes that take CVMs. */
    async listNodes(options = {}) {
        return this.#reading(await this.#send("GET", "/teepods/available", options), readNodes);
    }
    /** `POST /status/batch`: how far each CVM is, by dashed UUID, boot errors included. */
    async bootStatuses(vmUuids, options = {}) {
        const body = JSON.stringify({ vm_uuids: vmUuids });
        return this.#reading(await this.#send("POST", "/status/batch", options, body), readBootStatuses);
    }
    /** `PATCH /cvms/{cvm_id}/instance-id`: has the platform find out an id that is missing, and store it. */
    async backfillInstanceId(vmUuid, options = {}) {
        // Its defaults, in so many words: what is there stays.
        const body = JSON.stringify({ overwrite: false, dry_run: false });
        const path = `${cvmPath(vmUuid)}/instance-id`;
        return this.#reading(await this.#send("PATCH", path, options, body), readBackfill);
    }
    /** `GET /cvms/{cvm_id}/attestation`: the instance id by the guest's own event log. */
    async attestedInstanceId(vmUuid, options = {}) {
        const path = `${cvmPath(vmUuid)}/attestation`;
        return this.#reading(await this.#send("GET", path, options), readAttestedId);
    }
    /** `PATCH /cvms/{cvm_id}/scheduled-delete`. @param at ms since the epoch, by the server's clock */
    async scheduleDelete(vmUuid, at, options = {}) {
        const body = JSON.stringify({ scheduled_delete_at: new Date(at).toISOString() });
        const path = `${cvmPath(vmUuid)}/scheduled-delete`;
        return this.#done(await this.#send("PATCH", path, options, body));
    }
    /** `DELETE /cvms/{cvm_id}`: starts the deletion; `unknown`: the API knows no such CVM (any more). */
    async deleteCvm(vmUuid, options = {}) {
        const result = this.#done(await this.#send("DELETE", cvmPath(vmUuid), options));
        if (result.ok)
            return { ok: true, value: "begun" };
        const { fault } = result;
        return fault.kind === "answer" && fault.status === 404
            ? { ok: true, value: "unknown" }
            : { ok: false, fault };
    }
    /** A create-like answer: a `VM`, a 465, or a failure. */
    #creating(answer) {
        if ("kind" in answer)
            return { kind: "failed", fault: answer };
        if (answer.status === APPROVAL_NEEDED && answer.breaksOff) {
            return { kind: "failed", fault: unreadable(answer, "an answer that breaks off") };
        }
        if (answer.status === APPROVAL_NEEDED) {
            return { kind: "approval", approval: readApproval(answer.body), fault: this.#fault(answer) };
        }
        if (!isSuccess(answer))
            return { kind: "failed", fault: this.#fault(answer) };
        const value = parseJson(answer.body);
        const vm = readVm(value, serverTime(answer));
        if (vm === null)
            return { kind: "failed", fault: unreadable(answer, api_problemOf(answer, value)) };
        return { kind: "created", vm };
    }
    #done(answer) {
        if ("kind" in answer)
            return { ok: false, fault: answer };
        if (!isSuccess(answer))
            return { ok: false, fault: this.#fault(answer) };
        // Whatever the API may say to what it has done, a page is a proxy's.
        if (isPage(answer))
            return { ok: false, fault: unreadable(answer, "a web page") };
        return { ok: true, value: true };
    }
    #reading(answer, read) {
        if ("kind" in answer)
            return { ok: false, fault: answer };
        if (!isSuccess(answer))
            return { ok: false, fault: this.#fault(answer) };
        const value = parseJson(answer.body);
        const found = read(value, answer);
        if (found !== null)
            return { ok: true, value: found };
        return { ok: false, fault: unreadable(answer, api_problemOf(answer, value)) };
    }
    #fault(answer) {
        return answerFault(answer, this.#settings.redactPrinted);
    }
    async #send(method, path, options, body, extra = {}) {
        const { apiUrl, apiKey, timeoutMs, redact } = this.#settings;
        try {
            const answer = await this.#transport({
                method,
                url: apiUrl + path,
                headers: {
                    accept: "application/json",
                    "x-api-key": apiKey,
                    "x-phala-version": API_VERSION,
                    ...(body === undefined ? {} : { "content-type": "application/json" }),
                    ...extra,
                },
                ...(body === undefined ? {} : { body }),
                timeoutMs: Math.min(timeoutMs, options.timeoutMs ?? timeoutMs),
                ...(options.signal === undefined ? {} : { signal: options.signal }),
            });
            const headers = Object.entries(answer.headers).map(([name, value]) => [name, redact(value)]);
            return { ...answer, headers: Object.fromEntries(headers), body: redact(answer.body) };
        }
        catch (error) {
            return networkFault(error, apiUrl);
        }
    }
}
function isSuccess(answer) {
    return answer.status >= 200 && answer.status < 300;
}
function api_problemOf(answer, value) {
    if (answer.body.trim() === "")
        return "an empty body";
    if (isPage(answer))
        return "a web page";
    if (value === undefined)
        return "a body that is not JSON, or breaks off";
    if (isObject(value))
        return "a JSON object without the fields that the API promises";
    return `JSON of another type (${Array.isArray(value) ? "array" : value === null ? "null" : typeof value})`;
}

;// CONCATENATED MODULE: ./build/fleet/run.js





/** Far more than is ever shown of a server's reason; to search more for secrets takes time. Characters. */
const MOST_SEARCHED = 20_000;
/** The API as main and post reach it, with the runner's secrets taken out of all that it says. */
function openApi({ transport, runner }, access) {
    return new PhalaClient(transport, {
        ...access,
        redact: (text) => runner.redact(text),
        redactPrinted: (text) => runner.redactPrinted(cut(text, MOST_SEARCHED)),
    });
}
/**
 * Sends a request that can be repeated without harm, within its budget; each wait is logged.
 *
 * @param what what is tried: "list the app's CVMs"
 * @param attempt one try, told when to end and how long it may take in ms
 */
function ask(edges, what, attempt, rules = {}) {
    const { budget = READ_BUDGET, judge = judgeRepeatable } = rules;
    const signal = edges.cancel;
    return persist(edges, {
        budget,
        judge,
        signal,
        onWait: (fault, waitMs, next) => edges.runner.info(retrying(what, fault, waitMs, next)),
    }, (timeoutMs) => attempt({ signal, timeoutMs }));
}

;// CONCATENATED MODULE: ./build/fleet/look.js






/**
 * Looks before anything is paid: one read of the app's CVMs, and one of the nodes where a node is named.
 * An unreadable list is a warning, since the create itself may still work.
 */
async function survey(context) {
    const { inputs, edges } = context;
    const [list, nodes] = await Promise.all([readList(context), readNodeNames(context)]);
    if (!list.ok && isFinalForRun(list.fault)) {
        return { ok: false, failure: requestFailure("list the app's CVMs", list.fault, list.gaveUp) };
    }
    if (!nodes.ok)
        return nodes;
    const resolved = resolveNodes(inputs.nodes, nodes.value);
    if (!resolved.ok) {
        return { ok: false, failure: misfitFailure(`node_id: ${resolved.problems.join("; ")}.`) };
    }
    if (!list.ok) {
        if (inputs.instances !== null) {
            return {
                ok: false,
                failure: requestFailure("count the app's instances", list.fault, list.gaveUp),
            };
        }
        edges.runner.warning(listUnreadable(list.fault));
        const source = await readSource(context);
        const blank = { cvms: null, source, live: [], clockOffsetMs: null };
        const workspaceSlug = source?.workspaceSlug ?? null;
        return { ok: true, survey: { ...blank, workspaceSlug, placements: resolved.placements } };
    }
    const { cvms } = list.value;
    const source = cvms.find((cvm) => cvm.vmUuid === inputs.vmUuid && !cvm.deleted) ?? null;
    if (source === null) {
        return {
            ok: false,
            failure: misfitFailure(`vm_uuid: the CVM ${inputs.vmUuid} is not one of the app's (${cvms.length} found for app_id ${inputs.appId}); check that both belong together.`),
        };
    }
    return {
        ok: true,
        survey: {
            cvms,
            source,
            live: cvms.filter(isLive),
            clockOffsetMs: list.value.clockOffsetMs,
            workspaceSlug: source.workspaceSlug,
            placements: resolved.placements,
        },
    };
}
/** What was there before, for the search of lost replicas; null where nobody knows. */
function baselineOf({ cvms }) {
    return cvms?.flatMap(cvmKeys) ?? null;
}
/**
 * Faults of the first read that the create would meet too, or that make it unwise to send the key again.
 * Everything else (forbidden, a failing server) may concern the list alone.
 */
function isFinalForRun(fault) {
    if (fault.kind === "unreadable")
        return fault.page;
    if (fault.kind === "network") {
        return neverSent(fault.network) || ["certificate", "cancelled"].includes(fault.network);
    }
    return (fault.status === 401 || fault.status === 404 || (fault.status >= 300 && fault.status < 400));
}
/** A `Date` that is further from our clock tells nothing of the server's. */
const MOST_OFFSET_MS = 24 * 3_600_000;
/** The server's clock minus ours in ms; null where it does not tell, or nothing believable. */
function clockOffset(serverTime, now) {
    const offset = serverTime === null ? null : serverTime - now;
    return offset === null || Math.abs(offset) > MOST_OFFSET_MS ? null : offset;
}
async function readList({ api, edges, inputs }) {
    const what = "list the app's CVMs";
    return ask(edges, what, async (options) => {
        const list = await api.listCvms(inputs.appId, options);
        if (!list.ok)
            return list;
        const { serverTime, cvms } = list.value;
        const clockOffsetMs = clockOffset(serverTime, edges.clock.now());
        return { ok: true, value: { cvms, clockOffsetMs } };
    });
}
/**
 * The source by its own route, which a key may read that must not list the app's CVMs: from the second
 * request on the API wants to be told its revision. A run that fails to read it goes on without.
 */
async function readSource({ api, edges, inputs }) {
    const sendsMore = (inputs.count ?? 1) > 1 && inputs.commitToken === null;
    if (!sendsMore || inputs.composeHash !== null)
        return null;
    const what = "read the source CVM";
    const cvm = await ask(edges, what, (options) => api.getCvm(inputs.vmUuid, options));
    return cvm.ok ? cvm.value : null;
}
async function readNodeNames({ api, edges, inputs, }) {
    if (!inputs.nodes.some(({ kind }) => kind === "name"))
        return { ok: true, value: null };
    const what = "look the nodes' names up";
    const nodes = await ask(edges, what, (options) => api.listNodes(options));
    if (nodes.ok)
        return nodes;
    return { ok: false, failure: requestFailure(what, nodes.fault, nodes.gaveUp) };
}
/**
 * Whether `prepare_only` is safe. For an app without an on-chain KMS the API would ignore the header and
 * create a billed replica (API facts, 1.3), so anything but a clear yes is a no.
 */
async function refusePrepare(context, { source }) {
    const { api, edges, inputs } = context;
    let onChain = source === null ? null : isOnChain(source);
    if (onChain === null) {
        const what = "see whether the app's KMS is on-chain";
        const cvm = await ask(edges, what, (options) => api.getCvm(inputs.vmUuid, options));
        if (!cvm.ok)
            return requestFailure(what, cvm.fault, cvm.gaveUp);
        onChain = isOnChain(cvm.value);
    }
    if (onChain === true)
        return null;
    const why = onChain === false
        ? "the app's KMS is not on-chain, so there is nothing to approve, and the API would create a billed replica at once"
        : "the API does not tell whether the app's KMS is on-chain, and for one that is not it would create a billed replica at once";
    return misfitFailure(`prepare_only: ${why}. Leave prepare_only out to create a replica.`);
}

;// CONCATENATED MODULE: ./build/fleet/plan/newcomers.js



/**
 * `Date` and `created_at` may have whole seconds, and an API's database has a clock of its own. More would
 * let in strangers' CVMs that an app's list was late to show.
 */
const KNOWN_CLOCK_SLACK_MS = 2_000;
/** The server never told its time: the runner's clock may be off by this much. */
const UNKNOWN_CLOCK_SLACK_MS = 120_000;
/** From when on a CVM can be ours, by the server's clock. @param sentAt our clock, ms since the epoch */
function createdNotBefore(sentAt, clockOffsetMs) {
    return sentAt + (clockOffsetMs ?? 0) - slackMs(clockOffsetMs);
}
/** Until when one can be that of a try which another followed. @param at our clock, ms since the epoch */
function createdNotAfter(at, clockOffsetMs) {
    return at === null ? null : at + (clockOffsetMs ?? 0) + slackMs(clockOffsetMs);
}
function slackMs(clockOffsetMs) {
    return clockOffsetMs === null ? UNKNOWN_CLOCK_SLACK_MS : KNOWN_CLOCK_SLACK_MS;
}
/** The unclaimed newcomers that fit. What the API does not tell contradicts nothing. */
function newcomers(cvms, wanted) {
    return cvms.filter((cvm) => {
        const known = (key) => wanted.baseline.has(key) || wanted.claimed.has(key);
        if (cvm.deleted || cvmKeys(cvm).some(known))
            return false;
        // A name is good for one CVM of a workspace (API facts, 9), so it says more than all the rest.
        if (wanted.name !== null)
            return cvm.name === wanted.name;
        if (wanted.nodeId !== null && cvm.nodeId !== null && cvm.nodeId !== wanted.nodeId)
            return false;
        if (wanted.composeHash !== null &&
            cvm.composeHash !== null &&
            cvm.composeHash !== wanted.composeHash) {
            return false;
        }
        if (cvm.createdAt === null)
            return true;
        const { notBefore, notAfter } = wanted;
        return cvm.createdAt >= notBefore && (notAfter === null || cvm.createdAt <= notAfter);
    });
}
/**
 * Whether a create answer names a CVM that can't be its replica: one that was there before, or another
 * request's. Taken at its word, such an answer would get somebody's CVM a `ttl`, or deleted.
 */
function namesAnother(vmUuid, { baseline, claimed }) {
    return vmUuid !== null && (baseline.has(vmUuid) || claimed.has(vmUuid));
}
/**
 * One newcomer that is alone in two looks in a row is ours, most likely; several are never touched.
 *
 * @param before what the look before this one found, null at the first
 */
function decide(before, found) {
    const [cvm] = found;
    if (found.length > 1)
        return { kind: "several", cvms: found };
    const [same] = before ?? [];
    if (cvm === undefined || before?.length !== 1 || same === undefined)
        return { kind: "look-again" };
    // One without a UUID could be neither followed nor deleted; its row may get one yet.
    if (cvm.vmUuid === null)
        return { kind: "look-again" };
    return cvmKey(same) === cvmKey(cvm) ? { kind: "adopt", cvm } : { kind: "look-again" };
}
const FIRST_LOOK_MS = 300;
const SLOWEST_LOOK_MS = 2_000;
/** How long an uncertain request is looked for. */
const SETTLE_WINDOW_MS = 30_000;
/** Deadline of one look. */
const LOOK_TIMEOUT_MS = 10_000;
/** An app's list may show a newcomer a moment late; so long the next try of a create waits at least. */
const LEAST_WAIT_MS = 2_000;
/** What goes on when several creations run at once takes some seconds. */
const BUSY_WAIT_MS = 4_000;
/**
 * How long the app is looked at after an answer, in ms from the answer, before the request is sent again or
 * said to have made nothing; 0 is one look. An edge makes a 503 of an origin's silence, and the origin may
 * still be at work: that is looked for as a lost answer is. What the API itself refused, or put off before
 * it began, is there at once if it is there at all.
 */
function windowAfter(fault) {
    const away = fault.kind === "answer" && fault.status === 503;
    return away || proofOf(fault) === "lost" ? SETTLE_WINDOW_MS : 0;
}
/** How long a create waits after a failed try at least, in ms, so that the looks have something to see. */
function leastWaitAfter(fault) {
    if (isBusyWithOthers(fault))
        return BUSY_WAIT_MS;
    return proofOf(fault) === "unsent" ? 0 : Math.max(LEAST_WAIT_MS, windowAfter(fault));
}
/**
 * How much of the wait before the next try is spent looking, in ms; 0 is one look at its end. Before it, a
 * server is left alone for as long as it asks.
 *
 * @param waitMs of the whole wait
 * @param now ms since the epoch, to read a `Retry-After` that is a date
 */
function lookWithin(waitMs, fault, now) {
    const askedMs = fault.kind === "answer" ? (retryAfterMs(fault, now) ?? 0) : 0;
    return windowAfter(fault) === 0 ? 0 : Math.max(0, waitMs - Math.max(askedMs, FIRST_LOOK_MS));
}
/** The pause before look number `n`, counted from 0: 0.3 s at first, slowing to 2 s. */
function pauseBeforeLook(n) {
    return Math.min(Math.round(FIRST_LOOK_MS * 1.5 ** n), SLOWEST_LOOK_MS);
}

;// CONCATENATED MODULE: ./build/report/words/unclear.js
/** What to do where it is unclear whether a replica was created. */




/**
 * From then on nothing comes late any more. The API tells no such time; servers and what stands in front of
 * them give a request up within a few minutes, so this is well above.
 */
const LATE_MINUTES = 10;
/** @param why the time is needed: a clause */
function howToLook({ workspaceSlug, appId, rerun }, why = "a request whose answer was lost may still be carried out") {
    return `Wait ${LATE_MINUTES} minutes, since ${why}, then look at ${appUrl(workspaceSlug, appId)}. ${again(rerun)}`;
}
function again(rerun) {
    switch (rerun.kind) {
        case "instances":
            return `To run the step again after that, write instances: ${rerun.instances}, which counts what is there by then and creates only what is missing.`;
        case "token":
            return "The step can be run again with the same commit_token, which makes one replica at the most.";
        case "prepare":
            return "The step can be run again: a prepare is not meant to create anything.";
        case "blind":
            return "To run the step again after that, write the number that the app shall have in the end as instances, which counts what is there by then, and creates nothing while that can't be read; count creates replicas anew.";
    }
}
/** What the search for a lost replica showed, and what to do about it. */
function sequelOf(settlement, afterwards) {
    const { workspaceSlug, appId } = afterwards;
    const look = howToLook(afterwards);
    const naming = (text, cvms) => ({
        text: `${text} ${look}`,
        list: candidates(cvms, workspaceSlug, appId),
    });
    if (settlement.kind === "adopted") {
        return naming("One new CVM was seen and is not touched.", [settlement.cvm]);
    }
    if (settlement.kind === "several") {
        const { cvms } = settlement;
        return naming(`${cvms.length} new CVMs fit, so none was adopted and none is touched. Delete what is not wanted.`, cvms);
    }
    if (settlement.lastSeen !== null) {
        return naming("One new CVM was seen, but only once.", [settlement.lastSeen]);
    }
    const seen = settlement.kind === "blind"
        ? "The app's CVMs could not be listed since."
        : `Nothing new was seen in the app for ${duration(SETTLE_WINDOW_MS)}.`;
    return { text: `${seen} ${look}`, list: [] };
}
/**
 * Why it is not said of a refused request that it made nothing. The API's own no is as good as certain; what
 * is seen all the same is perhaps another job's, or something in between sent the request twice.
 *
 * @param settlement what the look showed; null: there was none, since nothing could be listed before
 */
function doubtOf(settlement, { workspaceSlug, appId }) {
    const seen = seenIn(settlement);
    if (seen.length > 0) {
        const many = seen.length === 1 ? "one new CVM that fits is" : `${seen.length} new CVMs fit and are`;
        return {
            text: `Yet ${many} there: another job's, or of this request after all. None is touched, each is billed; delete what is not wanted.`,
            list: candidates(seen, workspaceSlug, appId),
        };
    }
    const when = settlement === null ? "before the request" : "since";
    const text = `The app's CVMs could not be listed ${when}, so this could not be made sure of: look at ${appUrl(workspaceSlug, appId)}.`;
    return { text, list: [] };
}
/** As `doubtOf`, where no look was possible any more. */
const LEFT_TO_POST = {
    text: "The step was cancelled before it could be made sure that nothing was made; the post step looks.",
    list: [],
};
function seenIn(settlement) {
    if (settlement === null)
        return [];
    if (settlement.kind === "adopted")
        return [settlement.cvm];
    if (settlement.kind === "several")
        return settlement.cvms;
    return settlement.lastSeen === null ? [] : [settlement.lastSeen];
}

;// CONCATENATED MODULE: ./build/fleet/asking.js



/** One replica that is being asked for, and what post has to know of it at each moment. */
class Asking {
    replica;
    slot;
    /** When its last try was sent; of a commit the first one. Our clock, ms since the epoch. */
    sentAt;
    #clock;
    #runner;
    #since;
    #doubted = false;
    constructor(replica, slot, { clock, runner }) {
        this.replica = replica;
        this.slot = slot;
        this.sentAt = clock.now();
        this.#since = this.sentAt;
        this.#clock = clock;
        this.#runner = runner;
        replica.times.sent = this.sentAt;
    }
    /** When the first try was sent that may have made it: nothing made before is its replica. */
    get since() {
        return this.#since;
    }
    /** A try is known that may have made it, though no look has shown that. */
    get doubted() {
        return this.#doubted;
    }
    /** The next try of a create leaves now. */
    send() {
        this.sentAt = this.#clock.now();
        if (!this.#doubted)
            this.#since = this.sentAt;
    }
    /** The last try may have made it: what is found later may be older than the next try. */
    doubt() {
        this.#doubted = true;
    }
    /**
     * The request is settled, and not by the try that is in doubt. Lists may show late what that one made, so
     * post looks once more for it.
     */
    leaveDoubt() {
        const record = this.#record("unknown");
        if (this.#doubted)
            saveEarlier(this.#runner, { ...record, nextAt: this.sentAt });
        this.#doubted = false;
    }
    /** Writes into the state how far it is. */
    save(stage) {
        const { replica } = this;
        replica.attempt = this.#record(stage);
        saveAttempt(this.#runner, replica.attempt);
    }
    #record(stage) {
        const { slot, replica } = this;
        return {
            index: slot.index,
            stage,
            nodeId: slot.nodeId,
            composeHash: slot.expectedHash,
            sentAt: this.#since,
            nextAt: null,
            vmUuid: uuidOf(replica),
            name: shortName(replica),
            adopted: replica.origin === "adopted",
            endsAt: replica.endsAt,
            ttlSet: replica.ttlSet,
            gone: false,
        };
    }
}
/** The state is small; the API's names are (5 to 63 characters: API facts, "Identifiers"). */
function shortName({ cvm, vm }) {
    const name = cvm?.name ?? vm?.name ?? null;
    return name === null ? null : oneLine(name, 80);
}

;// CONCATENATED MODULE: ./build/fleet/orders.js




/** The create request of a slot; with `prepare_only` one that only asks for the approval. */
function createOrder(api, inputs, slot, total) {
    const request = createRequest(inputs, slot);
    const { prepareOnly } = inputs;
    return {
        kind: prepareOnly ? "prepare" : "create",
        what: prepareOnly ? "prepare a replica" : creating(slot, total),
        send: (signal) => api.createReplica(request, { signal }),
        judge: prepareOnly ? judgePrepare : judgeCreate,
        // A prepare makes nothing, so nothing has to show before it is sent again.
        budget: prepareOnly ? CREATE_BUDGET : { ...CREATE_BUDGET, leastWaitMs: leastWaitAfter },
    };
}
/** Field by field what was given, and nothing else. */
function createRequest(inputs, slot) {
    const { appId, vmUuid, prepareOnly, encryptedEnv, nodeField } = inputs;
    return {
        appId,
        vmUuid,
        prepareOnly,
        body: {
            ...(slot.nodeId === null ? {} : { [nodeField]: slot.nodeId }),
            ...(encryptedEnv === null ? {} : { encrypted_env: encryptedEnv }),
            ...(slot.composeHash === null ? {} : { compose_hash: slot.composeHash }),
        },
    };
}
/** The commit of a prepared replica. Its token is good for one replica, whatever is sent how often. */
function commitOrder(api, vmUuid, approved) {
    return {
        kind: "commit",
        what: "commit the prepared replica",
        send: (signal) => api.commitReplica({ vmUuid, ...approved }, { signal }),
        judge: judgeCommit,
        budget: COMMIT_BUDGET,
    };
}
/** A 465 whose registrations are all there already can be committed at once. */
function committable(approval) {
    const { commitToken, composeHash, isAllowed } = approval;
    if (!isAllowed || commitToken === null)
        return null;
    return { token: commitToken, composeHash, transactionHash: ALREADY_REGISTERED };
}

;// CONCATENATED MODULE: ./build/fleet/plan/brake.js

/** After so many requests in a row whose fate is unknown no further one is sent. */
const MOST_UNKNOWN = 2;
/** Whether a run sends further requests. Pure. @param ends how its requests ended, in order */
function whyStop(ends) {
    const refusals = ends.map(({ refusal }) => refusal).filter((refusal) => refusal !== null);
    const refusal = refusals.find((one) => scopeOf(one) === "run");
    if (refusal !== undefined)
        return { kind: "refused", refusal };
    const last = ends.slice(-MOST_UNKNOWN);
    const blind = last.length === MOST_UNKNOWN && last.every(({ unknown }) => unknown);
    return blind ? { kind: "unknown", inARow: MOST_UNKNOWN } : null;
}

;// CONCATENATED MODULE: ./build/fleet/settle.js


/** How long a single look is tried for, in ms. */
const GLANCE_MS = 10_000;
/** One look that comes through, or more where one may not be enough. @param leastMs as in `Window` */
function glance(leastMs = 0) {
    return { leastMs, mostMs: Math.max(leastMs, GLANCE_MS), atOnce: true };
}
/**
 * Looks for the replica of a create request that may have made one, against what was there before. Never
 * sends anything but reads. Ends early when the question is answered.
 *
 * @param wanted asked anew at each look, since other requests may claim a newcomer meanwhile
 * @param window how long to look; a number is ms after which it ends, whether a look came through or not
 */
async function settle(api, clock, appId, wanted, signal, window = SETTLE_WINDOW_MS) {
    const { leastMs, mostMs, atOnce } = typeof window === "number" ? { leastMs: window, mostMs: window, atOnce: false } : window;
    const begun = clock.now();
    let before = null;
    /** What fitted in any look: before a request is sent again, once is once too often, though it is gone by now. */
    let shown = null;
    let lastFault = null;
    let overtime = 0;
    for (let n = 0;; n++) {
        const elapsedMs = clock.now() - begun;
        const over = elapsedMs >= mostMs || (elapsedMs >= leastMs && lastFault === null);
        // The window may end between the two looks that an adoption needs; one more is then allowed.
        if (n > 0 && over && (before?.length !== 1 || overtime++ > 0))
            break;
        if (n > 0 || !atOnce)
            await clock.sleep(pauseBeforeLook(n), signal);
        if (signal.aborted)
            return { kind: "cancelled" };
        const list = await api.listCvms(appId, { timeoutMs: LOOK_TIMEOUT_MS, signal });
        if (signal.aborted)
            return { kind: "cancelled" };
        if (!list.ok) {
            lastFault = list.fault;
            if (judgeRepeatable(list.fault) === "final") {
                return { kind: "blind", fault: list.fault, lastSeen: before?.[0] ?? null };
            }
            continue;
        }
        lastFault = null;
        const found = newcomers(list.value.cvms, wanted());
        const decision = decide(before, found);
        if (decision.kind === "adopt")
            return { kind: "adopted", cvm: decision.cvm };
        if (decision.kind === "several")
            return decision;
        before = found;
        if (atOnce)
            shown = found[0] ?? shown;
    }
    // What was not seen by looks that ended long ago was not looked for.
    if (lastFault !== null)
        return { kind: "blind", fault: lastFault, lastSeen: before?.[0] ?? null };
    return { kind: "none", lastSeen: before?.[0] ?? shown };
}

;// CONCATENATED MODULE: ./build/fleet/search.js





/** What a success that names another CVM comes to: something was done, and nobody knows what. */
const NAMES_ANOTHER = {
    kind: "unreadable",
    status: 200,
    problem: "a CVM that was there before",
    requestId: null,
    page: false,
};
/** Tells the replicas of one run from each other, and from what was there before. */
class Search {
    #context;
    #clockOffsetMs;
    #baseline;
    #replicas = [];
    /** What was there before is known; without that a newcomer can't be told from the old. */
    possible;
    constructor(context, survey) {
        const baseline = baselineOf(survey);
        this.#context = context;
        this.#clockOffsetMs = survey.clockOffsetMs;
        this.possible = baseline !== null;
        // The source was there before, whether the list could be read or not.
        this.#baseline = new Set([...(baseline ?? []), context.inputs.vmUuid]);
    }
    /** From now on the replica's CVM is nobody else's. */
    claim(replica) {
        this.#replicas.push(replica);
    }
    /** Whether a create answer for `replica` names a CVM that is something else. */
    isAnother(vm, replica) {
        return namesAnother(vm.vmUuid, { baseline: this.#baseline, claimed: this.#claimed(replica) });
    }
    /**
     * Looks for the replica of a request that may have made one.
     *
     * @param name where the answer told that much
     * @param window how long to look; null: as after a lost answer
     */
    for({ replica, slot, since }, name, window = null) {
        const { api, edges, inputs } = this.#context;
        const wanted = () => ({
            baseline: this.#baseline,
            claimed: this.#claimed(replica),
            nodeId: slot.nodeId,
            composeHash: slot.expectedHash,
            name,
            notBefore: createdNotBefore(since, this.#clockOffsetMs),
            notAfter: null,
        });
        return settle(api, edges.clock, inputs.appId, wanted, edges.cancel, window ?? undefined);
    }
    #claimed(except) {
        const others = this.#replicas.filter((replica) => replica !== except);
        return new Set(others.flatMap((replica) => cvmKeys({ vmUuid: uuidOf(replica), id: replica.cvm?.id ?? replica.vm?.id ?? null })));
    }
}

;// CONCATENATED MODULE: ./build/net/grace.js
/**
 * Runs work whose answer is worth a short wait after the step was cancelled: a create request that is
 * under way. The runner kills 10 s after it asked; the step itself is to stop within 2 s.
 *
 * @param graceMs how long after `cancel` the work's own signal is aborted, in ms
 */
async function withGrace(clock, cancel, graceMs, work) {
    const late = new AbortController();
    const finished = new AbortController();
    const onCancel = async () => {
        await clock.sleep(graceMs, finished.signal);
        late.abort();
    };
    if (cancel.aborted)
        void onCancel();
    cancel.addEventListener("abort", onCancel, { once: true });
    try {
        return await work(late.signal);
    }
    finally {
        cancel.removeEventListener("abort", onCancel);
        finished.abort();
    }
}

;// CONCATENATED MODULE: ./build/fleet/sending.js










/** How long an answer that is under way is waited for after the step was cancelled, in ms. */
const CANCEL_GRACE_MS = 1_200;
/**
 * Sends orders, and finds out what came of those that brought no usable answer. No create is sent again,
 * and none is said to have made nothing, before the app was compared with what was there before the first
 * try, unless nothing left the runner.
 */
class Sending {
    #context;
    #search;
    #afterwards;
    /** @param afterwards what the words about an unclear end depend on */
    constructor(context, search, afterwards) {
        this.#context = context;
        this.#search = search;
        this.#afterwards = afterwards;
    }
    /** Carries one order out, as often as its rules allow. */
    async send(asking, order) {
        const { result, seen } = await this.#persistently(asking, order);
        return result.ok ? result.value : this.#afterFailure(asking, order, result, seen);
    }
    /** @returns beside the result what the looks between two tries showed, where that ended the trying */
    async #persistently(asking, order) {
        const { edges } = this.#context;
        const looks = [];
        const pause = async (fault, waitMs) => {
            const shown = await this.#pause(asking, fault, waitMs);
            if (shown !== null)
                looks.push(shown);
            return shown === null;
        };
        const result = await withGrace(edges.clock, edges.cancel, CANCEL_GRACE_MS, (signal) => persist(edges, {
            budget: order.budget,
            judge: (fault, earlier) => this.#judge(order, fault, earlier),
            signal: edges.cancel,
            onWait: (fault, waitMs, next) => {
                // A run that ends in this pause leaves something to look for, unless nothing was ever sent.
                if (order.kind === "create" && isCertain(fault, asking))
                    asking.save("none");
                edges.runner.info(waitingToRetry(order, fault, waitMs, next));
            },
            // A commit's token makes one replica, whatever is sent how often, and a prepare none.
            ...(order.kind === "create" ? { pause } : {}),
        }, () => this.#try(asking, order, signal)));
        return { result, seen: looks[0] ?? null };
    }
    /** Where nobody knows what was there before, no look can tell whether a create may be sent again. */
    #judge(order, fault, earlier) {
        const verdict = order.judge(fault, earlier);
        const isBlind = order.kind === "create" && !this.#search.possible;
        return isBlind && verdict === "retry" && proofOf(fault) !== "unsent" ? "final" : verdict;
    }
    async #try(asking, order, signal) {
        // A commit may have worked at any of its tries, so the first one counts.
        if (order.kind !== "commit")
            asking.send();
        // A prepare makes nothing (the app is known to be on-chain), so post has nothing to look for.
        asking.save(order.kind === "prepare" ? "none" : "open");
        const answer = await order.send(signal);
        const misnamed = answer.kind === "created" && this.#search.isAnother(answer.vm, asking.replica);
        if (answer.kind !== "failed" && !misnamed)
            return { ok: true, value: answer };
        const fault = answer.kind === "failed" ? answer.fault : NAMES_ANOTHER;
        if (mayHaveWorked(fault))
            asking.doubt();
        return { ok: false, fault };
    }
    /**
     * Waits before a create is sent again, and looks.
     *
     * @returns null: nothing new is there, so it may be sent again; else what the looks showed
     */
    async #pause(asking, fault, waitMs) {
        const { clock, cancel } = this.#context.edges;
        const lookMs = lookWithin(waitMs, fault, clock.now());
        await clock.sleep(waitMs - lookMs, cancel);
        if (isCertain(fault, asking))
            return null;
        if (cancel.aborted)
            return { kind: "cancelled" };
        const settlement = await this.#search.for(asking, null, glance(lookMs));
        return showsNothing(settlement) ? null : settlement;
    }
    /** @param seen what looks have shown since the last try; null: there was none */
    async #afterFailure(asking, order, failed, seen) {
        const { cancel } = this.#context.edges;
        const { fault, earlier } = failed;
        const makesNothing = order.kind === "prepare" && order.judge(fault, earlier) !== "uncertain";
        if (makesNothing || isCertain(fault, asking))
            return refused("none", order, failed);
        if (!this.#search.possible)
            return this.#untold(asking, order, failed, null);
        if (cancel.aborted)
            return asking.doubted ? { kind: "cancelled" } : leftToPost(order, failed);
        return this.#reconcile(asking, order, failed, seen, order.kind === "commit");
    }
    /**
     * Looks for the replica of a request that may have made one, and makes sure that one which was refused
     * has made none.
     *
     * @param mayResend it may be sent once more though its answer is lost: a commit, whose token makes one
     * replica at most
     */
    async #reconcile(asking, order, failed, seen, mayResend) {
        const { runner } = this.#context.edges;
        const { fault } = failed;
        const usedByUs = order.kind === "commit" && tokenRefused(fault) && asking.doubted;
        const lost = usedByUs || proofOf(fault) === "lost";
        if (lost && seen === null)
            runner.info(answerLost(order.what, fault));
        const window = lost ? null : glance(windowAfter(fault));
        const settlement = seen ?? (await this.#search.for(asking, null, window));
        if (settlement.kind === "cancelled")
            return settlement;
        // A prepare makes nothing: what came meanwhile is somebody's, or a sign that it was no prepare. Nor is
        // it likely that the API refused what it did: such a newcomer is named, and stays somebody else's.
        const adoptable = order.kind !== "prepare" && asking.doubted;
        if (settlement.kind === "adopted" && adoptable)
            return { kind: "found", cvm: settlement.cvm };
        if (showsNothing(settlement)) {
            if (!lost)
                return refused(asking.doubted ? "unknown" : "none", order, failed);
            if (mayResend && !usedByUs)
                return this.#commitAgain(asking, order, failed);
        }
        return this.#untold(asking, order, failed, settlement);
    }
    async #commitAgain(asking, order, failed) {
        const { cancel, runner } = this.#context.edges;
        runner.info(sendingAgain());
        const { result } = await this.#persistently(asking, order);
        if (result.ok)
            return result.value;
        const lostAgain = proofOf(result.fault) === "lost" || tokenRefused(result.fault);
        if (!lostAgain)
            return this.#afterFailure(asking, order, result, null);
        if (cancel.aborted)
            return { kind: "cancelled" };
        return this.#reconcile(asking, order, failed, null, false);
    }
    /** What came of it can't be told, or not for certain. @param shown what the looks showed; null: no look */
    #untold(asking, order, { fault, gaveUp }, shown) {
        const stage = order.kind === "prepare" && this.#search.possible ? "none" : "unknown";
        const end = { unknown: asking.doubted, refusal: proofOf(fault) === "lost" ? null : fault };
        const after = this.#afterwards;
        if (!asking.doubted) {
            const failure = unsureRefusal(order.what, fault, gaveUp, doubtOf(shown, after));
            return { kind: "failed", stage, failure, end };
        }
        const sequel = shown === null ? listUnknown(howToLook(after)) : sequelOf(shown, after);
        return { kind: "failed", stage, failure: ambiguousFailure(order.what, fault, sequel), end };
    }
}
/** Whether it is certain that nothing was made: neither this try nor one before it left the runner. */
function isCertain(fault, asking) {
    return proofOf(fault) === "unsent" && !asking.doubted;
}
/** The looks came through, and nothing new that fits is there. */
function showsNothing(settlement) {
    return settlement.kind === "none" && settlement.lastSeen === null;
}
/** The API refused it, and the step was cancelled before anybody could look. */
function leftToPost(order, { fault, gaveUp }) {
    const failure = unsureRefusal(order.what, fault, gaveUp, LEFT_TO_POST);
    return { kind: "failed", stage: "unknown", failure, end: { unknown: false, refusal: fault } };
}
function refused(stage, order, { fault, gaveUp }) {
    const failure = refusedFailure(order.what, fault, gaveUp);
    return { kind: "failed", stage, failure, end: { unknown: false, refusal: fault } };
}

;// CONCATENATED MODULE: ./build/fleet/make.js











/** It is known what came of the request, and it is no refusal. */
const MADE = { unknown: false, refusal: null };
/**
 * The create requests of one run, one after another: the API now and then rejects concurrent ones. Finds
 * out what came of each, and never sends one again that may have made a replica.
 */
class Creation {
    #context;
    #search;
    #lifetimes;
    #sending;
    #afterwards;
    #onMade;
    #ends = [];
    constructor(context, survey, { rerun, lifetimes, onMade }) {
        const { workspaceSlug } = survey;
        this.#context = context;
        this.#lifetimes = lifetimes;
        this.#onMade = onMade;
        this.#search = new Search(context, survey);
        this.#afterwards = { workspaceSlug, appId: context.inputs.appId, rerun };
        this.#sending = new Sending(context, this.#search, this.#afterwards);
    }
    /** Why no further request may be sent; null: it may. */
    get stop() {
        return whyStop(this.#ends);
    }
    /**
     * Carries one order out. What came of it stands in `replica`: made, adopted, failed, or nothing yet
     * where the run was cancelled.
     *
     * @returns the approval that is still needed, if there is one
     */
    async carryOut(replica, slot, order) {
        this.#search.claim(replica);
        const asking = new Asking(replica, slot, this.#context.edges);
        const approval = await this.#take(asking, order);
        await this.#lifetimes.begin(replica);
        return approval;
    }
    async #take(asking, order) {
        const sent = await this.#sending.send(asking, order);
        switch (sent.kind) {
            case "created":
                await this.#told(asking, order, sent.vm);
                break;
            case "approval":
                return this.#approve(asking, order, sent.approval);
            case "found":
                this.#adopt(asking, sent.cvm);
                break;
            case "failed":
                asking.save(sent.stage);
                asking.replica.failure = sent.failure;
                this.#ends.push(sent.end);
                break;
            case "cancelled":
                break;
        }
        return null;
    }
    #adopt(asking, cvm) {
        const { edges } = this.#context;
        const { replica } = asking;
        replica.origin = "adopted";
        replica.cvm = cvm;
        replica.times.made = edges.clock.now();
        this.#lifetimes.plan(replica);
        asking.save("made");
        this.#ends.push(MADE);
        this.#onMade();
        edges.runner.info(adopted(nameOf(replica), uuidOf(replica)));
    }
    async #approve(asking, order, approval) {
        const { edges } = this.#context;
        if (approval.commitToken !== null)
            edges.runner.neverPrint(approval.commitToken);
        // A commit pays; after the cancel nothing is begun that does.
        if (order.kind === "create" && committable(approval) !== null && !edges.cancel.aborted) {
            return this.#commitAtOnce(asking, approval);
        }
        // A 465 is the API's own word: no edge could make it up, so this try made nothing. What an earlier one
        // made is another question.
        if (order.kind !== "prepare")
            asking.leaveDoubt();
        asking.save("none");
        this.#ends.push(MADE);
        if (order.kind === "commit")
            asking.replica.failure = notRegisteredFailure(approval);
        if (order.kind === "create")
            asking.replica.failure = approvalFailure(approval);
        return approval;
    }
    /** All is registered, says the answer. Where the commit sees that otherwise, an approval is needed. */
    async #commitAtOnce(asking, approval) {
        const { api, edges, inputs } = this.#context;
        const { replica } = asking;
        const approved = committable(approval);
        if (approved === null)
            return approval;
        edges.runner.info(committingAtOnce());
        // What came before the commit can't be its replica.
        asking.leaveDoubt();
        asking.send();
        const second = await this.#take(asking, commitOrder(api, inputs.vmUuid, approved));
        if (record_exists(replica))
            return null;
        const known = Object.entries(second ?? {}).filter(([, value]) => value !== null);
        const whole = { ...approval, ...Object.fromEntries(known) };
        const notAllowed = [APPROVAL_CODE, NOT_ALLOWED_CODE, `HTTP-${NOT_ALLOWED}`];
        if (notAllowed.includes(replica.failure?.code ?? "")) {
            replica.failure = approvalFailure(whole);
        }
        return whole;
    }
    async #told(asking, order, vm) {
        // A commit's token makes one replica, so no try before it has made another.
        if (order.kind === "create")
            asking.leaveDoubt();
        await this.#made(asking, vm);
        if (order.kind === "prepare")
            asking.replica.failure = createdAtPrepare(asking.replica);
    }
    async #made(asking, vm) {
        const { edges } = this.#context;
        const { replica, slot, sentAt } = asking;
        replica.origin = "created";
        replica.vm = vm;
        replica.times.made = edges.clock.now();
        this.#lifetimes.plan(replica);
        asking.save("made");
        this.#ends.push(MADE);
        this.#onMade();
        edges.runner.info(created(replica, slot, replica.times.made - sentAt));
        if (uuidOf(replica) !== null)
            return;
        await this.#locate(asking, vm.name ?? "");
        asking.save("made");
        this.#onMade();
    }
    /** The create answer named no UUID, which is legal: the app's list knows it. */
    async #locate(asking, name) {
        const { edges } = this.#context;
        if (this.#search.possible && !edges.cancel.aborted) {
            const found = await this.#search.for(asking, name);
            if (found.kind === "adopted")
                asking.replica.cvm = found.cvm;
        }
        if (uuidOf(asking.replica) === null && !edges.cancel.aborted) {
            const look = howToLook(this.#afterwards, "the app's list may show it late");
            asking.replica.failure = createdUnseen(asking.replica, look);
        }
    }
}

;// CONCATENATED MODULE: ./build/fleet/plan/count.js

/**
 * Counts the app's instances, the source among them where it fits. What the API does not tell of one
 * contradicts nothing: one too few is cheaper than one too many.
 */
function countInstances(cvms, measure) {
    const fitting = cvms.filter((cvm) => fits(cvm, measure));
    return { live: fitting.filter(isLive), dead: fitting.filter(isDead) };
}
function fits({ composeHash, nodeId }, wanted) {
    const otherHash = wanted.composeHash !== null && composeHash !== null;
    if (otherHash && composeHash !== wanted.composeHash)
        return false;
    return (nodeId === null ||
        wanted.placements.length === 0 ||
        wanted.placements.some(({ id }) => id === nodeId));
}
/** How many replicas to create so that `instances` count. Never negative: none is removed. */
function missingInstances(instances, { live, dead }) {
    return Math.max(0, instances - live.length - dead.length);
}
/**
 * Where to put new ones so that all that count are spread evenly: each goes where the fewest are by then,
 * the first listed of several. A node that is listed twice gets twice as many.
 *
 * @returns one placement a new one; empty where no node is listed, so that the platform chooses
 */
function balance(count, placements, { live, dead }) {
    const bins = placements.map((place) => ({ place, size: 0 }));
    const emptiest = (some) => some.reduce((best, bin) => (best === null || bin.size < best.size ? bin : best), null);
    for (const { nodeId } of [...live, ...dead]) {
        const bin = emptiest(bins.filter(({ place }) => place.id === nodeId));
        if (bin !== null)
            bin.size += 1;
    }
    return Array.from({ length: count }).flatMap(() => {
        const bin = emptiest(bins);
        if (bin === null)
            return [];
        bin.size += 1;
        return [bin.place];
    });
}
/**
 * Whether the app has more instances than were asked for; null: it has not.
 *
 * @param known what was there before, and what this run made, by `cvmKeys`
 */
function surplusOf(cvms, measure, instances, known) {
    const { live, dead } = countInstances(cvms, measure);
    const all = [...live, ...dead];
    if (all.length <= instances)
        return null;
    const others = all.filter((cvm) => !cvmKeys(cvm).some((key) => known.has(key)));
    return { counted: all.length, others };
}

;// CONCATENATED MODULE: ./build/fleet/plan/create.js





/** Which create requests the run sends, from the inputs and what the look showed. Pure. */
function planRun(inputs, survey) {
    const { instances, composeHash } = inputs;
    const { placements } = survey;
    const counted = countInstances(survey.cvms ?? [], { composeHash, placements });
    const count = instances === null ? (inputs.count ?? 1) : missingInstances(instances, counted);
    const sizes = { live: counted.live.length, dead: counted.dead.length };
    const notes = instances === null ? [] : [instancesNote(sizes, instances, count)];
    if (count === 0)
        return { ok: true, slots: [], notes, counted };
    if (inputs.commitToken !== null) {
        const slot = { index: 0, nodeId: null, nodeName: null, composeHash, expectedHash: composeHash };
        return { ok: true, slots: [slot], notes, counted };
    }
    const hash = planComposeHash(composeHash, survey.source, survey.live, count);
    if (!hash.ok)
        return { ok: false, failure: misfitFailure(differingHashes(hash.live)) };
    const places = instances === null ? placements : balance(count, placements, counted);
    return { ok: true, slots: planSlots(count, places, hash), notes, counted };
}
/**
 * What counts already, as replicas: the source last of the live ones, since the others are what a user
 * scaled to. The dead ones are failures from the beginning.
 */
function existingReplicas({ live, dead }, source, app) {
    const isSource = (cvm) => cvm.vmUuid === source;
    const ordered = [...live.filter((cvm) => !isSource(cvm)), ...live.filter(isSource)];
    return [
        ...ordered.map((cvm) => existing(cvm, null)),
        ...dead.map((cvm) => existing(cvm, deadFailure(cvm, app.slug, app.appId))),
    ];
}
function existing(cvm, failure) {
    return { ...newReplica(null), origin: "existing", cvm, status: cvm.status, failure };
}

;// CONCATENATED MODULE: ./build/net/proxy.js
/**
 * The proxies that the runner's environment names. Read by our own rules: `@actions/http-client` leaves one
 * aside without a word where it can't read it, and the request then goes around it.
 */

/** The first that is set counts, as everywhere. */
const VARIABLES = {
    "https:": ["https_proxy", "HTTPS_PROXY"],
    "http:": ["http_proxy", "HTTP_PROXY"],
};
/** The way to an address: through a proxy, or past it (this machine, and what `no_proxy` lists). */
function chooseProxy(url, env) {
    const variable = VARIABLES[url.protocol]?.find((name) => env[name]?.trim());
    const text = variable === undefined ? "" : (env[variable]?.trim() ?? "");
    if (variable === undefined || isPast(url, env))
        return { kind: "direct" };
    const proxy = parseProxy(text);
    return proxy === null ? { kind: "unusable", variable } : { kind: "proxy", proxy };
}
/** The variable that names a proxy for `https:` addresses which can't be used; null where there is none. */
function unusableProxy(env) {
    // Which hosts will be asked is not known yet, so of `no_proxy` only the star counts.
    const choice = chooseProxy(new URL("https://any-host.invalid"), env);
    return choice.kind === "unusable" ? choice.variable : null;
}
/**
 * Reads `http://name:password@host:port`. The scheme may be missing, as most tools allow, and the password may
 * hold any sign as it is: all up to the last `@` belongs to it. Escapes in it are read where they are ones.
 *
 * @returns null for anything else, such as a SOCKS proxy
 */
function parseProxy(text) {
    const [, scheme = "http", rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text) ?? [];
    const secure = scheme.toLowerCase() === "https";
    if (!secure && scheme.toLowerCase() !== "http")
        return null;
    const at = rest.lastIndexOf("@");
    const [authority = ""] = rest.slice(at + 1).split(/[/?#]/);
    const url = URL.parse(`${secure ? "https" : "http"}://${authority}`);
    if (url === null || url.hostname === "" || url.port === "0")
        return null;
    return {
        secure,
        host: url.hostname.replace(/^\[|\]$/g, ""),
        port: Number(url.port) || (secure ? 443 : 80),
        credentials: at === -1 ? null : credentialsOf(rest.slice(0, at)),
    };
}
/** `name:password` in clear; a name alone has an empty password. */
function credentialsOf(text) {
    const colon = text.indexOf(":");
    const name = colon === -1 ? text : text.slice(0, colon);
    return `${proxy_unescaped(name)}:${colon === -1 ? "" : proxy_unescaped(text.slice(colon + 1))}`;
}
/** A raw `%` is no escape, and neither is what makes no text. */
function proxy_unescaped(text) {
    try {
        return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, "%25"));
    }
    catch {
        return text;
    }
}
function isPast({ hostname, port, protocol }, env) {
    const host = hostname.toLowerCase();
    if (isLoopback(host))
        return true;
    const whole = `${host}:${port || (protocol === "https:" ? "443" : "80")}`;
    return noProxyItems(env).some((item) => {
        if (item === "*" || item === host || item === whole)
            return true;
        const domain = `.${item.replace(/^\*?\./, "")}`;
        return host.endsWith(domain) || whole.endsWith(domain);
    });
}
function noProxyItems(env) {
    const list = env.no_proxy?.trim() || env.NO_PROXY?.trim() || "";
    return list
        .split(",")
        .map((item) => item.trim().toLowerCase())
        .filter((item) => item !== "");
}

;// CONCATENATED MODULE: ./build/inputs/reader.js
/** The input as the runner passes it (`INPUT_NAME`), trimmed; null where it is empty or only white space. */
function rawInput(env, name) {
    const text = inputVariable(env, name)?.trim();
    return text === undefined || text === "" ? null : text;
}
function inputVariable(env, name) {
    return env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`];
}
/**
 * Reads inputs one by one and collects what is wrong with them, so that a user meets all mistakes at
 * once. A value that is a secret is never repeated.
 */
class InputReader {
    faults = [];
    #env;
    #asked = new Set();
    constructor(env) {
        this.#env = env;
    }
    /** Every input that was asked for so far, given or not: once all are read, the action's inputs. */
    get asked() {
        return this.#asked;
    }
    given(name) {
        return this.#raw(name) !== null;
    }
    /** Named in the step's `with:`, but blank. Only for an input without a default, which the runner fills in. */
    cameOutEmpty(name) {
        return inputVariable(this.#env, name) !== undefined && !this.given(name);
    }
    /** The parsed input, or null where it is not given or not of the form. */
    optional(name, form, parse) {
        const text = this.#raw(name);
        return text === null ? null : this.#parsed(name, text, form, parse);
    }
    /** As `optional`, but a fault where it is not given. */
    required(name, form, parse) {
        if (!this.given(name))
            this.faults.push(`${name} is missing: give ${form}.`);
        return this.optional(name, form, parse);
    }
    /** As `optional`, for an address, which may hold a password where it should not. */
    url(name, form, parse) {
        const text = this.#raw(name);
        if (text === null)
            return null;
        const value = parse(text);
        if (value === null)
            this.faults.push(`${name} is ${shownUrl(text)}: it must be ${form}.`);
        return value;
    }
    /** As `optional`, for a secret: a fault says nothing of the value. */
    secret(name, form, parse) {
        const text = this.#raw(name);
        if (text === null)
            return null;
        const value = parse(text);
        if (value === null)
            this.faults.push(`${name} (not shown) is not ${form}.`);
        return value;
    }
    /** The whole text of an input that reports its own faults; null where it is not given. */
    text(name, parse) {
        const text = this.#raw(name);
        return text === null ? null : parse(text);
    }
    /** An input with a default, which may come from the environment of the step. */
    withDefault(name, fallback, form, parse) {
        return this.optional(name, form, parse) ?? fallback;
    }
    /** Two inputs that exclude each other. */
    exclude(name, others, why) {
        const given = others.filter((other) => this.given(other));
        if (this.given(name) && given.length > 0) {
            this.faults.push(`${name} can't be combined with ${given.join(", ")}: ${why}.`);
        }
    }
    /** An input that does nothing without another, and may have been meant to do something. */
    useless(name, usual, without, why) {
        const text = this.#raw(name);
        if (text === null || text === usual || this.given(without))
            return;
        this.faults.push(`${name} belongs to ${without}, which is empty: ${why}.`);
    }
    #raw(name) {
        this.#asked.add(name);
        return rawInput(this.#env, name);
    }
    #parsed(name, text, form, parse) {
        const value = parse(text);
        if (value === null)
            this.faults.push(`${name} is ${shown(text)}: it must be ${form}.`);
        return value;
    }
}
/** An address for a fault's message; one with an `@` may hold a password. */
function shownUrl(text) {
    return text.includes("@") ? "(not shown: it holds an @)" : shown(text);
}
/** No right value of these inputs is longer; a wrong one may be a secret, of which no piece may show. */
const LONGEST_SHOWN = 80;
function shown(text) {
    return text.length > LONGEST_SHOWN ? `${text.length} characters long` : JSON.stringify(text);
}

;// CONCATENATED MODULE: ./build/inputs/unknown.js

const unknown_PREFIX = "INPUT_";
/** More than this a slip is not, but another word. */
const MOST_LETTERS_OFF = 2;
/** A name is shown to be found in a workflow; a longer one is none. Characters. */
const LONGEST_NAME = 80;
/**
 * Judges the inputs that the action does not have. The runner warns of them and hands them on all the same.
 *
 * Only variables as the runner writes them are looked at: `INPUT_` in front, all in capitals, not blank. Such
 * a variable may have another origin than this step's `with:`: some runners other than GitHub's leave the
 * inputs of an enclosing composite action in the environment of its steps. There, a slip that has the value
 * of the input that it looks like is what the wrapper calls it, handed on as it should be: no fault.
 *
 * @param known every input of the action
 */
function judgeUnknown(env, known) {
    const faults = [];
    const notes = [];
    // GitHub sets it for the steps of a composite action alone.
    const enclosed = (env.GITHUB_ACTION_PATH ?? "") !== "";
    for (const name of unknownNames(env, known)) {
        const meant = nearest(name, known);
        const shown = name.length > LONGEST_NAME ? `of ${name.length} characters` : name;
        if (meant === null) {
            notes.push(`The action has no input ${shown}: it is ignored.`);
        }
        else if (enclosed && rawInput(env, meant) === rawInput(env, name)) {
            notes.push(`The action has no input ${shown}: it is ignored, and ${meant} is used.`);
        }
        else {
            faults.push(`${shown} is no input of this action: did you mean ${meant}?`);
        }
    }
    return { faults, notes };
}
function unknownNames(env, known) {
    return Object.entries(env)
        .filter(([name, value]) => name === name.toUpperCase() && (value ?? "").trim() !== "")
        .filter(([name]) => name.startsWith(unknown_PREFIX) && name.length > unknown_PREFIX.length)
        .map(([name]) => name.slice(unknown_PREFIX.length).toLowerCase())
        .filter((name) => !known.has(name))
        .sort();
}
/** The known input that `name` is a slip of; null where it is none. */
function nearest(name, known) {
    const plain = name.replace(/[-. ]/g, "_");
    let best = null;
    let least = MOST_LETTERS_OFF + 1;
    for (const candidate of known) {
        const off = lettersOff(plain, candidate);
        if (off < least)
            [best, least] = [candidate, off];
    }
    return best;
}
/** How many letters must be put in, left out or changed to make one of the other (Levenshtein). */
function lettersOff(one, other) {
    if (Math.abs(one.length - other.length) > MOST_LETTERS_OFF)
        return MOST_LETTERS_OFF + 1;
    let above = Array.from({ length: other.length + 1 }, (_, column) => column);
    for (let row = 1; row <= one.length; row++) {
        const line = [row];
        for (let column = 1; column <= other.length; column++) {
            const changed = (above[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
            line.push(Math.min(changed, (above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1));
        }
        above = line;
    }
    return above[other.length] ?? 0;
}

;// CONCATENATED MODULE: ./build/inputs/values.js


/** The forms of single values. Each parser answers null for anything that is not of its form. */
/** In seconds, the longest first. */
const UNITS = { d: 86_400, h: 3_600, m: 60, s: 1 };
const DURATION = /^(\d{1,9}(?:\.\d{1,3})?)(d|h|m|s)?$/;
/** Whole numbers alone, the longest unit first and each at most once: any other order is a slip. */
const COMPOUND = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/;
/** `90s`, `15m`, `1h`, `1h30m`, `7d`, or a bare number of seconds. Answers ms. */
function parseDuration(text) {
    const single = DURATION.exec(text);
    const ms = single
        ? Math.round(Number(single[1]) * 1_000) * UNITS[(single[2] ?? "s")]
        : sumOfUnits(text);
    return ms !== null && Number.isSafeInteger(ms) ? ms : null;
}
function sumOfUnits(text) {
    const parts = text === "" ? null : COMPOUND.exec(text)?.slice(1);
    if (!parts)
        return null;
    const units = Object.values(UNITS);
    return units.reduce((ms, unit, index) => ms + Number(parts[index] ?? 0) * unit * 1_000, 0);
}
/** GitHub's booleans: the YAML 1.2 core schema, as `@actions/core` reads them. */
function parseBoolean(text) {
    if (["true", "True", "TRUE"].includes(text))
        return true;
    return ["false", "False", "FALSE"].includes(text) ? false : null;
}
/**
 * A whole number without a sign that a JSON number holds exactly. GitHub hands a form's input of
 * `type: number` on as `2.0`.
 */
function parseWhole(text) {
    if (!/^\d{1,16}(?:\.0{1,16})?$/.test(text))
        return null;
    const number = Number(text);
    return Number.isSafeInteger(number) ? number : null;
}
/**
 * The entries of a list: by comma or line, or a JSON array of strings and numbers. Empty entries are
 * ignored; null where it is no list.
 */
function parseList(text) {
    const items = text.startsWith("[") ? jsonItems(text) : text.split(/[,\r\n]/);
    return items?.map((item) => item.trim()).filter((item) => item !== "") ?? null;
}
function jsonItems(text) {
    const list = parseJson(text);
    if (!Array.isArray(list))
        return null;
    const plain = list.every((item) => typeof item === "string" || typeof item === "number");
    return plain ? list.map(String) : null;
}
/** An even number of hex digits, at least two; `0x` is taken off. */
function parseHexBlob(text) {
    const hex = text.replace(/^0x/i, "");
    return /^(?:[0-9a-f]{2})+$/i.test(hex) ? hex : null;
}
/** An absolute path, with a query if need be, that stays on the host it is appended to. */
function parsePath(text) {
    if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(text) || /[\\#]/.test(text))
        return null;
    const url = URL.parse(text, "https://host.invalid");
    return url?.host === "host.invalid" && url.pathname + url.search === text ? text : null;
}
/** Safe in an HTTP header and in a workflow: visible ASCII without spaces. */
function parseApiKey(text) {
    return /^[\x21-\x7e]{1,4096}$/.test(text) ? text : null;
}
/** What stands between a pair of quotes around the whole text; null where there is no such pair. */
function withoutQuotes(text) {
    return /^(["'`])(.*)\1$/s.exec(text)?.[2] ?? null;
}
/** A transaction's hash, or the word for "look at the chain's state only". */
function parseTransaction(text) {
    return text === ALREADY_REGISTERED || /^0x[0-9a-f]{64}$/i.test(text) ? text : null;
}

;// CONCATENATED MODULE: ./build/inputs/common.js
/** What the inputs of all actions have in common: access to the API, forms, and the checks that come last. */





const DEFAULT_API_URL = "https://cloud-api.phala.com/api/v1";
const LONGEST_MS = 7 * 24 * 3_600_000;
const BOOLEAN_FORM = "true or false";
const DURATION_FORM = "a duration such as 90s, 15m or 1h30m (or a number of seconds), above 0 and at most 7d";
/** Reads a duration with a default in ms. */
function durationOf(read) {
    return (name, fallbackMs, leastMs = 1) => read.withDefault(name, fallbackMs, DURATION_FORM, within(leastMs, LONGEST_MS));
}
/** Reads a boolean with a default. */
function flagOf(read) {
    return (name, fallback) => read.withDefault(name, fallback, BOOLEAN_FORM, parseBoolean);
}
/** Parses a duration within bounds, both in ms. */
function within(leastMs, mostMs) {
    return (text) => {
        const ms = parseDuration(text);
        return ms !== null && ms >= leastMs && ms <= mostMs ? ms : null;
    };
}
const PROXY_FORM = "names no proxy that can be used, and nothing is sent around it: it must be the host and port of an HTTP proxy, with the scheme http or https in front, or none";
/** Proxies and input names: what can be judged once all inputs were read. @returns notes */
function lastChecks(read, env) {
    const unusable = unusableProxy(env);
    if (unusable !== null)
        read.faults.push(`${unusable} (not shown) ${PROXY_FORM}.`);
    const unknown = judgeUnknown(env, read.asked);
    read.faults.push(...unknown.faults);
    return unknown.notes;
}
/** What `action.yml` has as default where "empty" must be told from "left out". */
const UNSET = "unset";
/**
 * Tells an input that was left out from one whose expression came out empty. The runner fills in a default only
 * where the key is missing in `with:`, so these inputs have the default `unset`; a runner that hands no variable
 * at all leaves it out too.
 *
 * @param guarded inputs that would widen or weaken the step if they were silently empty
 * @returns the environment without what stands for "left out", and a fault for each that is empty
 */
function withoutUnset(env, guarded) {
    const clean = { ...env };
    const faults = [];
    for (const name of guarded) {
        const variable = `INPUT_${name.toUpperCase()}`;
        const text = env[variable];
        if (text === undefined)
            continue;
        if (text.trim() === UNSET)
            delete clean[variable];
        else if (text.trim() === "") {
            faults.push(`${name} is empty: its expression came out empty; leave the line out to mean none.`);
        }
    }
    return { env: clean, faults };
}
/** Whether to write the job summary: the one input that counts also where others are wrong. */
function wantsSummary(env) {
    return parseBoolean(rawInput(env, "summary") ?? "") ?? true;
}
/** The key alone, as post needs it; null where there is none that could be sent. */
function readApiKey(env) {
    return requireApiKey(new InputReader(env), env);
}
/** The key, or a fault. */
function requireApiKey(read, env) {
    const name = read.given("api_key") ? "api_key" : "PHALA_CLOUD_API_KEY";
    const text = rawInput(env, "api_key") ?? env.PHALA_CLOUD_API_KEY?.trim() ?? "";
    if (text === "") {
        read.faults.push("api_key is missing: give it from a secret, as input or in the environment variable PHALA_CLOUD_API_KEY. (Workflows from forks and Dependabot do not get secrets.)");
        return null;
    }
    if (withoutQuotes(text) !== null) {
        read.faults.push(`${name} (not shown) begins and ends with a quote, which is no part of the key: store the key alone.`);
        return null;
    }
    const key = parseApiKey(text);
    const form = "an API key of Phala Cloud (visible characters, no spaces)";
    if (key === null)
        read.faults.push(`${name} (not shown) is not ${form}.`);
    return key;
}
/** The API's address, or a fault. */
function readApiUrl(read, env) {
    const form = "an https: URL (http: only to a loopback host) without credentials, query or fragment";
    if (read.given("api_url"))
        return read.url("api_url", form, parseApiUrl);
    const fallback = env.PHALA_CLOUD_API_PREFIX?.trim() ?? "";
    if (fallback === "")
        return DEFAULT_API_URL;
    const url = parseApiUrl(fallback);
    if (url === null) {
        read.faults.push(`PHALA_CLOUD_API_PREFIX is ${shownUrl(fallback)}: it must be ${form}.`);
    }
    return url;
}

// EXTERNAL MODULE: ./build/envs/limits.js
var limits = __nccwpck_require__(246);
// EXTERNAL MODULE: ./node_modules/dotenv/dist/index.cjs
var dist = __nccwpck_require__(230);
;// CONCATENATED MODULE: ./build/envs/label.js
const BLANK_OR_COMMENT = /^\s*(?:#|$)/;
// The name's form is dotenv's, wider than the guest's. A `KEY:` with nothing behind it is left out:
// dotenv would take the whole next line as its value.
const HEAD = /^(\s*(?:export\s+)?)([\w.-]+)(\s*=|:(?=\s+\S))(.*)$/s;
/**
 * Gives each line of a dotenv text a label of its own that parsing carries along: a head's name is replaced
 * by its label, any other line gets it in front. A label that comes back as a key was a variable; one that
 * comes back inside a value was a line of that value; any other line was not part of any variable. Blank lines and comments stay as they are: nothing can be lost with them.
 */
function labelLines(text) {
    const tag = unusedIn(text);
    const labels = new RegExp(`${tag}(\\d+)_`, "g");
    const heads = [];
    const labelled = [];
    const names = new Map();
    // The same line ends as dotenv's.
    const lines = text.split(/\r\n?|\n/).map((content, index) => {
        if (BLANK_OR_COMMENT.test(content))
            return content;
        labelled.push(index);
        const label = `${tag}${index}_`;
        const [, before = "", name = "", sign = "", rest = ""] = HEAD.exec(content) ?? [];
        if (name === "")
            return label + content;
        heads.push({ label, name, line: index + 1, rest });
        names.set(String(index), name);
        return before + label + sign + rest;
    });
    return {
        text: lines.join("\n"),
        lineCount: lines.length,
        heads,
        restore: (value) => value.replace(labels, (_label, index) => names.get(index) ?? ""),
        lost: (parsed) => {
            const kept = new Set();
            for (const { label, line } of heads)
                if (parsed.has(label))
                    kept.add(line - 1);
            for (const value of parsed.values()) {
                for (const match of value.matchAll(labels))
                    kept.add(Number(match[1]));
            }
            return labelled.filter((index) => !kept.has(index)).map((index) => index + 1);
        },
    };
}
/** A word that the text does not hold. Its parts don't repeat, so no overlap can form it anew. */
function unusedIn(text) {
    for (let n = 0;; n += 1) {
        const tag = `LABEL${n}_`;
        if (!text.includes(tag))
            return tag;
    }
}

;// CONCATENATED MODULE: ./build/envs/parse.js



// More than any text whose variables fit the guest. The parser's time grows with the product of the two.
const MAX_CHARACTERS = 512 * 1024;
const MAX_LINES = 10_000;
/**
 * Reads `KEY=VALUE` lines with the grammar of the npm package `dotenv`: quotes (`'`, `"` and backticks, also
 * over several lines), `export`, comments, CRLF, `=` in values.
 *
 * The parser itself keeps the last of several equal names, skips what it can't read, and answers an object,
 * which has no place for `__proto__` and puts names like `10` first. So every line is labelled before it
 * parses (see `labelLines`): the labels tell which lines it took for a variable, which ones lie inside a
 * value and which ones it skipped. A second run, on the text as it came, must give the same values, so
 * that the labels can't have changed what they measure.
 *
 * Never throws. A fault or note tells a line, counted from 1, and a name where that is a valid one.
 */
function parseEnvs(text) {
    const labelled = text.length > MAX_CHARACTERS ? null : labelLines(text);
    if (labelled === null || labelled.lineCount > MAX_LINES) {
        const limit = `the text has more than ${MAX_CHARACTERS} characters or ${MAX_LINES} lines`;
        return { pairs: [], faults: [limit], notes: [] };
    }
    const parsed = new Map(Object.entries((0,dist.parse)(labelled.text)));
    const found = [];
    for (const head of labelled.heads) {
        const value = parsed.get(head.label);
        if (value !== undefined)
            found.push({ head, value: labelled.restore(value) });
    }
    const pairs = found.map(({ head, value }) => ({ key: head.name, value }));
    const faults = [
        ...skippedFaults(labelled.lost(parsed)),
        ...found.flatMap(foundFaults),
        ...repeats(found),
    ]
        .sort((a, b) => a.line - b.line)
        .map((fault) => fault.text);
    if (faults.length === 0 && !sameAsParsed(text, pairs)) {
        faults.push("the lines can be read in more than one way; put the values in quotes");
    }
    if (faults.length === 0)
        faults.push(...wholeFaults(pairs));
    return { pairs, faults, notes: faults.length === 0 ? found.flatMap(notesOn) : [] };
}
function wholeFaults(pairs) {
    // An empty set would not be "no change": it replaces the variables that the replica would inherit.
    if (pairs.length === 0)
        return ["there is no variable in it"];
    const fault = (0,limits/* setFault */.Vy)(pairs);
    return fault === null ? [] : [fault];
}
function foundFaults({ head, value }) {
    const fault = (0,limits/* pairFault */.DI)({ key: head.name, value }) ??
        (hasOpenQuote(head.rest, value)
            ? `the value of ${head.name} begins with a quote that does not close at its end`
            : null);
    return fault === null ? [] : [{ line: head.line, text: `line ${head.line}: ${fault}` }];
}
function repeats(found) {
    const first = new Map();
    return found.flatMap(({ head: { name, line } }) => {
        const before = first.get(name);
        if (before === undefined) {
            first.set(name, line);
            return [];
        }
        // A name of a wrong form is a fault already, and not to be printed.
        if ((0,limits/* pairFault */.DI)({ key: name, value: "" }) !== null)
            return [];
        return [{ line, text: `line ${line}: ${name} is given again, after line ${before}` }];
    });
}
/** One fault for each block of lines: a pasted key file would make dozens. */
function skippedFaults(lines) {
    const faults = [];
    for (let from = 0; from < lines.length;) {
        let to = from;
        while (lines[to + 1] === (lines[to] ?? 0) + 1)
            to += 1;
        const [line, last] = [lines[from] ?? 0, lines[to] ?? 0];
        const where = line === last ? `line ${line} is` : `lines ${line} to ${last} are`;
        faults.push({
            line,
            text: `${where} not of the form KEY=VALUE (a value of several lines must be in quotes)`,
        });
        from = to + 1;
    }
    return faults;
}
/** The parser keeps a quote that does not close, or that closes before the end, as part of the value. */
function hasOpenQuote(rest, value) {
    const raw = rest.trim();
    const quote = raw.slice(0, 1);
    return /^['"`]$/.test(quote) && value.startsWith(quote) && raw.startsWith(value);
}
function notesOn({ head, value }) {
    const notes = [];
    // `abc#def` without quotes is `abc` to this parser, and the whole of it to others.
    const raw = value === "" ? head.rest : head.rest.trimStart();
    if (raw.startsWith(`${value}#`)) {
        notes.push(`ends at the #, the rest is a comment; quote the value to keep it`);
    }
    // 'C:\' does not end at its last quote, and may run on to the next quote of another variable.
    if (/\\['"`][ \t]*\n\s*(?:export\s+)?[\w.-]+\s*[=:]/.test(value)) {
        notes.push("has a line that ends with a backslash and a quote; it goes on after it, over what looks like another variable");
    }
    return notes.map((note) => `line ${head.line}: the value of ${head.name} ${note}`);
}
function sameAsParsed(text, pairs) {
    const expected = new Map(pairs.map(({ key, value }) => [key, value]));
    // The parser's answer can't hold this one; its value was read under its label.
    expected.delete("__proto__");
    const plain = Object.entries((0,dist.parse)(text));
    return (plain.length === expected.size && plain.every(([name, value]) => expected.get(name) === value));
}

;// CONCATENATED MODULE: ./build/inputs/envs.js


/** Variable lines of `envs` and `envs_plain`; a fault names a line and a variable, never a value. */
function readEnvs(read) {
    const secret = linesOf(read, "envs");
    const plain = linesOf(read, "envs_plain");
    const names = new Set(secret.pairs.map(({ key }) => key));
    const twice = plain.pairs.map(({ key }) => key).filter((key) => names.has(key));
    if (twice.length > 0 && !secret.broken && !plain.broken) {
        read.faults.push(`envs_plain gives ${twice.join(", ")} again, after envs.`);
    }
    const envs = [...secret.pairs, ...plain.pairs];
    const tooMuch = secret.broken || plain.broken ? null : (0,limits/* setFault */.Vy)(envs);
    if (tooMuch !== null)
        read.faults.push(`envs and envs_plain: ${tooMuch}.`);
    const notes = [...secret.notes, ...plain.notes];
    if (plain.pairs.length > 0 && read.cameOutEmpty("envs")) {
        notes.push("envs is empty: its expression came out empty, so the replica's whole environment is what envs_plain holds.");
    }
    return { envs, maskedEnvs: secret.pairs, notes };
}
function linesOf(read, name) {
    const parsed = read.text(name, parseEnvs);
    if (parsed === null)
        return { pairs: [], notes: [], broken: false };
    for (const fault of parsed.faults)
        read.faults.push(`${name}: ${fault}.`);
    return {
        pairs: parsed.pairs,
        notes: parsed.notes.map((note) => `${name}: ${note}`),
        broken: parsed.faults.length > 0,
    };
}

;// CONCATENATED MODULE: ./build/inputs/read.js








/** A slip of the finger must not order a thousand billed CVMs. */
const MOST_REPLICAS = 100;
const LONGEST_TTL_MS = 366 * 24 * 3_600_000;
/**
 * Reads and checks all inputs. Pure: the environment is the only source.
 *
 * @returns the inputs, or every fault that was found, each naming the input, its value (never a secret's)
 * and the form expected.
 */
function readInputs(env) {
    const read = new InputReader(env);
    const duration = durationOf(read);
    const flag = flagOf(read);
    const apiKey = requireApiKey(read, env);
    const apiUrl = readApiUrl(read, env);
    const commitToken = read.secret("commit_token", "a commit token of an earlier step", parseToken);
    const appForm = "the app's 40 hex digits";
    const appId = read.given("commit_token")
        ? read.optional("app_id", appForm, parseAppId)
        : read.required("app_id", appForm, parseAppId);
    const vmUuid = read.required("vm_uuid", "the source CVM's UUID", parseUuid);
    const { nodes, nodeField } = read_readNodes(read);
    const composeHash = read.optional("compose_hash", "64 hex digits", parseHash);
    const encryptedEnv = read.secret("encrypted_env", "a hex blob of an even number of digits", parseHexBlob);
    const { envs, maskedEnvs, notes } = readEnvs(read);
    const prepareOnly = flag("prepare_only", false);
    const count = read.optional("count", `a whole number from 1 to ${MOST_REPLICAS}`, upTo);
    const instances = read.optional("instances", `a whole number from 1 to ${MOST_REPLICAS}`, upTo);
    const inputs = {
        composeHash,
        encryptedEnv,
        envs,
        maskedEnvs,
        commitToken,
        transactionHash: read.withDefault("transaction_hash", ALREADY_REGISTERED, `0x and 64 hex digits, or ${ALREADY_REGISTERED}`, parseTransaction),
        nodes,
        nodeField,
        prepareOnly,
        instances,
        count: instances === null ? (count ?? Math.max(1, nodes.length)) : null,
        requestTimeoutMs: duration("request_timeout", 60_000),
        dryRun: flag("dry_run", false),
        summary: flag("summary", true),
        deploymentEnvironment: read.optional("deployment_environment", "the name of a GitHub environment, at most 255 characters on one line", parseEnvironment),
        githubToken: read.text("github_token", (text) => text),
        wait: flag("wait", true),
        waitTimeoutMs: duration("wait_timeout", 900_000),
        pollIntervalMs: duration("poll_interval", 2_000, 100),
        healthCheck: read.optional("health_check", "a path such as /healthz", parsePath),
        cleanup: read.withDefault("cleanup", "never", "never, on_failure or always", (text) => CLEANUP_MODES.find((mode) => mode === text) ?? null),
        exclusive: flag("exclusive", false),
        ttlMs: read.optional("ttl", "a duration such as 90m, 24h or 7d, at least 60s and at most 366d", within(60_000, LONGEST_TTL_MS)),
    };
    crossChecks(read, inputs);
    const unknownNotes = lastChecks(read, env);
    if (read.faults.length > 0 || !apiKey || !apiUrl || !vmUuid) {
        return { faults: read.faults };
    }
    return {
        inputs: { ...inputs, apiKey, apiUrl, appId, vmUuid, notes: [...notes, ...unknownNotes] },
    };
}
function read_readNodes(read) {
    read.exclude("teepod_id", ["node_id"], "it is the deprecated alias of node_id; keep node_id");
    const teepod = read.optional("teepod_id", "a node's number", parseWhole);
    const form = `a node's number or name, or up to ${MOST_REPLICAS} of them separated by commas or lines`;
    const nodes = read.optional("node_id", form, parseNodes) ?? [];
    if (teepod === null)
        return { nodes, nodeField: "node_id" };
    return { nodes: [{ kind: "id", id: teepod }], nodeField: "teepod_id" };
}
/** All digits: a number, as the official CLI takes it; everything else is a name. */
function parseNodes(text) {
    const nodes = (parseList(text) ?? []).map(parseNode);
    if (nodes.length === 0 || nodes.length > MOST_REPLICAS || nodes.includes(null))
        return null;
    return nodes;
}
function parseNode(text) {
    if (/^\d+(?:\.0+)?$/.test(text)) {
        const id = parseWhole(text);
        return id === null ? null : { kind: "id", id };
    }
    // A name that holds something else than letters, digits and the usual marks is a slip (a negative
    // number, a quote too many); no node is called that.
    return /^[a-z\d][\w .()-]{0,127}$/i.test(text) ? { kind: "name", name: text } : null;
}
function crossChecks(read, inputs) {
    for (const name of ["envs", "envs_plain"]) {
        read.exclude(name, ["encrypted_env"], "one is encrypted by this action, the other is already");
    }
    read.exclude("commit_token", ["count", "instances", "node_id", "teepod_id", "envs", "envs_plain", "encrypted_env"], "what is committed was decided when it was prepared");
    read.useless("transaction_hash", ALREADY_REGISTERED, "commit_token", "a job output that was to fill it came out empty (misspelt, or dropped by GitHub), and without it this step would ask for another replica");
    if (read.given("commit_token") && inputs.prepareOnly) {
        read.faults.push("commit_token can't be combined with prepare_only: prepare first, then commit.");
    }
    read.exclude("instances", ["count"], "one says how many to create, the other how many there shall be");
    if (inputs.prepareOnly) {
        if (read.given("instances")) {
            read.faults.push("prepare_only can't be combined with instances: it prepares one replica.");
        }
        else if ((inputs.count ?? 1) > 1) {
            read.faults.push("prepare_only prepares one replica: give count 1 and one node at the most.");
        }
    }
    if (inputs.healthCheck !== null && !inputs.wait) {
        read.faults.push("health_check needs wait: true, since only a running replica can answer.");
    }
}
function upTo(text) {
    const number = parseWhole(text);
    return number !== null && number >= 1 && number <= MOST_REPLICAS ? number : null;
}

;// CONCATENATED MODULE: ./build/fleet/plan/rerun.js

/**
 * What to write in a later run so that it creates what this one was to and did not. Pure.
 *
 * @param counted what counts toward `instances`, as it was before
 */
function rerunWith(inputs, { cvms }, counted) {
    if (inputs.commitToken !== null)
        return { kind: "token" };
    if (inputs.prepareOnly)
        return { kind: "prepare" };
    if (cvms === null)
        return { kind: "blind" };
    const there = counted.live.length + counted.dead.length;
    const instances = inputs.instances ?? there + (inputs.count ?? 1);
    return instances > MOST_REPLICAS ? { kind: "blind" } : { kind: "instances", instances };
}

;// CONCATENATED MODULE: ./build/envs/allowed.js

/**
 * The names that the guest would drop without an error, because the app's compose file does not list them
 * in `allowed_envs` (API facts, "Env encryption"). In the order of the pairs.
 *
 * Empty also where it can't be known: no compose file, one that is neither an object nor its JSON text, or
 * one without a list of strings under `allowed_envs`. An empty list is known: it allows nothing.
 *
 * @param composeFile the CVM's `compose_file`, as the API gives it.
 */
function namesNotAllowed(pairs, composeFile) {
    const compose = typeof composeFile === "string" ? parseJson(composeFile) : composeFile;
    const list = fieldOf(compose, "allowed_envs");
    if (!Array.isArray(list) || !list.every((name) => typeof name === "string"))
        return [];
    const allowed = new Set(list);
    return pairs.map(({ key }) => key).filter((key) => !allowed.has(key));
}

;// CONCATENATED MODULE: ./build/fleet/seal.js






/** Ends the encryption; the message is the annotation's. */
class Refusal extends Error {
    failure;
    constructor(failure) {
        super(failure.text);
        this.failure = failure;
    }
}
/**
 * Encrypts `envs` for the key that the app really has, in memory. Whatever is doubtful about that key is
 * fatal, since the variables would then be readable for someone else.
 *
 * @returns the blob for `encrypted_env`, masked already
 */
async function encryptEnvs(context, { source }) {
    try {
        return { ok: true, blob: await seal(context, source) };
    }
    catch (error) {
        if (error instanceof Refusal)
            return { ok: false, failure: error.failure };
        throw error;
    }
}
async function seal(context, source) {
    const { edges, inputs, api } = context;
    const what = "read the app's encryption key";
    // The list has no compose file, which tells the names that the guest accepts.
    const detail = await ask(context.edges, what, (options) => api.getCvm(inputs.vmUuid, options));
    const cvm = detail.ok ? detail.value : source;
    if (cvm === null)
        throw refusalOf(what, detail);
    const key = await recipientKey(context, [cvm, source ?? cvm], what);
    const dropped = namesNotAllowed(inputs.envs, fieldOf(cvm.raw, "compose_file"));
    if (dropped.length > 0)
        edges.runner.warning(droppedNames(dropped));
    // The cryptography sits in a chunk of its own: runs without envs don't load it.
    const { sealEnvs, SealError } = await __nccwpck_require__.e(/* import() */ 679).then(__nccwpck_require__.bind(__nccwpck_require__, 679));
    try {
        const blob = sealEnvs(inputs.envs, key);
        edges.runner.mask(blob);
        return blob;
    }
    catch (error) {
        if (!(error instanceof SealError))
            throw error;
        throw new Refusal(misfitFailure(`envs: ${error.message}.`));
    }
}
/** The app's X25519 key, hex: from the CVM for Phala's own KMS, from the KMS itself for an on-chain one. */
async function recipientKey(context, [cvm, listed], what) {
    const looks = [isOnChain(cvm), isOnChain(listed)];
    // One look that says on-chain is enough: a single swapped answer must not turn the signature's check off.
    const onChain = looks.includes(true) ? true : looks.includes(false) ? false : null;
    if (onChain === null) {
        throw new Refusal(misfitFailure("envs: the API does not tell which KMS the app has."));
    }
    if (onChain)
        return verifiedKey(context, cvm, what);
    const key = stringAt(objectAt(cvm.raw, "kms_info"), "encrypted_env_pubkey") ??
        stringAt(cvm.raw, "encrypted_env_pubkey");
    if (key === null) {
        throw new Refusal(misfitFailure("envs: the API does not tell the app's encryption key."));
    }
    return key;
}
async function verifiedKey(context, cvm, what) {
    const { api, inputs } = context;
    const kmsId = granted(what, await ask(context.edges, what, (options) => api.kmsOf(inputs.vmUuid, options)));
    const known = stringAt(objectAt(cvm.raw, "kms_info"), "k256_pubkey");
    const [signed, rootKey] = await Promise.all([
        ask(context.edges, what, (options) => api.appKey(kmsId, inputs.appId, options)),
        known === null
            ? ask(context.edges, what, (options) => api.kmsRootKey(kmsId, options))
            : okay({ key: known, disowned: false }),
    ]);
    const root = granted("read the KMS's root key", rootKey);
    if (root.disowned)
        throw untrusted("the chain names another root key than the KMS itself");
    const { publicKey, signature } = granted(what, signed);
    const { verifyKeySignature, KeySignatureError } = await Promise.all(/* import() */[__nccwpck_require__.e(729), __nccwpck_require__.e(246)]).then(__nccwpck_require__.bind(__nccwpck_require__, 865));
    try {
        verifyKeySignature({
            publicKeyHex: publicKey,
            signatureHex: signature,
            appIdHex: inputs.appId,
            rootKeyHex: root.key,
        });
    }
    catch (error) {
        if (!(error instanceof KeySignatureError))
            throw error;
        throw untrusted(error.message);
    }
    return publicKey;
}
function untrusted(why) {
    return new Refusal(misfitFailure(`envs: the app's encryption key can't be trusted (${why}), so nothing was encrypted or sent. Someone may be in between: check api_url, and report it.`));
}
function okay(value) {
    return { ok: true, value };
}
function granted(what, result) {
    if (result.ok)
        return result.value;
    throw refusalOf(what, result);
}
function refusalOf(what, result) {
    if (result.ok)
        return new Refusal(misfitFailure(`Could not ${what}.`));
    return new Refusal(requestFailure(what, result.fault, result.gaveUp));
}

;// CONCATENATED MODULE: ./build/fleet/surplus.js






/**
 * Looks at the app once more after all is done: two jobs that count at the same time create both, and
 * neither can know before. What is too much is a warning; nothing is removed.
 *
 * @param instances how many were asked for
 * @param replicas those of this run
 */
async function lookOnceMore({ api, edges, inputs }, survey, instances, replicas) {
    const options = { timeoutMs: LOOK_TIMEOUT_MS, signal: edges.cancel };
    const list = await api.listCvms(inputs.appId, options);
    if (edges.cancel.aborted)
        return;
    if (!list.ok) {
        edges.runner.info(notLookedAgain(reasonOf(list.fault)));
        return;
    }
    const { composeHash } = inputs;
    const own = replicas.flatMap(({ vm, cvm }) => [
        ...(vm === null ? [] : cvmKeys(vm)),
        ...(cvm === null ? [] : cvmKeys(cvm)),
    ]);
    const known = new Set([...(baselineOf(survey) ?? []), ...own]);
    const measure = { composeHash, placements: survey.placements };
    const surplus = surplusOf(list.value.cvms, measure, instances, known);
    if (surplus === null)
        return;
    edges.runner.warning(tooMany(surplus, instances, { slug: survey.workspaceSlug, appId: inputs.appId }));
}

;// CONCATENATED MODULE: ./build/envs/masked.js
/** Shorter values stand in everything by chance. Characters. */
const masked_SHORTEST = 4;
/** A port, a year, a number of workers. Digits. */
const MOST_DIGITS = 5;
/**
 * What of a variable's value is masked, piece by piece. GitHub drops each job output that holds a masked
 * value, so what is no secret by its looks is left out: booleans, numbers of up to five digits, and what is
 * shorter than four characters (docs/recipes/environment.md and SECURITY.md say so).
 *
 * Of a value of several lines each line is a piece: given the whole, the runner would mask each of its own
 * accord, also the `{` of a JSON text, which stands in every output that is JSON. The whole in base64 is a
 * piece too, since no line is to be found in it.
 */
function maskedPieces(value) {
    if (isEveryday(value.trim()))
        return [];
    const lines = value.split(/[\r\n]+/).map((line) => line.trim());
    const secret = lines.filter((line) => !isEveryday(line));
    // One line, or many that say nothing each and something together.
    if (lines.length === 1 || secret.length === 0)
        return [value];
    return [...new Set([...secret, Buffer.from(value, "utf8").toString("base64")])];
}
function isEveryday(text) {
    if (text.length < masked_SHORTEST || /^(?:true|false)$/i.test(text))
        return true;
    const digits = /^[+-]?(\d+)(?:\.(\d+))?$/.exec(text);
    return digits !== null && digits.slice(1).join("").length <= MOST_DIGITS;
}

;// CONCATENATED MODULE: ./build/inputs/masks.js




/**
 * Masks every secret among the inputs; called before anything else happens. The commit token is only kept
 * out of what is printed: a masked value would be dropped from job outputs, and it has to cross jobs.
 */
function maskSecrets(env, runner) {
    const token = rawInput(env, "commit_token");
    if (token !== null)
        runner.neverPrint(token);
    const blob = rawInput(env, "encrypted_env");
    const keys = [rawInput(env, "api_key"), env.PHALA_CLOUD_API_KEY?.trim() ?? ""];
    // Pasted with quotes around it, it is refused; without them it is a key all the same.
    const bare = keys.map((key) => key && withoutQuotes(key));
    const digits = blob && parseHexBlob(blob);
    const cases = [digits, digits?.toLowerCase(), digits?.toUpperCase()];
    const secrets = [...keys, ...bare, blob, ...cases, rawInput(env, "github_token")];
    for (const secret of new Set(secrets)) {
        if (secret)
            runner.mask(secret);
    }
    const { pairs } = parseEnvs(rawInput(env, "envs") ?? "");
    const pieces = pairs.flatMap(({ value }) => maskedPieces(value));
    for (const piece of new Set(pieces))
        runner.maskPrinted(piece);
}

;// CONCATENATED MODULE: ./build/report/words/error-code.js


/**
 * The action's own words in the output `error_code`. Whatever stands here must have its section in
 * docs/operations.md and its red log in docs/red-logs.md: tests go over the list.
 */
const OWN_CODES = (/* unused pure expression or super */ null && ([
    "INPUT",
    "NETWORK",
    "TIMEOUT",
    "BOOT",
    "UNHEALTHY",
    "NO_URL",
    "MISMATCH",
    "DEAD",
    "AMBIGUOUS",
    "INTERNAL",
]));
/** The heading of a code's section in docs/operations.md, as GitHub makes an anchor of it. */
function anchorOf(code) {
    if (code === "")
        return "cancelled";
    if (code.startsWith("ERR-")) {
        const known = Object.hasOwn(ADVICE_BY_CODE, code.slice("ERR-".length));
        return known ? code.toLowerCase() : "other-err-codes";
    }
    if (!code.startsWith("HTTP-"))
        return code.toLowerCase();
    const status = Number(code.slice("HTTP-".length));
    if (Object.hasOwn(ADVICE_BY_STATUS, status))
        return code.toLowerCase();
    // Above 599 a status means nothing that anybody wrote down; the advice takes it for a failing server too.
    return `http-${Math.min(5, Math.max(2, Math.floor(status / 100)))}xx`;
}
/** Where the documents are if the runner does not say which repository this action came from. */
const HOME = `https://github.com/your-org/cvm-replica-action/blob/v${VERSION.split(".")[0]}`;
/** Longer names of repositories and refs exist, but a link must not push the words out of an annotation. */
const LONGEST = 200;
/**
 * The address of a code's section in docs/operations.md.
 *
 * What the runner was told to use knows best: a fork, a mirror on a company's own server, or a pinned commit
 * has the document that fits the code which runs. `GITHUB_ACTION_REPOSITORY` is empty for `uses: ./`, where
 * nobody tells the repository, so that leads to the released document, as does anything odd.
 *
 * @param env the step's environment
 */
function sectionUrl(code, env) {
    return `${documents(env)}/docs/operations.md#${anchorOf(code)}`;
}
function documents(env) {
    const server = env.GITHUB_SERVER_URL ?? "https://github.com";
    const repository = env.GITHUB_ACTION_REPOSITORY ?? "";
    const ref = env.GITHUB_ACTION_REF ?? "";
    const sane = /^https:\/\/[\w.-]+(?::\d+)?$/.test(server) &&
        /^[\w-]+\/[\w.-]+$/.test(repository) &&
        /^[\w.+-]+(?:\/[\w.+-]+)*$/.test(ref);
    const url = `${server}/${repository}/blob/${ref}`;
    return sane && url.length <= LONGEST ? url : HOME;
}

;// CONCATENATED MODULE: ./build/report/annotation/annotation.js



/** The runner cuts a longer one in the middle of its last word (actions/runner, `AddIssue`). Characters. */
const MAX_ANNOTATION = 4_096;
/** What exists and is billed has this much of it for certain, however long the failures are. */
const MOST_FOR_EXISTS = 1_400;
/** A title is a line above the text, and GitHub's API takes 255 characters. */
const MAX_TITLE = 120;
const NOTHING_SAID = { text: "", list: [] };
/**
 * The one annotation of a red step, within what the runner shows: what failed, what exists, its code, and
 * the link to that code's section of docs/operations.md. Lists are cut between lines, with the number of
 * those that are missing.
 */
function annotationOf({ title, code, failed, exists }, { env, runner }) {
    // Measured as it is printed: what is masked, or made harmless, changes its length.
    const clean = (text) => harmless(runner.redactPrinted(text));
    const link = sectionUrl(code, env);
    const named = code === "" ? "" : `\nError code: ${code}`;
    const there = fit(annotation_cleaned(exists, clean), MOST_FOR_EXISTS);
    const second = there.text === "" ? "" : `\n${there.text}`;
    const room = MAX_ANNOTATION - second.length - named.length - link.length - 1;
    const first = fit(annotation_cleaned(failed, clean), room);
    const message = `${first.text}${second}${named}`;
    return {
        title: cut(clean(title), MAX_TITLE),
        message,
        text: `${message}\n${link}`,
        rest: [...first.rest, ...there.rest],
    };
}
function annotation_cleaned({ text, list }, clean) {
    return { text: clean(text), list: list.map(clean) };
}
const INDENT = "\n- ";
/** The first line is cut rather than left out, if so much of it can be shown. */
const LEAST_OF_LINE = 200;
/** As many lines of the list as `max` characters allow, and what of the words found no room. */
function fit({ text, list }, max) {
    const whole = [text, ...list].join(INDENT);
    if (whole.length <= max)
        return { text: whole, rest: [] };
    const more = (left) => `${INDENT}… and ${left} more, in the step's log`;
    const room = max - (list.length === 0 ? 0 : more(list.length).length);
    let shown = cut(text, room);
    const rest = text.length > room ? [text] : [];
    let count = 0;
    for (const line of list) {
        const left = room - shown.length - INDENT.length;
        if (line.length > left && (count > 0 || left < LEAST_OF_LINE))
            break;
        if (line.length > left)
            rest.push(line);
        shown += INDENT + cut(line, left);
        count++;
    }
    const left = list.slice(count);
    return { text: left.length === 0 ? shown : shown + more(left.length), rest: [...rest, ...left] };
}

;// CONCATENATED MODULE: ./build/report/annotation/combined.js

/** More names than this are counted. */
const MOST_NAMES = 3;
/** Candidates and the like of one failure, where it has a line. */
const MOST_OF_ONE = 10;
/** The failures of a run: the only one as it is, several as a line each, alike ones in one. */
function combinedWords(replicas) {
    const failed = replicas.filter(({ failure }) => failure !== null);
    const [only] = failed;
    if (only?.failure && replicas.length === 1)
        return wordsOf(only.failure);
    const groups = new Map();
    for (const replica of failed) {
        if (replica.failure === null)
            continue;
        // The same answer to each of sixty requests is one thing to know.
        const key = withoutNumber(oneLineOf(replica.failure));
        const group = groups.get(key) ?? { failure: replica.failure, names: [] };
        // What was not asked for has no name that anybody would look for; its number is said.
        if (replica.failure.code !== "")
            group.names.push(nameOf(replica));
        groups.set(key, group);
    }
    const said = [...groups.values()];
    const lines = said.map(({ failure, names }) => line(names, failure.text));
    // Last, so that no failure has to make room for another one's candidates.
    const listed = said.flatMap(({ failure: { list = [] }, names }) => list.map((one) => `${some(names)}: ${one}`));
    const unasked = failed.filter(({ failure }) => failure?.code === "").length;
    const others = unasked === 0 ? "" : `, ${unasked} more were not asked for`;
    const text = `${failed.length - unasked} of ${replicas.length} replicas failed${others}.`;
    return { text, list: [...lines, ...listed] };
}
/** A single failure. */
function wordsOf({ text, list = [] }) {
    return { text, list };
}
/** A failure with the first of what it lists, where there is one line for it. */
function oneLineOf({ text, list = [] }) {
    if (list.length === 0)
        return text;
    const more = list.length > MOST_OF_ONE ? `; and ${list.length - MOST_OF_ONE} more` : "";
    return `${text} ${list.slice(0, MOST_OF_ONE).join("; ")}${more}.`;
}
function withoutNumber(text) {
    return text.replace(/\breplica \d+ of \d+\b/, "a replica");
}
/** Many texts begin with the replica's name already. */
function line(names, text) {
    const [only] = names;
    const named = names.length === 1 && only !== undefined && text.startsWith(`${only} `);
    if (named || names.length === 0)
        return text;
    return `${some(names)}: ${names.length === 1 ? text : withoutNumber(text)}`;
}
function some(names) {
    if (names.length <= MOST_NAMES)
        return names.join(", ");
    const shown = names.slice(0, MOST_NAMES - 1).join(", ");
    return `${names.length} replicas (${shown} and ${names.length - MOST_NAMES + 1} more)`;
}

;// CONCATENATED MODULE: ./build/report/annotation/title.js

const TITLES = {
    INPUT: "An input is wrong or does not fit the app",
    NETWORK: "No connection",
    TIMEOUT: "Not in time",
    BOOT: "A replica did not come up",
    UNHEALTHY: "A replica runs, but is not healthy",
    NO_URL: "A replica runs, but has no URL",
    MISMATCH: "A replica is not what was asked for",
    DEAD: "The app has dead instances",
    AMBIGUOUS: "It is unclear whether a replica was created",
    INTERNAL: "The action met a problem of its own",
    "ERR-01-005": "An on-chain approval is needed",
};
/** What the run's page shows first: what failed, in a few words, with the code. */
function titleOf(outcome, code, replicas) {
    if (outcome === "cancelled")
        return "The step was cancelled";
    return `${whatFailed(outcome, code, replicas)} (${code})`;
}
function whatFailed(outcome, code, replicas) {
    const asked = replicas.filter(({ origin }) => origin !== "existing");
    if (outcome === "partial") {
        const good = asked.filter((replica) => isOurs(replica) && replica.failure === null);
        return `Only ${good.length} of ${asked.length} replicas came up`;
    }
    const known = Object.hasOwn(TITLES, code) ? TITLES[code] : undefined;
    if (known !== undefined)
        return known;
    return asked.some(isOurs)
        ? "A replica was created, but something failed"
        : "No replica was created";
}
/** For the annotation of the post step. */
function postTitleOf(code) {
    const what = code === "INTERNAL" ? "The clean-up met a problem of its own" : "Something may still be billed";
    return `${what} (${code})`;
}

;// CONCATENATED MODULE: ./build/report/outputs/create.js





/** Every output by name. Null is the empty string; objects are JSON. */
function outputsOf(report) {
    const { verdict, replicas, approval } = report;
    const [first] = replicas;
    const error = verdict.failure?.code ?? "";
    return {
        ...(first ? vmOutputs(first) : emptyVm()),
        result: first ? json(resultOf(first)) : "",
        replicas: JSON.stringify(replicas.map((replica) => replicaEntry(replica, report))),
        outcome: verdict.outcome,
        error_code: error,
        error_message: report.message,
        instance_url: first?.cvm?.instanceUrl ?? "",
        dashboard_url: first ? (replicaUrl(first, report.workspaceSlug, report.appId) ?? "") : "",
        compose_hash: approval?.composeHash ?? (first && record_exists(first) ? hashOf(first) : null) ?? "",
        device_id: approval?.deviceId ?? "",
        commit_token: approval?.commitToken ?? "",
        commit_url: approval?.commitUrl ?? "",
        api_commit_url: approval?.apiCommitUrl ?? "",
        onchain_status: json(approval?.onchainStatus),
        kms_info: json(approval?.kmsInfo),
    };
}
const EARLY = [
    "replica_id",
    "name",
    "app_id",
    "vm_uuid",
    "teepod_id",
    "teepod_name",
    "dashboard_url",
    "replicas",
];
/** What a later step needs to find what was created: put out as soon as a create is answered. */
function earlyOutputs(report) {
    return Object.fromEntries(Object.entries(outputsOf(report)).filter(([name]) => EARLY.includes(name)));
}
/** The fields of the API's `VM`, in the order of the interface. */
const VM_FIELDS = [
    "name",
    "status",
    "teepod_id",
    "user_id",
    "app_id",
    "vm_uuid",
    "instance_id",
    "app_url",
    "base_image",
    "vcpu",
    "memory",
    "disk_size",
    "manifest_version",
    "version",
    "runner",
    "docker_compose_file",
    "features",
    "created_at",
    "encrypted_env_pubkey",
];
function emptyVm() {
    return Object.fromEntries(["replica_id", "teepod_name", ...VM_FIELDS].map((name) => [name, ""]));
}
function vmOutputs(replica) {
    // A `VM` may lack fields altogether (API facts, 1.2); a null one is the API's answer.
    const source = { ...vmLike(replica), ...replica.vm?.raw };
    const outputs = {
        ...emptyVm(),
        replica_id: create_text(fieldOf(source, "id")),
        teepod_name: replica.vm?.teepodName ?? replica.cvm?.nodeName ?? "",
    };
    for (const field of VM_FIELDS) {
        const value = fieldOf(source, field);
        outputs[field] = field === "features" ? json(value) : create_text(value);
    }
    // What is known by now goes over what the create answer said then.
    return {
        ...outputs,
        status: currentStatus(replica),
        vm_uuid: uuidOf(replica) ?? outputs.vm_uuid ?? "",
        instance_id: replica.cvm?.instanceId ?? outputs.instance_id ?? "",
        app_url: replica.cvm?.appUrl ?? outputs.app_url ?? "",
    };
}
/** An adopted or existing CVM in the fields of a `VM`: what the API's reads do tell. */
function vmLike({ cvm }) {
    if (cvm === null)
        return {};
    const resource = objectAt(cvm.raw, "resource");
    const gigabytes = numberAt(resource, "memory_in_gb");
    return {
        ...Object.fromEntries(VM_FIELDS.map((field) => [field, fieldOf(cvm.raw, field)])),
        id: cvm.id,
        name: cvm.name,
        teepod_id: cvm.nodeId,
        app_id: cvm.appId,
        base_image: fieldOf(cvm.raw, "base_image") ?? fieldOf(objectAt(cvm.raw, "os"), "name"),
        vcpu: fieldOf(cvm.raw, "vcpu") ?? fieldOf(resource, "vcpu"),
        // A VM has its memory in MB.
        memory: fieldOf(cvm.raw, "memory") ?? (gigabytes === null ? null : gigabytes * 1024),
        disk_size: fieldOf(cvm.raw, "disk_size") ?? fieldOf(resource, "disk_in_gb"),
        encrypted_env_pubkey: fieldOf(cvm.raw, "encrypted_env_pubkey") ??
            fieldOf(objectAt(cvm.raw, "kms_info"), "encrypted_env_pubkey"),
    };
}
function replicaEntry(replica, report) {
    const { vm, cvm, failure, origin } = replica;
    const node = nodeOf(replica);
    return {
        replica_id: vm?.id ?? cvm?.id ?? null,
        name: vm?.name ?? cvm?.name ?? null,
        status: currentStatus(replica) || null,
        node_id: node.id,
        node_name: node.name,
        vm_uuid: uuidOf(replica),
        instance_id: cvm?.instanceId ?? vm?.instanceId ?? null,
        app_url: cvm?.appUrl ?? vm?.appUrl ?? null,
        instance_url: cvm?.instanceUrl ?? null,
        dashboard_url: replicaUrl(replica, report.workspaceSlug, report.appId),
        compose_hash: hashOf(replica),
        deleted_at_latest: replica.ttlSet && replica.endsAt !== null ? moment(replica.endsAt) : null,
        outcome: failure !== null || origin === "none" ? "failed" : origin,
        error: failure === null ? null : report.redactPrinted(oneLineOf(failure)),
    };
}
/** The revision that it has, or would have: null where nobody tells. */
function hashOf({ cvm, slot }) {
    return cvm?.composeHash ?? slot?.expectedHash ?? null;
}
/**
 * The whole `VM` with what is known by now, or the CVM as read. `docker_compose_file` is part of it, so it
 * goes to the outputs alone.
 */
function resultOf(replica) {
    if (replica.vm === null)
        return replica.cvm?.raw ?? null;
    if (replica.cvm === null)
        return replica.vm.raw;
    const { vm, cvm } = replica;
    return {
        ...vm.raw,
        status: currentStatus(replica),
        vm_uuid: vm.raw.vm_uuid ?? cvm.vmUuid,
        instance_id: cvm.instanceId ?? vm.raw.instance_id ?? null,
        app_url: cvm.appUrl ?? vm.raw.app_url ?? null,
    };
}
function create_text(value) {
    if (value === null || value === undefined)
        return "";
    return typeof value === "string" ? value : JSON.stringify(value);
}
function json(value) {
    return value === null || value === undefined ? "" : JSON.stringify(value);
}

;// CONCATENATED MODULE: ./build/report/summary/cost.js


/**
 * What the replicas of this run cost, as Markdown, whatever became of them: a replica that failed is billed
 * like any other. Empty where it made none.
 */
function costOf(replicas) {
    const made = replicas.filter(isBilled);
    if (made.length === 0)
        return "";
    const prices = made.map(hourlyPrice).filter((price) => price !== null);
    const sum = prices.reduce((total, price) => total + price, 0);
    if (sum === 0 || !Number.isFinite(sum)) {
        return "**Cost:** each replica is billed until it is deleted; the API does not tell its price.";
    }
    const untold = made.length - prices.length;
    const all = made.length === 1 ? "" : ` for ${prices.length} of ${made.length} replicas`;
    const others = untold === 0 ? "" : "; the API does not tell the price of the others";
    return `**Cost:** ${Number(sum.toFixed(6))} USD per hour${all} (compute, as the API prices it), until deleted${others}.`;
}
/**
 * US dollars, the currency of all prices and costs of the API. A decimal number as text (OpenAPI,
 * `CVMResourceInfo`); null for anything else, or another period.
 */
function hourlyPrice({ cvm }) {
    const resource = objectAt(cvm?.raw, "resource");
    const text = stringAt(resource, "compute_billing_price") ?? "";
    const period = stringAt(resource, "billing_period") ?? "hourly";
    return period === "hourly" && /^\d{1,9}(?:\.\d{1,12})?$/.test(text) ? Number(text) : null;
}

;// CONCATENATED MODULE: ./build/report/summary/reason.js



/** More lines than this are counted, not shown: the table has a row for each replica as well. */
const MOST_LINES = 100;
/** The longest text and the longest line of a list, in characters; in Markdown one may become seven. */
const MOST_OF_TEXT = 2_000;
const MOST_OF_LINE = 800;
/**
 * What the annotation is made of, with far more room than it has. Addresses of the dashboard become links,
 * all else is plain text. What exists is not repeated, since the table shows it.
 */
function reason_reasonOf({ failed, exists, code }, env) {
    const shown = failed.list
        .slice(0, MOST_LINES)
        .map((line) => `- ${withLinks(line, MOST_OF_LINE)}`);
    const left = failed.list.length - shown.length;
    const list = left === 0 ? shown : [...shown, `- … and ${left} more`];
    const section = `<a href="${sectionUrl(code, env)}">what it means, and what to do</a>`;
    const parts = [
        withLinks(failed.text),
        list.join("\n"),
        exists.list.length === 0 ? withLinks(exists.text) : "",
        code === "" ? "" : `Error code ${clean_code(code, 80)}: ${section}`,
    ];
    return parts.filter((part) => part !== "").join("\n\n");
}
const DASHBOARD_LINK = new RegExp(`(${DASHBOARD}/[A-Za-z0-9/_-]+)`);
/** Addresses of the dashboard become links, all else is plain text. One line. */
function withLinks(line, max = MOST_OF_TEXT) {
    const pieces = oneLine(line, max).split(DASHBOARD_LINK);
    const text = pieces.map((piece, n) => n % 2 === 1 ? `<a href="${piece}">${markdown(piece)}</a>` : plain(piece));
    return text.join("");
}
/** `markdown` without its trimming: the piece stands between others. */
function plain(piece) {
    const [, before = "", text = "", after = ""] = /^( ?)(.*?)( ?)$/.exec(piece) ?? [];
    return before + markdown(text, MOST_OF_TEXT) + after;
}

;// CONCATENATED MODULE: ./build/report/summary/timeline.js

/** More than this and nobody can read the chart. */
const timeline_MOST_LINES = 20;
/** A bar of less than this share of the whole is a label without a bar. */
const SHORTEST_SHARE = 0.01;
/**
 * The phases of each replica as a Mermaid chart, which GitHub draws in job summaries: creating, booting,
 * health check; red where it was given up. Empty where nothing was waited for.
 */
function timeline(replicas) {
    const waited = replicas
        .map((replica) => ({ name: nameOf(replica), phases: phasesOf(replica) }))
        .filter(({ phases }) => phases.length > 1);
    const charts = waited.slice(0, timeline_MOST_LINES);
    const all = charts.flatMap(({ phases }) => phases);
    if (all.length === 0)
        return "";
    const zero = Math.min(...all.map(({ from }) => from));
    const span = Math.max(...all.map(({ to }) => to)) - zero;
    const sections = charts.flatMap(({ name, phases }) => [
        `  section ${timeline_plain(name)}`,
        ...phases.filter(({ from, to }) => to - from >= span * SHORTEST_SHARE).map((p) => bar(p, zero)),
    ]);
    return [
        "```mermaid",
        "gantt",
        "  title Phases since the first request (min:s)",
        "  dateFormat x",
        "  axisFormat %M:%S",
        `  tickInterval ${tickOf(span)}`,
        ...sections,
        "```",
        ...(waited.length > charts.length
            ? [
                "",
                `… and ${waited.length - charts.length} more replicas, which the chart has no room for.`,
            ]
            : []),
    ].join("\n");
}
function phasesOf({ times }) {
    const { sent, made, running, healthy, failed } = times;
    if (sent === undefined || made === undefined)
        return [];
    const phases = [{ name: "creating", look: "done", from: sent, to: made }];
    const booted = running ?? failed;
    if (booted === undefined)
        return phases;
    const look = running === undefined ? "crit" : "active";
    phases.push({ name: "booting", look, from: made, to: booted });
    const checked = healthy ?? failed;
    if (running !== undefined && checked !== undefined) {
        const result = healthy === undefined ? "crit" : "done";
        phases.push({ name: "health check", look: result, from: running, to: checked });
    }
    return phases;
}
function bar({ name, look, from, to }, zero) {
    return `  ${name} :${look}, ${from - zero}, ${to - zero}`;
}
/** About ten ticks. @param span ms */
function tickOf(span) {
    const seconds = span / 1_000;
    if (seconds <= 12)
        return "1second";
    if (seconds <= 60)
        return "5second";
    if (seconds <= 300)
        return "30second";
    if (seconds <= 900)
        return "1minute";
    return seconds <= 3_600 ? "5minute" : "30minute";
}
/** Mermaid has marks of its own (colons, semicolons, hashes); a name keeps letters, digits and dashes. */
function timeline_plain(name) {
    return (name
        .replace(/[^A-Za-z0-9-]+/g, " ")
        .trim()
        .slice(0, 63) || "replica");
}

;// CONCATENATED MODULE: ./build/report/summary/create.js








/** GitHub takes 1 MiB of a step, and drops a larger one as a whole. */
const MAX_SUMMARY_BYTES = 900_000;
/** More rows than this are counted, not shown. */
const MOST_ROWS = 100;
const HEADLINES = {
    created: "✅ Created",
    unchanged: "✅ Nothing to create",
    dry_run: "🔍 Dry run: nothing was sent",
    pending_approval: "⏳ Waiting for on-chain approval",
    partial: "⚠️ Only some replicas came up",
    timeout: "❌ Not running in time",
    cancelled: "⚠️ Cancelled",
    failed: "❌ Failed",
};
/**
 * The job summary as Markdown: what came of the run in one line, the replicas, their cost, the phases, and
 * what to do next. Server text in it can't be markup; the commit token and the compose file are no part.
 *
 * @param said what the annotation is made of on failure, else null
 * @param env the step's environment, which says where the documents are
 */
function summaryOf(report, said, env) {
    return withinLimit([
        `### ${headlineOf(report)}${countOf(report)}`,
        said === null ? "" : reason_reasonOf(said, env),
        table(report),
        costOf(report.replicas),
        timeline(report.replicas),
        plannedOf(report),
        toRegister(report),
        nextSteps(report),
    ]);
}
/** As many of the parts as GitHub takes, and a word where that are not all. */
function withinLimit(parts) {
    let text = "";
    for (const part of parts.filter((one) => one !== "")) {
        const longer = text === "" ? part : `${text}\n\n${part}`;
        if (Buffer.byteLength(longer) > MAX_SUMMARY_BYTES) {
            return `${text}\n\nThe rest is too long for a job summary: see the step's log and its outputs.\n`;
        }
        text = longer;
    }
    return `${text}\n`;
}
function headlineOf({ verdict: { outcome, exitCode } }) {
    // Nothing waits where the step is red.
    if (outcome === "pending_approval" && exitCode === 1)
        return "❌ On-chain approval needed";
    return HEADLINES[outcome];
}
function countOf({ replicas, verdict }) {
    if (verdict.outcome !== "created" && verdict.outcome !== "partial")
        return "";
    const made = replicas.filter(isOurs);
    const good = made.filter(({ failure }) => failure === null).length;
    const asked = replicas.filter(({ origin }) => origin !== "existing").length;
    const word = asked === 1 ? "replica" : "replicas";
    return good === asked ? ` ${good} ${word}` : ` (${good} of ${asked} ${word})`;
}
function table(report) {
    const { replicas } = report;
    if (replicas.length === 0)
        return "";
    const shown = replicas.slice(0, MOST_ROWS);
    const rows = shown.map((replica) => {
        const cells = [
            linked(nameOf(replica), replicaUrl(replica, report.workspaceSlug, report.appId)),
            create_nodeOf(replica),
            create_statusOf(replica),
            urlOf(replica),
            timeToRun(replica),
        ];
        return `| ${cells.join(" | ")} |`;
    });
    const left = replicas.length - shown.length;
    return [
        "| Replica | Node | Status | Instance URL | Time to running |",
        "| --- | --- | --- | --- | --- |",
        ...rows,
        ...(left === 0 ? [] : ["", `… and ${left} more replicas.`]),
        ...(replicas.some(({ origin }) => origin === "adopted") ? ["", ADOPTED] : []),
    ].join("\n");
}
const ADOPTED = "Adopted: the answer to its request was lost, and it is the only new CVM that fits; most likely this step made it.";
function create_statusOf(replica) {
    if (!record_exists(replica))
        return mayExist(replica) ? "unknown, may exist" : "not created";
    const adopted = replica.origin === "adopted" ? "adopted, failed" : "failed";
    const word = replica.failure === null ? replica.origin : adopted;
    return `${clean_code(currentStatus(replica) || "unknown", 40)} (${word})`;
}
/** Its request's answer was lost, could not be made sure of, or the step ended before it came. */
function mayExist({ failure }) {
    return failure === null || failure.unsure === true;
}
function create_nodeOf(replica) {
    const { name, id } = nodeOf(replica);
    const region = replica.cvm?.region ?? null;
    const node = name === null ? (id === null ? "–" : `${id}`) : clean_code(name, 80);
    return region === null ? node : `${node}, ${markdown(region, 60)}`;
}
function urlOf({ cvm }) {
    const url = safeLink(cvm?.instanceUrl ?? null);
    return url === null ? "–" : `<a href="${url}">${clean_code(new URL(url).host, 120)}</a>`;
}
function timeToRun({ times }) {
    const from = times.sent ?? times.made;
    return from === undefined || times.running === undefined ? "–" : duration(times.running - from);
}
function linked(text, url) {
    const link = safeLink(url);
    return link === null ? clean_code(text, 80) : `<a href="${link}">${clean_code(text, 80)}</a>`;
}
/** A dry run's requests. */
function plannedOf({ verdict, planned }) {
    if (verdict.outcome !== "dry_run")
        return "";
    if (planned.length === 0)
        return "No request would be sent.";
    const shown = planned.slice(0, 20).map((line) => `- ${clean_code(line, 1_000)}`);
    const more = planned.length > shown.length ? [`- … and ${planned.length - shown.length} more`] : [];
    return ["Would be sent, in this order:", "", ...shown, ...more].join("\n");
}
/** What an approver needs, each value where it can be copied. Never the token. */
function toRegister({ verdict, approval }) {
    if (verdict.outcome !== "pending_approval" || approval === null)
        return "";
    const { appId, composeHash, deviceId, kmsInfo, onchainStatus } = approval;
    const chain = kmsInfo?.chain_id;
    const known = typeof chain === "string" || typeof chain === "number";
    const there = (flag) => (onchainStatus?.[flag] === true ? " (already registered)" : "");
    const lines = [
        ["Contract", appId, ""],
        ["Chain", known ? chainName(chain).replace(/^chain /, "") : null, ""],
        ["Compose hash", composeHash, there("compose_hash_allowed")],
        ["Device", deviceId, there("device_id_allowed")],
    ];
    return lines
        .filter(([, value]) => value !== null)
        .map(([name, value, note]) => `- ${name}: ${clean_code(value ?? "", 100)}${note}`)
        .join("\n");
}
function nextSteps({ verdict, approval, replicas, cleanup }) {
    if (verdict.outcome === "pending_approval" && approval !== null) {
        const sequel = approval.commitToken === null
            ? "The API gave no commit token, so a later step can't commit this replica."
            : "Then run a step with `commit_token` from this step's outputs; the token is good for 14 days.";
        // A red step's reason has said the first half already.
        const what = verdict.exitCode === 0 ? markdown(whatToRegister(approval), 1_000) : "";
        return `**Next:** ${what || "Register the values above."} ${sequel}`;
    }
    if (verdict.exitCode === 0 || !replicas.some(isBilled))
        return "";
    return cleanup === "never"
        ? "**Next:** delete what you don't need of the replicas above; they are billed until then. `cleanup: on_failure` does that by itself."
        : `**Next:** the end of the job deletes what was created (\`cleanup: ${cleanup}\`).`;
}

;// CONCATENATED MODULE: ./build/report/words/billed.js



/**
 * What exists by now because of this run, and who ends it. For the end of an annotation, which is all that
 * an on-call may read.
 *
 * @param said the annotation so far: an address that stands there is not repeated
 */
function billing({ replicas, cleanup, workspaceSlug, appId }, said) {
    const billed = replicas.filter(isBilled);
    if (billed.length === 0)
        return withoutAny(replicas);
    const lines = billed.map((replica) => {
        const uuid = uuidOf(replica);
        const url = replicaUrl(replica, workspaceSlug, appId);
        if (url === null)
            return `${nameOf(replica)} (no UUID)`;
        return `${nameOf(replica)} (${said.includes(url) ? uuid : `${uuid}, ${url}`})`;
    });
    const them = billed.length === 1 ? "it" : "them";
    const until = cleanup === "never" ? `somebody deletes ${them}` : `the post step deletes ${them}`;
    const text = `Created, and billed until ${until}:`;
    return lines.length === 1
        ? { text: `${text} ${lines[0]}.`, list: [] }
        : { text: `${text} ${lines.length} replicas.`, list: lines };
}
/** "Nothing was created" is said only where that is certain. */
function withoutAny(replicas) {
    if (replicas.some(record_exists))
        return NOTHING_SAID;
    const lost = replicas.filter(({ failure }) => failure === null || failure.unsure);
    if (lost.length === 0) {
        return { text: "Nothing was created, so nothing more is billed than before.", list: [] };
    }
    const what = lost.length === 1 ? "the replica" : `the ${lost.length} replicas`;
    const requests = lost.length === 1 ? "request" : "requests";
    return {
        text: `Perhaps created and billed: ${what} of the ${requests} without an answer.`,
        list: [],
    };
}

;// CONCATENATED MODULE: ./build/report/outputs/dropped.js

/**
 * The outputs that hold a masked value: GitHub drops them when they go to another job.
 *
 * @param masked the variables whose values are masked
 * @returns null where all outputs can cross jobs
 */
function droppedOutputs(outputs, masked) {
    const variables = new Set();
    const dropped = new Set();
    for (const { key, value } of masked) {
        const forms = maskedPieces(value).flatMap(dropped_formsOf);
        for (const [name, text] of Object.entries(outputs)) {
            if (!forms.some((form) => text.includes(form)))
                continue;
            variables.add(key);
            dropped.add(name);
        }
    }
    const inOrder = Object.keys(outputs).filter((name) => dropped.has(name));
    return variables.size === 0 ? null : { variables: [...variables], outputs: inOrder };
}
/** In which the runner hides a mask too, as far as an output can hold them. */
function dropped_formsOf(piece) {
    const lines = piece.split(/[\r\n]+/).filter((line) => line.trim() !== "");
    return [piece, ...lines].flatMap((text) => [
        text,
        JSON.stringify(text).slice(1, -1),
        encodeURIComponent(text.toWellFormed()),
        text.replace(/^"(.+)"$/, "$1"),
    ]);
}

;// CONCATENATED MODULE: ./build/commands/handover.js





/** JSON arrays that a later step or a matrix loops over: `fromJSON` of an empty output would fail there. */
const ARRAYS = ["replicas"];
/**
 * Before anything can go wrong: the arrays are `[]` also where the step is killed, or ends by a bug of ours.
 * The runner takes the last value of a name.
 */
function beginOutputs(runner) {
    writeOutputs(runner, Object.fromEntries(ARRAYS.map((name) => [name, "[]"])));
}
/**
 * Hands outputs on, as many as can be.
 *
 * @returns why they could not all be written; null: they were
 */
function writeOutputs(runner, outputs) {
    return troubleWith(runner, () => {
        for (const [name, value] of Object.entries(outputs))
            runner.output(name, value);
    });
}
/**
 * Writes the outputs, and the outcome for post. Where that can't be done the step is red, whatever it
 * achieved: later steps get nothing, and post takes a run without an outcome for one that was killed.
 *
 * @returns the verdict that stands then, and what could not be written
 */
function handOver(runner, { judged, outputs, masked, began, ownFailure }) {
    const dropped = droppedOutputs(outputs, masked);
    if (dropped !== null)
        runner.warning(outputsDropped(dropped));
    const unwritten = writeOutputs(runner, outputs);
    const { outcome } = unwritten === null ? judged : spoilt(judged, unwritten);
    // Later steps that get nothing can use nothing: that is a failure of the run's own.
    const own = ownFailure || unwritten !== null;
    const unsaved = began ? troubleWith(runner, () => saveOutcome(runner, outcome, own)) : null;
    const lost = unwritten ?? unsaved;
    if (lost === null)
        return { verdict: judged, lost };
    const verdict = spoilt(judged, lost);
    // Some outputs may stand by now: the two that later steps go by must not say that all is well.
    writeOutputs(runner, { outcome: verdict.outcome, error_code: verdict.failure?.code ?? "" });
    return { verdict, lost };
}
/** What was wrong before keeps its outcome and its code. */
function spoilt(judged, failure) {
    return judged.exitCode === 1 ? judged : { outcome: "failed", failure, exitCode: 1 };
}
/** Does it, and answers why it could not be done; null: it was. Nothing is thrown. */
function troubleWith(runner, work) {
    try {
        work();
        return null;
    }
    catch (error) {
        debugTrace(runner, error);
        return internalFailure(error);
    }
}
/** Where a bug of ours is, for whoever re-runs with debug logging. */
function debugTrace(runner, error) {
    if (error instanceof Error && !(error instanceof Unwritable)) {
        runner.debug(error.stack ?? error.message);
    }
}

;// CONCATENATED MODULE: ./build/commands/judge.js


/** The end of a run that came as far as creating and was not cancelled, from what became of each replica. */
function judgeRun(replicas) {
    const failed = replicas.filter((replica) => replica.failure !== null);
    const first = failed[0]?.failure ?? null;
    if (first === null) {
        return { outcome: replicas.some(isOurs) ? "created" : "unchanged", failure: null, exitCode: 0 };
    }
    if (replicas.some((replica) => isOurs(replica) && replica.failure === null))
        return { outcome: "partial", failure: first, exitCode: 1 };
    // Nothing was created, but the way on is known: approve, then commit.
    if (failed.every(({ failure }) => failure?.code === APPROVAL_CODE)) {
        return { outcome: "pending_approval", failure: first, exitCode: 1 };
    }
    const late = failed.every(({ failure }) => failure?.late === true);
    return { outcome: late ? "timeout" : "failed", failure: first, exitCode: 1 };
}

;// CONCATENATED MODULE: ./build/commands/conclude.js













/**
 * Tells the end: outputs, the outcome for post, closing lines, and on failure the one annotation.
 *
 * @param failure what ended the run before or outside its replicas; null: the replicas tell
 * @returns the exit code
 */
async function conclude(edges, ending, failure) {
    const { runner, cancel } = edges;
    const { inputs, survey, approval } = ending;
    const judged = verdictOf(ending, failure, cancel.aborted);
    const message = judged.failure === null ? "" : messageOf(edges, ending, judged, failure);
    const { verdict, lost } = handOver(runner, {
        judged,
        outputs: outputsOf(reportOf(edges, ending, judged, message)),
        masked: inputs?.maskedEnvs ?? [],
        began: ending.replicas.length > 0,
        ownFailure: hasOwnFailure(cancel.aborted, failure, ending.replicas),
    });
    const slug = survey?.workspaceSlug ?? null;
    const appId = inputs?.appId ?? null;
    for (const replica of ending.replicas.filter(record_exists))
        runner.info(closingLine(replica, slug, appId));
    if (approval !== null && verdict.outcome === "pending_approval" && verdict.exitCode === 0) {
        runner.info(approvalPending(approval));
        if (approval.commitToken === null)
            runner.warning(tokenMissing());
    }
    const said = verdict.exitCode === 0 ? null : sayingOf(ending, verdict, failure, lost);
    const annotation = said === null ? null : annotationOf(said, edges);
    for (const line of annotation?.rest ?? [])
        runner.info(`- ${line}`);
    if (annotation !== null)
        runner.error(annotation.text, annotation.title);
    if (lost !== null && verdict.failure !== null) {
        writeOutputs(runner, { error_message: annotation?.message ?? "" });
    }
    if (ending.summary) {
        await writeSummary(edges, () => summaryOf(reportOf(edges, ending, verdict, ""), said, edges.env));
    }
    return verdict.exitCode;
}
/**
 * Puts out how a replica can be found, as soon as its create is answered, so that a later step has it even if
 * this one is killed while it waits. What can't be written now is told at the end.
 */
function tellMade(edges, ending) {
    const verdict = { outcome: "created", failure: null, exitCode: 0 };
    // Whatever is wrong here, the replica's `ttl` and its wait are still to come.
    troubleWith(edges.runner, () => {
        writeOutputs(edges.runner, earlyOutputs(reportOf(edges, ending, verdict, "")));
    });
}
/** The output `error_message`: what the annotation will say, as far as it is known before the outputs are out. */
function messageOf(edges, ending, verdict, failure) {
    return annotationOf(sayingOf(ending, verdict, failure, null), edges).message;
}
function reportOf({ runner }, ending, verdict, message) {
    const { inputs, survey, approval, planned } = ending;
    const nothingMade = verdict.outcome === "pending_approval" && !ending.replicas.some(record_exists);
    return {
        verdict,
        replicas: nothingMade ? ending.existing : [...ending.replicas, ...ending.existing],
        approval,
        workspaceSlug: survey?.workspaceSlug ?? null,
        appId: inputs?.appId ?? null,
        cleanup: inputs?.cleanup ?? "never",
        planned,
        message,
        redactPrinted: (text) => runner.redactPrinted(text),
    };
}
/**
 * A summary that can't be written, or be made, is no reason to fail: everything in it is in the log and the
 * outputs too.
 */
async function writeSummary({ runner }, make) {
    try {
        await runner.summary(make());
    }
    catch (error) {
        const why = error instanceof Error ? oneLine(error.message, 200) : "unknown reason";
        runner.warning(`The job summary could not be written: ${why}`);
    }
}
function verdictOf(ending, failure, cancelled) {
    if (cancelled)
        return { outcome: "cancelled", failure: null, exitCode: 1 };
    if (failure !== null)
        return { outcome: "failed", failure, exitCode: 1 };
    if (ending.inputs?.dryRun)
        return { outcome: "dry_run", failure: null, exitCode: 0 };
    const replicas = [...ending.replicas, ...ending.existing];
    const prepared = ending.inputs?.prepareOnly && ending.approval !== null;
    if (prepared && replicas.every((replica) => replica.failure === null)) {
        return { outcome: "pending_approval", failure: null, exitCode: 0 };
    }
    return judgeRun(replicas);
}
/** @param lost what could not be written at the end; null: all was */
function sayingOf(ending, verdict, failure, lost) {
    const { inputs, survey, replicas, existing } = ending;
    const { outcome } = verdict;
    const bill = {
        replicas,
        cleanup: inputs?.cleanup ?? "never",
        workspaceSlug: survey?.workspaceSlug ?? null,
        appId: inputs?.appId ?? null,
    };
    const code = verdict.failure?.code ?? "";
    const failed = failedWords(ending, verdict, failure, lost);
    const exists = billing(bill, [failed.text, ...failed.list].join("\n"));
    return { title: titleOf(outcome, code, [...replicas, ...existing]), code, failed, exists };
}
function failedWords({ replicas, existing }, { outcome, failure: first }, failure, lost) {
    // All else was well.
    if (lost !== null && first === lost)
        return wordsOf(lost);
    const words = outcome === "cancelled"
        ? cancelledWords(replicas)
        : failure === null
            ? combinedWords([...replicas, ...existing])
            : wordsOf(failure);
    return lost === null ? words : { ...words, text: `${words.text} ${lost.text}` };
}
function cancelledWords(replicas) {
    const open = replicas.some((replica) => !record_exists(replica) && replica.failure === null);
    const sequel = open ? " One request had no answer yet; the post step looks for its replica." : "";
    return { text: `The step was cancelled.${sequel}`, list: [] };
}
function closingLine(replica, slug, appId) {
    const uuid = uuidOf(replica);
    const where = replica.cvm?.instanceUrl ?? null;
    const parts = [
        `${oneLine(nameOf(replica), 80)}: ${oneLine(currentStatus(replica) || "unknown", 40)}`,
        uuid === null ? "no UUID" : uuid,
        where === null ? null : oneLine(where, 300),
        replicaUrl(replica, slug, appId),
    ];
    return parts.filter((part) => part !== null).join(" · ");
}

;// CONCATENATED MODULE: ./build/commands/create.js



























/**
 * The main step: read, look, plan, create, wait, report. Nothing is thrown; whatever happens ends in
 * outputs, the state for post, and on failure one error annotation.
 *
 * @returns the process's exit code
 */
async function run(edges) {
    const ending = {
        summary: wantsSummary(edges.env),
        inputs: null,
        survey: null,
        replicas: [],
        existing: [],
        planned: [],
        approval: null,
    };
    try {
        maskSecrets(edges.env, edges.runner);
        beginOutputs(edges.runner);
        const read = readInputs(edges.env);
        if ("faults" in read)
            return await conclude(edges, ending, inputFailure(read.faults));
        const recording = startRecording(edges, read.inputs);
        const failure = await replicate(edges, read.inputs, ending, recording);
        const exitCode = await conclude(edges, ending, failure);
        // Last, since outputs and state must not wait for GitHub; post makes up for what is cut off here.
        await recording?.end(ending.replicas);
        return exitCode;
    }
    catch (error) {
        debugTrace(edges.runner, error);
        return await conclude(edges, ending, internalFailure(error)).catch(() => lastWord(edges, error));
    }
}
/** The GitHub deployments of this run; null where none were asked for. */
function startRecording(edges, inputs) {
    const { deploymentEnvironment } = inputs;
    if (deploymentEnvironment === null || inputs.dryRun || inputs.prepareOnly)
        return null;
    return new Recording(edges, { ...inputs, deploymentEnvironment });
}
/** Even what was to be reported could not be. The state for post is written all the same, as it went. */
function lastWord(edges, error) {
    const { runner } = edges;
    const failure = internalFailure(error);
    const { text, title, message } = annotationOf({
        title: titleOf("failed", failure.code, []),
        code: failure.code,
        failed: wordsOf(failure),
        exists: NOTHING_SAID,
    }, edges);
    runner.error(text, title);
    try {
        runner.output("outcome", "failed");
        runner.output("error_code", failure.code);
        runner.output("error_message", message);
    }
    catch {
        // The outputs' file may be the very thing that failed; the annotation stands.
    }
    return 1;
}
/** Fills `ending` in as the run goes, so that whatever is known can be reported. */
async function replicate(edges, inputs, ending, recording) {
    const { runner, cancel } = edges;
    ending.inputs = inputs;
    for (const note of inputs.notes)
        runner.warning(note);
    const { apiUrl, apiKey, requestTimeoutMs: timeoutMs } = inputs;
    const api = openApi(edges, { apiUrl, apiKey, timeoutMs });
    const prepared = await inGroup(runner, "Look at the app", () => lookAndPlan(edges, api, inputs, ending));
    if (!prepared.ok)
        return prepared.failure;
    const { context, plan, surveyed } = prepared;
    const { slots } = plan;
    if (inputs.dryRun) {
        ending.planned = slots.map((slot) => planned(inputs.apiUrl, partsOf(context.inputs, slot)));
        for (const line of ending.planned)
            runner.info(line);
        runner.info(dryRunEnd(slots.length));
        return null;
    }
    const lifetimes = new Lifetimes(context, surveyed.clockOffsetMs);
    try {
        if (slots.length > 0) {
            await inGroup(runner, inputs.prepareOnly ? "Prepare" : "Create", () => createAll(prepared, { ending, recording, lifetimes }));
        }
        await follow(prepared, ending, lifetimes);
    }
    finally {
        lifetimes.stop();
    }
    if (inputs.instances !== null && ending.replicas.some(record_exists) && !cancel.aborted) {
        await lookOnceMore(context, surveyed, inputs.instances, ending.replicas);
    }
    return null;
}
/** How long a `ttl` is tried for where nothing is waited for, in ms. */
const TTL_WINDOW_MS = 30_000;
/** Waits for what was made, until it runs and has its end. */
async function follow({ context, surveyed }, ending, lifetimes) {
    const { inputs, edges } = context;
    const { runner, clock, cancel } = edges;
    for (const replica of inputs.wait ? [] : ending.replicas.filter(wontRun)) {
        runner.warning(notRunning(replica, surveyed.workspaceSlug, inputs.appId));
    }
    const deadline = clock.now() + (inputs.wait ? inputs.waitTimeoutMs : TTL_WINDOW_MS);
    const starting = toWaitFor(ending, inputs);
    if (starting.length > 0 && !cancel.aborted) {
        await inGroup(runner, "Wait", () => waitForAll(context, starting, surveyed.workspaceSlug));
    }
    await lifetimes.finish(deadline);
}
/** Closes the group whatever happens: what is told of a failure must not hide in it. */
async function inGroup(runner, title, work) {
    runner.startGroup(title);
    try {
        return await work();
    }
    finally {
        runner.endGroup();
    }
}
/**
 * What was made, and of what counts as there: everything where its health is asked for, else what does not
 * run yet (whether the source does is then the app's own business), or has no URL that could be put out.
 */
function toWaitFor({ replicas, existing }, inputs) {
    if (!inputs.wait)
        return [];
    const made = replicas.filter(record_exists);
    const lacksSomething = (cvm) => runs(cvm) ? cvm.instanceUrl === null : cvm.vmUuid !== inputs.vmUuid;
    const there = existing.filter(({ cvm }) => cvm !== null && (inputs.healthCheck !== null || lacksSomething(cvm)));
    return [...made, ...there].filter(({ failure }) => failure === null);
}
/** Everything that can be found wrong before a create request is sent. */
async function lookAndPlan(edges, api, given, ending) {
    const appId = given.appId ?? (await appOf(edges, api, given.vmUuid));
    if (typeof appId !== "string")
        return { ok: false, failure: appId };
    let inputs = { ...given, appId };
    ending.inputs = inputs;
    const context = { edges, api, inputs };
    const result = await survey(context);
    if (!result.ok)
        return result;
    const surveyed = result.survey;
    ending.survey = surveyed;
    const plan = planRun(inputs, surveyed);
    if (!plan.ok)
        return plan;
    if (inputs.prepareOnly) {
        const failure = await refusePrepare(context, surveyed);
        if (failure !== null)
            return { ok: false, failure };
    }
    if (surveyed.source !== null && surveyed.cvms !== null) {
        edges.runner.info(sourceLine(surveyed.source, surveyed.live.length));
    }
    for (const note of plan.notes)
        edges.runner.info(note);
    if (inputs.instances !== null) {
        const app = { slug: surveyed.workspaceSlug, appId };
        ending.existing = existingReplicas(plan.counted, inputs.vmUuid, app);
    }
    if (inputs.envs.length > 0 && plan.slots.length > 0) {
        const encrypted = await encryptEnvs(context, surveyed);
        if (!encrypted.ok)
            return encrypted;
        inputs = { ...inputs, encryptedEnv: encrypted.blob };
    }
    return { ok: true, context: { ...context, inputs }, plan, surveyed };
}
/** The source CVM's app, for a commit that does not name it. */
async function appOf(edges, api, vmUuid) {
    const what = "read the source CVM";
    const cvm = await ask(edges, what, (options) => api.getCvm(vmUuid, options));
    if (!cvm.ok)
        return requestFailure(what, cvm.fault, cvm.gaveUp);
    return cvm.value.appId ?? misfitFailure("app_id: the source CVM does not tell its app; give it.");
}
async function createAll({ context, plan: { slots, counted }, surveyed }, { ending, recording, lifetimes }) {
    const { api, edges, inputs } = context;
    saveJournal(edges.runner, {
        apiUrl: inputs.apiUrl,
        appId: inputs.appId,
        vmUuid: inputs.vmUuid,
        requestTimeoutMs: inputs.requestTimeoutMs,
        cleanup: inputs.cleanup,
        exclusive: inputs.exclusive,
        summary: inputs.summary,
        baseline: baselineOf(surveyed),
        clockOffsetMs: surveyed.clockOffsetMs,
        workspaceSlug: surveyed.workspaceSlug,
        ttlMs: inputs.ttlMs,
    });
    const rerun = rerunWith(inputs, surveyed, counted);
    const onMade = () => tellMade(edges, ending);
    const creation = new Creation(context, surveyed, { rerun, lifetimes, onMade });
    for (const slot of slots) {
        const replica = newReplica(slot);
        ending.replicas.push(replica);
        const stop = edges.cancel.aborted ? "cancelled" : creation.stop;
        if (stop !== null) {
            replica.failure = { code: "", text: notAsked(stop) };
            continue;
        }
        const { commitToken: token, composeHash, transactionHash, vmUuid } = inputs;
        const order = token === null
            ? createOrder(api, inputs, slot, slots.length)
            : commitOrder(api, vmUuid, { token, composeHash, transactionHash });
        const approval = await creation.carryOut(replica, slot, order);
        // A newer token may void the older ones of the same source (API facts, 1.3): the last one works.
        ending.approval = approval ?? ending.approval;
        replica.failure ??= misfitOf(replica, surveyed.workspaceSlug, inputs.appId);
        if (record_exists(replica))
            recording?.begin(replica);
    }
}
/** The request that a slot stands for, as a dry run shows it. */
function partsOf(inputs, slot) {
    const { commitToken: token, vmUuid, composeHash, transactionHash } = inputs;
    if (token === null)
        return createParts(createRequest(inputs, slot));
    return commitParts({ vmUuid, token, composeHash, transactionHash });
}

;// CONCATENATED MODULE: ./build/deployments/close.js



/**
 * What post has to tell GitHub about a deployment; null: nothing, it is as it should be.
 *
 * @param gone the UUIDs of the CVMs that post has seen deleted
 */
function close_lastWord({ vmUuid, end, told }, gone) {
    if (vmUuid !== null && gone.has(vmUuid))
        return "inactive";
    return told ? null : (end ?? UNSEEN);
}
/**
 * Brings the deployments of this run to their end: inactive where post deleted the replica, and what main
 * could not tell any more. Failures are warnings; it may run any number of times.
 */
async function closeDeployments(edges, settings, gone) {
    const deployments = openDeployments(edges, settings);
    for (const saved of readDeployments(edges.runner)) {
        const word = close_lastWord(saved, gone);
        if (word === null)
            continue;
        const { warning } = word === "inactive"
            ? await deployments.deactivate(saved.id)
            : await deployments.finish(saved.id, word);
        if (warning !== null)
            edges.runner.warning(warning);
    }
}

;// CONCATENATED MODULE: ./build/report/log/retiring.js
/** The sentences of the post step. */





/** Main saves a record before it asks for a replica, so nothing is known, in either direction. */
function noRecord() {
    return "The saved state has no record of this step, so the post step has nothing to go by, and did nothing. A step that ended before it asked for a replica leaves none; if this one asked for some, this runner did not hand the state on: the step's own log and outputs name what it made, and each replica is billed.";
}
function lookingFor(request) {
    return `Looking for the replica of create request ${request}.`;
}
/** A replica that main did not come to report. */
function foundLate(journal, made) {
    return `Found a replica that the main step did not report: ${retiring_named(made)}, most likely ours. See ${linkOf(journal, made)}`;
}
function notToldApart(journal, cvms) {
    const list = candidates(cvms, journal.workspaceSlug, journal.appId);
    const many = cvms.length === 1 ? "1 new CVM was" : `${cvms.length} new CVMs were`;
    const text = `The answer to a create request was lost, and ${many} seen that may be its replica; none was touched. Each is billed; delete what is not wanted.`;
    return { code: "AMBIGUOUS", text, list };
}
/** @param why a sentence */
function notKnown(journal, why) {
    const text = `The answer to a create request was lost, and whether its replica exists can't be told: ${why} Look at ${appPage(journal)}`;
    return { code: "AMBIGUOUS", text };
}
function notFound(journal, requests) {
    const what = requests === 1
        ? "The replica of one lost request"
        : `The replicas of ${requests} lost requests`;
    return `${what} did not show up in the app's list, so most likely nothing was created. To be sure, look at ${appPage(journal)}`;
}
/** Its creation was certain, and it is not to be found. @param name as the create answer told it */
function notToBeFound(journal, name) {
    const text = `${name} was created and is billed, but the API told no UUID, and the app's list does not show it. Look at ${appPage(journal)}`;
    return { code: "AMBIGUOUS", text };
}
/** Nothing came of any request. */
function noneCreated() {
    return "Nothing to clean up: no replica was created.";
}
/**
 * What exists on.
 *
 * @param endsAt when its `ttl` ends it, ms since the epoch; null: nothing ends it
 * @param wanted somebody has use for it: nobody is told to delete it
 */
function staysBilled(journal, made, endsAt, wanted) {
    const link = linkOf(journal, made);
    const exists = `${retiring_named(made)} still exists and is billed`;
    if (endsAt !== null)
        return `${exists} until ${moment(endsAt)} (ttl): ${link}`;
    return wanted ? `${exists}: ${link}` : `${exists}. Delete it: ${link}`;
}
/** It was to be deleted, and nothing proves that it is this step's. */
function notProven(journal, made) {
    return {
        code: "AMBIGUOUS",
        text: `${retiring_named(made)} was found by elimination after a lost answer. It is most likely this step's, but may be another's, so it is not deleted (exclusive is not true). It is billed: look at it, and delete it unless somebody else needs it: ${linkOf(journal, made)}`,
    };
}
/** Its `ttl` was to be set, and nothing proves that it is this step's. */
function notLimited(journal, made) {
    return {
        code: "AMBIGUOUS",
        text: `${retiring_named(made)} was found by elimination after a lost answer. It is most likely this step's, but may be another's, so its ttl is not set (exclusive is not true), and it is billed until somebody deletes it: ${linkOf(journal, made)}`,
    };
}
/** What somebody else deleted. */
function wasGone(made) {
    return `${retiring_named(made)} was deleted by somebody else while the step ran.`;
}
function askedToDelete(made) {
    return `Asked the platform to delete ${retiring_named(made)}.`;
}
function isGone(made) {
    return `${retiring_named(made)} is gone.`;
}
/** For a deletion that takes long. @param elapsedMs so far @param limitMs at the most, both in ms */
function stillWaiting(names, elapsedMs, limitMs) {
    const some = names.slice(0, 5).map((name) => oneLine(name, 80));
    const more = names.length > some.length ? ` and ${names.length - some.length} more` : "";
    return `Waiting for ${some.join(", ")}${more} to be gone: ${duration(elapsedMs)} of at most ${duration(limitMs)}.`;
}
function cleanedUp(count) {
    return `Cleaned up: ${count} deleted, none left.`;
}
function mayStillExist(journal, survivor) {
    const { code, why } = survivor;
    const text = `${retiring_named(survivor)} may still exist and be billed. ${why} Delete it: ${linkOf(journal, survivor)}`;
    return { code, text };
}
const NO_KEY = "In a composite action that another composite action uses, some runners hand post the outer action's inputs; the environment variable PHALA_CLOUD_API_KEY in the job's env reaches it in any case.";
/** There is nothing to do with it. */
function noKey() {
    return `No API key reached the post step, which had nothing to do with one. ${NO_KEY}`;
}
/** There was something to do with it. */
function keyMissing() {
    const text = `No API key reached the post step, so it could neither look nor delete, and sent nothing. ${NO_KEY}`;
    return { code: "INPUT", text };
}
/** Requests whose replicas nobody could look for. */
function notLookedFor(journal, requests) {
    const what = requests === 1 ? "One create request" : `${requests} create requests`;
    return {
        code: "INPUT",
        text: `${what} of this step had no known end, so replicas may exist and be billed that nobody has named. Look at ${appPage(journal)}`,
    };
}
/** What was to be deleted, and was not asked for. */
function notDeleted(journal, made) {
    return {
        code: "INPUT",
        text: `${retiring_named(made)} was to be deleted; it exists as far as is known, and is billed. Delete it: ${linkOf(journal, made)}`,
    };
}
/** What was to be given an end, and has none. */
function retiring_withoutEnd(journal, made) {
    return {
        code: "INPUT",
        text: `The ttl of ${retiring_named(made)} is not set, so it is billed until somebody deletes it: ${linkOf(journal, made)}`,
    };
}
function retiring_named({ name, vmUuid }) {
    return `${oneLine(name, 80)} (${vmUuid})`;
}
function linkOf({ workspaceSlug, appId }, { vmUuid }) {
    return dashboardUrl(workspaceSlug, appId, vmUuid);
}
function appPage({ workspaceSlug, appId }) {
    return appUrl(workspaceSlug, appId);
}

;// CONCATENATED MODULE: ./build/fleet/plan/cleanup.js

/** Outcomes with which nothing went wrong, so `cleanup: on_failure` has nothing to do. */
const GOOD_ENDS = new Set(["created", "unchanged", "dry_run", "pending_approval"]);
/** Whether main came to a good end, so that somebody wants what it created. */
function endedWell({ outcome }) {
    return outcome !== null && GOOD_ENDS.has(outcome);
}
/**
 * Whether what the step created is to be deleted. `on_failure` needs a failure of the step's own: a kill, a
 * cancellation, or a reason that it saved as such. What is not told counts as one: better one deletion too
 * many than a bill.
 *
 * @param run `outcome` is null where main was killed before it had one
 */
function wantsCleanup(mode, run) {
    if (mode === "always")
        return true;
    return mode === "on_failure" && !endedWell(run) && run.ownFailure !== false;
}
/**
 * Whether a replica may be deleted, now or by a `ttl`. That needs proof: the API told its UUID, or its name,
 * in the answer that created it. What was found by elimination may be another job's, unless the workflow
 * says that there is none.
 */
function mayDelete({ adopted }, exclusive) {
    return !adopted || exclusive;
}
/**
 * Attempts whose replica main did not find, or was stopped before it could, in the order in which they are
 * searched for. First those whose answer told a name, which can't be taken for another's. Then the newest
 * first: what was created before its request can't be its replica, so it has the fewest candidates, and what
 * is found for it is none for the older ones.
 */
function unsettled({ attempts }) {
    const named = ({ stage }) => (stage === "made" ? 0 : 1);
    return attempts
        .filter(({ stage, vmUuid }) => stage === "open" || stage === "unknown" || (stage === "made" && vmUuid === null))
        .sort((a, b) => named(a) - named(b) || b.sentAt - a.sentAt || b.index - a.index);
}
/**
 * Whether the whole settle window is due: main never came to look for the answer, or it is certain that the
 * replica exists, and only where is not known.
 */
function deservesWindow({ stage }) {
    return stage === "open" || stage === "made";
}
/** What main created. Whatever the state says, nothing that was there before is ever among it. */
function madeByMain({ journal, attempts }) {
    const before = new Set([...(journal.baseline ?? []), journal.vmUuid]);
    return attempts.flatMap(({ stage, vmUuid, name, ...attempt }) => {
        if (stage !== "made" || vmUuid === null || before.has(vmUuid))
            return [];
        const { adopted, endsAt, ttlSet, gone, sentAt } = attempt;
        return [{ vmUuid, name: oneLine(name ?? vmUuid, 80), adopted, endsAt, ttlSet, gone, sentAt }];
    });
}
/** Which of these are still there: in the list, and not yet deleted. */
function stillThere(made, cvms) {
    const present = new Set(cvms.filter(({ deleted, status }) => !deleted && status !== "deleted").map((cvm) => cvm.vmUuid));
    return made.filter(({ vmUuid }) => present.has(vmUuid));
}

;// CONCATENATED MODULE: ./build/fleet/cleanup.js








/**
 * What is busy gets a minute at the least: a pause is 20 s at the most, so the last try begins no earlier than
 * that before the end.
 */
const DELETE_BUDGET = { maxTries: 20, totalMs: 80_000, tryMs: 15_000 };
/** How long the platform may take to carry a deletion out; the answer only says that it began. */
const ABSENCE_WINDOW_MS = 120_000;
const ABSENCE_POLL_MS = 2_000;
/** What is listed so long after it was asked for, and is not on its way out, is asked for again. */
const ASK_AGAIN_MS = 20_000;
const TELL_AGAIN_MS = 30_000;
/** Requests at once. A cancelled job has five minutes for all its post steps. */
const cleanup_AT_ONCE = 8;
/**
 * Deletes exactly these CVMs and proves that they are gone: asks for all of them, a few at once, then one
 * look at the list serves all.
 *
 * @returns those of which it can't be shown that they are gone
 */
async function deleteAll(edges, api, app, made) {
    // One that is busy pauses without keeping its turn.
    const gate = gateOf(cleanup_AT_ONCE);
    const deletions = await Promise.all(made.map((one) => askFor(edges, api, one, gate)));
    const left = await untilAbsent(edges, api, app, deletions.filter(({ refused }) => !refused));
    return deletions
        .filter((deletion) => deletion.refused || left.some(({ made: one }) => one === deletion.made))
        .map(({ made: one, trouble }) => {
        const { code, text } = trouble ?? STILL_THERE;
        return { ...one, why: text, code };
    });
}
const STILL_THERE = {
    code: "TIMEOUT",
    text: "The deletion was accepted, but it is still there.",
};
async function askFor(edges, api, made, gate) {
    const { clock, runner } = edges;
    const what = `delete ${made.name} (${made.vmUuid})`;
    const send = (options) => gate(() => api.deleteCvm(made.vmUuid, options));
    const result = await ask(edges, what, send, { budget: DELETE_BUDGET, judge: judgeDeletion });
    const deletion = { made, askedAt: clock.now(), listed: false };
    if (result.ok) {
        runner.info(askedToDelete(made));
        return { ...deletion, unknown: result.value === "unknown", trouble: null, refused: false };
    }
    const text = troubleOf("delete it", result.fault, result.gaveUp);
    const trouble = { code: codeOf(result.fault), text };
    // Otherwise it may be under way all the same: the answer that said so may have been lost.
    const refused = judgeDeletion(result.fault) === "final";
    return { ...deletion, unknown: false, trouble, refused };
}
async function untilAbsent(edges, api, app, deletions) {
    const { clock, cancel, runner } = edges;
    const begun = clock.now();
    const deadline = begun + ABSENCE_WINDOW_MS;
    let toldAt = begun;
    let left = deletions;
    while (left.length > 0 && clock.now() < deadline && !cancel.aborted) {
        const there = await whoIsThere(edges, api, app, left);
        for (const deletion of left) {
            if (!there.includes(deletion))
                runner.info(isGone(deletion.made));
        }
        left = there;
        if (left.length === 0)
            break;
        if (clock.now() - toldAt >= TELL_AGAIN_MS) {
            toldAt = clock.now();
            const names = left.map(({ made }) => made.name);
            runner.info(stillWaiting(names, toldAt - begun, ABSENCE_WINDOW_MS));
        }
        await clock.sleep(ABSENCE_POLL_MS, cancel);
    }
    return left;
}
/**
 * Which of these can't be said to be gone. What a list has shown is gone when it is gone from the list; for
 * the others only their own 404 proves it, since a list may show newcomers late (API facts, unknown 13),
 * and one that is not found may only be out of the key's sight.
 */
async function whoIsThere(edges, api, app, deletions) {
    const look = { signal: edges.cancel, timeoutMs: LOOK_TIMEOUT_MS };
    const list = await api.listCvms(app.appId, look);
    const cvms = list.ok ? list.value.cvms : [];
    // The source lives in the same app: a list without it (a proxy's empty one) proves nothing.
    const trusted = cvms.some(({ vmUuid }) => vmUuid === app.vmUuid);
    const present = new Set(stillThere(deletions.map(({ made }) => made), cvms));
    const there = await inParallel(deletions, cleanup_AT_ONCE, async (deletion) => {
        if (present.has(deletion.made)) {
            deletion.listed = true;
            await askAgain(edges, api, deletion, cvms);
            return true;
        }
        if (trusted && deletion.listed)
            return false;
        const gone = await isNotThere(api, deletion.made, look);
        if (!gone && !list.ok)
            deletion.trouble = unseen(list.fault);
        return !gone || isTooNew(deletion, edges.clock.now());
    });
    return deletions.filter((_, index) => there[index]);
}
/** A deletion may have been lost, or have come too early. */
async function askAgain({ clock, cancel: signal }, api, deletion, cvms) {
    const { made, askedAt } = deletion;
    const status = cvms.find(({ vmUuid }) => vmUuid === made.vmUuid)?.status ?? "";
    if (isGoing(status) || clock.now() - askedAt < ASK_AGAIN_MS)
        return;
    const result = await api.deleteCvm(made.vmUuid, { signal, timeoutMs: LOOK_TIMEOUT_MS });
    deletion.askedAt = clock.now();
    if (result.ok)
        deletion.trouble = null;
}
/** Unknown to the API, and created just now: it may come to light yet. */
function isTooNew({ unknown, made }, now) {
    return unknown && made.sentAt !== undefined && now - made.sentAt < SETTLE_WINDOW_MS;
}
function unseen(fault) {
    const text = `It could not be seen whether it is gone: ${reasonOf(fault)}.`;
    return { code: codeOf(fault), text };
}
/** Which of these still exist, as far as the API does not deny it. What must not be deleted may be gone all the same. */
async function whichRemain({ cancel: signal }, api, made) {
    const look = { signal, timeoutMs: LOOK_TIMEOUT_MS };
    const gone = await inParallel(made, cleanup_AT_ONCE, (one) => isNotThere(api, one, look));
    return made.filter((_, index) => !gone[index]);
}
/** Whether the API says that it knows no such CVM. */
async function isNotThere(api, { vmUuid }, look) {
    const cvm = await api.getCvm(vmUuid, look);
    // Whether a row with `deleted_at` is ever served is not known (API facts, unknown 8).
    return cvm.ok ? cvm.value.deleted : isNotFound(cvm.fault);
}
function isNotFound(fault) {
    return fault.kind === "answer" && fault.status === 404;
}

;// CONCATENATED MODULE: ./build/fleet/limit.js



/** For post, whose time is short. Ms. */
const TTL_BUDGET = { maxTries: 12, totalMs: 60_000, tryMs: 10_000 };
/**
 * Has the platform delete the CVM at its end; the way of post, which has nothing else to wait for. One that
 * can't be set is a failure, since the replica would be billed for longer than its owner wants.
 *
 * @param limited `ttlMs` is as it was asked for, for people; `withinMs` is how long the end can be told
 * @param gate lets so many requests go out at once
 */
async function setTtl(edges, api, limited, gate = (work) => work()) {
    const { vmUuid, endsAt, ttlMs, withinMs } = limited;
    const budget = { ...TTL_BUDGET, totalMs: Math.min(TTL_BUDGET.totalMs, withinMs) };
    const result = await ask(edges, settingTtl(limited, ttlMs), (options) => gate(() => api.scheduleDelete(vmUuid, endsAt, options)), { budget, judge: judgeTtl });
    if (!result.ok)
        return ttlFailure(limited, ttlMs, result.fault, result.gaveUp);
    edges.runner.info(ttlIsSet(limited));
    return null;
}

;// CONCATENATED MODULE: ./build/fleet/after.js







/** Requests at once. */
const after_AT_ONCE = 8;
/**
 * Deletes what is proven to be the step's own, and names the rest.
 *
 * @param made what main knew of
 * @returns the UUIDs of what it has seen deleted
 */
async function cleanUp(after, made) {
    const { report, search } = after;
    const found = tellFound(after, await search.first());
    const first = await remove(after, [...made, ...found]);
    // A deletion takes its time, in which a list that was late may show more.
    const late = first.length > 0 ? tellFound(after, await search.again()) : [];
    const gone = [...first, ...(await remove(after, late))];
    const left = made.length + found.length + late.length - gone.length;
    if (tellLeftovers(after) === 0 && left === 0 && gone.length > 0) {
        report.info(cleanedUp(gone.length));
    }
    return new Set(gone.map(({ vmUuid }) => vmUuid));
}
/** Deletes nothing: gives what is there its end where it has none, and says what is there. */
async function keep(after, made) {
    const { saved, report, search } = after;
    const found = tellFound(after, await search.first());
    const all = [...made, ...found];
    const ends = await limitLives(after, all.filter(({ gone }) => gone !== true));
    const wanted = endedWell(saved) || saved.ownFailure === false;
    for (const one of all) {
        if (one.gone === true) {
            report.info(wasGone(one));
            report.fate(one, "deleted by somebody else");
            continue;
        }
        const endsAt = ends.get(one) ?? null;
        report.info(staysBilled(saved.journal, one, endsAt, wanted));
        const exists = endsAt === null ? "exists, billed" : `exists, billed until ${moment(endsAt)}`;
        report.fate(one, found.includes(one) ? `found by this step; ${exists}` : exists);
    }
    tellLeftovers(after);
    return new Set();
}
/** @returns what is gone */
async function remove(after, made) {
    const { edges, api, saved, report } = after;
    const { journal } = saved;
    if (made.length === 0)
        return [];
    const proven = made.filter((one) => mayDelete(one, journal.exclusive));
    const unproven = made.filter((one) => !proven.includes(one));
    const survivors = await deleteAll(edges, api, journal, proven);
    for (const survivor of survivors) {
        report.problem(mayStillExist(journal, survivor));
        report.fate(survivor, "may still exist: its deletion is not proven");
    }
    // The backstop, where the deletion itself did not work.
    await limitLives(after, survivors);
    const remaining = await whichRemain(edges, api, unproven);
    for (const one of remaining) {
        report.problem(notProven(journal, one));
        report.fate(one, "not deleted: it may be another's");
    }
    const left = new Set([...survivors, ...remaining].map(({ vmUuid }) => vmUuid));
    const gone = made.filter(({ vmUuid }) => !left.has(vmUuid));
    for (const one of gone) {
        if (!proven.includes(one))
            report.info(isGone(one));
        report.fate(one, proven.includes(one) ? "deleted" : "gone");
    }
    if (gone.length > 0)
        report.happened();
    return gone;
}
/**
 * Sets the `ttl` where main was kept from it.
 *
 * @returns when each ends that has an end, ms since the epoch by the platform's clock
 */
async function limitLives(after, made) {
    const { edges, api, saved, report } = after;
    const { journal } = saved;
    const { ttlMs } = journal;
    const ends = new Map();
    if (ttlMs === null)
        return ends;
    const lacking = made.filter((one) => one.ttlSet !== true);
    for (const one of made) {
        if (one.ttlSet === true && typeof one.endsAt === "number")
            ends.set(one, one.endsAt);
    }
    const unproven = lacking.filter((one) => !mayDelete(one, journal.exclusive));
    for (const one of await whichRemain(edges, api, unproven))
        report.problem(notLimited(journal, one));
    const gate = gateOf(after_AT_ONCE);
    const proven = lacking.filter((one) => mayDelete(one, journal.exclusive));
    await Promise.all(proven.map(async (one) => {
        const { endsAt, withinMs } = after_endOf(after, one, ttlMs);
        const limited = { ...one, endsAt, ttlMs, withinMs };
        const failure = withinMs <= 0 ? ttlIsPast(limited, ttlMs) : await setTtl(edges, api, limited, gate);
        if (failure !== null)
            report.problem(failure);
        else {
            ends.set(one, endsAt);
            report.happened();
        }
    }));
    return ends;
}
/** When its `ttl` ends it, as main worked it out, or by its row; and how long that can be told, in ms. */
function after_endOf({ edges, saved }, { endsAt = null, createdAt = null, sentAt }, ttlMs) {
    const now = edges.clock.now();
    const { clockOffsetMs } = saved.journal;
    const birth = {
        createdAt: endsAt === null ? createdAt : endsAt - ttlMs,
        platformTime: clockOffsetMs === null ? null : now + clockOffsetMs,
        seenAt: now,
        bornAt: sentAt ?? now,
    };
    const { at } = lifeEnd(birth, ttlMs);
    return { endsAt: at, withinMs: timeToTell(at, birth, now) };
}
function tellFound({ saved, report }, found) {
    for (const one of found) {
        report.warning(foundLate(saved.journal, one));
        report.fate(one, "found");
    }
    return found;
}
/** What the search could not settle. @returns how many things there are to look at */
function tellLeftovers({ saved, report, search }) {
    const { journal } = saved;
    const { candidates, blind, nothing, missing } = search.leftovers();
    if (nothing > 0)
        report.note(notFound(journal, nothing));
    if (candidates.length > 0)
        report.problem(notToldApart(journal, candidates));
    for (const { name, vmUuid } of candidates) {
        report.fate({ name: name ?? "unnamed", vmUuid }, "may be this step's; not touched");
    }
    if (blind !== null)
        report.problem(notKnown(journal, blind));
    for (const name of missing)
        report.problem(notToBeFound(journal, name));
    return candidates.length + (blind === null ? 0 : 1) + missing.length;
}
/** Without a key nothing can be looked at or deleted; what was to be is told all the same. */
function tellWithoutKey(saved, report) {
    const { journal } = saved;
    const open = unsettled(saved).length;
    const made = madeByMain(saved).filter(({ gone }) => gone !== true);
    const problems = open === 0 ? [] : [notLookedFor(journal, open)];
    const doomed = wantsCleanup(journal.cleanup, saved);
    const wanted = endedWell(saved) || saved.ownFailure === false;
    for (const one of made) {
        const isLacking = journal.ttlMs !== null && one.ttlSet !== true;
        const endsAt = isLacking ? null : (one.endsAt ?? null);
        if (doomed)
            problems.push(notDeleted(journal, one));
        else if (isLacking)
            problems.push(retiring_withoutEnd(journal, one));
        else
            report.info(staysBilled(journal, one, endsAt, wanted));
        report.fate(one, doomed ? "not deleted, billed" : "exists, billed");
    }
    if (problems.length === 0)
        report.info(noKey());
    else
        for (const problem of [keyMissing(), ...problems])
            report.problem(problem);
}

;// CONCATENATED MODULE: ./build/fleet/plan/matching.js
/**
 * Whether all of `cvms` can be given a request of their own that they fit, each another one. Then, where nobody
 * else creates any, all of them are ours, although nobody can say whose is whose.
 *
 * @param fits whether the CVM may be the replica of the request
 */
function haveRequestsOfTheirOwn(cvms, requests, fits) {
    const takenBy = new Map();
    /** Finds `cvm` a request, moving those that have one to another where need be. */
    const place = (cvm, tried) => requests.some((request) => {
        if (tried.has(request) || !fits(cvm, request))
            return false;
        tried.add(request);
        const holder = takenBy.get(request);
        if (holder !== undefined && !place(holder, tried))
            return false;
        takenBy.set(request, cvm);
        return true;
    });
    return cvms.length <= requests.length && cvms.every((cvm) => place(cvm, new Set()));
}

;// CONCATENATED MODULE: ./build/fleet/late-search.js








/** Two looks that show the same, so far apart, make sure of it. Ms. */
const LOOK_AGAIN_MS = 2_000;
/**
 * Looks for the replica of each request that main left open, the newest first. What is found for one is no
 * candidate of another.
 */
class LateSearch {
    #edges;
    #api;
    #saved;
    /** What is known to be some request's, by `cvmKeys`. */
    #claimed;
    #lost;
    constructor(edges, api, saved) {
        this.#edges = edges;
        this.#api = api;
        this.#saved = saved;
        this.#lost = unsettled(saved).map((attempt) => ({ attempt, shown: null }));
        const known = saved.attempts.map(({ vmUuid }) => vmUuid);
        this.#claimed = new Set(known.filter((uuid) => uuid !== null));
    }
    /** Whether anything is still looked for in vain, so that another look may show it. */
    get isOpen() {
        return this.#saved.journal.baseline !== null && this.#lost.length > 0;
    }
    /** @returns what was found */
    async first() {
        return this.#pass((attempt) => {
            this.#edges.runner.info(lookingFor(attempt.index + 1));
            return windowOf(attempt, this.#edges.clock.now());
        });
    }
    /** One more look each, after time has passed with something else. @returns what was found */
    async again() {
        return this.#pass(() => 0);
    }
    /** What is left over at the end: nothing that was found or deleted is among it. */
    leftovers() {
        const candidates = new Map();
        const missing = [];
        let blind = null;
        let nothing = 0;
        for (const { attempt, shown } of this.#lost) {
            const seen = shown === null ? [] : seenBy(shown).filter((cvm) => !this.#isClaimed(cvm));
            // What was certainly created is no question of whether, only of where.
            if (attempt.stage === "made")
                missing.push(oneLine(attempt.name ?? "unnamed", 80));
            else {
                for (const cvm of seen)
                    candidates.set(cvmKey(cvm), cvm);
                const why = whyBlind(shown);
                if (why !== null)
                    blind = why;
                else if (seen.length === 0)
                    nothing++;
            }
        }
        return { candidates: [...candidates.values()], blind, nothing, missing };
    }
    async #pass(windowFor) {
        if (!this.isOpen)
            return [];
        const found = [];
        for (const lost of [...this.#lost]) {
            const { api, clock, cancel } = { api: this.#api, ...this.#edges };
            const { appId } = this.#saved.journal;
            const wanted = () => this.#wantedBy(lost.attempt);
            const windowMs = windowFor(lost.attempt);
            const result = await settle(api, clock, appId, wanted, cancel, windowMs);
            if (result.kind === "adopted")
                found.push(...this.#take(result.cvm, lost));
            else if (lost.shown === null || whyBlind(result) === null)
                lost.shown = result;
        }
        return [...found, ...(await this.#together())];
    }
    /**
     * Requests whose newcomers can't be told apart: where nobody else creates any, and there are no more of them
     * than requests, all of them are ours.
     */
    async #together() {
        const { journal } = this.#saved;
        const open = this.#lost.filter(({ attempt }) => attempt.stage !== "made");
        const seen = open.flatMap(({ shown }) => (shown === null ? [] : seenBy(shown)));
        if (!journal.exclusive || seen.every((cvm) => this.#isClaimed(cvm)))
            return [];
        const { clock, cancel } = this.#edges;
        let before = null;
        for (;;) {
            await clock.sleep(LOOK_AGAIN_MS, cancel);
            if (cancel.aborted)
                return [];
            const look = { timeoutMs: LOOK_TIMEOUT_MS, signal: cancel };
            const list = await this.#api.listCvms(journal.appId, look);
            if (!list.ok)
                return [];
            for (const lost of open)
                lost.shown = this.#shows(list.value.cvms, lost);
            const fitting = this.#matched(list.value.cvms, open);
            if (fitting.length === 0)
                return [];
            const now = fitting.map(cvmKey).sort().join();
            if (now === before) {
                return fitting.flatMap((cvm, index) => this.#take(cvm, open[index]));
            }
            if (before !== null)
                return [];
            before = now;
        }
    }
    #shows(cvms, { attempt }) {
        const found = newcomers(cvms, this.#wantedBy(attempt));
        return found.length === 0 ? { kind: "none", lastSeen: null } : { kind: "several", cvms: found };
    }
    /** All newcomers that fit any of these requests, if each can have a request of its own; else none. */
    #matched(cvms, open) {
        const fits = new Map(open.map((lost) => [lost, new Set(newcomers(cvms, this.#wantedBy(lost.attempt)))]));
        const all = [...new Set([...fits.values()].flatMap((some) => [...some]))];
        const told = all.every(({ vmUuid }) => vmUuid !== null);
        const isFit = (cvm, lost) => fits.get(lost)?.has(cvm) ?? false;
        return told && haveRequestsOfTheirOwn(all, open, isFit) ? all : [];
    }
    #take(cvm, lost) {
        for (const key of cvmKeys(cvm))
            this.#claimed.add(key);
        this.#lost = this.#lost.filter((one) => one !== lost);
        const { vmUuid, createdAt } = cvm;
        if (vmUuid === null)
            return [];
        const { sentAt, stage } = lost.attempt;
        const name = oneLine(cvm.name ?? vmUuid, 80);
        return [{ vmUuid, name, sentAt, createdAt, adopted: stage !== "made" }];
    }
    #isClaimed(cvm) {
        return cvmKeys(cvm).some((key) => this.#claimed.has(key));
    }
    #wantedBy({ nodeId, composeHash, stage, name, sentAt, nextAt }) {
        const { baseline, vmUuid, clockOffsetMs } = this.#saved.journal;
        return {
            baseline: new Set([...(baseline ?? []), vmUuid]),
            claimed: this.#claimed,
            nodeId,
            composeHash,
            name: stage === "made" ? name : null,
            notBefore: createdNotBefore(sentAt, clockOffsetMs),
            notAfter: createdNotAfter(nextAt, clockOffsetMs),
        };
    }
}
/** The newcomers that the last look which could be read has shown. */
function seenBy(shown) {
    if (shown.kind === "several")
        return shown.cvms;
    if (shown.kind === "cancelled" || shown.lastSeen === null)
        return [];
    return [shown.lastSeen];
}
function whyBlind(shown) {
    if (shown === null)
        return "the app's CVMs could not be listed before the request.";
    if (shown.kind === "blind")
        return `${reasonOf(shown.fault)}.`;
    return shown.kind === "cancelled" ? "the step was cancelled." : null;
}
/**
 * How long to look, in ms. What deserves it gets the whole window, counted from when the request was sent;
 * what main has searched for in vain gets one more look.
 */
function windowOf(attempt, now) {
    if (!deservesWindow(attempt))
        return 0;
    const sinceMs = now - attempt.sentAt;
    return Math.max(SETTLE_WINDOW_MS - Math.max(0, sinceMs), SETTLE_WINDOW_MS / 3);
}

;// CONCATENATED MODULE: ./build/report/annotation/post.js



/**
 * The one annotation of a red post step. Each problem names what exists and is billed, as the step is about
 * nothing else.
 *
 * @param problems at least one; the first one's code is the step's
 */
function postAnnotation(problems, edges) {
    const code = problems[0]?.code ?? "INTERNAL";
    const [only] = problems;
    const failed = only !== undefined && problems.length === 1
        ? wordsOf(only)
        : {
            text: `${problems.length} things need a look; what exists of them is billed until somebody deletes it.`,
            list: problems.map(oneLineOf),
        };
    return annotationOf({ title: postTitleOf(code), code, failed, exists: NOTHING_SAID }, edges);
}

;// CONCATENATED MODULE: ./build/report/summary/post.js



/** More rows than this are counted, not shown: main makes at most 100 replicas. */
const post_MOST_ROWS = 200;
const MOST_SENTENCES = 20;
/**
 * What the post step adds to the job summary, as Markdown: each CVM that it found, deleted or left, with UUID
 * and link. Names are the server's, and can't be markup.
 */
function postSummary(journal, { rows, notes, problems }) {
    const headline = problems.length === 0 ? "🧹 After the job" : "❌ After the job: look at this";
    const parts = [
        `### ${headline}`,
        post_table(rows, journal),
        rows.length > post_MOST_ROWS ? `… and ${rows.length - post_MOST_ROWS} more.` : "",
        list([...problems, ...notes]),
    ];
    return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
function post_table(rows, journal) {
    if (rows.length === 0)
        return "";
    const lines = rows.slice(0, post_MOST_ROWS).map(({ name, vmUuid, fate }) => {
        const uuid = vmUuid === null ? "–" : clean_code(vmUuid, 80);
        return `| ${post_linked(name, vmUuid, journal)} | ${uuid} | ${markdown(fate, 200)} |`;
    });
    return ["| CVM | UUID | What came of it |", "| --- | --- | --- |", ...lines].join("\n");
}
function post_linked(name, vmUuid, journal) {
    const { workspaceSlug, appId } = journal;
    const link = vmUuid === null ? null : safeLink(dashboardUrl(workspaceSlug, appId, vmUuid));
    return link === null ? clean_code(name, 80) : `<a href="${link}">${clean_code(name, 80)}</a>`;
}
function list(sentences) {
    const shown = sentences.slice(0, MOST_SENTENCES).map((text) => `- ${withLinks(text)}`);
    const more = sentences.length - shown.length;
    return [...shown, ...(more > 0 ? [`- … and ${more} more`] : [])].join("\n");
}

;// CONCATENATED MODULE: ./build/commands/post-report.js




/** What the post step found and did, told as it goes, and once more at its end. */
class PostReport {
    #edges;
    #journal;
    #rows = new Map();
    #notes = [];
    #problems = [];
    #isNews = false;
    constructor(edges, journal) {
        this.#edges = edges;
        this.#journal = journal;
    }
    /** For the log alone. */
    info(text) {
        this.#edges.runner.info(text);
    }
    /** For the log and the summary. */
    note(text) {
        this.#edges.runner.info(text);
        this.#notes.push(text);
        this.#isNews = true;
    }
    /** For the log and the summary: a replica that nobody has reported. */
    warning(text) {
        this.#edges.runner.warning(text);
        this.#isNews = true;
    }
    /** What an on-call must look at: it makes the step red. */
    problem(failure) {
        this.#problems.push(failure);
        this.#isNews = true;
    }
    /** What came of one CVM; the latest counts. @param fate a few words */
    fate(cvm, fate) {
        this.#rows.set(cvm.vmUuid ?? cvm.name, { ...cvm, fate });
    }
    /** Something happened of which main's summary can't know. */
    happened() {
        this.#isNews = true;
    }
    /** @returns the exit code */
    async end() {
        const { runner } = this.#edges;
        const problems = this.#problems;
        if (problems.length > 0) {
            const { text, title, rest } = postAnnotation(problems, this.#edges);
            // What an annotation has no room for is in the log all the same.
            for (const line of rest)
                runner.info(`- ${line}`);
            runner.error(text, title);
        }
        if (this.#isNews && this.#journal.summary) {
            await writeSummary(this.#edges, () => postSummary(this.#journal, {
                rows: [...this.#rows.values()],
                notes: this.#notes,
                problems: problems.map(oneLineOf),
            }));
        }
        return problems.length === 0 ? 0 : 1;
    }
}

;// CONCATENATED MODULE: ./build/commands/post.js













/**
 * The post step: finds what a killed or cancelled main left behind, deletes what was to be deleted and is
 * proven to be its own, and says what keeps running. It works from the saved state alone and may run any
 * number of times.
 *
 * @returns the process's exit code: 1 where something is billed that should not be, or where that can't be
 * told
 */
async function runPost(edges) {
    maskSecrets(edges.env, edges.runner);
    try {
        const saved = readSavedRun(edges.runner);
        if (saved === null) {
            edges.runner.info(noRecord());
            return 0;
        }
        const report = new PostReport(edges, saved.journal);
        const gone = await settleAndClean(edges, saved, report);
        const exitCode = await report.end();
        const token = rawInput(edges.env, "github_token");
        await closeDeployments(edges, { token }, gone);
        return exitCode;
    }
    catch (error) {
        if (error instanceof Error)
            edges.runner.debug(error.stack ?? error.message);
        const { text, title } = postAnnotation([internalFailure(error)], edges);
        edges.runner.error(text, title);
        return 1;
    }
}
/** @returns the UUIDs of what it has seen deleted */
async function settleAndClean(edges, saved, report) {
    const { journal } = saved;
    // Main's own summary was never written.
    if (saved.outcome === null)
        report.happened();
    const api = openKeyed(edges, saved);
    if (api === null) {
        tellWithoutKey(saved, report);
        return new Set();
    }
    const after = { edges, api, saved, report, search: new LateSearch(edges, api, saved) };
    const made = madeByMain(saved);
    if (made.length === 0 && unsettled(saved).length === 0)
        report.info(noneCreated());
    return wantsCleanup(journal.cleanup, saved) ? cleanUp(after, made) : keep(after, made);
}
/** Null: there is no key that could be sent, so nothing is. */
function openKeyed(edges, { journal }) {
    const apiKey = readApiKey(edges.env);
    if (apiKey === null)
        return null;
    const { apiUrl, requestTimeoutMs: timeoutMs } = journal;
    return openApi(edges, { apiUrl, apiKey, timeoutMs });
}

;// CONCATENATED MODULE: external "node:http"
const external_node_http_namespaceObject = require("node:http");
var external_node_http_default = /*#__PURE__*/__nccwpck_require__.n(external_node_http_namespaceObject);
;// CONCATENATED MODULE: external "node:https"
const external_node_https_namespaceObject = require("node:https");
var external_node_https_default = /*#__PURE__*/__nccwpck_require__.n(external_node_https_namespaceObject);
;// CONCATENATED MODULE: external "node:net"
const external_node_net_namespaceObject = require("node:net");
;// CONCATENATED MODULE: external "node:tls"
const external_node_tls_namespaceObject = require("node:tls");
;// CONCATENATED MODULE: ./build/net/tunnel.js




/** The proxy did not open the connection. */
class TunnelError extends Error {
    name = "TunnelError";
}
/**
 * Makes an agent connect through a proxy: a CONNECT to it, and in the tunnel TLS with the host itself. The
 * proxy learns the host's name and port alone, and gets its credentials from here.
 *
 * @param signal gives the CONNECT up; what goes on in the tunnel is the request's business
 */
function tunnelThrough(agent, proxy, target, signal) {
    agent.createConnection = (_options, onSocket) => {
        openTunnel(proxy, target, signal).then((socket) => onSocket?.(null, target.secure ? secured(socket, target) : socket), (error) => onSocket?.(error, undefined));
        return undefined;
    };
}
/** @throws TunnelError */
function openTunnel({ secure, host, port, credentials }, target, signal) {
    const path = `${(0,external_node_net_namespaceObject.isIP)(target.host) === 6 ? `[${target.host}]` : target.host}:${target.port}`;
    const basic = Buffer.from(credentials ?? "", "utf8").toString("base64");
    const authorization = credentials === null ? {} : { "proxy-authorization": `Basic ${basic}` };
    const headers = { host: path, ...authorization };
    return new Promise((resolve, reject) => {
        const fail = (why) => reject(new TunnelError(why));
        const ask = secure ? external_node_https_namespaceObject.request : external_node_http_namespaceObject.request;
        const request = ask({ host, port, method: "CONNECT", path, headers, agent: false, signal });
        request.once("error", (error) => fail(error.code ?? error.message));
        request.once("connect", ({ statusCode = 0 }, socket) => {
            if (statusCode >= 200 && statusCode < 300)
                return resolve(socket);
            socket.destroy();
            fail(`HTTP ${statusCode}`);
        });
        request.end();
    });
}
function secured(socket, { host }) {
    // TLS knows a host by its name alone; an IP address is compared with the certificate all the same.
    const servername = (0,external_node_net_namespaceObject.isIP)(host) === 0 ? host : "";
    return (0,external_node_tls_namespaceObject.connect)({ socket, host, servername, ALPNProtocols: ["http/1.1"] });
}

;// CONCATENATED MODULE: ./build/net/connection.js







/**
 * Prepares the connection of one request: straight, or through the proxy that the environment names for it.
 * It is not kept alive, so that no request meets a connection which the server is just closing.
 *
 * @param signal ends the wait for a proxy
 * @throws NetworkError where a proxy is named that can't be used: nothing is sent around it
 */
function openConnection(url, env, signal) {
    const choice = chooseProxy(url, env);
    if (choice.kind === "unusable") {
        throw new NetworkError("proxy", `the variable ${choice.variable} can't be used`);
    }
    const secure = url.protocol === "https:";
    // Node would look "[::1]" up as a name.
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const port = url.port || (secure ? "443" : "80");
    const agent = secure ? new external_node_https_namespaceObject.Agent({ keepAlive: false }) : new external_node_http_namespaceObject.Agent({ keepAlive: false });
    if (choice.kind === "proxy")
        tunnelThrough(agent, choice.proxy, { host, port, secure }, signal);
    return { agent, host, port, stands: watchSockets(agent) };
}
/** Answers whether a socket of the agent stands, told by the one method that makes them, at once or later. */
function watchSockets(agent) {
    let stands = false;
    const watch = (socket) => {
        const stand = () => {
            stands = true;
        };
        if (socket instanceof external_node_tls_namespaceObject.TLSSocket)
            socket.once("secureConnect", stand);
        else if (socket instanceof external_node_net_namespaceObject.Socket && socket.connecting)
            socket.once("connect", stand);
        else if (socket)
            stand();
        return socket;
    };
    const { createConnection } = agent;
    agent.createConnection = (options, onSocket) => watch(createConnection.call(agent, options, (error, socket) => {
        watch(socket);
        onSocket?.(error, socket);
    }));
    return () => stands;
}

;// CONCATENATED MODULE: ./build/net/http.js







/** The largest answer that is read, in bytes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/**
 * The action's only way out: `@actions/http-client`, with what it lacks: one deadline over the whole
 * exchange, a limit on the body, proxies as everybody writes them (see `proxy.ts`), and no redirects,
 * because its redirects would take `X-API-Key` along to another host. Connections are not kept alive, so no
 * idle socket keeps the process running.
 *
 * @param userAgent names the action and its version to the API.
 * @param env where the proxies are named
 */
function createTransport(userAgent, env = (external_node_process_default()).env) {
    return async (request) => {
        const abort = new AbortController();
        let late = false;
        const timer = setTimeout(() => {
            late = true;
            abort.abort();
        }, request.timeoutMs);
        const giveUp = () => abort.abort();
        request.signal?.addEventListener("abort", giveUp, { once: true });
        let connection = null;
        const stands = () => connection?.stands() ?? false;
        try {
            if (request.signal?.aborted)
                throw new Error("not sent");
            connection = openConnection(new URL(request.url), env, abort.signal);
            return await exchange(request, userAgent, connection, abort.signal);
        }
        catch (error) {
            if (request.signal?.aborted)
                throw new NetworkError("cancelled", "the step was cancelled");
            if (late)
                throw lateError(request.timeoutMs, stands());
            throw error instanceof NetworkError ? error : networkError(error, stands());
        }
        finally {
            clearTimeout(timer);
            request.signal?.removeEventListener("abort", giveUp);
            connection?.agent.destroy();
        }
    };
}
async function exchange({ method, url, body, headers, timeoutMs, encoding }, userAgent, { agent, host, port }, signal) {
    // Its own limit of three silent minutes would come before a longer deadline.
    const client = new lib/* HttpClient */.Qq(userAgent, [], { socketTimeout: timeoutMs + 1_000 });
    const parsedUrl = new URL(url);
    const options = {
        method,
        host,
        port,
        path: parsedUrl.pathname + parsedUrl.search,
        headers: { ...headers, "user-agent": client.userAgent },
        agent,
        signal,
    };
    const httpModule = parsedUrl.protocol === "https:" ? (external_node_https_default()) : (external_node_http_default());
    try {
        // The raw request, since the other ones look for proxies by rules of their own. The library may never
        // settle (an upgrade that nobody asked for): our signal always wins.
        const response = await Promise.race([
            // None at all where there is none: an empty text would be announced as a body.
            client.requestRaw({ parsedUrl, httpModule, options }, body),
            rejected(signal),
        ]);
        return await readAnswer(response.message, encoding);
    }
    finally {
        client.dispose();
    }
}
function lateError(timeoutMs, stood) {
    const text = `no complete answer within ${Math.round(timeoutMs / 100) / 10} s`;
    return stood
        ? new NetworkError("timeout", text)
        : new NetworkError("connect-timeout", `${text}, nor a connection`);
}
function rejected(signal) {
    return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
    });
}
async function readAnswer(message, encoding) {
    const status = message.statusCode ?? 0;
    const chunks = [];
    let size = 0;
    let breaksOff = false;
    try {
        for await (const chunk of message) {
            size += chunk.length;
            if (size > MAX_BODY_BYTES) {
                throw new NetworkError("too-large", `the answer is larger than ${MAX_BODY_BYTES} bytes`);
            }
            chunks.push(chunk);
        }
        if (!message.complete)
            throw new NetworkError("cut-off", "the connection closed too early");
    }
    catch (error) {
        message.destroy();
        // The status of an error answer says all that a decision needs; a lost explanation changes nothing.
        if (status < 300) {
            if (error instanceof NetworkError)
                throw error;
            if (error.code === "ECONNRESET") {
                throw new NetworkError("cut-off", "the connection closed in the middle of the answer", error);
            }
            throw error;
        }
        breaksOff = true;
    }
    const body = Buffer.concat(chunks).toString(encoding ?? "utf8");
    return { status, headers: flatten(message), body, breaksOff };
}
function flatten(message) {
    const headers = {};
    for (const [name, value] of Object.entries(message.headers)) {
        if (value !== undefined)
            headers[name] = Array.isArray(value) ? value.join(", ") : value;
    }
    return headers;
}
const CERTIFICATE = /^(?:ERR_TLS_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH)/;
const BROKEN = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);
/**
 * Sorts Node's errors by what they say of the request: could it have reached the server or not?
 *
 * @param stood whether the connection stood, TLS included, when it came to the error
 */
function networkError(error, stood) {
    const { code = "", syscall = "", message = "" } = firstError(error);
    const detail = (code || message || String(error)).slice(0, 200);
    const as = (kind) => new NetworkError(kind, detail, error);
    if (error instanceof TunnelError)
        return as("proxy");
    if (code === "ECONNREFUSED")
        return as("refused");
    if (code === "ENOTFOUND" || code === "EAI_AGAIN")
        return as("unresolved");
    if (CERTIFICATE.test(code))
        return as("certificate");
    // A connection that was never made has carried no request.
    if (syscall === "connect")
        return as("unreachable");
    // Also https: to a port that speaks plain HTTP, and whatever else a handshake may fail of.
    if (!stood)
        return as("handshake");
    if (BROKEN.has(code) || message === "socket hang up")
        return as("reset");
    return as(code === "ETIMEDOUT" ? "timeout" : "other");
}
function firstError(error) {
    // Node tries IPv6 and IPv4 and reports both failures together.
    if (error instanceof AggregateError && error.errors.length > 0) {
        return error.errors[0];
    }
    return typeof error === "object" && error !== null ? error : {};
}

;// CONCATENATED MODULE: ./build/index.js








/** The real world for the action's logic. */
function realEdges(cancel) {
    return {
        env: (external_node_process_default()).env,
        clock: realClock,
        transport: createTransport(USER_AGENT, (external_node_process_default()).env),
        random: Math.random,
        runner: new GithubRunner((external_node_process_default()).env),
        cancel,
    };
}
/** The action's main step. */
async function main() {
    (external_node_process_default()).exitCode = await run(realEdges(cancelOnSignals()));
}
/** The action's post step, which the runner starts at the end of the job, even after main was killed. */
async function post() {
    (external_node_process_default()).exitCode = await runPost(realEdges(carryOnDespiteSignals()));
}

})();

module.exports = __webpack_exports__;
/******/ })()
;