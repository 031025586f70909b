require("./index.js").deletion();
