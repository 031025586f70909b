require("./index.js").rolloutPost();
