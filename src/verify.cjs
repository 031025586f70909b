require("./index.js").verify();
