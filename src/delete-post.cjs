require("./index.js").deletionPost();
