/** What may have kept the key from the post step, and what always reaches it. */
export const NO_KEY =
  "In a composite action that another composite action uses, some runners hand post the outer action's inputs; the environment variable PHALA_CLOUD_API_KEY in the job's env reaches it in any case.";
