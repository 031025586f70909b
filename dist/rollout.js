require("./index.js").rollout();
