/**
 * The smallest action with the same packages that would do the same job on a good day: read the inputs,
 * send one POST, set an output. What the benchmark calls "smallest bundle" is this, bundled by ncc.
 */
import * as core from "@actions/core";
import { HttpClient } from "@actions/http-client";

const path = `apps/${core.getInput("app_id")}/cvms/${core.getInput("vm_uuid")}/replicas`;
const client = new HttpClient("smallest", [], { keepAlive: false });
const response = await client.post(`${core.getInput("api_url")}/${path}`, "", {
  "x-api-key": core.getInput("api_key"),
  "x-phala-version": "2026-01-21",
});
const body = await response.readBody();
if (response.message.statusCode !== 200) throw new Error(body);
core.setOutput("vm_uuid", JSON.parse(body).vm_uuid);
